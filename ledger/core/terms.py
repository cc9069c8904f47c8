"""Terms of office: which authorities a verifier trusts from which index of the log on.

An authority key is in nobody's registry, so that no entry can end it; a verifier's own policy does.
What was said in its term stays good, and what it signs afterwards is nobody's word: the order of
the log decides, which whoever stole the key cannot bend.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from ledger.core.canonical import Json
from ledger.core.errors import Malformed
from ledger.core.keys import PublicKey

AUTHORITIES_MAX = 16
TERMS_MAX = 64
_MEMBERS = frozenset({"since", "authorities", "authority_quorum"})


@dataclass(frozen=True)
class Term:
    """Authorities from the index ``since`` on, of whom ``quorum`` must agree."""

    authorities: tuple[PublicKey, ...]
    quorum: int = 1
    since: int = 0

    def __post_init__(self) -> None:
        if not 1 <= len({key.kid for key in self.authorities}) == len(self.authorities):
            raise bad("A policy names each authority key once.")
        if not 1 <= self.quorum <= len(self.authorities):
            raise bad("The quorum of authorities is from 1 to the number of their keys.")

    @cached_property
    def keys(self) -> Mapping[str, PublicKey]:
        """The keys by their kids."""
        return {key.kid: key for key in self.authorities}

    @classmethod
    def read(cls, value: Json) -> "Term":
        """Read a former term. Raises `Malformed`."""
        if not isinstance(value, dict) or value.keys() != _MEMBERS:
            raise bad(f"A former term has exactly the members {sorted(_MEMBERS)}.")
        return cls(
            read_authorities(value["authorities"]),
            read_number(value["authority_quorum"]),
            read_number(value["since"]),
        )

    def as_members(self) -> dict[str, Json]:
        """Write the members of a term."""
        return {
            "authorities": [dict(key.as_jwk()) for key in self.authorities],
            "authority_quorum": self.quorum,
            "since": self.since,
        }


def check_order(terms: Sequence[Term]) -> None:
    """Raise `Malformed` unless the terms begin with the log and follow one another."""
    if terms[0].since != 0:
        raise bad("The first term begins with the log, at index 0.")
    if any(left.since >= right.since for left, right in pairwise(terms)):
        raise bad("The terms of authorities stand in the order of their indices.")
    if len(terms) > TERMS_MAX:
        raise bad(f"A policy has at most {TERMS_MAX} terms.")


def term_at(terms: Sequence[Term], index: int) -> Term:
    """Return the term that an entry at this index falls into; before the log, the first."""
    return next((one for one in reversed(terms) if one.since <= index), terms[0])


def read_authorities(value: Json) -> tuple[PublicKey, ...]:
    """Read the keys of a term. Raises `Malformed`."""
    if not isinstance(value, list) or len(value) > AUTHORITIES_MAX:
        raise bad(f"A policy names between 1 and {AUTHORITIES_MAX} authority keys.")
    return tuple(PublicKey.parse_jwk(item) for item in value)


def read_number(value: Json) -> int:
    """Read a whole number of a policy. Raises `Malformed`."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise bad("Quorums, indices and the age of a checkpoint are whole numbers.")
    return value


def bad(message: str) -> Malformed:
    """What is no policy for want of form."""
    return Malformed("POLICY_MALFORMED", message)
