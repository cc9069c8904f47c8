"""Approvals: where a policy asks for several authority keys, the others sign for what one says.

They stand beside what is approved, as the member ``approvals`` of its body. An approval is for one
log, one signer, one type, one nonce and one body, so it is good for one entry and no other.
"""

from collections.abc import Collection, Mapping
from hashlib import sha256
from itertools import pairwise

from ledger.core import canonical
from ledger.core.canonical import Json
from ledger.core.encoding import b64u, unb64u
from ledger.core.entry import Entry
from ledger.core.errors import Malformed, Refused
from ledger.core.keys import PublicKey, Signatures, Signer

MEMBER = "approvals"
APPROVALS_MAX = 15
_MEMBERS = frozenset({"kid", "sig"})


def approval_message(
    *, log: str, signer: str, kind: str, nonce: bytes, body: Mapping[str, Json]
) -> bytes:
    """What an authority signs to approve of an entry that `signer` (a kid) is going to sign."""
    digest = sha256(canonical.dumps(without_approvals(body))).hexdigest()
    return f"unbroken-approval/v1\n{log}\n{signer}\n{kind}\n{nonce.hex()}\n{digest}".encode()


def without_approvals(body: Mapping[str, Json]) -> dict[str, Json]:
    """Give what is approved: the body but for its approvals."""
    return {name: value for name, value in body.items() if name != MEMBER}


def approve(body: Mapping[str, Json], approver: Signer, message: bytes) -> dict[str, Json]:
    """Give the body with one more approval, which replaces an older one by the same key.

    Raises `Refused` (APPROVAL_BAD) where the approvals that are there can not be read.
    """
    given = {**read_approvals(body), approver.kid: approver.sign(message)}
    listed: list[Json] = [{"kid": kid, "sig": b64u(given[kid])} for kid in sorted(given)]
    return {**body, MEMBER: listed}


def read_approvals(body: Mapping[str, Json]) -> dict[str, bytes]:
    """Give the approvals of a body: kid → signature; `Refused` (APPROVAL_BAD) for another form."""
    if MEMBER not in body:
        return {}
    listed = body[MEMBER]
    if not isinstance(listed, list) or not 1 <= len(listed) <= APPROVALS_MAX:
        raise _bad(f"The approvals are a list of 1 to {APPROVALS_MAX}.")
    read = [_approval(one) for one in listed]
    if any(left[0] >= right[0] for left, right in pairwise(read)):
        raise _bad("The approvals are sorted by kid, each kid once.")
    return dict(read)


def check_approvals(
    entry: Entry, authorities: Mapping[str, PublicKey], quorum: int, signatures: Signatures
) -> None:
    """Hold an entry that an authority signed against the number of authorities that must agree.

    Raises `Refused`: APPROVAL_BAD for an approval that is not by another authority over this very
    entry, AUTHORITY_QUORUM_NOT_MET for too few.
    """
    statement, signer = entry.statement, entry.envelope.kid
    given = read_approvals(statement.body)
    message = approval_message(
        log=statement.log,
        signer=signer,
        kind=statement.type,
        nonce=statement.nonce,
        body=statement.body,
    )
    for kid, signature in given.items():
        key = authorities.get(kid)
        if key is None or kid == signer or not signatures.es256(key, message, signature):
            raise _bad(f"Key {kid} is no other authority's, or has not approved of this entry.")
    if 1 + len(given) < quorum:
        message_ = f"{quorum} authorities must agree, and {1 + len(given)} did."
        raise Refused("AUTHORITY_QUORUM_NOT_MET", message_)


def refuse_approvals(body: Collection[str]) -> None:
    """Raise `Refused` (APPROVAL_BAD) where a party's own act carries approvals."""
    if MEMBER in body:
        raise _bad("Approvals belong to what an authority signs.")


def _approval(value: Json) -> tuple[str, bytes]:
    if not isinstance(value, dict) or value.keys() != _MEMBERS:
        raise _bad("An approval has exactly the members kid and sig.")
    kid, signature = value["kid"], value["sig"]
    if not isinstance(kid, str) or not isinstance(signature, str):
        raise _bad("An approval's kid and sig are texts.")
    try:
        return kid, unb64u(signature)
    except Malformed as fault:
        raise _bad(f"An approval's sig is not base64url: {fault.message}") from fault


def _bad(message: str) -> Refused:
    return Refused("APPROVAL_BAD", message)
