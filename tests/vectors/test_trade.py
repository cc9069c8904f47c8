"""The golden lots of the trade: every statement is in one, and every rule of custody holds."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest

from ledger.core.findings import Findings
from ledger.core.registry import Registry
from ledger.core.signatures import OPENSSL
from ledger.core.verification import Fact, verify
from supplychain.domain.conditions_claim import ConditionsClaim
from supplychain.domain.custody import balance
from supplychain.domain.histories import replay_all
from supplychain.domain.identifiers import Gln
from supplychain.domain.loads import NOTHING_PACKED, Load
from supplychain.domain.lot_state import Act
from supplychain.domain.outputs import State
from supplychain.domain.parties import Party
from supplychain.domain.reading_cuts import Cut
from supplychain.domain.statements import (
    TYPES,
    ConditionsRecord,
    Correction,
    QualityRelease,
    Receive,
    Ship,
    read,
)
from supplychain.domain.storage_profile import StorageProfile
from tests.people import MAKER, WHOLESALER
from tests.supplychain.domain.lot_story import KEY
from tests.vectors.packed_trade import CASE, divided_rest, packed_lot, packed_units, set_of
from tests.vectors.trade import every_statement
from tests.vectors.trade_of_budget import PROFILE, budget_used_up
from tests.vectors.trade_of_loggers import (
    HOUR,
    NIGHT,
    born_with_a_budget,
    two_loggers_and_one_stay,
)
from tests.vectors.trade_of_rides import rested_on_a_tracker
from tests.vectors.trade_of_stock import every_statement_about_stock
from tests.vectors.trade_of_temperature import every_statement_about_temperature
from tests.vectors.trade_of_trackers import tracked
from tests.vectors.world import AT, World

POLICY = World().policy
FIRST, STOCK, PACKED, COUNTED, DIVIDED, WARM, SPENT, TRACKED, LOGGERS, BORN, RESTED = (
    verify(make(), POLICY, AT, OPENSSL)
    for make in (
        every_statement,
        every_statement_about_stock,
        packed_lot,
        packed_units,
        divided_rest,
        every_statement_about_temperature,
        budget_used_up,
        tracked,
        two_loggers_and_one_stay,
        born_with_a_budget,
        rested_on_a_tracker,
    )
)
ALL = (
    FIRST,
    STOCK,
    PACKED,
    COUNTED,
    DIVIDED,
    WARM,
    SPENT,
    TRACKED,
    LOGGERS,
    BORN,
    RESTED,
)


def test_every_type_of_statement_is_in_one_of_them() -> None:
    assert all(found.valid for found in ALL)
    said = {fact.entry.statement.type for found in ALL for fact in found.facts}
    assert said == set(TYPES)


def test_the_rules_of_custody_hold_for_packs_in_a_case() -> None:
    history = replay_all([_act(fact, PACKED.registry, {}) for fact in PACKED.facts])
    assert history.broken == ()
    held = {out.holder: out.packs for out in history.state.outputs.values()}
    assert held == {MAKER.gln: set_of(range(8, 20)).root, WHOLESALER.gln: set_of(range(8)).root}


def test_the_rules_of_custody_hold_for_a_rest_in_two_outputs() -> None:
    history = replay_all([_act(fact, DIVIDED.registry, {}) for fact in DIVIDED.facts])
    assert history.broken == ()
    held = [out.packs for out in history.state.outputs.values() if out.state is State.HELD]
    assert sorted(map(str, held)) == sorted(
        str(set_of(part).root) for part in (range(4, 6), range(6, 10), range(10, 20))
    )


def test_the_rules_of_custody_hold_for_units_in_a_case() -> None:
    history = replay_all([_act(fact, COUNTED.registry, {}) for fact in COUNTED.facts])
    assert history.broken == ()
    held = {out.holder: (out.quantity, out.load) for out in history.state.outputs.values()}
    assert held == {MAKER.gln: (10, NOTHING_PACKED), WHOLESALER.gln: (10, Load({CASE: 5}))}


@pytest.mark.parametrize("found", ALL)
def test_they_are_complete(found: Findings) -> None:
    assert found.complete_to == max(fact.index for fact in found.facts) + 1


@pytest.mark.parametrize(
    ("found", "units"),
    [
        (FIRST, {"held": 40 + 10 + 39, "stolen": 5, "destroyed": 5, "dispensed": 1}),
        (
            STOCK,
            {
                "held": 80 + 4 - 1 + 1 - 31,
                "transformed": 30,
                "destroyed": 1,
                "returned": 1,
                "quarantined": 3,
                "sampled": 1,
                "exported": 10,
                "decommissioned": 1,
            },
        ),
        (WARM, {"held": 100}),
        (TRACKED, {"in_transit": 100}),
        (RESTED, {"held": 100}),
    ],
)
def test_the_rules_of_custody_hold_in_them(found: Findings, units: dict[str, int]) -> None:
    signers = {fact.entry.entry_id: fact.signer.party for fact in found.facts}
    history = replay_all([_act(fact, found.registry, signers) for fact in found.facts])
    assert history.broken == ()
    assert {state.value: count for state, count in balance(history.state).items()} == units


def test_a_budget_that_is_used_up_is_found_by_who_has_no_readings() -> None:
    acts = [_act(fact, SPENT.registry, {}, PROFILE) for fact in SPENT.facts]
    held = next(act for act in acts if isinstance(act.statement, QualityRelease))
    assert isinstance(held.statement, QualityRelease)
    stays = (act.statement for act in acts if isinstance(act.statement, ConditionsRecord))
    assert [one.readings.state.value for one in stays] == ["IN_RANGE", "IN_RANGE"]
    history = replay_all(acts)
    assert history.broken == ()
    waiting = history.made[held.consumes[0]]
    assert waiting.questions == set(held.statement.entries)
    assert waiting.spent.tally.used["thawed"].seconds == 31 * 24 * 3600
    shipped = replace(acts[-1], consumes=held.consumes)
    broken = replay_all([*(act for act in acts[:-1] if act is not held), shipped]).broken
    assert [one.code for one in broken] == ["TEMPERATURE_UNDECIDED"]


def test_two_loggers_that_tell_of_one_stay_ask_nothing() -> None:
    acts = [_act(fact, LOGGERS.registry, {}, PROFILE) for fact in LOGGERS.facts]
    history = replay_all(acts)
    assert history.broken == ()
    first, again = (act.statement for act in acts if isinstance(act.statement, ConditionsRecord))
    assert first.readings.series[0].cut == Cut(2, 0, since=NIGHT + HOUR)
    (shipped, *_) = history.state.outputs.values()
    assert shipped.questions == frozenset()
    freezer = shipped.spent.tally.used["freezer"]
    assert again.readings.judged is not None
    said = [one for one in again.readings.judged.used if one.band == "freezer"]
    assert [(one.seconds, one.periods) for one in said] == [(freezer.seconds, freezer.periods)]
    assert (freezer.seconds, freezer.periods) == (5 * 3600, 1)


def test_a_lot_that_is_born_with_a_budget_used_up_asks_for_what_it_takes_itself() -> None:
    acts = [_act(fact, BORN.registry, {}, PROFILE) for fact in BORN.facts]
    history = replay_all(acts)
    assert history.broken == ()
    (stay, released) = acts[1:3]
    waiting = history.made[released.consumes[0]]
    assert waiting.questions == {stay.entry_id}
    assert waiting.spent.tally.used["warm"].seconds == 5 * 3600


@pytest.mark.parametrize(
    "other",
    [{"gaps": ()}, {"missing": 0}, {"last": 2, "missing": 0}, {"device": "TRK-8"}],
)
def test_a_receipt_that_boasts_of_a_tracker_is_found_by_who_has_no_readings(
    other: dict[str, Any],
) -> None:
    *before, last = [_act(fact, RESTED.registry, {}) for fact in RESTED.facts]
    assert isinstance(last.statement, Receive)
    told = last.statement.conditions.tracker
    assert told
    boast = ConditionsClaim(tracker=replace(told, **other))
    lie = replace(last, statement=replace(last.statement, conditions=boast))
    (broken,) = replay_all([*before, lie]).broken
    assert broken.code in {"TRACKER_TOLD_OTHERWISE", "TRACKER_NOT_ALONG"}


def _act(
    fact: Fact,
    registry: Registry,
    signers: Mapping[str, str],
    profile: StorageProfile | None = None,
) -> Act:
    said = read(fact.entry)
    receiver = registry.parties[str(said.to)] if isinstance(said, Ship) else None
    return Act(
        entry_id=fact.entry.entry_id,
        key=KEY,
        signer=Party.from_profile(fact.signer.party, fact.signer.profile),
        statement=said,
        at=fact.entry.statement.at,
        consumes=fact.entry.statement.consumes,
        receiver=Party.from_profile(str(said.to), receiver.profile)
        if receiver and isinstance(said, Ship)
        else None,
        author=Gln(signers[said.entry]) if isinstance(said, Correction) else None,
        monitored=False,
        profile=profile,
        log=fact.entry.statement.log,
    )
