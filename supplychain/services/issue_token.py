"""Give a program its way in."""

from datetime import datetime
from hashlib import sha256

from supplychain.domain.errors import Invalid, RuleBroken
from supplychain.models import ApiToken, Organisation
from supplychain.models.people import Rank

TOKEN_CHARACTERS_MIN = 32


def issue_token(*, token: str, party: str, role: str, name: str, at: datetime) -> ApiToken:
    """Let programs that bear `token` act for an organisation in a role; only its hash is kept.

    Raises Invalid (ROLE_UNKNOWN, TOKEN_SHORT), RuleBroken (PARTY_UNKNOWN, TOKEN_KNOWN).
    """
    if role not in Rank.values:
        known = ", ".join(Rank.values)
        raise Invalid("ROLE_UNKNOWN", f"Role {role!r}: expected one of {known}.")
    if len(token) < TOKEN_CHARACTERS_MIN:
        raise Invalid("TOKEN_SHORT", f"A token has at least {TOKEN_CHARACTERS_MIN} characters.")
    if not Organisation.objects.filter(gln=party).exists():
        raise RuleBroken("R2", "PARTY_UNKNOWN", f"{party} is not an admitted party.")
    words = {"gln": party, "role": role, "name": name, "created_at": at}
    digest = sha256(token.encode()).hexdigest()
    made, new = ApiToken.objects.get_or_create(digest=digest, defaults=words)
    if not new:
        raise RuleBroken("R1", "TOKEN_KNOWN", "This token is in use.", conflict=True)
    return made
