"""Lots made of lots: the balance holds over the operation, and flags are passed on."""

from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import pytest

from supplychain.domain.budget import Use
from supplychain.domain.custody import State
from supplychain.domain.errors import Invalid, RuleBroken
from supplychain.domain.identifiers import Gtin, LotNumber
from supplychain.domain.lot_state import Source
from supplychain.domain.lots import Expiry, LotKey
from supplychain.domain.outputs import OutputClaim
from supplychain.domain.parties import Party
from supplychain.domain.recalls import Flags, Hold, Recall
from supplychain.domain.spent import NOTHING_SPENT, Spent
from supplychain.domain.statements import (
    LotRegister,
    Origin,
    Quarantine,
    RecallClass,
    SourceClaim,
    Transform,
    TransformKind,
)
from supplychain.domain.storage_profile import StorageProfile
from supplychain.domain.tallies import Tally
from supplychain.domain.transform_statements import Into
from tests.people import LIAR, MAKER, PHARMACY, REGULATOR, REPACKAGER, WHOLESALER
from tests.supplychain.domain.cold_chain.loggers import BUDGET, FRIDGE, at
from tests.supplychain.domain.lot_story import (
    DAY_ONE,
    EXPIRY,
    GTIN,
    KEY,
    LotStory,
    birth,
    entry_id,
)

NEW, OTHER = LotKey(GTIN, LotNumber("NEW")), LotKey(GTIN, LotNumber("OTHER"))
FOREIGN = LotKey(Gtin("09506000134352"), LotNumber("NEW"))


def made(
    *into: Into,
    kind: TransformKind = TransformKind.REPACK,
    lost: int = 0,
    rest: int = 0,
    holder: Party = MAKER,
) -> Transform:
    return Transform.of(
        holder=holder.gln,
        operation="OP-1",
        kind=kind,
        reason="Smaller packs",
        into=into,
        lost=lost,
        rest=rest,
    )


def refusal(story: LotStory, statement: Transform, signer: Party = MAKER) -> tuple[str, str]:
    before = story.state
    with pytest.raises(RuleBroken) as refused:
        story.tell(signer, statement, story.stock(signer))
    assert story.state is before
    return refused.value.rule, refused.value.code


def test_units_become_other_lots_and_what_is_lost_is_declared() -> None:
    story = LotStory.born(100)
    said = made(Into(NEW, 60, 180), Into(OTHER, 10, 30), lost=2, rest=28)
    story.tell(MAKER, said, story.stock(MAKER))
    assert story.balance() == {"transformed": 70, "destroyed": 2, "held": 28}


@pytest.mark.parametrize("kind", [*TransformKind])
def test_r4_only_a_repack_makes_more_or_fewer_than_it_uses(kind: TransformKind) -> None:
    story = LotStory.born(100)
    uneven = made(Into(NEW, 100, 300), kind=kind)
    if kind is not TransformKind.REPACK:
        assert refusal(story, uneven) == ("R4", "MASS_IMBALANCE")
        uneven = made(Into(NEW, 100, 100), kind=kind)
    story.tell(MAKER, uneven, story.stock(MAKER))


@pytest.mark.parametrize(("lost", "rest"), [(0, 0), (1, 40), (0, 41), (2, 39)])
def test_r4_what_is_used_lost_and_kept_is_what_was_there(lost: int, rest: int) -> None:
    assert refusal(LotStory.born(100), made(Into(NEW, 60, 60), lost=lost, rest=rest)) == (
        "R4",
        "MASS_IMBALANCE",
    )


def test_r4_the_new_lots_use_just_what_is_gone() -> None:
    story = LotStory.born(100)
    said = made(Into(NEW, 60, 60), rest=40)
    more = replace(said, into=(Into(NEW, 61, 61),))
    assert refusal(story, more) == ("R4", "MASS_IMBALANCE")


def test_r3_only_a_holder_that_makes_lots_does_it() -> None:
    story = LotStory.born(100)
    story.hand_over(MAKER, WHOLESALER, 100)
    said = made(Into(NEW, 100, 100), holder=WHOLESALER)
    assert refusal(story, said, WHOLESALER) == ("R3", "ROLE_MISSING")
    with pytest.raises(RuleBroken) as refused:
        story.tell(MAKER, made(Into(NEW, 100, 100)), story.stock(WHOLESALER))
    assert (refused.value.rule, refused.value.code) == ("R3", "NOT_HOLDER")


def test_a_repackager_makes_lots_of_its_own_of_what_it_bought() -> None:
    story = LotStory.born(100)
    story.hand_over(MAKER, REPACKAGER, 100)
    mine = made(Into(FOREIGN, 100, 300), holder=REPACKAGER)
    assert refusal(story, made(Into(NEW, 100, 300), holder=REPACKAGER), REPACKAGER) == (
        "R1",
        "GTIN_NOT_YOURS",
    )
    story.tell(REPACKAGER, mine, story.stock(REPACKAGER))


def test_r3_what_is_made_stays_with_its_maker() -> None:
    said = made(Into(NEW, 60, 60), rest=40)
    for n in (0, 1):
        claims = list(said.outputs)
        claims[n] = replace(claims[n], holder=LIAR.gln)
        bent = replace(said, outputs=tuple(claims))
        assert refusal(LotStory.born(100), bent) == ("R3", "HOLDER_WRONG")


def test_r3_only_stock_is_made_into_others() -> None:
    story = LotStory.born(100)
    story.change(Quarantine, MAKER, 100)
    with pytest.raises(RuleBroken) as refused:
        story.tell(MAKER, made(Into(NEW, 100, 100)), story.stock(MAKER, State.QUARANTINED))
    assert (refused.value.rule, refused.value.code) == ("R3", "NOT_HELD")


def test_r11_and_r12_unfit_goods_are_not_made_into_others() -> None:
    for flag, code in ((LotStory.recall, "RECALLED"), (LotStory.hold, "ON_HOLD")):
        story = LotStory.born(100)
        flag(story, REGULATOR)
        assert refusal(story, made(Into(NEW, 100, 100))) == ("R11", code)
    story = LotStory.born(100)
    story.clock = EXPIRY.ends
    assert refusal(story, made(Into(NEW, 100, 100))) == ("R12", "EXPIRED")


def test_r1_a_lot_is_made_neither_of_itself_nor_once_more() -> None:
    story = LotStory.born(100)
    assert refusal(story, made(Into(KEY, 100, 100))) == ("R1", "INTO_ITSELF")
    story.born_lots = frozenset({NEW})
    assert refusal(story, made(Into(NEW, 100, 100))) == ("R1", "BORN_TWICE")


@pytest.mark.parametrize("into", [(), (Into(NEW, 1, 1), Into(NEW, 2, 2))])
def test_each_new_lot_is_named_once(into: tuple[Into, ...]) -> None:
    outputs = (OutputClaim(State.TRANSFORMED, MAKER.gln, 3),)
    with pytest.raises(Invalid) as invalid:
        Transform("OP-1", TransformKind.REPACK, "R", into, outputs)
    assert invalid.value.code == "INTO_WRONG"


@pytest.mark.parametrize(
    "states", [(), (State.HELD,), (State.TRANSFORMED, State.HELD, State.DESTROYED)]
)
def test_outputs_of_a_transformation_stand_in_their_order(states: tuple[State, ...]) -> None:
    outputs = tuple(OutputClaim(state, MAKER.gln, 1) for state in states)
    with pytest.raises(Invalid) as invalid:
        Transform("OP-1", TransformKind.REPACK, "R", (Into(NEW, 1, 1),), outputs)
    assert invalid.value.code == "OUTPUTS_WRONG"


# The birth of a lot that was made of others

SOURCES = {
    entry_id(71): Source(OTHER, "OP-1", MAKER.gln, 60, EXPIRY),
    entry_id(72): Source(NEW, "OP-1", MAKER.gln, 40, EXPIRY),
}
ORIGIN = Origin("OP-1", (SourceClaim(OTHER, entry_id(71), 60), SourceClaim(NEW, entry_id(72), 40)))


def born_of(
    origin: Origin | None = ORIGIN,
    quantity: int = 100,
    sources: dict[str, Source] | None = SOURCES,
    expiry: Expiry = EXPIRY,
    signer: Party = MAKER,
) -> LotStory:
    story = LotStory(sources=sources)
    said = replace(birth(quantity, maker=signer, expiry=expiry), origin=origin)
    story.tell(signer, said)
    return story


def birth_refused(**how: object) -> tuple[str, str]:
    with pytest.raises(RuleBroken) as refused:
        born_of(**how)  # type: ignore[arg-type]  # what each test changes
    return refused.value.rule, refused.value.code


def test_a_lot_is_born_of_others() -> None:
    story = born_of()
    (act,) = story.acts
    assert isinstance(act.statement, LotRegister)
    assert act.statement.origin == ORIGIN
    assert story.balance() == {"held": 100}


@pytest.mark.parametrize("quantity", [99, 101])
def test_r4_as_many_are_born_as_the_sources_made(quantity: int) -> None:
    assert birth_refused(quantity=quantity) == ("R4", "MASS_IMBALANCE")
    assert birth_refused(quantity=quantity, sources=None) == ("R4", "MASS_IMBALANCE")


def test_what_is_not_known_of_other_lots_is_not_judged() -> None:
    assert born_of(sources=None).balance() == {"held": 100}


def test_r2_a_source_that_made_nothing_of_it_is_none() -> None:
    assert birth_refused(sources={}) == ("R2", "SOURCE_UNKNOWN")


def test_r4_every_source_is_named() -> None:
    half = Origin("OP-1", ORIGIN.sources[:1])
    assert birth_refused(origin=half, quantity=60) == ("R4", "SOURCE_LEFT_OUT")
    assert birth_refused(origin=None) == ("R4", "SOURCE_LEFT_OUT")


@pytest.mark.parametrize(
    "other",
    [
        Source(KEY, "OP-1", MAKER.gln, 60, EXPIRY),
        Source(OTHER, "OP-2", MAKER.gln, 60, EXPIRY),
        Source(OTHER, "OP-1", MAKER.gln, 61, EXPIRY),
    ],
)
def test_r4_both_sides_say_the_same(other: Source) -> None:
    assert birth_refused(sources=SOURCES | {entry_id(71): other}) == ("R4", "SOURCE_DIFFERS")


def test_r3_who_did_it_registers_what_came_of_it() -> None:
    anothers = replace(SOURCES[entry_id(71)], maker=REPACKAGER.gln)
    assert birth_refused(sources=SOURCES | {entry_id(71): anothers}) == ("R3", "SOURCE_NOT_YOURS")


def test_r12_goods_are_good_for_no_longer_in_other_packs() -> None:
    earlier = replace(SOURCES[entry_id(72)], expiry=Expiry(EXPIRY.on - timedelta(days=1)))
    assert birth_refused(sources=SOURCES | {entry_id(72): earlier}) == (
        "R12",
        "EXPIRY_BEYOND_SOURCE",
    )
    shorter = Expiry(EXPIRY.on - timedelta(days=1))
    born_of(sources=SOURCES | {entry_id(72): earlier}, expiry=shorter)


WARM = Tally(MappingProxyType({"warm": Use("warm", 2400, at(0), at(40), 1)}), 2400, 0, at(40))
USED = {key: replace(one, spent=WARM, profile=BUDGET) for key, one in SOURCES.items()}
SAID = replace(ORIGIN, sources=tuple(replace(one, spent=WARM) for one in ORIGIN.sources))


def born_after(
    origin: Origin, storage: StorageProfile | None = BUDGET, sources: dict[str, Source] = USED
) -> LotStory:
    story = LotStory(sources=sources, profile=storage)
    story.tell(MAKER, replace(birth(100), origin=origin))
    return story


def test_c6_a_lot_is_born_with_what_was_used_up_before() -> None:
    story = born_after(SAID)
    (goods,) = story.state.outputs.values()
    assert goods.spent == Spent(WARM)
    alone = LotStory()
    alone.tell(MAKER, replace(birth(100), origin=SAID))
    assert [out.spent for out in alone.state.outputs.values()] == [Spent(WARM)]


def test_c6_the_worst_of_the_sources_counts() -> None:
    less = replace(ORIGIN, sources=(SAID.sources[0], ORIGIN.sources[1]))
    fresh = USED | {entry_id(72): replace(USED[entry_id(72)], spent=Tally())}
    (goods,) = born_after(less, sources=fresh).state.outputs.values()
    assert goods.spent == Spent(WARM)


@pytest.mark.parametrize(
    ("origin", "storage", "sources"),
    [
        (ORIGIN, BUDGET, USED),
        (SAID, FRIDGE, USED),
        (SAID, None, USED),
        (SAID, BUDGET, SOURCES),
        (SAID, BUDGET, {key: replace(one, profile=FRIDGE) for key, one in USED.items()}),
        (SAID, BUDGET, {key: replace(one, spent=Tally(above_s=1)) for key, one in USED.items()}),
    ],
)
def test_r15_a_birth_says_just_what_was_used_up(
    origin: Origin, storage: StorageProfile | None, sources: dict[str, Source]
) -> None:
    with pytest.raises(RuleBroken) as refused:
        born_after(origin, storage, sources)
    assert (refused.value.rule, refused.value.code) == ("R15", "SPENT_DIFFERS")


def test_c6_lots_that_do_not_count_the_same_hand_nothing_down() -> None:
    (goods,) = born_after(ORIGIN, FRIDGE).state.outputs.values()
    assert goods.spent == NOTHING_SPENT


@pytest.mark.parametrize("sources", [(), (ORIGIN.sources[0],) * 2])
def test_each_source_is_cited_once(sources: tuple[SourceClaim, ...]) -> None:
    with pytest.raises(Invalid) as invalid:
        Origin("OP-1", sources)
    assert invalid.value.code == "SOURCES_WRONG"


RECALL = Recall(entry_id(8), MAKER.gln, RecallClass.I, "Wrong label", DAY_ONE)
HOLD = Hold(entry_id(9), MAKER.gln, "Complaint", DAY_ONE)


@pytest.mark.parametrize(
    ("flags", "code"), [(Flags((RECALL,)), "RECALLED"), (Flags((), (HOLD,)), "ON_HOLD")]
)
def test_r11_what_stands_against_a_source_stands_against_what_was_made_of_it(
    flags: Flags, code: str
) -> None:
    story = born_of()
    story.hand_over(MAKER, PHARMACY, 50)
    story.state = replace(story.state, inherited=flags)
    with pytest.raises(RuleBroken) as refused:
        story.dispense(PHARMACY, 1)
    assert (refused.value.rule, refused.value.code) == ("R11", code)
    story.send_back(PHARMACY, MAKER, 10)
    story.destroy(PHARMACY, 40)
