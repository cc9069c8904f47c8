"""Proposals: what an authority is going to say, on its way from one authority to the next.

A file that travels by hand, where a policy asks for several authorities: one of them writes it,
the others read it and add their approvals, and the first signs and logs what it says.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from ledger.core import canonical
from ledger.core.approvals import approval_message, approve, read_approvals
from ledger.core.canonical import Json
from ledger.core.errors import Malformed
from ledger.core.keys import Signer
from ledger.core.registry_acts import TYPES, Act
from ledger.core.statement import NONCE_BYTES

FORMAT = "unbroken-proposal/v1"
BYTES_MAX = 65_536
_MEMBERS = frozenset({"format", "log", "signer", "type", "nonce", "body"})


@dataclass(frozen=True)
class Proposal:
    """An entry of the registry before it is signed; ``signer`` is the kid of who will."""

    log: str
    signer: str
    kind: str
    nonce: bytes
    body: Mapping[str, Json]

    @classmethod
    def parse(cls, data: bytes) -> "Proposal":
        """Read a proposal: canonical JSON and one newline.

        Raises `Malformed` for anything else, `Refused` for a body that is none of its type or
        approvals that can not be read.
        """
        value = canonical.loads(data.removesuffix(b"\n"), max_bytes=BYTES_MAX)
        if not isinstance(value, dict) or value.keys() != _MEMBERS or value["format"] != FORMAT:
            raise _bad(f"A proposal of {FORMAT} has exactly the members {sorted(_MEMBERS)}.")
        body, nonce = value["body"], _text(value["nonce"])
        if not isinstance(body, dict) or _text(value["type"]) not in TYPES:
            raise _bad("A proposal has a type of the registry and a body.")
        if len(nonce) != 2 * NONCE_BYTES or nonce.strip("0123456789abcdef"):
            raise _bad("The nonce is 32 digits of hexadecimal.")
        log, signer, kind = (_text(value[name]) for name in ("log", "signer", "type"))
        proposal = cls(log, signer, kind, bytes.fromhex(nonce), body)
        proposal.act()
        read_approvals(body)
        return proposal

    def as_bytes(self) -> bytes:
        """Write the proposal."""
        members: dict[str, Json] = {
            "format": FORMAT,
            "log": self.log,
            "signer": self.signer,
            "type": self.kind,
            "nonce": self.nonce.hex(),
            "body": dict(self.body),
        }
        return canonical.dumps(members) + b"\n"

    def act(self) -> Act:
        """Give what it says; `Refused` (REGISTRY_BODY) where the body is none of its type."""
        return TYPES[self.kind].parse(self.body)

    def approved(self, approver: Signer) -> "Proposal":
        """Give the proposal with this authority's approval."""
        message = approval_message(
            log=self.log, signer=self.signer, kind=self.kind, nonce=self.nonce, body=self.body
        )
        return replace(self, body=approve(self.body, approver, message))


def _text(value: Json) -> str:
    if not isinstance(value, str):
        raise _bad("The members of a proposal but for the body are texts.")
    return value


def _bad(message: str) -> Malformed:
    return Malformed("PROPOSAL_MALFORMED", message)
