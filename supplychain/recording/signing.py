"""Signing on behalf of a party whose key we keep, and then the same road as everybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from types import MappingProxyType

from django.conf import settings

from ledger import proofs, signers
from ledger.core.canonical import Json
from ledger.core.entry import sign, stream_id
from ledger.core.envelope import SALT_BYTES, Disclosure, seal
from ledger.core.keys import Signer
from ledger.core.links import OutputRef
from ledger.core.registry_acts import STREAM as REGISTRY
from ledger.core.statement import Attachment, Statement
from supplychain.domain.conditions import Series
from supplychain.domain.disclosure_statements import Disclosing, stream_of
from supplychain.domain.identifiers import Gln
from supplychain.domain.lot_state import LotState
from supplychain.domain.lots import LotKey
from supplychain.domain.statements import LotStatement, QualityRelease, Receive, Ship, committed
from supplychain.recording.dividing import in_parts
from supplychain.recording.pack_book import PackBook
from supplychain.recording.recording import record
from supplychain.recording.standing import Standing, standing
from supplychain.recording.submissions import (
    NO_PACKS,
    File,
    PackLists,
    Recorded,
    Refusal,
    Submission,
)

_NOTHING_SEALED: Mapping[str, Json] = MappingProxyType({})


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a party is about to sign. `salts`: one if a member is sealed. `at`: claimed time.

    `files` go with the entry; `attachments` are files that it only names, kept elsewhere. `packs`
    are named for outputs of a lot with serial numbers.
    """

    party: str
    stream: str
    said: LotStatement
    at: datetime
    nonce: bytes
    consumes: Sequence[OutputRef] = ()
    salts: Sequence[bytes] = ()
    readings: Sequence[Series] = ()
    files: Sequence[File] = ()
    attachments: Sequence[Attachment] = ()
    packs: PackLists = NO_PACKS


def sign_and_record(draft: Draft, *, arrival: datetime | None = None) -> Recorded:
    """Sign with the party's own key and record.

    The claimed time is the time of arrival too, unless that is given. Raises what refused the
    entry: LedgerError or RuleBroken.
    """
    draft = _in_parts(draft)
    statement, disclosures = statement_of(draft)
    text = sign(statement, signers.custodial_signer(draft.party), disclosures)
    submission = Submission(text, tuple(draft.readings), tuple(draft.files), draft.packs)
    return record_signed(submission, arrival or draft.at)


def statement_of(draft: Draft) -> tuple[Statement, tuple[Disclosure, ...]]:
    """The statement to sign, for whoever has the key, and what is disclosed of it."""
    said = _committed(draft)
    sealed = said.sealed() if isinstance(said, Ship | Receive | QualityRelease) else {}
    digests, disclosures = seal(sealed, _salts(draft.salts, len(sealed)))
    return _statement(draft, said.as_body(), digests), tuple(disclosures)


def _salts(given: Sequence[bytes], count: int) -> list[bytes]:
    """So many salts; those not given follow from the last one, which they do not give away."""
    salts = list(given[:count])
    while salts and len(salts) < count:
        salts.append(sha256(b"unbroken-salt/v1\n" + salts[-1]).digest()[:SALT_BYTES])
    return salts


def _in_parts(draft: Draft) -> Draft:
    """The draft with its rest divided, where that is worth while."""
    consumes = tuple(draft.consumes)
    said, packs = in_parts(
        draft.said, draft.packs, consumes, party=draft.party, stream=draft.stream
    )
    return replace(draft, said=said, packs=packs)


def _committed(draft: Draft) -> LotStatement:
    """What the party says, with the sets of packs that its outputs commit to.

    They are worked out once more under the lock: what has moved meanwhile is refused there.
    """
    stream, key = stream_id(draft.stream), LotKey.from_stream(draft.stream)
    found = standing(stream, key, draft.consumes, ()) if draft.consumes else Standing(LotState())
    goods = [found.state.outputs[ref] for ref in draft.consumes if ref in found.state.outputs]
    sets = PackBook.of(stream, key, {}).sets(draft.said, goods, draft.packs)
    return draft.said if sets is None else committed(draft.said, sets.of)


def sign_registry(
    *, type_: str, body: Mapping[str, Json], signer: Signer, at: datetime, nonce: bytes
) -> Recorded:
    """Sign a registry statement with the given key and record it."""
    return sign_unattached(
        stream=REGISTRY, type_=type_, body=body, signer=signer, at=at, nonce=nonce
    )


def sign_disclosure(
    owner: Gln, said: Disclosing, *, signer: Signer, at: datetime, nonce: bytes, salt: bytes = b""
) -> Recorded:
    """Sign a statement about what the owner has sealed, in the owner's stream, and record it."""
    return sign_unattached(
        stream=stream_of(owner),
        type_=said.type,
        body=said.as_body(),
        sealed=said.sealed(),
        salt=salt,
        signer=signer,
        at=at,
        nonce=nonce,
    )


def sign_unattached(
    *,
    stream: str,
    type_: str,
    body: Mapping[str, Json],
    signer: Signer,
    at: datetime,
    nonce: bytes,
    sealed: Mapping[str, Json] = _NOTHING_SEALED,
    salt: bytes = b"",
) -> Recorded:
    """Sign a statement that moves no goods with the given key and record it.

    At most one member is sealed, under `salt` (16 random bytes).
    """
    digests, disclosures = seal(sealed, [salt][: len(sealed)])
    statement = Statement(
        log=settings.LOG_ORIGIN,
        stream=stream,
        type=type_,
        at=at.astimezone(UTC).replace(microsecond=0),
        nonce=nonce,
        seen=proofs.latest_seen(),
        consumes=(),
        creates=0,
        body=body,
        sealed=digests,
    )
    return record_signed(Submission(sign(statement, signer, disclosures)), at)


def record_signed(submission: Submission, at: datetime) -> Recorded:
    """Record one entry; a refusal is raised as the error that it is."""
    (answer,) = record([submission], at)
    if isinstance(answer, Refusal):
        raise answer.error
    return answer


def _statement(draft: Draft, body: Mapping[str, Json], digests: tuple[str, ...]) -> Statement:
    return Statement(
        log=settings.LOG_ORIGIN,
        stream=draft.stream,
        type=draft.said.type,
        at=draft.at.astimezone(UTC).replace(microsecond=0),
        nonce=draft.nonce,
        seen=proofs.latest_seen(),
        consumes=tuple(draft.consumes),
        creates=len(draft.said.outputs),
        body=body,
        sealed=digests,
        attachments=(*draft.attachments, *(file.as_attachment() for file in draft.files)),
    )
