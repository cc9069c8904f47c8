"""Cases and pallets of lots without serial numbers, alone and beside packs that have them."""

from collections.abc import Mapping
from functools import partial

import pytest

from supplychain.domain.containers import Container
from supplychain.domain.identifiers import Serial
from supplychain.domain.loads import Load
from supplychain.domain.lots import LotKey
from supplychain.domain.packing_statements import Aggregate
from supplychain.domain.scan_lists import read_scans
from supplychain.models import Output
from supplychain.queries.chains import chain_of
from supplychain.queries.containers import inside, units_inside
from supplychain.queries.scanned_goods import COUNTED, goods_of
from supplychain.queries.stock import stock_of
from supplychain.recording.packing import Packing, all_within, pack
from supplychain.services.aggregate_packs import aggregate_packs
from supplychain.services.check_container import check_container
from supplychain.services.destroy_units import destroy_units
from supplychain.services.disaggregate_container import disaggregate_container
from supplychain.services.dispense_units import dispense_units
from supplychain.services.receive_containers import receive_containers
from tests.journeys.test_containers import CASES, PALLET, receive, refusal, ship, unpack
from tests.stages import HEALS, MAKES, NOT_REQUIRED, SELLS, Stage, a_lot, serials

SYRUP, DROPS, PILLS = a_lot("U1"), a_lot("U2"), a_lot("P1")
PACKS = serials(*range(4))
OTHER = Container("00/006141411234567890")


def put(
    stage: Stage,
    container: Container,
    units: Mapping[LotKey, int],
    *children: Container,
    packs: Mapping[LotKey, tuple[Serial, ...]] | None = None,
    party: str = MAKES,
) -> None:
    aggregate_packs(
        party=party,
        container=container,
        packs=packs or {},
        units=units,
        children=children,
        at=stage.later(),
        nonce=stage.nonce(),
    )


def found(container: Container) -> dict[tuple[str, str], int]:
    """How many units of which lot are directly in which container, at whatever depth."""
    return {(str(one.lot.lot), str(one.container)): one.units for one in units_inside([container])}


def held(party: str) -> dict[str, int]:
    return {str(one.lot.key.lot): one.held for one in stock_of(party)}


@pytest.fixture
def pallet(stage: Stage) -> Stage:
    """A case of units, a case of packs and units, and loose units of both, on one pallet."""
    stage.register(SYRUP, 100)
    stage.register(DROPS, 50)
    stage.register(PILLS, 4, packs=PACKS)
    put(stage, CASES[0], {SYRUP: 24})
    put(stage, CASES[1], {DROPS: 12}, packs={PILLS: PACKS[:3]})
    put(stage, PALLET, {SYRUP: 6}, *CASES[:2], packs={PILLS: PACKS[3:]})
    return stage


def test_a_pallet_of_packs_and_units_is_shipped_received_and_opened_by_its_label(
    pallet: Stage,
) -> None:
    assert found(PALLET) == {
        ("U1", str(CASES[0])): 24,
        ("U1", str(PALLET)): 6,
        ("U2", str(CASES[1])): 12,
    }
    assert len(inside([PALLET])) == 4
    assert ship(pallet, PALLET) == 3  # one entry for each lot
    assert held(MAKES) == {"U1": 70, "U2": 38}
    assert receive(pallet, PALLET) == 3
    assert held(SELLS) == {"P1": 4, "U1": 30, "U2": 12}
    unpack(pallet, PALLET)
    assert found(PALLET) == {}
    assert ship(pallet, CASES[1], giver=SELLS, receiver=HEALS) == 2
    assert receive(pallet, CASES[1], party=HEALS) == 2
    assert held(HEALS) == {"P1": 3, "U2": 12}
    assert held(SELLS) == {"P1": 1, "U1": 30}


def test_r9_packed_units_do_not_move_alone(pallet: Stage) -> None:
    alone = partial(pallet.ship, MAKES, SYRUP, 71, SELLS)
    assert refusal(alone) == ("R9", "PACKED")
    assert refusal(lambda: ship(pallet, CASES[0])) == ("R9", "PACKED")  # it is on the pallet
    pallet.ship(MAKES, SYRUP, 70, SELLS)  # what is loose may go
    assert found(PALLET)[("U1", str(CASES[0]))] == 24
    pallet.ship(MAKES, SYRUP, 30, SELLS)  # and all that is left, pallet and all
    assert Output.objects.get(spent_by=None, quantity=30).state == "in_transit"


def test_r4_more_is_not_packed_than_is_loose(pallet: Stage) -> None:
    assert refusal(lambda: put(pallet, OTHER, {SYRUP: 71})) == ("R4", "MASS_IMBALANCE")
    put(pallet, OTHER, {SYRUP: 70})


@pytest.mark.parametrize(
    ("container", "units", "children", "code"),
    [
        (OTHER, {}, CASES[:1], "CONTAINER_PACKED"),
        (CASES[0], {}, (PALLET,), "CONTAINER_CYCLE"),
        (CASES[0], {}, (CASES[0],), "CONTAINER_CYCLE"),
        (PALLET, {}, (OTHER,), "CONTAINER_EMPTY"),
        (CASES[1], {SYRUP: 1}, (), "CONTAINER_PACKED"),  # it is on a pallet, as others say
    ],
)
def test_r9_one_parent_at_a_time_and_no_cycles(
    pallet: Stage,
    container: Container,
    units: dict[LotKey, int],
    children: tuple[Container, ...],
    code: str,
) -> None:
    assert refusal(lambda: put(pallet, container, units, *children)) == ("R9", code)


def test_r9_nobody_packs_into_what_others_have(pallet: Stage) -> None:
    ship(pallet, PALLET)
    assert refusal(lambda: put(pallet, CASES[0], {SYRUP: 1})) == ("R9", "CONTAINER_ELSEWHERE")
    assert refusal(lambda: unpack(pallet, PALLET, party=MAKES)) == ("R9", "CONTAINER_ELSEWHERE")


def test_a_case_that_arrives_without_its_pallet_is_on_none_any_more(pallet: Stage) -> None:
    ship(pallet, PALLET)
    receive(pallet, CASES[0])
    assert held(SELLS) == {"U1": 24}
    assert found(PALLET) == {("U1", str(PALLET)): 6, ("U2", str(CASES[1])): 12}
    receive(pallet, PALLET)
    assert held(SELLS) == {"P1": 4, "U1": 30, "U2": 12}


def test_what_is_counted_in_part_breaks_the_containers_that_nobody_names(pallet: Stage) -> None:
    ship(pallet, PALLET)
    pallet.receive(SELLS, SYRUP, 28)  # two are missing, and nobody says from where
    assert found(PALLET) == {("U2", str(CASES[1])): 12}
    dispatched = Output.objects.get(spent_by=None, state="in_transit", quantity=2)
    assert dispatched.load == ""


def test_units_are_dispensed_once_their_case_is_open(pallet: Stage) -> None:
    unpack(pallet, PALLET, party=MAKES)
    ship(pallet, CASES[0], receiver=HEALS)
    receive(pallet, CASES[0], party=HEALS)

    def dispense() -> None:
        dispense_units(
            party=HEALS, lot=SYRUP, quantity=1, packs=None, at=pallet.later(), nonce=pallet.nonce()
        )

    assert refusal(dispense) == ("R9", "PACKED")
    unpack(pallet, CASES[0], party=HEALS)
    dispense()
    assert held(HEALS) == {"U1": 23}


def told(stage: Stage, container: Container, asking: str) -> tuple[str, tuple[str, ...], int, int]:
    stage.log()
    result = check_container(container=container, at=stage.later(), asking=asking)
    units = sum(one.packed.units for one in result.units)
    return result.verdict.code.value, result.verdict.codes, len(result.packs), units


def test_the_label_of_a_mixed_pallet_is_judged_with_all_that_is_in_it(pallet: Stage) -> None:
    ship(pallet, PALLET)
    assert told(pallet, PALLET, SELLS) == ("CAUTION", ("NOT_RECEIVED_YET",), 4, 42)
    receive(pallet, PALLET)
    assert told(pallet, PALLET, SELLS) == ("OK", (), 4, 42)
    assert told(pallet, CASES[0], SELLS) == ("OK", (), 0, 24)
    assert told(pallet, PALLET, HEALS) == ("STOP", ("NOT_IN_YOUR_CUSTODY",), 0, 0)
    assert told(pallet, PALLET, MAKES) == ("OK", (), 4, 42)
    unpack(pallet, PALLET)
    ship(pallet, CASES[0], giver=SELLS, receiver=HEALS)
    receive(pallet, CASES[0], party=HEALS)
    assert told(pallet, CASES[0], HEALS) == ("OK", (), 0, 24)
    assert told(pallet, CASES[0], SELLS) == ("STOP", ("PACK_PASSED_ON",), 0, 24)


def test_a_case_that_a_table_alone_fills_is_never_good(pallet: Stage) -> None:
    unpack(pallet, PALLET, party=MAKES)
    ship(pallet, CASES[0])
    receive(pallet, CASES[0])
    bent = Output.objects.filter(spent_by=None).exclude(load="").filter(holder=SELLS)
    assert bent.update(load='{"%s":{"units":25}}' % CASES[0]) == 1  # noqa: UP031
    assert told(pallet, CASES[0], SELLS) == ("CANNOT_CHECK", ("EVIDENCE_NOT_CHECKED",), 0, 25)


def test_what_is_destroyed_as_a_whole_is_met_as_that(pallet: Stage) -> None:
    unpack(pallet, PALLET, party=MAKES)
    ship(pallet, CASES[0], receiver=HEALS)
    receive(pallet, CASES[0], party=HEALS)
    destroy_units(
        party=HEALS,
        lot=SYRUP,
        quantity=24,
        reason="Broken",
        at=pallet.later(),
        nonce=pallet.nonce(),
    )
    assert told(pallet, CASES[0], HEALS)[:2] == ("STOP", ("PACK_ENDED",))


def test_evidence_replays_what_is_packed(pallet: Stage) -> None:
    ship(pallet, PALLET)
    receive(pallet, PALLET)
    pallet.log()
    chain = chain_of(SYRUP, pallet.later())
    assert not chain.broken
    loads = [one.load for one in chain.history.state.outputs.values() if str(one.holder) == SELLS]
    assert [(one.total, one.parents) for one in loads] == [(30, {CASES[0]: PALLET})]


def test_r14_what_is_done_with_a_label_and_sent_again_is_done_once(pallet: Stage) -> None:
    nonces = [pallet.nonce() for _ in range(3)]
    box = Container("00/006141411234567890")

    def fill() -> list[str]:
        made = aggregate_packs(
            party=MAKES,
            container=box,
            packs={},
            units={SYRUP: 70},
            children=[PALLET],
            at=pallet.later(),
            nonce=nonces[0],
        )
        return [one.entry_id for one in made]

    def take() -> list[str]:
        made = receive_containers(
            party=SELLS,
            containers=[box],
            conditions=NOT_REQUIRED,
            note="",
            at=pallet.later(),
            nonce=nonces[1],
        )
        return [one.entry_id for one in made]

    def open_it() -> list[str]:
        made = disaggregate_container(
            party=SELLS, container=box, at=pallet.later(), nonce=nonces[2]
        )
        return [one.entry_id for one in made]

    assert fill() == fill()
    assert ship(pallet, box) == 3
    assert sorted(take()) == sorted(take())
    assert sorted(open_it()) == sorted(open_it())
    again = partial(unpack, pallet, box)
    assert refusal(again) == ("R9", "CONTAINER_EMPTY")
    assert refusal(lambda: receive(pallet, box)) == ("R9", "CONTAINER_EMPTY")


def test_a_rest_of_which_most_is_packed_is_not_divided(pallet: Stage) -> None:
    put(pallet, OTHER, {SYRUP: 66})
    pallet.ship(MAKES, SYRUP, 2, SELLS)  # of 98 that stay, 96 are packed
    kept = Output.objects.get(spent_by=None, holder=MAKES, state="held", quantity=98)
    assert Load.parse(kept.load).total == 96


def test_at_the_desk_a_label_of_packed_units_is_not_taken_for_its_packs_alone(
    pallet: Stage,
) -> None:
    lines = read_scans("(00)106141412345678908", on=pallet.now.date())
    (goods,) = goods_of(lines)
    assert (goods.fault, goods.packs) == (COUNTED, ())


def test_r9_what_another_lots_entry_alone_says_of_a_case_counts_too(pallet: Stage) -> None:
    other, box = a_lot("P9"), CASES[2]
    pallet.register(other, 1, packs=serials(900))
    put(pallet, box, {SYRUP: 5}, packs={other: serials(900)})

    def nest(lot: LotKey, around: Container) -> None:
        given = Packing(
            party=MAKES,
            container=around,
            lot=lot,
            consumes=sorted(all_within([box])[lot].outputs),
            children=(box,),
        )
        pack(Aggregate, given, at=pallet.later(), nonce=pallet.nonce())

    nest(other, OTHER)
    elsewhere = Container("00/106141411234567897")
    assert refusal(lambda: nest(SYRUP, elsewhere)) == ("R9", "CONTAINER_PACKED")
    nest(SYRUP, OTHER)
