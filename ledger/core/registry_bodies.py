"""Strict readers for the members of registry bodies.

Each gives the value or raises `Refused` (REGISTRY_BODY). Format: ``docs/spec/registry.md``.
"""

import re
from collections.abc import Mapping
from itertools import pairwise

from ledger.core.canonical import Json
from ledger.core.encoding import unb64u
from ledger.core.errors import Malformed, Refused
from ledger.core.keys import PublicKey

AUTHORITY = "authority"
"""The party name under which an authority acts; no party is admitted by this name."""
ENTRIES_MAX = 100
SENTENCE_CHARS_MAX = 500
PARTY_PATTERN = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}", re.ASCII)
KID_PATTERN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
ENTRY_ID_PATTERN = re.compile(r"[0-9a-f]{64}", re.ASCII)


def bad(message: str) -> Refused:
    """The refusal of a body."""
    return Refused("REGISTRY_BODY", message)


def exactly(
    body: Mapping[str, Json], names: set[str], *, optional: set[str] | None = None
) -> Mapping[str, Json]:
    """Give the body when it has these members, and of others at most the optional ones."""
    if body.keys() - (optional or set()) != names:
        raise bad(f"The body has exactly the members {sorted(names)}.")
    return body


def party(value: Json) -> str:
    """Read the name of a party."""
    if not isinstance(value, str) or not PARTY_PATTERN.fullmatch(value) or value == AUTHORITY:
        raise bad(f"A party is named by 1 to 64 letters, digits and . _ : -, not '{AUTHORITY}'.")
    return value


def key(value: Json) -> PublicKey:
    """Read a public key (JWK)."""
    if not isinstance(value, dict):
        raise bad("A key is a JWK object.")
    try:
        return PublicKey.parse_jwk(value)
    except Malformed as fault:
        raise bad(f"The key is not usable: {fault.message}") from fault


def one_of(known: tuple[str, ...], value: Json, what: str) -> str:
    """Read a word of a closed list."""
    if not isinstance(value, str) or value not in known:
        raise bad(f"The {what} is one of {', '.join(known)}.")
    return value


def proof(value: Json) -> bytes:
    """Read a proof of possession."""
    if not isinstance(value, str):
        raise bad("The proof of possession is a signature in base64url.")
    try:
        return unb64u(value)
    except Malformed as fault:
        raise bad(f"The proof of possession is not base64url: {fault.message}") from fault


def from_index(value: Json) -> int:
    """Read the index from which something holds."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise bad("A revocation holds from an index, a whole number from 0 on.")
    return value


def kid(value: Json) -> str:
    """Read the name of a key."""
    if not isinstance(value, str) or not KID_PATTERN.fullmatch(value):
        raise bad("A kid is a thumbprint of 43 base64url characters.")
    return value


def sentence(value: Json) -> str:
    """Read a reason given in free words."""
    if not isinstance(value, str) or not 1 <= len(value) <= SENTENCE_CHARS_MAX:
        raise bad(f"The reason is a text of 1 to {SENTENCE_CHARS_MAX} characters.")
    return value


def entry_ids(value: Json) -> tuple[str, ...]:
    """Read a sorted list of distinct entry ids."""
    if not isinstance(value, list) or not 1 <= len(value) <= ENTRIES_MAX:
        raise bad(f"The entries are a list of 1 to {ENTRIES_MAX}.")
    ids = tuple(one for one in value if isinstance(one, str) and ENTRY_ID_PATTERN.fullmatch(one))
    if len(ids) != len(value) or any(left >= right for left, right in pairwise(ids)):
        raise bad("The entries are named by their ids, sorted, each once.")
    return ids
