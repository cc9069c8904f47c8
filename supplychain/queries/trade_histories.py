"""The proven history of a lot, as a party may tell it to another one in EPCIS.

Only entries that evidence proves are told, and of these only what the party signed or was sent; the
maker tells all. Serial numbers are found again from the roots that the entries commit to.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from urllib.parse import quote

from ledger.core.entry import stream_id
from ledger.core.set_trees import SetTree
from ledger.core.sets import Subset
from ledger.proofs import StoredEntry
from supplychain.domain.conditions import Reading, Series
from supplychain.domain.containers import Container
from supplychain.domain.facts import LegState
from supplychain.domain.findings import Finding
from supplychain.domain.identifiers import Gln, Serial
from supplychain.domain.loads import NOTHING_PACKED
from supplychain.domain.lot_state import Act
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import Output, State
from supplychain.domain.packing_statements import Aggregate, Disaggregate
from supplychain.domain.packs import Pack
from supplychain.domain.sales import NO_SALE, Sale
from supplychain.domain.statements import (
    ConditionsRecord,
    Correction,
    HoldLift,
    HoldPlace,
    LotRegister,
    LotStatement,
    QualityRelease,
    RecallIssue,
    RecallLift,
    Receive,
    Release,
    Return,
    Ship,
    Surplus,
    Transform,
    Undo,
    Void,
)
from supplychain.domain.transform_statements import Into
from supplychain.formats.epc import SerialItem
from supplychain.formats.epcis_document import PartyRecord, ProductRecord
from supplychain.formats.epcis_values import is_uri
from supplychain.formats.event_readings import LOGGER
from supplychain.formats.trade_history import Declared, Deed, Goods, History, Journey, Step
from supplychain.models import Pack as Row
from supplychain.queries import told_packings
from supplychain.queries.access import own_disclosures
from supplychain.queries.chains import Chain, chain_of
from supplychain.queries.packs import nodes_of, pack_secret
from supplychain.queries.readings import LegReadings, legs_of

_BROKEN = (LegState.REVIEW, LegState.EXCURSION, LegState.FREEZE)
_STEPS: Mapping[State, Step] = {
    State.DISPENSED: Step.DISPENSED,
    State.DESTROYED: Step.DESTROYED,
    State.LOST: Step.LOST,
    State.STOLEN: Step.STOLEN,
    State.SAMPLED: Step.SAMPLED,
    State.DECOMMISSIONED: Step.DECOMMISSIONED,
    State.EXPORTED: Step.EXPORTED,
    State.QUARANTINED: Step.HELD,
}
_WORDS: Mapping[type[LotStatement], Step] = {
    RecallIssue: Step.RECALLED,
    HoldPlace: Step.HELD,
    RecallLift: Step.RELEASED,
    HoldLift: Step.RELEASED,
}


def lot_history(
    lot: LotKey, at: datetime, *, party: str, to: str, since: datetime | None = None
) -> History | None:
    """What `party` may tell `to` about the lot, from `since` on; None for a stranger to it.

    What is sealed is told to whom may open it.
    """

    def disclose(entry: StoredEntry) -> tuple[str, ...]:
        return own_disclosures(entry, party) and own_disclosures(entry, to)

    chain = chain_of(lot, at, asking=party, disclose=disclose)
    born = chain.lot
    if born is None or not (chain.involves(party) or str(born.maker) == party):
        return None
    teller = _Teller(chain, party)
    product = born.product
    return History(
        deeds=tuple(deed for deed in teller.deeds() if since is None or deed.at >= since),
        created=at.astimezone(UTC).replace(microsecond=0),
        instance=f"{lot.stream} {at:%Y%m%dT%H%M%SZ}",
        sender=Gln(party),
        receiver=Gln(to),
        products=(
            ProductRecord(
                lot.gtin, "", product.name, product.strength, product.form, _maker(chain)
            ),
        ),
        parties=tuple(
            PartyRecord(Gln(gln), known.name, country=known.country)
            for gln, known in sorted(chain.parties.items())
            if gln in teller.named
        ),
    )


def _maker(chain: Chain) -> str:
    maker = chain.lot and chain.parties.get(str(chain.lot.maker))
    return maker.name if maker else ""


class _Teller:
    """Turns the acts of a chain into deeds; `named` are the parties that these name."""

    def __init__(self, chain: Chain, party: str) -> None:
        self.named = {party}
        self._chain = chain
        self._history = chain.history
        self._party = party
        self._stream = stream_id(chain.key.stream)
        self._tree = SetTree(nodes_of(self._stream))
        self._serials = self._known_serials()
        self._packings = told_packings.ToldPackings(self._serials_of)
        legs = legs_of(chain, self._history.acts.keys())
        self._legs = {leg.act.entry_id: leg for leg in legs}

    def deeds(self) -> Iterator[Deed]:
        """Yield the deeds of all acts that the party may tell, in their order."""
        for act in self._history.acts.values():
            if self._may_tell(act):
                yield from self._told(act)

    def _may_tell(self, act: Act) -> bool:
        lot, said = self._chain.lot, act.statement
        sent = isinstance(said, Ship) and str(said.to) == self._party
        maker = lot is not None and str(lot.maker) == self._party
        return maker or sent or str(act.signer.gln) == self._party

    def _told(self, act: Act) -> Iterator[Deed]:
        made = [out for ref, out in self._history.made.items() if ref.entry_id == act.entry_id]
        match act.statement:
            case LotRegister(expiry=expiry):
                born = self._deed(act, Step.COMMISSIONED, made[0])
                yield replace(born, lot=act.key, expiry=expiry.on)
            case Ship(to=to, shipment=shipment, order=order) as said:
                step = Step.RETURNED if isinstance(said, Return) else Step.SHIPPED
                sent = self._handed(act, step, made[0], act.signer.gln, to, said.sale)
                yield replace(sent, despatch_advice=shipment, order=order)
            case Receive() as said:
                yield from self._received(act, made, said)
            case Aggregate() | Disaggregate() as packing:
                yield from self._packed(act, packing)
            case Void(dispatch=dispatch):
                yield from self._voided(act, made[0], self._history.acts[dispatch].statement)
            case Transform(into=into):
                yield from self._transformed(act, made, into)
            case _:
                yield from self._changed(act, made)

    def _changed(self, act: Act, made: list[Output]) -> Iterator[Deed]:
        """What an act says of the whole lot, or does to goods that stay where they are."""
        match act.statement:
            case RecallIssue() | HoldPlace() | RecallLift() | HoldLift() as word:
                yield self._of_all(act, _WORDS[type(word)])
            case Correction(entry=entry):
                yield from self._corrected(act, self._history.acts.get(entry))
            case Surplus():
                yield from self._admitted(act, made[0])
            case Release():
                yield self._deed(act, Step.RELEASED, made[0])
            case Undo():
                yield self._deed(act, Step.UNDONE, made[0])
            case ConditionsRecord() | QualityRelease():
                return  # the goods stay what they were, also in quarantine
            case _:
                known = (output for output in made[:1] if output.state in _STEPS)  # the rest stays
                yield from (self._deed(act, _STEPS[output.state], output) for output in known)

    def _packed(self, act: Act, said: Aggregate | Disaggregate) -> Iterator[Deed]:
        step = Step.PACKED if isinstance(said, Aggregate) else Step.UNPACKED
        for n, (contents, serials) in enumerate(self._packings.take(said)):
            self.named.add(str(act.signer.gln))
            yield Deed(
                step=step,
                at=act.at,
                id=f"ni:///sha-256;{act.entry_id}?container={n}",
                goods=replace(
                    self._items(act.key, serials, contents.children),
                    amounts=((act.key, contents.quantity),) if contents.units else (),
                ),
                where=act.signer.gln,
                parent=told_packings.named(contents.container),
            )

    def _received(self, act: Act, made: Iterable[Output], said: Receive) -> Iterator[Deed]:
        giver = self._history.made[act.consumes[0]].holder
        for output in made:
            if output.state is not State.IN_TRANSIT:
                got = self._handed(act, Step.RECEIVED, output, giver, act.signer.gln, said.sale)
                yield replace(got, despatch_advice=said.shipment)

    def _voided(self, act: Act, output: Output, said: LotStatement) -> Iterator[Deed]:
        if isinstance(said, Ship):
            back = self._handed(act, Step.VOIDED, output, act.signer.gln, said.to, said.sale)
            yield replace(back, despatch_advice=said.shipment)

    def _transformed(
        self, act: Act, made: Iterable[Output], into: Iterable[Into]
    ) -> Iterator[Deed]:
        lots = Goods(amounts=tuple((one.key, one.makes) for one in into))
        for output in made:
            if output.state is State.TRANSFORMED:
                yield replace(self._deed(act, Step.TRANSFORMED, output), made=lots)
            elif output.state is State.DESTROYED:  # what was lost in it
                lost = self._deed(act, Step.DESTROYED, output)
                yield replace(lost, id=f"{lost.id}?state={output.state}")

    def _of_all(self, act: Act, step: Step) -> Deed:
        """Something is said of all of the lot, wherever it is."""
        self.named.add(str(act.signer.gln))
        born = self._chain.lot
        every = ((act.key, born.quantity),) if born else ()
        return Deed(
            step=step,
            at=act.at,
            id=f"ni:///sha-256;{act.entry_id}",
            goods=Goods(amounts=every),
            where=act.signer.gln,
        )

    def _corrected(self, act: Act, wrong: Act | None) -> Iterator[Deed]:
        """What was told before, declared wrong; in which words is between the parties."""
        if wrong is not None and self._may_tell(wrong):
            declared = Declared(act.at, occurred=True)
            yield from (replace(deed, declared=declared) for deed in self._told(wrong))

    def _admitted(self, act: Act, output: Output) -> Iterator[Deed]:
        """More was sent than was said: it is sent and received by the giver's word alone."""
        for step in (Step.SHIPPED, Step.RECEIVED):
            deed = self._handed(act, step, output, act.signer.gln, output.holder, NO_SALE)
            yield replace(deed, id=f"ni:///sha-256;{act.entry_id}?step={step}")

    def _handed(
        self, act: Act, step: Step, output: Output, giver: Gln, receiver: Gln, sale: Sale
    ) -> Deed:
        named = (giver, receiver, sale.seller, sale.buyer)
        self.named |= {str(party) for party in named if party is not None}
        deed = self._deed(act, step, output)
        return replace(deed, giver=giver, receiver=receiver, sale=sale)

    def _deed(self, act: Act, step: Step, output: Output) -> Deed:
        self.named.add(str(act.signer.gln))
        state = f"?state={output.state}" if step is Step.RECEIVED else ""
        return Deed(
            step=step,
            at=act.at,
            id=f"ni:///sha-256;{act.entry_id}{state}",
            goods=self._goods(act, output),
            where=act.signer.gln,
            journeys=tuple(self._measured(act)),
        )

    def _measured(self, act: Act) -> Iterator[Journey]:
        """What loggers told; of a receipt that rests on a tracker, what its batches say."""
        leg = self._legs.get(act.entry_id)
        if leg is None:
            return
        if leg.tracker is None:
            yield from (_journey(leg, one) for one in leg.series)
            return
        for one in self._tracked(act, leg.tracker.device):
            yield replace(one, error=one.error or not leg.tracker.whole)

    def _tracked(self, receipt: Act, device: str) -> Iterator[Journey]:
        for entry_id in self._history.on_the_way(receipt):
            leg, said = self._legs.get(entry_id), self._history.acts[entry_id].statement
            batch = said.batch if isinstance(said, ConditionsRecord) else None
            if leg is not None and batch is not None and batch.device == device:
                batches = (one for one in leg.series if one.root.hex() == batch.root)
                yield from (_journey(leg, one) for one in batches)

    def _goods(self, act: Act, output: Output) -> Goods:
        said = act.statement
        labels = said.containers if isinstance(said, Ship | Receive | Void) else ()
        if output.packs is None:
            return self._counted(act.key, output, labels)
        serials = self._serials_of(output.packs, output.quantity)
        containers, loose = self._packings.labelled(labels, serials)
        return self._items(act.key, loose, containers)

    def _counted(self, lot: LotKey, output: Output, labels: Iterable[Container]) -> Goods:
        """Units by amount, but for those whose containers were told and are named."""
        load = output.load if self._packings.told(output.load.containers) else NOTHING_PACKED
        named = [one for one in labels if one in load.containers]
        loose = output.quantity - load.under(named).total
        amounts = ((lot, loose),) if loose else ()
        return replace(self._items(lot, (), named), amounts=amounts)

    def _items(
        self, lot: LotKey, serials: Iterable[Serial], containers: Iterable[Container]
    ) -> Goods:
        return Goods(
            packs=tuple(SerialItem(lot.gtin, serial, "") for serial in serials),
            containers=tuple(told_packings.named(one) for one in containers),
        )

    def _serials_of(self, root: str, quantity: int) -> list[Serial]:
        keys = self._tree.members(Subset(quantity, bytes.fromhex(root)))
        return [self._serials[key] for key in keys]

    def _known_serials(self) -> Mapping[bytes, Serial]:
        """The serial numbers of the lot's packs, by the keys that stand for them in sets."""
        secret = pack_secret(self._stream)
        if secret is None:
            return {}
        rows = Row.objects.filter(stream_id=self._stream).values_list("serial", flat=True)
        packs = (Pack(self._chain.key.gtin, Serial(serial)) for serial in rows)
        return {pack.key(secret): pack.serial for pack in packs}


def _journey(leg: LegReadings, one: Series) -> Journey:
    found = leg.judgement
    return Journey(
        _device(one.device),
        tuple(map(_reading, one.readings)),
        alarm=leg.state in _BROKEN or bool(found and found.deviations),
        error=bool(found and (found.gaps or Finding.CLOCK_FAULT in found.findings)),
        file=one.file or "",
        root=one.root.hex(),
        kinetic=found.mkt if found else None,
    )


def _device(name: str) -> str:
    """Return a URI for a logger; one that has none is named by its maker's words for it."""
    return name if is_uri(name) else f"{LOGGER}{quote(name, safe='')}"


def _reading(one: Reading) -> tuple[datetime, Decimal]:
    return datetime.fromtimestamp(one.at, UTC), Decimal(one.centi_c) / 100
