"""Evidence about outputs, good and with defects: what of a stream may be left out, and what not."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from ledger.core.entry import Entry
from ledger.core.evidence import ElementShown, Evidence, PlaceShown
from ledger.core.index import OPERATOR, WHOLE
from ledger.core.set_trees import SetTree
from ledger.core.sets import member_key
from tests.vectors.stories import MAKERS, ORDER_NUMBER, PHARMACYS, WHOLESALERS, lot_made
from tests.vectors.world import (
    LOT,
    MAKER,
    MORNING,
    OTHER_LOT,
    PHARMACY,
    WHOLESALER,
    World,
    output,
    without_item,
)


class Trade:
    """A lot that goes to two: some by way of a wholesaler, the rest at once to a pharmacy.

    The lot is made at index 8, put on hold and freed, and shipped to the wholesaler at 11, who
    receives at 12 and ships on at 13. The rest goes to the pharmacy at 14, which receives at 15.
    """

    def __init__(self, version: int = 2) -> None:
        self.world = World(version=version)
        for party in (MAKER, WHOLESALER, PHARMACY, OPERATOR):
            self.world.join(party)
        self.made = lot_made(self.world)
        self.world.say(MAKERS, "hold.place")
        self.world.say(MAKERS, "hold.lift", seen=self.world.seen())
        self.shipped = self._move(MAKERS, "custody.ship", self.made, creates=2)
        self.received = self._move(WHOLESALERS, "custody.receive", self.shipped)
        self.passed_on = self._move(WHOLESALERS, "custody.ship", self.received)
        self.sold = self._move(MAKERS, "custody.ship", self.shipped, n=1)
        self.taken = self._move(PHARMACYS, "custody.receive", self.sold)
        self.world.say(MAKERS, "lot.register", creates=1, stream=OTHER_LOT)

    def _move(
        self, signer: Any, kind: str, parent: Entry, *, n: int = 0, creates: int = 1
    ) -> Entry:
        return self.world.say(signer, kind, consumes=(output(parent, n),), creates=creates)

    def evidence(self, entry: Entry, n: int = 0) -> Evidence:
        """What an honest server shows about an output, with an index over all that is logged."""
        self.world.index()
        return self.world.evidence_of_outputs(output(entry, n))


def whole_stream() -> Evidence:
    trade = Trade()
    trade.world.index()
    return trade.world.evidence()


def whole_stream_without_its_key() -> Evidence:
    return replace(whole_stream(), within=())


def unregistered_in_version_2() -> Evidence:
    """The index has no such lot, and so the lot has no index of its own."""
    trade = Trade()
    trade.world.index()
    return trade.world.evidence("lot:09506000134352/NEVER")


def unused() -> Evidence:
    """What the pharmacy holds: nothing of the wholesaler's is shown."""
    trade = Trade()
    return trade.evidence(trade.taken)


def used() -> Evidence:
    trade = Trade()
    return trade.evidence(trade.received)


def used_after_the_index() -> Evidence:
    trade = Trade()
    trade.world.index()
    trade.world.say(PHARMACYS, "custody.dispense", consumes=(output(trade.taken),))
    return trade.world.evidence_of_outputs(output(trade.taken))


def two_outputs() -> Evidence:
    trade = Trade()
    trade.world.index()
    return trade.world.evidence_of_outputs(output(trade.taken), output(trade.passed_on))


def small_output() -> Evidence:
    """One party, one lot, one of two shipments, with a sealed order number: small, for mutations.

    Witnessed before and after; the other shipment is not shown. One pack is, and one that is none.
    """
    world = World(version=2)
    world.join(OPERATOR)
    world.join(MAKER)
    digests, disclosures = ORDER_NUMBER
    world.witness(MORNING + timedelta(hours=1))
    packs = SetTree(lambda _: {})
    keys = [member_key(f"0950600013/{n}", bytes(16)) for n in range(4)]
    root = packs.of(keys[:3])
    made = world.say(MAKERS, "lot.register", creates=2, body={"packs": root.hash.hex()})
    changes: dict[str, Any] = {"seen": world.seen(), "at": MORNING + timedelta(hours=2)}
    changes |= {"creates": 1, "sealed": digests}
    shipped = world.say(
        MAKERS, "custody.ship", disclosures[:1], consumes=(output(made),), **changes
    )
    world.say(MAKERS, "custody.ship", consumes=(output(made, 1),), creates=1)
    world.index()
    world.witness(MORNING + timedelta(hours=3))
    places = (PlaceShown(world.place(made), ("packs",), packs.proof(root, key)) for key in keys[2:])
    sets = (
        ElementShown(f"0950600013/{n}", bytes(16), (place,)) for n, place in enumerate(places, 2)
    )
    return replace(world.evidence_of_outputs(output(shipped)), sets=tuple(sets))


def _without(evidence: Evidence, entry: Entry) -> Evidence:
    """The same evidence, one entry hidden."""
    texts = [item.entry for item in evidence.items]
    return without_item(evidence, texts.index(entry.envelope.jws))


def _sold_twice() -> tuple[Trade, Entry]:
    """The maker gives the rest, which the pharmacy has, to another one as well."""
    trade = Trade()
    again = trade.world.say(
        MAKERS, "custody.ship", consumes=(output(trade.shipped, 1),), creates=1, body={"to": "B"}
    )
    return trade, again


def second_use_shown() -> Evidence:
    trade, _ = _sold_twice()
    return trade.evidence(trade.taken)


def second_use_hidden() -> Evidence:
    """Neither the output nor its user is touched: an ancestor of it was given away twice."""
    trade, again = _sold_twice()
    return _without(trade.evidence(trade.taken), again)


def user_hidden() -> Evidence:
    trade = Trade()
    return _without(trade.evidence(trade.received), trade.passed_on)


def recall_hidden() -> Evidence:
    trade = Trade()
    recall = trade.world.say(MAKERS, "recall.issue")
    return _without(trade.evidence(trade.taken), recall)


def ancestor_hidden() -> Evidence:
    """The maker's dispatch is left out, and what the index says of what it used."""
    trade = Trade()
    evidence = _without(trade.evidence(trade.taken), trade.shipped)
    hidden = str(output(trade.made))
    return replace(evidence, within=tuple(one for one in evidence.within if one.key != hidden))


def output_not_made() -> Evidence:
    trade = Trade()
    return trade.evidence(trade.taken, 1)


def maker_not_shown() -> Evidence:
    """The output is one of another lot's entry."""
    trade = Trade()
    other = Entry.parse(trade.world.texts[-1])
    return trade.evidence(other)


def _without_key(key: str) -> Evidence:
    evidence = unused()
    return replace(evidence, within=tuple(one for one in evidence.within if one.key != key))


def output_without_its_key() -> Evidence:
    """That nobody uses the output is not shown."""
    return _without_key(str(unused().outputs[0]))


def ancestor_without_its_key() -> Evidence:
    """That no other one uses what an ancestor uses is not shown."""
    return _without_key(str(output(Trade().shipped, 1)))


def words_without_their_key() -> Evidence:
    return _without_key(WHOLE)


def stream_without_its_key() -> Evidence:
    """What the stream's own index says hangs in the air."""
    evidence = unused()
    return replace(evidence, index=tuple(one for one in evidence.index if one.key != LOT))


def use_denied_with_a_strangers_gap() -> Evidence:
    """Of an output that is used, the gap around a key that is not there."""
    trade = Trade()
    evidence = _without(trade.evidence(trade.received), trade.passed_on)
    asked = str(evidence.outputs[0])
    absent = trade.world.within(str(output(trade.taken)))
    kept = tuple(one for one in evidence.within if one.key != asked)
    return replace(evidence, within=(*kept, replace(absent, key=asked)))


def index_of_another_stream() -> Evidence:
    """The root of another lot's own index, which knows no use of the output."""
    trade = Trade()
    evidence = trade.evidence(trade.received)
    others = trade.world.key_proof(OTHER_LOT)
    kept = tuple(one for one in evidence.index if one.key != LOT)
    return replace(evidence, index=(*kept, replace(others, key=LOT)))


def words_of_another_stream() -> Evidence:
    """A recall is hidden, and the words about another lot are counted instead."""
    trade = Trade()
    recall = trade.world.say(MAKERS, "recall.issue")
    evidence = _without(trade.evidence(trade.taken), recall)
    others = trade.world.within(WHOLE, OTHER_LOT)
    kept = tuple(one for one in evidence.within if one.key != WHOLE)
    return replace(evidence, within=(*kept, others))


def by_an_index_of_version_1() -> Evidence:
    """An old index has no keys of outputs: that one is not in it says nothing of the output."""
    trade = Trade(version=1)
    trade.world.index()
    whole = trade.world.evidence()
    kept = tuple(one for one in whole.items if one.entry != trade.passed_on.envelope.jws)
    gaps = (trade.world.key_proof(key) for key in (WHOLE, *_refs(trade)))
    return replace(
        whole,
        items=kept,
        outputs=(output(trade.received),),
        within=tuple(sorted(gaps, key=lambda one: one.key)),
        version=2,
    )


def _refs(trade: Trade) -> list[str]:
    made = (trade.made, trade.shipped, trade.received, trade.sold)
    return [*(str(output(entry)) for entry in made), str(output(trade.shipped, 1))]


def an_index_of_version_2_in_a_file_of_version_1() -> Evidence:
    evidence = whole_stream()
    return replace(evidence, version=1, within=())


def lot_hidden_by_its_own_index() -> Evidence:
    """Of the whole lot, an entry is hidden that the lot's own index counts."""
    trade = Trade()
    trade.world.index()
    return _without(trade.world.evidence(), trade.passed_on)
