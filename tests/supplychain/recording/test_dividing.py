"""A rest in two outputs, by the one road: ways stay short, cases whole, and few parts are left."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace

import pytest

from ledger.core.entry import stream_id
from supplychain.domain.conditions_claim import ConditionsClaim, NoReadings
from supplychain.domain.containers import Container
from supplychain.domain.dividing import divided
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln, Serial
from supplychain.domain.packing_statements import Aggregate, Contents
from supplychain.domain.statements import Ship
from supplychain.models import Output
from supplychain.queries.containers import inside
from supplychain.queries.pack_evidence import pack_evidence
from supplychain.queries.packs import packs_after, places_of, serials_in
from supplychain.queries.stock import Parcel, parcels
from supplychain.recording import dividing
from supplychain.recording.pack_book import PackBook
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import PackLists
from supplychain.services.aggregate_packs import aggregate_packs
from supplychain.services.dispense_units import dispense_units
from supplychain.services.report_loss import report_loss
from supplychain.services.verify_scan import verify_scan
from tests.people import MAKER, WHOLESALER
from tests.stages import HEALS, MAKES, SELLS, Stage, a_lot, serials
from tests.supplychain.domain.rules.breaking import ship_of

LOT = a_lot("D1")
ALL = serials(*range(24))


@pytest.fixture
def born(stage: Stage) -> Stage:
    stage.register(LOT, len(ALL), packs=ALL)
    return stage


Undivided = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def in_one(monkeypatch: pytest.MonkeyPatch) -> Undivided:
    """While it is open, nothing is divided."""

    @contextmanager
    def undivided() -> Iterator[None]:
        with monkeypatch.context() as here:
            here.setattr(dividing, "PARTS_MAX", 0)
            yield

    return undivided


def dispense(stage: Stage, *packs: Serial, gln: str = HEALS) -> None:
    dispense_units(
        party=gln,
        lot=LOT,
        quantity=len(packs),
        at=stage.later(),
        nonce=stage.nonce(),
        packs=packs,
    )


def quantities(gln: str) -> list[int]:
    return sorted(parcel.quantity for parcel in parcels(gln, LOT))


def made(quantity: int) -> list[Serial]:
    """The packs of the unused part of the maker's with so many."""
    (ref,) = (parcel.ref for parcel in parcels(MAKES, LOT) if parcel.quantity == quantity)
    return serials_in(stream_id(LOT.stream), ref)


def entries_about(pack: Serial, gln: str) -> int:
    """How many entries of the lot the evidence of a pack has."""
    found = pack_evidence(LOT, pack, gln, lambda entry: entry.disclosures)
    assert found is not None
    return len({place.index for element in found.sets for place in element.proofs})


def test_the_last_of_many_packs_dispensed_singly_has_few_entries_before_it(born: Stage) -> None:
    born.deliver(MAKES, LOT, len(ALL), HEALS)
    for pack in ALL[:-1]:
        dispense(born, pack)
    born.log()
    born.index()
    assert entries_about(ALL[-1], HEALS) <= 3 + 7
    result = verify_scan(
        scanned=f"(01){LOT.gtin}(10){LOT.lot}(21){ALL[-1]}", at=born.later(), asking=HEALS
    )
    assert result.verdict.code == "OK"


def test_what_goes_next_is_in_one_part_and_leaves_the_other_alone(born: Stage) -> None:
    born.ship(MAKES, LOT, 4, SELLS, packs=ALL[:4])
    assert (quantities(MAKES), made(8)) == ([8, 12], list(ALL[4:12]))
    (other,) = (parcel.ref for parcel in parcels(MAKES, LOT) if parcel.quantity == 12)
    born.ship(MAKES, LOT, 4, SELLS, packs=ALL[4:8])
    assert quantities(MAKES) == [4, 12]
    assert other in {parcel.ref for parcel in parcels(MAKES, LOT)}


def test_who_picks_across_the_parts_is_left_with_one(born: Stage) -> None:
    born.ship(MAKES, LOT, 1, SELLS, packs=ALL[:1])
    assert quantities(MAKES) == [11, 12]
    born.ship(MAKES, LOT, 2, SELLS, packs=(ALL[1], ALL[-1]))
    assert quantities(MAKES) == [21]
    born.ship(MAKES, LOT, 1, SELLS, packs=ALL[2:3])
    assert quantities(MAKES) == [20]
    born.ship(MAKES, LOT, 1, SELLS, packs=ALL[3:4])
    assert quantities(MAKES) == [9, 10]


def test_no_part_goes_unnamed_because_it_happens_to_be_as_large(born: Stage) -> None:
    born.ship(MAKES, LOT, 4, SELLS, packs=ALL[:4])
    assert quantities(MAKES) == [8, 12]
    with pytest.raises(RuleBroken) as broken:
        born.ship(MAKES, LOT, 8, SELLS)
    assert (broken.value.rule, broken.value.code) == ("R4", "PACKS_NOT_NAMED")
    born.ship(MAKES, LOT, 20, SELLS)
    assert quantities(MAKES) == []


def test_that_only_one_part_is_fit_to_go_does_not_name_its_packs(born: Stage) -> None:
    born.ship(MAKES, LOT, 4, SELLS, packs=ALL[:4])
    Output.objects.filter(quantity=12, spent_by=None).update(questions="ab" * 32)
    with pytest.raises(RuleBroken) as broken:
        born.ship(MAKES, LOT, 8, SELLS)
    assert broken.value.code == "PACKS_NOT_NAMED"


def test_a_party_has_only_so_many_parts(born: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dividing, "PARTS_MAX", 2)
    born.ship(MAKES, LOT, 1, SELLS, packs=ALL[:1])
    born.ship(MAKES, LOT, 1, SELLS, packs=ALL[1:2])
    assert quantities(MAKES) == [10, 12]


def test_units_without_serial_numbers_come_out_of_parts_too(stage: Stage) -> None:
    stage.register(LOT, 100)
    for left in ([49, 50], [24, 24, 50], [11, 12, 24, 50]):
        stage.ship(MAKES, LOT, 1, SELLS)
        assert quantities(MAKES) == left


def test_the_next_packs_are_those_of_the_next_case_then_by_number(
    born: Stage, in_one: Undivided
) -> None:
    stream = stream_id(LOT.stream)
    with in_one():
        put(born, "C1", ALL[20:24])
        put(born, "C2", ALL[0:4])
    (whole,) = parcels(MAKES, LOT)
    assert packs_after(stream, whole.ref, ALL[20:24], 5) == [*ALL[0:4], ALL[4]]
    assert packs_after(stream, whole.ref, ALL[0:4], 3) == list(ALL[4:7])
    assert packs_after(stream, whole.ref, ALL[18:20], 6) == [*ALL[20:24], *ALL[0:2]]
    assert packs_after(stream, whole.ref, ALL[:20], 99) == list(ALL[20:24])
    assert packs_after(stream, whole.ref, (), 2) == list(ALL[4:6])


def put(stage: Stage, case: str, packs: tuple[Serial, ...], *children: Container) -> Container:
    container = Container(f"01/{LOT.gtin}/21/{case}")
    aggregate_packs(
        party=MAKES,
        container=container,
        packs={LOT: packs} if packs else {},
        children=children,
        at=stage.later(),
        nonce=stage.nonce(),
    )
    return container


def test_a_case_is_in_one_part_of_a_rest(born: Stage) -> None:
    put(born, "C1", ALL[:8])
    born.ship(MAKES, LOT, 2, SELLS, packs=ALL[16:18])
    assert (quantities(MAKES), made(6)) == ([6, 16], list(ALL[18:24]))
    assert len({at.ref for at in places_of(stream_id(LOT.stream), ALL[:8]).values()}) == 1


def test_a_pallet_is_in_one_part_of_a_rest_with_all_its_cases(
    born: Stage, in_one: Undivided
) -> None:
    with in_one():
        cases = [put(born, f"C{n}", ALL[4 * n : 4 * n + 4]) for n in range(5)]
        put(born, "P", (), *cases[:4])
    born.ship(MAKES, LOT, 4, SELLS, packs=ALL[16:20])
    assert quantities(MAKES) == [4, 16]


def test_a_rest_that_is_one_case_stays_in_one(born: Stage) -> None:
    put(born, "C1", ALL[:20])
    born.ship(MAKES, LOT, 4, SELLS, packs=ALL[20:])
    assert quantities(MAKES) == [20]


def test_whoever_divides_a_case_is_refused_though_none_of_it_goes(born: Stage) -> None:
    put(born, "C1", ALL[:8])
    (whole,) = parcels(MAKES, LOT)
    draft = Draft(
        party=MAKES,
        stream=LOT.stream,
        said=divided(ship_of(MAKER, WHOLESALER, 2, 22), 4),
        at=born.later(),
        nonce=born.nonce(),
        consumes=(whole.ref,),
        packs=PackLists({0: ALL[16:18], 1: ALL[:4]}),
    )
    with pytest.raises(RuleBroken) as broken:
        sign_and_record(draft)
    assert (broken.value.rule, broken.value.code) == ("R9", "PACKED")
    assert not sign_and_record(
        replace(draft, packs=PackLists({0: ALL[16:18], 1: ALL[18:22]}))
    ).known


def test_a_part_that_goes_whole_takes_no_half_of_a_case_along(born: Stage) -> None:
    case = put(born, "C1", ALL[:8])
    born.ship(MAKES, LOT, 2, SELLS, packs=ALL[16:18])
    ship_whole(born, min(parcels(MAKES, LOT), key=lambda one: one.quantity))
    assert len({(one.holder, one.state) for one in inside([case])}) == 1


def ship_whole(stage: Stage, part: Parcel) -> None:
    """A dispatch of one output as it is, of which no pack is named."""
    draft = Draft(
        party=MAKES,
        stream=LOT.stream,
        said=ship_of(MAKER, WHOLESALER, part.quantity, 0),
        at=stage.later(),
        nonce=stage.nonce(),
        consumes=(part.ref,),
    )
    sign_and_record(draft)


def test_a_loss_leaves_the_cases_alone_that_it_does_not_touch(born: Stage) -> None:
    case = put(born, "C1", ALL[:8])
    lose(born, ALL[16], ALL[17])
    assert [one.serial for one in inside([case])] == list(ALL[:8])


def test_a_case_filled_out_of_two_parts_is_in_one(born: Stage) -> None:
    born.ship(MAKES, LOT, 4, SELLS, packs=ALL[:4])
    case = put(born, "C1", ALL[4:6])
    put(born, "C1", ALL[20:22])
    assert quantities(MAKES) == [2, 4, 14]
    assert len({one.output for one in inside([case])}) == 1


def test_whoever_fills_a_case_uses_up_what_is_in_it(born: Stage) -> None:
    born.ship(MAKES, LOT, 4, SELLS, packs=ALL[:4])
    case = put(born, "C1", ALL[4:6])
    pallet = put(born, "P", (), case)
    (other,) = (one for one in parcels(MAKES, LOT) if one.quantity == 12)
    contents = Contents(case, packs_root(ALL[20:22]), 2, ())
    draft = Draft(
        party=MAKES,
        stream=LOT.stream,
        said=Aggregate.of(holder=Gln(MAKES), quantity=12, containers=(contents,)),
        at=born.later(),
        nonce=born.nonce(),
        consumes=(other.ref,),
        packs=PackLists(containers={0: ALL[20:22]}),
    )
    with pytest.raises(RuleBroken) as broken:
        sign_and_record(draft)
    assert (broken.value.rule, broken.value.code) == ("R9", "CONTAINER_NOT_WHOLE")
    put(born, "P", ALL[20:22])
    assert len({one.output for one in inside([pallet])}) == 1


def packs_root(packs: tuple[Serial, ...]) -> str:
    return PackBook.of(stream_id(LOT.stream), LOT, {}).set_of(packs).root


def lose(stage: Stage, *packs: Serial) -> None:
    report_loss(
        party=MAKES,
        lot=LOT,
        quantity=len(packs),
        kind="lost",
        reason="Gone.",
        at=stage.later(),
        nonce=stage.nonce(),
        packs=packs,
    )


def ship_but(stage: Stage, *staying: Serial) -> None:
    """A dispatch of all packs but these, of which only these are named."""
    (whole,) = parcels(MAKES, LOT)
    said = Ship.of(
        giver=Gln(MAKES),
        receiver=Gln(SELLS),
        quantity=len(ALL) - len(staying),
        rest=len(staying),
        shipment="S-9",
        conditions=ConditionsClaim(none=NoReadings.NOT_REQUIRED),
    )
    draft = Draft(
        party=MAKES,
        stream=LOT.stream,
        said=said,
        at=stage.later(),
        nonce=stage.nonce(),
        consumes=[whole.ref],
        packs=PackLists({1: staying}),
    )
    sign_and_record(draft)


def test_where_only_what_stays_is_named_no_case_is_taken_apart_either(
    born: Stage, in_one: Undivided
) -> None:
    with in_one():
        put(born, "C1", ALL[:4])
    with pytest.raises(RuleBroken) as broken:
        ship_but(born, *ALL[2:])
    assert broken.value.rule == "R9"
    ship_but(born, *ALL[4:])
    assert quantities(MAKES) == [20]


def test_a_case_stands_apart_and_is_in_no_way_of_those_packed_after_it(born: Stage) -> None:
    for n in range(8):
        put(born, f"C{n}", ALL[2 * n : 2 * n + 2])
    born.ship(MAKES, LOT, 2, SELLS, packs=ALL[14:16])
    born.receive(SELLS, LOT, 2)
    born.log()
    assert sum(quantities(MAKES)) == 22
    assert entries_about(ALL[14], SELLS) <= 3 + 4
    assert entries_about(ALL[23], MAKES) <= 1 + 3


def test_what_is_added_to_a_case_stays_with_it_in_one_output(
    born: Stage, in_one: Undivided
) -> None:
    with in_one():
        put(born, "C1", ALL[:2])
    put(born, "C1", ALL[2:4])
    assert quantities(MAKES) == [len(ALL)]


def pack_apart(
    stage: Stage, *parts: tuple[Serial, ...], into: dict[str, tuple[Serial, ...]]
) -> None:
    """A statement that packs, with these packs in its outputs and the others in the last."""
    (whole,) = parcels(MAKES, LOT)
    book = PackBook.of(stream_id(LOT.stream), LOT, {})
    contents = tuple(
        Contents(Container(f"01/{LOT.gtin}/21/{case}"), book.set_of(packs).root, len(packs))
        for case, packs in into.items()
    )
    said = Aggregate.of(holder=Gln(MAKES), quantity=len(ALL), containers=contents)
    sizes = [*map(len, parts), len(ALL) - sum(map(len, parts))]
    outputs = tuple(replace(said.outputs[0], quantity=size) for size in sizes)
    draft = Draft(
        party=MAKES,
        stream=LOT.stream,
        said=replace(said, outputs=outputs),
        at=stage.later(),
        nonce=stage.nonce(),
        consumes=(whole.ref,),
        packs=PackLists(serials=dict(enumerate(parts)), containers=dict(enumerate(into.values()))),
    )
    sign_and_record(draft)


@pytest.mark.parametrize(
    ("parts", "into"),
    [
        ((ALL[:2],), {"NEW": ALL[:4]}),
        ((ALL[2:6],), {"NEW": ALL[:4]}),
        ((ALL[:4], ALL[20:22]), {"NEW": ALL[:4]}),
        ((ALL[:4],), {"C1": ALL[:4]}),
    ],
    ids=["half in one", "half in the rest", "half of a case in a part", "a case in use"],
)
def test_r9_who_packs_leaves_what_is_packed_together_in_one_output(
    born: Stage,
    in_one: Undivided,
    parts: tuple[tuple[Serial, ...], ...],
    into: dict[str, tuple[Serial, ...]],
) -> None:
    with in_one():
        put(born, "C1", ALL[20:24])
    with pytest.raises(RuleBroken) as broken:
        pack_apart(born, *parts, into=into)
    assert (broken.value.rule, broken.value.code) == ("R9", "PACKED")
    pack_apart(born, ALL[:4], ALL[20:24], into={"NEW": ALL[:4]})
    assert quantities(MAKES) == [4, 4, 16]
