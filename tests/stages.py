"""A stage for stories: an installation with the standing cast admitted, and a sequencer to step."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Self

import pytest
from django.conf import settings
from django.db import transaction
from pytest_django import Settings

from ledger import indexing, signers
from ledger.core.checkpoint import Vkey
from ledger.core.index import IndexRoot
from ledger.core.policy import Policy
from ledger.core.signatures import LogKey, PrivateKey
from ledger.indexing import Pace
from ledger.operator_key import admit_operator
from ledger.sequencing import Sequencer
from supplychain.domain.conditions import Reading, Series
from supplychain.domain.identifiers import Gtin, LotNumber, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.parties import Party
from supplychain.queries.stock import InTransit, inbound_to
from supplychain.recording.conditions import ConditionsInput
from supplychain.recording.submissions import Recorded
from supplychain.services.admit_party import admit_party
from supplychain.services.keep_key import keep_key
from supplychain.services.receive_shipment import receive_shipment
from supplychain.services.register_lot import register_lot
from supplychain.services.register_product import register_product
from supplychain.services.ship_lot import ship_lot
from tests import database
from tests.people import LIAR, MAKER, PHARMACY, REGULATOR, SECOND_PHARMACY, WHOLESALER

CAST = (MAKER, WHOLESALER, PHARMACY, SECOND_PHARMACY, REGULATOR, LIAR)
MAKES, SELLS, HEALS, HEALS_TOO, RULES, LIES = (str(party.gln) for party in CAST)
TABLETS = "00614141000012"
INSULIN = "00614141000029"
NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
GOOD_UNTIL = date(2027, 12, 31)
NOT_REQUIRED = ConditionsInput(none="not_required")
NO_LOGGER = ConditionsInput(none="logger_missing")


def a_lot(number: str = "A1", gtin: str = TABLETS) -> LotKey:
    """The lot of this number."""
    return LotKey(Gtin(gtin), LotNumber(number))


def readings(
    start: datetime, end: datetime, *centi_c: int, every: timedelta = timedelta(minutes=10)
) -> ConditionsInput:
    """A logger's series from start to just past the end, its values over and over."""
    count = int((end - start) / every) + 2
    first, step = int(start.timestamp()), int(every.total_seconds())
    values = centi_c or (500,)
    rows = [Reading(first + i * step, values[i % len(values)]) for i in range(count)]
    return ConditionsInput(series=(Series.of("LOGGER-1", rows),))


def serials(*numbers: int) -> tuple[Serial, ...]:
    """Packs by their numbers."""
    return tuple(Serial(f"S{number:06d}") for number in numbers)


AT_ONCE = Pace(1, timedelta(0), timedelta(days=1))


@dataclass
class Stage:
    """An installation; its clock goes on by a minute with every act."""

    folder: Path
    now: datetime = NOON
    authority: PrivateKey = field(default_factory=PrivateKey.generate)
    log_key: LogKey = field(default_factory=LogKey.generate)
    operator_key: PrivateKey = field(default_factory=PrivateKey.generate)
    _count: int = 0
    _sequencer: Sequencer | None = None
    _empty: str = ""  # the savepoint of the database before anything was on the stage

    def open(self) -> "Stage":
        """Write the keys, admit the cast and fill the maker's catalogue."""
        vkey = Vkey(settings.LOG_ORIGIN, self.log_key.public)
        policy = Policy.trusting(vkey, self.authority.public)
        (self.folder / signers.POLICY_FILE).write_bytes(policy.as_bytes())
        (self.folder / signers.LOG_FILE).write_bytes(self.log_key.as_pem())
        (self.folder / signers.AUTHORITY_FILE).write_bytes(self.authority.as_pem())
        for party in CAST:
            self.admit(party)
        self.log()
        self.catalogue(TABLETS, "Paracetamol", "unmonitored/1")
        self.catalogue(INSULIN, "Insulin", "refrigerated-2-8/1")
        return self

    def admit(self, party: Party, *, with_key: bool = True) -> None:
        """Admit a party, as a rule with a key in our keeping."""
        admit_party(
            authority=self.authority,
            party=party,
            email=f"{party.gln}@example.org",
            at=self.later(),
            nonce=self.nonce(),
        )
        if with_key:
            keep_key(
                authority=self.authority,
                party=str(party.gln),
                at=self.later(),
                nonce=self.nonce(),
                seal_nonce=self.nonce()[:12],
            )

    def catalogue(self, gtin: str, name: str, profile: str) -> None:
        """Put a product into the maker's catalogue."""
        register_product(
            party=MAKES, gtin=gtin, name=name, strength="500 mg", form="20 pieces", profile=profile
        )

    def later(self, by: timedelta = timedelta(minutes=1)) -> datetime:
        """Let time pass."""
        self.now += by
        return self.now

    def nonce(self) -> bytes:
        """16 bytes that were never used before."""
        self._count += 1
        return sha256(b"nonce %d" % self._count).digest()[:16]

    def log(self) -> int:
        """Let the sequencer take all that was accepted."""
        if self._sequencer is None:
            self._sequencer = Sequencer(
                self.log_key,
                settings.LOG_ORIGIN,
                clock=lambda: self.now,
                checkpoint_file=Path(settings.CHECKPOINT_FILE),
                holder="stage",
            )
        return self._sequencer.step()

    def index(self) -> IndexRoot:
        """Let the operator, admitted the first time, sign an index over all that is logged."""
        key = self.operator_key
        (self.folder / signers.OPERATOR_FILE).write_bytes(key.as_pem())
        admit_operator(self.authority, key, at=self.later(), nonces=self.nonce)
        self.log()
        root = indexing.step(key, AT_ONCE, at=self.later(), nonce=self.nonce())
        self.log()
        assert root is not None
        return root

    def register(
        self,
        lot: LotKey,
        quantity: int,
        expiry: date = GOOD_UNTIL,
        packs: Sequence[Serial] | None = None,
    ) -> Recorded:
        """The maker registers a lot, with serial numbers where packs are given."""
        return register_lot(
            party=MAKES,
            gtin=str(lot.gtin),
            lot=str(lot.lot),
            quantity=quantity,
            expiry=expiry,
            expiry_zone="+00:00",
            at=self.later(),
            nonce=self.nonce(),
            packs=packs,
            secret=self.nonce() * 2,
        )

    def ship(
        self,
        giver: str,
        lot: LotKey,
        quantity: int,
        receiver: str,
        conditions: ConditionsInput = NOT_REQUIRED,
        packs: Sequence[Serial] | None = None,
    ) -> Recorded:
        """One dispatch."""
        return ship_lot(
            party=giver,
            lot=lot,
            quantity=quantity,
            receiver=receiver,
            shipment=f"S-{self._count}",
            order="PO-1",
            conditions=conditions,
            at=self.later(),
            nonce=self.nonce(),
            salt=self.nonce(),
            packs=packs,
        )

    def inbound(self, receiver: str, lot: LotKey) -> InTransit:
        """The oldest dispatch of the lot that is on the way to the receiver."""
        return next(line for line in inbound_to(receiver) if line.lot.key == lot)

    def receive(
        self,
        receiver: str,
        lot: LotKey,
        received: int,
        damaged: int = 0,
        conditions: ConditionsInput = NOT_REQUIRED,
        packs: Sequence[Serial] | None = None,
        damaged_packs: Sequence[Serial] | None = None,
    ) -> Recorded:
        """Take the oldest dispatch of the lot that is on the way to the receiver."""
        return receive_shipment(
            party=receiver,
            output=self.inbound(receiver, lot).output,
            lot=lot,
            received=received,
            damaged=damaged,
            conditions=conditions,
            note="",
            at=self.later(),
            nonce=self.nonce(),
            packs=packs,
            damaged_packs=damaged_packs,
        )

    def deliver(
        self,
        giver: str,
        lot: LotKey,
        quantity: int,
        receiver: str,
        conditions: ConditionsInput = NOT_REQUIRED,
        packs: Sequence[Serial] | None = None,
    ) -> None:
        """A hand-off from end to end."""
        self.ship(giver, lot, quantity, receiver, conditions, packs)
        self.receive(receiver, lot, quantity, conditions=conditions)


@dataclass(frozen=True)
class Kept:
    """A stage to be opened again: its keys and its clock, its files, and every row it has."""

    stage: Stage
    files: Mapping[str, bytes]
    rows: Mapping[str, str]

    @classmethod
    def of(cls, stage: Stage) -> Self:
        """Remember the stage, which goes on by itself."""
        files = {file.name: file.read_bytes() for file in stage.folder.iterdir()}
        return cls(
            replace(stage, _sequencer=None), files, database.rows_of("ledger", "supplychain")
        )

    def again(self, folder: Path) -> Stage:
        """Open it once more in a folder and an empty database."""
        found = replace(self.stage, folder=folder)
        self.put_on(found)
        return found

    def put_on(self, stage: Stage) -> None:
        """Make it of a stage whose database is empty."""
        for name, content in self.files.items():
            (stage.folder / name).write_bytes(content)
        database.put_rows(self.rows)
        stage.now, stage._count, stage._sequencer = self.stage.now, self.stage._count, None


def open_stage(settings: Settings, folder: Path, now: datetime = NOON) -> Stage:
    """A stage with keys in that folder, its clock at that moment."""
    settings.KEYS_DIR = folder
    settings.CHECKPOINT_FILE = folder / "checkpoint"
    return Stage(folder, now).open()


OPENED = "as it opens"
_kept: dict[str, Kept] = {}  # stages of this process, by what had been played on them


@pytest.fixture
def stage(db: None, settings: Settings, tmp_path: Path) -> Stage:  # noqa: ARG001  opens the database
    """An installation of its own, in a transaction that is rolled back.

    Opening one takes a quarter of a second; so all of a process open the first one again, its rows
    and files as they were.
    """
    empty = transaction.savepoint()
    if OPENED not in _kept:
        _kept[OPENED] = Kept.of(open_stage(settings, tmp_path))
    settings.KEYS_DIR = tmp_path
    settings.CHECKPOINT_FILE = tmp_path / "checkpoint"
    transaction.savepoint_rollback(empty)
    found = _kept[OPENED].again(tmp_path)
    found._empty = empty
    return found


def played(story: Callable[[], object], stage: Stage) -> Stage:
    """The stage after a story that begins when it has just opened, and leaves no rows but ours.

    It is played the first time in a process; afterwards its rows and files are put back.
    """
    opened, name = _kept[OPENED].stage, f"{story.__module__}.{story.__qualname__}"
    assert (stage.now, stage._count) == (opened.now, opened._count), f"{name} comes too late"
    if name in _kept:
        transaction.savepoint_rollback(stage._empty)
        _kept[name].put_on(stage)
    else:
        story()
        _kept[name] = Kept.of(stage)
    return stage
