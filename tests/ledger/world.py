"""A small installation: an authority, a log, a party with a key, and a clock that stands."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from itertools import count
from pathlib import Path

from django.conf import settings
from django.db import transaction

from ledger import auditing, indexing, signers
from ledger.appending import open_stream
from ledger.auditing import Audit, Opinions
from ledger.core.canonical import Json
from ledger.core.checkpoint import Vkey
from ledger.core.entry import Entry, sign
from ledger.core.index import IndexRoot
from ledger.core.keys import Signer
from ledger.core.links import OutputRef
from ledger.core.merkle import EMPTY_ROOT
from ledger.core.policy import Policy
from ledger.core.registry_acts import STREAM as REGISTRY
from ledger.core.registry_acts import (
    Act,
    AddKey,
    AdmitParty,
    AffirmEntries,
    ReinstateParty,
    RevokeKey,
    RotateKey,
    SuspendParty,
    possession_message,
)
from ledger.core.signatures import OPENSSL, LogKey, PrivateKey
from ledger.core.statement import Attachment, Seen, Statement
from ledger.indexing import Pace
from ledger.operator_key import admit_operator
from ledger.sequencing import Sequencer

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
MAKER = "0614141000012"
LOT = "lot:00614141000012/A1"
OTHER = "lot:00614141000012/B2"
AT_ONCE = Pace(1, timedelta(0), timedelta(days=1))
_nonces = count(1)


@dataclass
class World:
    """What a test needs to sign, append, sequence and audit."""

    authority: PrivateKey = field(default_factory=PrivateKey.generate)
    log: LogKey = field(default_factory=LogKey.generate)
    maker: PrivateKey = field(default_factory=PrivateKey.generate)
    operator: PrivateKey = field(default_factory=PrivateKey.generate)
    now: datetime = NOON

    def set_up(self) -> None:
        """Write the operator's files."""
        folder = Path(settings.KEYS_DIR)
        folder.mkdir(parents=True, exist_ok=True)
        policy = Policy.trusting(Vkey(settings.LOG_ORIGIN, self.log.public), self.authority.public)
        (folder / signers.POLICY_FILE).write_bytes(policy.as_bytes())
        (folder / signers.LOG_FILE).write_bytes(self.log.as_pem())
        (folder / signers.AUTHORITY_FILE).write_bytes(self.authority.as_pem())
        (folder / signers.OPERATOR_FILE).write_bytes(self.operator.as_pem())

    def admit_maker(self) -> None:
        """Admit the party, with its key."""
        self.append(self.admit(MAKER), self.add_key(MAKER, self.maker))

    def admit_operator(self) -> None:
        """Let the operator sign indexes from now on."""
        nonces = lambda: next(_nonces).to_bytes(16)  # noqa: E731  a fresh one each time
        admit_operator(self.authority, self.operator, at=self.now, nonces=nonces)
        self.sequencer().step()

    def index(self, pace: Pace = AT_ONCE) -> IndexRoot | None:
        """Sign an index if one is due, and log it."""
        nonce = next(_nonces).to_bytes(16)
        root = indexing.step(self.operator, pace, at=self.now, nonce=nonce)
        self.sequencer().step()
        return root

    # --- entries ----------------------------------------------------------------------------------

    def entry(
        self,
        stream: str = LOT,
        *,
        signer: Signer | None = None,
        type: str = "thing.said",  # noqa: A002  the statement's own word
        body: Mapping[str, Json] | None = None,
        consumes: Iterable[OutputRef] = (),
        creates: int = 1,
        **members: object,
    ) -> Entry:
        """A signed entry; `members` replace the statement's others."""
        common: dict[str, object] = {
            "log": settings.LOG_ORIGIN,
            "at": self.now,
            "nonce": next(_nonces).to_bytes(16),
            "seen": Seen(0, EMPTY_ROOT),
            **members,
        }
        statement = Statement(
            stream=stream,
            type=type,
            body=body or {},
            consumes=tuple(consumes),
            creates=creates,
            **common,  # type: ignore[arg-type]  # the members of a statement, by name
        )
        return Entry.parse(sign(statement, signer or self.maker))

    def after(self, entry: Entry, *, output: int = 0, **members: object) -> Entry:
        """An entry of the same stream that uses up an output of this one."""
        refs = [OutputRef(entry.entry_id, output)]
        return self.entry(entry.statement.stream, consumes=refs, **members)  # type: ignore[arg-type]  # as entry

    def registering(self, act: Act, signer: Signer | None = None) -> Entry:
        """A registry entry, by the authority unless another signer is named."""
        return self.entry(
            REGISTRY,
            signer=signer or self.authority,
            type=act.TYPE,
            body=act.as_body(),
            creates=0,
        )

    def admit(self, party: str) -> Entry:
        """An entry that admits a party."""
        return self.registering(AdmitParty(party, {"name": "Marlow Medicines"}))

    def add_key(self, party: str, key: PrivateKey) -> Entry:
        """An entry that adds a key, with its proof of possession."""
        proof = key.sign(possession_message(settings.LOG_ORIGIN, party, key.kid))
        return self.registering(AddKey(party, key.public, "file", proof))

    def revoke(
        self, key: PrivateKey, *, start: int | None = None, signer: Signer | None = None
    ) -> Entry:
        """An entry that revokes a key."""
        return self.registering(RevokeKey(key.kid, "lost", start), signer)

    def rotate(self, new: PrivateKey, *, old: PrivateKey | None = None) -> Entry:
        """An entry by which the maker's key, or `old`, gives way to another one."""
        key = old or self.maker
        proof = new.sign(possession_message(settings.LOG_ORIGIN, MAKER, new.kid))
        return self.registering(RotateKey(key.kid, new.public, "file", proof), key)

    def suspend(self, party: str = MAKER) -> Entry:
        """An entry that suspends a party."""
        return self.registering(SuspendParty(party, "Licence withdrawn"))

    def reinstate(self, party: str = MAKER) -> Entry:
        """An entry that reinstates a party."""
        return self.registering(ReinstateParty(party))

    def affirm(self, signer: Signer, *entries: Entry) -> Entry:
        """An entry that stands by entries which the maker's first key signed."""
        return self.registering(AffirmEntries(self.maker.kid, tuple(sorted(ids(entries)))), signer)

    # --- deeds ------------------------------------------------------------------------------------

    def append(self, *entries: Entry, files: Mapping[str, bytes] | None = None) -> None:
        """Append entries of one stream in one transaction, as a sender who repeats may."""
        with transaction.atomic():
            stream = open_stream(entries[0].statement.stream, entries, at=self.now)
            for entry in entries:
                if not stream.knows(entry):
                    stream.add(entry, stream.admit(entry), files=files or {})
            stream.save()

    def sequencer(self, holder: str = "first") -> Sequencer:
        """A sequencer of this log."""
        return Sequencer(
            self.log,
            settings.LOG_ORIGIN,
            clock=lambda: self.now,
            checkpoint_file=Path(settings.CHECKPOINT_FILE),
            holder=holder,
        )

    def log_all(self, *entries: Entry) -> None:
        """Append entries one by one, and log them under one checkpoint."""
        for entry in entries:
            self.append(entry)
        self.sequencer().step()

    def wait(self, seconds: float) -> None:
        """Let the clock go on."""
        self.now += timedelta(seconds=seconds)

    def audit(self) -> Audit:
        """Audit without second opinion, and settle the alarms."""
        result, _ = auditing.run(
            Opinions(OPENSSL),
            policy=signers.policy(),
            file=Path(settings.CHECKPOINT_FILE),
            clock=lambda: self.now,
        )
        return result


def found(audit: Audit) -> set[tuple[str, str]]:
    """What an audit found, by code and what it is about."""
    return {(one.code, one.about) for one in audit.findings}


def ids(entries: Sequence[Entry]) -> list[str]:
    """The ids of entries."""
    return [entry.entry_id for entry in entries]


def a_file(content: bytes) -> Attachment:
    """An attachment of this content."""
    return Attachment(sha256(content).hexdigest(), "text/csv", len(content))
