"""Countersignatures: others who stand behind a part of what an entry says, such as a device.

They are the member ``countersigned`` of a body, which the ledger reads in every stream. One is by a
key of the registry, over a digest of 32 bytes. What has this digest is said by the rest of the
body, and known to whoever knows the trade; that the key was the party's and valid, and that it
signed, is known here.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from ledger.core.canonical import Json
from ledger.core.encoding import b64u, hex32, unb64u
from ledger.core.entry import Entry
from ledger.core.errors import Malformed, Refused
from ledger.core.keys import Signatures
from ledger.core.registered import KeyHolder

MEMBER: Final = "countersigned"
COUNT_MAX: Final = 8
_MEMBERS = frozenset({"kid", "party", "digest", "sig"})


@dataclass(frozen=True)
class Countersignature:
    """That the key ``kid`` of ``party`` signed ``digest`` (SHA-256, hex); ``sig`` is r and s."""

    kid: str
    party: str
    digest: str
    sig: bytes

    def as_json(self) -> dict[str, Json]:
        """One element of the member."""
        plain: dict[str, Json] = {"kid": self.kid, "party": self.party, "digest": self.digest}
        return plain | {"sig": b64u(self.sig)}


def countersigned_message(*, log: str, party: str, kid: str, digest: str) -> bytes:
    """What is signed: good for one log, one party, one key and one digest."""
    return f"unbroken-countersignature/v1\n{log}\n{party}\n{kid}\n{digest}".encode()


def read_countersignatures(body: Mapping[str, object]) -> tuple[Countersignature, ...]:
    """Give the countersignatures of a body; `Refused` COUNTERSIGNATURE_BAD for another form."""
    if MEMBER not in body:
        return ()
    listed = body[MEMBER]
    if not isinstance(listed, list) or not 1 <= len(listed) <= COUNT_MAX:
        raise _bad(f"Countersignatures are a list of 1 to {COUNT_MAX}.")
    read = tuple(_read(one) for one in listed)
    if any(left.kid >= right.kid for left, right in pairwise(read)):
        raise _bad("Countersignatures are sorted by kid, each kid once.")
    return read


def countersigners(body: Mapping[str, object]) -> tuple[Countersignature, ...]:
    """The same, for finding keys: of another form there are none, and who checks it refuses it."""
    try:
        return read_countersignatures(body)
    except Refused:
        return ()


def check_countersignatures(
    entry: Entry, holder: Callable[[str], KeyHolder], signatures: Signatures
) -> None:
    """Hold the countersignatures of an entry against the registry.

    `holder` gives whose key it is at the entry's index, or raises `Refused`. Raises that, and
    COUNTERSIGNATURE_BAD for another form, another party's key, or one that did not sign.
    """
    for one in read_countersignatures(entry.statement.body):
        found = holder(one.kid)
        message = countersigned_message(
            log=entry.statement.log, party=one.party, kid=one.kid, digest=one.digest
        )
        if found.party != one.party or not signatures.es256(found.key, message, one.sig):
            raise _bad(f"Key {one.kid} is not one of '{one.party}', or did not sign this digest.")


def _read(value: object) -> Countersignature:
    if not isinstance(value, dict) or value.keys() != _MEMBERS:
        raise _bad("A countersignature has exactly the members kid, party, digest and sig.")
    if not all(isinstance(text, str) for text in value.values()):
        raise _bad("The members of a countersignature are texts.")
    try:
        digest, sig = hex32(value["digest"]).hex(), unb64u(value["sig"])
    except Malformed as fault:
        raise _bad(f"A countersignature is misspelt: {fault.message}") from fault
    return Countersignature(value["kid"], value["party"], digest, sig)


def _bad(message: str) -> Refused:
    return Refused("COUNTERSIGNATURE_BAD", message)
