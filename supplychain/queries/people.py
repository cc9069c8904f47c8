"""Who may act for an organisation."""

from dataclasses import dataclass
from hashlib import sha256

from django.db import connection

from supplychain.models import ApiToken, Membership
from supplychain.models.people import OF_PEOPLE, Rank

ROLES = tuple(role for role, _ in OF_PEOPLE)
ROLES_OF_TOKENS = tuple(Rank.values)
_SIGNING = frozenset({Rank.SIGNER, Rank.QA, Rank.ADMINISTRATOR})
_JUDGING = frozenset({Rank.QA, Rank.ADMINISTRATOR})
# Plain SQL: it runs before every entry that a program posts.
_FIND_ACTING = """SELECT gln, role, name FROM supplychain_apitoken
 WHERE digest = %s AND revoked_at IS NULL"""


@dataclass(frozen=True, slots=True)
class Acting:
    """An organisation and the role in which somebody acts for it; `name` is for the record."""

    gln: str
    role: str
    name: str

    @property
    def is_tracker(self) -> bool:
        """Whether it is a live tracker's token, which hands in readings and does nothing else."""
        return self.role == Rank.TRACKER

    @property
    def may_prepare(self) -> bool:
        """Whether he may do more than look: fill the catalogue, hand in what others signed."""
        return self.role not in (Rank.VIEWER, Rank.TRACKER)

    @property
    def may_sign(self) -> bool:
        """Whether he may make entries in the organisation's name."""
        return self.role in _SIGNING

    @property
    def may_judge(self) -> bool:
        """Whether he may decide about the quality of goods in the organisation's name."""
        return self.role in _JUDGING

    @property
    def may_administer(self) -> bool:
        """Whether he may say how the organisation itself works here."""
        return self.role == Rank.ADMINISTRATOR


def members_of(gln: str) -> list[tuple[str, str]]:
    """The log-ins of an organisation's people, and their roles."""
    rows = Membership.objects.filter(gln=gln, user__is_active=True).order_by("user__username")
    return list(rows.values_list("user__username", "role"))


def membership_of(user_id: int) -> Acting | None:
    """The organisation of a person."""
    found = Membership.objects.select_related("user").filter(user_id=user_id).first()
    return None if found is None else Acting(found.gln, found.role, found.user.get_username())


def acting_by_token(token: str) -> Acting | None:
    """The organisation of a program that bears this token; one query, nothing written."""
    with connection.cursor() as cursor:
        cursor.execute(_FIND_ACTING, [sha256(token.encode()).hexdigest()])
        row = cursor.fetchone()
    return None if row is None else Acting(*row)


def tokens_of(gln: str) -> list[ApiToken]:
    """The organisation's tokens, revoked ones too."""
    return list(ApiToken.objects.filter(gln=gln))
