"""Cases and pallets: packed, shipped and received by their labels, opened, never in two places."""

from collections.abc import Callable
from functools import partial
from itertools import pairwise

import pytest

from supplychain.domain.containers import Container
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.verdicts import Verdict
from supplychain.models import Pack
from supplychain.queries.containers import inside
from supplychain.services.aggregate_packs import aggregate_packs
from supplychain.services.disaggregate_container import disaggregate_container
from supplychain.services.dispense_units import dispense_units
from supplychain.services.receive_containers import receive_containers
from supplychain.services.ship_containers import ship_containers
from supplychain.services.verify_scan import verify_scan
from tests.stages import HEALS, MAKES, NOT_REQUIRED, SELLS, Stage, a_lot, played, serials

LOT, OTHER = a_lot("P1"), a_lot("P2")
ALL, OTHERS = serials(*range(8)), serials(*range(100, 104))
CASES = tuple(Container(f"01/00614141000012/21/C{n}") for n in range(3))
PALLET = Container("00/106141412345678908")


def put(
    stage: Stage,
    container: Container,
    packs: dict[LotKey, tuple[Serial, ...]],
    *children: Container,
    party: str = MAKES,
) -> None:
    aggregate_packs(
        party=party,
        container=container,
        packs=packs,
        children=children,
        at=stage.later(),
        nonce=stage.nonce(),
    )


def ship(stage: Stage, *containers: Container, giver: str = MAKES, receiver: str = SELLS) -> int:
    return len(
        ship_containers(
            party=giver,
            containers=containers,
            receiver=receiver,
            shipment="S-9",
            order=None,
            conditions=NOT_REQUIRED,
            at=stage.later(),
            nonce=stage.nonce(),
            salt=stage.nonce(),
        )
    )


def receive(stage: Stage, *containers: Container, party: str = SELLS) -> int:
    return len(
        receive_containers(
            party=party,
            containers=containers,
            conditions=NOT_REQUIRED,
            note="",
            at=stage.later(),
            nonce=stage.nonce(),
        )
    )


def unpack(stage: Stage, container: Container, party: str = SELLS) -> None:
    disaggregate_container(party=party, container=container, at=stage.later(), nonce=stage.nonce())


def scan(stage: Stage, serial: Serial, asking: str, lot: LotKey = LOT) -> Verdict:
    stage.log()
    text = f"(01){lot.gtin}(17)271231(10){lot.lot}(21){serial}"
    return verify_scan(scanned=text, at=stage.later(), asking=asking).verdict


def refusal(act: Callable[[], object]) -> tuple[str, str]:
    with pytest.raises(RuleBroken) as refused:
        act()
    return refused.value.rule, refused.value.code


@pytest.fixture
def pallet(stage: Stage) -> Stage:
    """Two cases of four packs and one of another lot, on one pallet at the maker's."""

    def story() -> None:
        stage.register(LOT, 8, packs=ALL)
        stage.register(OTHER, 4, packs=OTHERS)
        put(stage, CASES[0], {LOT: ALL[:4]})
        put(stage, CASES[1], {LOT: ALL[4:]})
        put(stage, CASES[2], {OTHER: OTHERS[:3]})
        put(stage, PALLET, {OTHER: OTHERS[3:]}, *CASES)

    return played(story, stage)


def test_what_is_packed_as_deep_as_may_be_goes_into_nothing_more(stage: Stage) -> None:
    stage.register(LOT, 8, packs=ALL)
    tower = [Container(f"01/00614141000012/21/T{n}") for n in range(10)]
    put(stage, tower[0], {LOT: ALL[:1]})
    for inner, outer in pairwise(tower):
        put(stage, outer, {}, inner)
    assert refusal(partial(put, stage, PALLET, {}, tower[-1])) == ("R9", "TOO_DEEP")
    assert ship(stage, tower[-1]) == 1


def test_a_pallet_is_shipped_received_and_opened_by_its_label(pallet: Stage) -> None:
    assert ship(pallet, PALLET) == 2  # one entry for each lot
    assert scan(pallet, ALL[5], SELLS).codes == ("NOT_RECEIVED_YET",)
    assert receive(pallet, PALLET) == 2
    assert scan(pallet, ALL[5], SELLS).code == "OK"
    assert scan(pallet, OTHERS[3], SELLS, OTHER).code == "OK"
    unpack(pallet, PALLET)
    unpack(pallet, CASES[0])
    pallet.deliver(SELLS, LOT, 1, HEALS, packs=ALL[:1])
    assert ship(pallet, CASES[1], giver=SELLS, receiver=HEALS) == 1
    assert receive(pallet, CASES[1], party=HEALS) == 1
    for serial in (ALL[0], *ALL[4:]):
        assert scan(pallet, serial, HEALS).code == "OK"
    assert scan(pallet, ALL[1], SELLS).code == "OK"


def test_r9_what_is_packed_does_not_move_alone(pallet: Stage) -> None:
    for count in (1, 4):
        alone = partial(pallet.ship, MAKES, LOT, count, SELLS, packs=ALL[:count])
        assert refusal(alone) == ("R9", "PACKED")
    assert refusal(lambda: ship(pallet, CASES[0])) == ("R9", "PACKED")
    pallet.ship(MAKES, LOT, 8, SELLS)  # all of the lot, pallet and all


def test_r9_a_pack_in_a_case_is_dispensed_once_it_is_out(pallet: Stage) -> None:
    unpack(pallet, PALLET, party=MAKES)
    ship(pallet, CASES[0], receiver=HEALS)
    receive(pallet, CASES[0], party=HEALS)

    def dispense() -> None:
        dispense_units(
            party=HEALS,
            lot=LOT,
            quantity=1,
            packs=ALL[:1],
            at=pallet.later(),
            nonce=pallet.nonce(),
        )

    assert refusal(dispense) == ("R9", "PACKED")
    unpack(pallet, CASES[0], party=HEALS)
    dispense()
    assert scan(pallet, ALL[0], HEALS).codes == ("PACK_DISPENSED_HERE",)


@pytest.mark.parametrize(
    ("container", "packs", "children", "code"),
    [
        (CASES[1], ALL[:1], (), "PACKED"),
        (Container("00/006141411234567890"), (), CASES[:1], "CONTAINER_PACKED"),
        (CASES[0], (), (PALLET,), "CONTAINER_CYCLE"),
        (CASES[0], (), (CASES[0],), "CONTAINER_CYCLE"),
        (PALLET, (), (Container("00/006141411234567890"),), "CONTAINER_EMPTY"),
    ],
)
def test_r9_one_parent_at_a_time_and_no_cycles(
    pallet: Stage,
    container: Container,
    packs: tuple[Serial, ...],
    children: tuple[Container, ...],
    code: str,
) -> None:
    def act() -> None:
        put(pallet, container, {LOT: packs} if packs else {}, *children)

    assert refusal(act) == ("R9", code)


def test_r9_nobody_packs_into_what_others_have(pallet: Stage) -> None:
    pallet.register(a_lot("P3"), 2, packs=serials(300, 301))
    ship(pallet, PALLET)
    act = lambda: put(pallet, CASES[2], {a_lot("P3"): serials(300)})  # noqa: E731
    assert refusal(act) == ("R9", "CONTAINER_ELSEWHERE")
    assert refusal(lambda: unpack(pallet, PALLET, party=MAKES)) == ("R9", "CONTAINER_ELSEWHERE")


def test_a_pallet_that_arrives_without_a_case_is_none_any_more(pallet: Stage) -> None:
    ship(pallet, PALLET)
    receive(pallet, CASES[0])
    assert scan(pallet, ALL[0], SELLS).code == "OK"
    assert scan(pallet, ALL[4], SELLS).codes == ("NOT_RECEIVED_YET",)
    assert {one.serial for one in inside([PALLET])} == {*ALL[4:], *OTHERS}
    receive(pallet, PALLET)
    assert scan(pallet, ALL[4], SELLS).code == "OK"


def test_a_case_of_which_a_part_arrives_is_broken_up(pallet: Stage) -> None:
    unpack(pallet, PALLET, party=MAKES)
    ship(pallet, CASES[0])
    pallet.receive(SELLS, LOT, 2, 1, packs=ALL[:2], damaged_packs=ALL[2:3])
    loose = Pack.objects.filter(container="", serial__in=[str(one) for one in ALL[:4]])
    assert loose.count() == 3  # the missing one is in its case


def test_the_same_pallet_sent_twice_is_sent_once(pallet: Stage) -> None:
    nonce, at = pallet.nonce(), pallet.later()

    def send() -> tuple[str, ...]:
        sent = ship_containers(
            party=MAKES,
            containers=[PALLET],
            receiver=SELLS,
            shipment="S-9",
            order=None,
            conditions=NOT_REQUIRED,
            at=at,
            nonce=nonce,
            salt=nonce,
        )
        return tuple(one.entry_id for one in sent)

    assert send() == send()


def test_an_empty_label_says_so(pallet: Stage) -> None:
    nothing = Container("00/006141411234567890")
    for act in (
        lambda: ship(pallet, nothing),
        lambda: receive(pallet, nothing),
        lambda: unpack(pallet, nothing),
    ):
        assert refusal(act) == ("R9", "CONTAINER_EMPTY")
