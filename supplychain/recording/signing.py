"""Signing on behalf of a party whose key we keep, and then the same road as everybody."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from django.conf import settings

from ledger import proofs, signers
from ledger.core.canonical import Json
from ledger.core.entry import sign
from ledger.core.envelope import seal
from ledger.core.keys import Signer
from ledger.core.links import OutputRef
from ledger.core.registry_acts import STREAM as REGISTRY
from ledger.core.statement import Attachment, Statement
from supplychain.domain.conditions import Series
from supplychain.domain.statements import LotStatement, Ship
from supplychain.recording.recording import record
from supplychain.recording.submissions import File, Recorded, Refusal, Submission


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a party is about to sign. `salts`: one for each sealed member. `at`: claimed time.

    `files` go with the entry; `attachments` are files that it only names, kept elsewhere.
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


def sign_and_record(draft: Draft, *, arrival: datetime | None = None) -> Recorded:
    """Sign with the party's own key and record.

    The claimed time is the time of arrival too, unless that is given. Raises what refused the
    entry: LedgerError or RuleBroken.
    """
    sealed = draft.said.sealed() if isinstance(draft.said, Ship) else {}
    digests, disclosures = seal(sealed, draft.salts[: len(sealed)])
    statement = _statement(draft, draft.said.as_body(), digests)
    text = sign(statement, signers.custodial_signer(draft.party), disclosures)
    submission = Submission(text, tuple(draft.readings), tuple(draft.files))
    return record_signed(submission, arrival or draft.at)


def sign_registry(
    *, type_: str, body: Mapping[str, Json], signer: Signer, at: datetime, nonce: bytes
) -> Recorded:
    """Sign a registry statement with the given key and record it."""
    statement = Statement(
        log=settings.LOG_ORIGIN,
        stream=REGISTRY,
        type=type_,
        at=at.astimezone(UTC).replace(microsecond=0),
        nonce=nonce,
        seen=proofs.latest_seen(),
        consumes=(),
        creates=0,
        body=body,
    )
    return record_signed(Submission(sign(statement, signer)), at)


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
