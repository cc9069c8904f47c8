"""Who posts: admitted parties with keys of their own, and tokens."""

import os
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime

from bench.stories import ORIGIN, Author
from ledger.core.registry_acts import possession_message
from ledger.signers import authority_signer
from supplychain.domain.parties import Role
from supplychain.services.add_key import add_key
from supplychain.services.admit_party import admit_party
from supplychain.services.issue_token import issue_token

MAKERS = 8
PHARMACIES = 4


@dataclass(frozen=True)
class Cast:
    makers: list[Author]
    wholesaler: Author
    pharmacies: list[Author]
    tokens: dict[str, str]


def admit() -> Cast:
    """Admit everybody, each with a key and a token."""
    makers = [Author.of(n, Role.MANUFACTURER) for n in range(1, MAKERS + 1)]
    wholesaler = Author.of(100, Role.WHOLESALER)
    pharmacies = [Author.of(200 + n, Role.DISPENSER) for n in range(PHARMACIES)]
    tokens = {}
    for author in (*makers, wholesaler, *pharmacies):
        tokens[str(author.gln)] = _admit(author)
    return Cast(makers, wholesaler, pharmacies, tokens)


def _admit(author: Author) -> str:
    at, gln, authority = datetime.now(UTC), str(author.gln), authority_signer()
    admit_party(authority=authority, party=author.party, email="", at=at, nonce=os.urandom(16))
    add_key(
        authority=authority,
        party=gln,
        key=author.key.public,
        custody="file",
        proof=author.key.sign(possession_message(ORIGIN, gln, author.key.kid)),
        at=at,
        nonce=os.urandom(16),
    )
    token = secrets.token_urlsafe(32)
    issue_token(token=token, party=gln, role="operator", name="bench", at=at)
    return token
