"""The trade's rules over signed entries of one lot, between the ledger's yes and the tables."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from uuid import UUID

from ledger import proofs
from ledger.core.entry import Entry, stream_id
from ledger.core.links import OutputRef
from ledger.core.registry import KeyHolder
from supplychain.domain.conditions import Series
from supplychain.domain.conditions_claim import ConditionsClaim
from supplychain.domain.custody import decide
from supplychain.domain.errors import RuleBroken
from supplychain.domain.excursions import Covers
from supplychain.domain.identifiers import Gln
from supplychain.domain.lot_state import Act, LotState, Source
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import Output
from supplychain.domain.parties import Party
from supplychain.domain.statements import (
    SPEAKING,
    ConditionsRecord,
    Correction,
    LotRegister,
    LotStatement,
    Receive,
    Return,
    Ship,
    Surplus,
    Transform,
    read,
)
from supplychain.domain.storage_profile import StorageProfile
from supplychain.queries.profiles import known_profile
from supplychain.queries.rides import rides_of
from supplychain.recording.conditions import cited, hold_to_readings
from supplychain.recording.descent import born_of, inherited, sources_of
from supplychain.recording.exceptions_noted import Noted, of_receipt, open_cases
from supplychain.recording.four_eyes import prove_two_people
from supplychain.recording.pack_book import PackBook, Sets
from supplychain.recording.projection import Judged, Projection
from supplychain.recording.standing import Standing, standing
from supplychain.recording.submissions import PackLists, Submission
from supplychain.recording.surplus import exceeding

Stands = Callable[[int], None]


@dataclass(slots=True)
class LotBook:
    """A lot under its lock: what stands, and what the judged entries will change."""

    key: LotKey
    state: LotState
    parties: dict[str, Party]
    outputs: dict[OutputRef, Output]
    projection: Projection
    sources: Mapping[str, Source] = field(default_factory=dict)
    authors: dict[str, str] = field(default_factory=dict)
    _signers: dict[str, Party] = field(default_factory=dict)
    _noted: list[Noted] = field(default_factory=list)

    @classmethod
    def open(cls, key: LotKey, entries: Iterable[Entry]) -> "LotBook":
        """Read what stands, as far as these entries need it."""
        stream, listed = stream_id(key.stream), list(entries)
        consumes = (ref for entry in listed for ref in entry.statement.consumes)
        found = standing(stream, key, consumes, {to for to in map(_receiver, listed) if to})
        book = cls.on(stream, key, found)
        if any(entry.statement.type == LotRegister.type for entry in listed):
            book.sources = sources_of(stream)
            known = inherited(stream, book.sources.values())
            book.state = replace(book.state, inherited=known)
        if any(map(_rests_on_a_tracker, listed)):
            book.outputs |= {ref: _ridden(stream, one) for ref, one in book.outputs.items()}
        if receipts := {one for one in map(_admitted, listed) if one}:
            book.state = replace(book.state, exceeding=exceeding(stream, receipts))
        if cites := {one for one in map(_cited, listed) if one}:
            book.authors = proofs.signers_of(key.stream, cites)
        return book

    @classmethod
    def on(cls, stream: UUID, key: LotKey, found: Standing) -> "LotBook":
        """A book over what was found standing."""
        outputs = dict(found.state.outputs)
        packs = PackBook.of(stream, key, found.holdings)
        projection = Projection(str(stream), found.shipments, packs)
        return cls(key, found.state, found.parties, outputs, projection)

    def judge(self, entry: Entry, holder: KeyHolder, brought: Submission) -> Stands:
        """Judge an entry; what comes back lets it stand, given its number in the stream.

        Raises Invalid or RuleBroken, and then nothing has changed.
        """
        statement = read(entry)
        prove_two_people(holder.party, statement)
        profile = self._profile(statement)
        act = Act(
            entry_id=entry.entry_id,
            key=self.key,
            signer=self._signer(holder),
            statement=statement,
            at=entry.statement.at,
            consumes=entry.statement.consumes,
            receiver=self._receiver(statement),
            author=self._author(statement),
            monitored=None if profile is None else profile.monitored,
            profile=profile,
            sources=self.sources,
            born=born_of(statement.into) if isinstance(statement, Transform) else frozenset(),
            log=entry.statement.log,
        )
        before = self._named(act)
        after = decide(before, act)
        sets = self._sets(act, before, brought.packs)
        readings = self._readings(act, brought.readings)
        return partial(self._take, Judged(act, before, after, readings, brought.packs, sets))

    def _sets(self, act: Act, before: LotState, lists: PackLists) -> Sets | None:
        goods = {ref: before.outputs[ref] for ref in act.consumes if ref in before.outputs}
        return self.projection.packs.judge(act.statement, act.signer.gln, goods, lists)

    def _named(self, act: Act) -> LotState:
        """The state with the outputs that the act names only, so that a long batch stays cheap."""
        outputs = {ref: self.outputs[ref] for ref in act.consumes if ref in self.outputs}
        return replace(self.state, outputs=outputs)

    def _take(self, judged: Judged, number: int) -> None:
        for ref in judged.act.consumes:
            del self.outputs[ref]
        self.outputs.update(judged.after.outputs)
        self.state = judged.after
        self.authors[judged.act.entry_id] = str(judged.act.signer.gln)
        self.projection.add(judged, number)
        self._noted += of_receipt(judged)

    def sql(self) -> str:
        """What writes the rows of all that was taken."""
        return self.projection.sql()

    def write(self) -> None:
        """Write what is too much for one statement, behind it. Raises Conflict."""
        self.projection.packs.write()
        open_cases(self._noted)

    def _signer(self, holder: KeyHolder) -> Party:
        party = self._signers.get(holder.party)
        if party is None:
            party = Party.from_profile(holder.party, holder.profile)
            self._signers[holder.party] = party
        return party

    def _receiver(self, statement: LotStatement) -> Party | None:
        return self.parties.get(str(statement.to)) if isinstance(statement, Ship) else None

    def _author(self, statement: LotStatement) -> Gln | None:
        author = self.authors.get(statement.entry) if isinstance(statement, Correction) else None
        return None if author is None else Gln.parse(author)

    def _profile(self, said: LotStatement) -> StorageProfile | None:
        if isinstance(said, LotRegister):
            return known_profile(said.product.profile)
        lot = self.state.lot
        speaks = isinstance(said, SPEAKING) and said.conditions.readings is not None
        return known_profile(lot.product.profile) if lot and speaks else None

    def _readings(self, act: Act, brought: tuple[Series, ...]) -> tuple[Series, ...]:
        said = act.statement
        claim = said.conditions if isinstance(said, SPEAKING) else _NO_CONDITIONS
        series = cited(claim, brought)
        if claim.readings is not None:
            lot = self.state.born()
            hold_to_readings(claim.readings, series, lot.product.profile, self._covers(act))
        return series

    def _covers(self, act: Act) -> Covers | None:
        if isinstance(act.statement, ConditionsRecord):
            return act.statement.covers
        if not isinstance(act.statement, Receive):
            return None
        sent = self.outputs[act.consumes[0]].dispatched_at
        if sent is None:
            raise RuleBroken("R2", "NOT_IN_TRANSIT", "These goods were never dispatched.")
        return sent, act.at


_NO_CONDITIONS = ConditionsClaim.decode({"none": "not_required"})


def _receiver(entry: Entry) -> str | None:
    """The party that a dispatch names; whether it is a GLN at all is not asked here."""
    sends = entry.statement.type in (Ship.type, Return.type)
    to = entry.statement.body.get("to") if sends else None
    return to if isinstance(to, str) else None


def _admitted(entry: Entry) -> str | None:
    """The receipt that a giver answers."""
    said = entry.statement
    receipt = said.body.get("receipt") if said.type == Surplus.type else None
    return receipt if isinstance(receipt, str) else None


def _rests_on_a_tracker(entry: Entry) -> bool:
    said = entry.statement.body.get("conditions") if entry.statement.type == Receive.type else None
    return isinstance(said, Mapping) and "tracker" in said


def _ridden(stream: UUID, output: Output) -> Output:
    """Goods on their way, with what trackers told of them; read where it is asked for only."""
    if output.dispatch is None:
        return output
    return replace(output, rides=rides_of(stream, output.dispatch))


def _cited(entry: Entry) -> str | None:
    """The entry that a correction cites."""
    cited = entry.statement.body.get("entry") if entry.statement.type == Correction.type else None
    return cited if isinstance(cited, str) else None
