"""Verdicts: what is unknown, missing or stale is never OK; bad news always wins."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.core.links import OutputRef
from supplychain.domain.barcodes import FaultCode, ScanFault, Scanned, parse
from supplychain.domain.facts import Forebear
from supplychain.domain.findings import WEAKENING, Finding
from supplychain.domain.histories import Broken, replay_all
from supplychain.domain.identifiers import LotNumber, Serial
from supplychain.domain.lot_statements import RecallClass
from supplychain.domain.lots import Expiry, Lot
from supplychain.domain.pack_traces import PackFault, PackTrace
from supplychain.domain.recalls import Flags, Hold, Recall
from supplychain.domain.standing import Scope, Standing, scope
from supplychain.domain.two_places import Doubt
from supplychain.domain.verdicts import (
    REASON_CODES,
    Facts,
    Leg,
    LegState,
    Limits,
    LogHealth,
    Severity,
    TickState,
    VerdictCode,
    already_scanned_here,
    judge,
    scan_again,
)
from tests.nights import examples
from tests.people import MAKER, PHARMACY, WHOLESALER
from tests.supplychain.domain.lot_story import (
    DAY_ONE,
    EXPIRY,
    GTIN,
    KEY,
    PRODUCT,
    LotStory,
    entry_id,
)

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
LOT = Lot(
    key=KEY,
    product=PRODUCT,
    expiry=EXPIRY,
    quantity=100,
    maker=MAKER.gln,
    monitored=True,
    born_at=DAY_ONE,
)
SHIPPED, RECEIVED = entry_id(1), entry_id(2)
HANDOFFS = frozenset({SHIPPED, RECEIVED})
HOLDING = Scope(standing=Standing.HOLDS, entries=HANDOFFS | {entry_id(0)}, legs=HANDOFFS)
DECIDED = replace(HOLDING, decided=frozenset({RECEIVED}))
COOL = (Leg(SHIPPED, LegState.IN_RANGE), Leg(RECEIVED, LegState.IN_RANGE))
DOUBTED = Leg(RECEIVED, LegState.IN_RANGE, frozenset({Finding.CALIBRATION_OLD}))
RECALL = Recall(entry_id(8), MAKER.gln, RecallClass.I, "Wrong label", DAY_ONE)
HOLD = Hold(entry_id(9), MAKER.gln, "Complaint", DAY_ONE)
GOOD = Facts(
    at=AT,
    scanned=Scanned(GTIN, KEY.lot, EXPIRY.on),
    lot=LOT,
    maker_connected=True,
    evidence_errors=(),
    suspects=(),
    log=LogHealth.HEALTHY,
    as_of=AT,
    pending=0,
    broken=(),
    flags=Flags(),
    scope=HOLDING,
    legs=COOL,
)
UNKNOWN_LOT = replace(GOOD, lot=None, evidence_errors=None, scope=None, legs=None)


def legs(state: LegState) -> tuple[Leg, ...]:
    return (COOL[0], Leg(RECEIVED, state))


def standing(
    which: Standing,
    *,
    short_receipt: bool = False,
    voided: bool = False,
    some_quarantined: bool = False,
) -> Scope:
    return replace(
        HOLDING,
        standing=which,
        short_receipt=short_receipt,
        voided=voided,
        some_quarantined=some_quarantined,
    )


def forebear(flags: Flags | None = Flags(), *, agrees: bool | None = True) -> Forebear:  # noqa: B008 - a value
    """A lot that the scanned one was made of."""
    return Forebear(replace(KEY, lot=LotNumber("OLD")), flags, agrees)


def heard(state: LegState, *decided: str, monitored: bool = True) -> Forebear:
    """A lot that the scanned one was made of, whose goods went through such a leg before."""
    leg = Leg(entry_id(5), state, frozenset({Finding.LOGGER_EXPIRED}))
    return replace(forebear(), legs=(leg,), decided=frozenset(decided), monitored=monitored)


@pytest.mark.parametrize(
    ("older", "codes"),
    [
        (heard(LegState.EXCURSION), {"TEMPERATURE_EXCURSION"}),
        (heard(LegState.EXCURSION, entry_id(5)), {"RELEASED_BY_QA"}),
        (heard(LegState.EXCURSION, entry_id(6)), {"TEMPERATURE_EXCURSION"}),
        (heard(LegState.FREEZE), {"FROZEN"}),
        (heard(LegState.DATA_GAP), {"TEMPERATURE_GAP"}),
        (heard(LegState.IN_RANGE), set()),
        (heard(LegState.NO_DATA), {"NO_TEMPERATURE_DATA"}),
        (heard(LegState.NO_DATA, monitored=False), set()),
    ],
)
def test_what_happened_to_the_lots_that_it_was_made_of_is_told(
    older: Forebear, codes: set[str]
) -> None:
    found = judge(replace(GOOD, forebears=(older,)))
    assert set(found.codes) - {"LOGGER_IN_DOUBT"} == codes
    told = [one.details for one in found.reasons if one.code in codes]
    assert told == [(entry_id(5),)] * len(codes)
    assert "LOGGER_IN_DOUBT" in found.codes


def a_pack(fault: PackFault | None) -> dict[str, object]:
    """A pack was scanned, and this is wrong with its way."""
    scanned = replace(GOOD.scanned, serial=Serial("X1"))
    return {"scanned": scanned, "pack": PackTrace((OutputRef(entry_id(0), 0),), fault)}


def test_a_lot_made_of_sound_ones_is_ok() -> None:
    assert judge(replace(GOOD, forebears=(forebear(), forebear()))).codes == ()


def test_a_pack_whose_way_is_proven_is_ok() -> None:
    verdict = judge(replace(GOOD, **a_pack(None)))  # type: ignore[arg-type] # members of Facts
    assert (verdict.code, verdict.codes) == (VerdictCode.OK, ())


def test_a_pack_with_nothing_against_it_is_ok() -> None:
    verdict = judge(GOOD)
    assert verdict.code is VerdictCode.OK
    assert (verdict.genuine, verdict.custody, verdict.fit) == (TickState.GOOD,) * 3
    assert verdict.reasons == ()
    assert verdict.sentence == "Go ahead: every check is good."


@pytest.mark.parametrize(
    ("changed", "verdict", "code", "tick"),
    [
        ({"evidence_errors": ("SIGNATURE_BAD",)}, "STOP", "EVIDENCE_BROKEN", "genuine"),
        ({"evidence_errors": ("COSIGNATURE_BAD",)}, "STOP", "TWO_HISTORIES", "genuine"),
        ({"evidence_errors": ("HISTORY_CONTRADICTED",)}, "STOP", "TWO_HISTORIES", "genuine"),
        ({"evidence_errors": ("SEEN_CONTRADICTED",)}, "STOP", "TWO_HISTORIES", "genuine"),
        ({"witnessed": False}, "CANNOT_CHECK", "NOT_WITNESSED", "genuine"),
        ({"old": True}, "CAUTION", "EVIDENCE_STALE", "genuine"),
        ({"evidence_errors": None}, "CANNOT_CHECK", "EVIDENCE_NOT_CHECKED", "genuine"),
        ({"suspects": (SHIPPED,)}, "CAUTION", "SUSPECT_KEY", "genuine"),
        ({"suspects": None}, "CANNOT_CHECK", "EVIDENCE_NOT_CHECKED", "genuine"),
        ({"log": LogHealth.ALARM}, "CANNOT_CHECK", "LOG_IN_ALARM", "genuine"),
        ({"log": LogHealth.UNKNOWN}, "CANNOT_CHECK", "EVIDENCE_NOT_CHECKED", "genuine"),
        ({"as_of": None}, "CANNOT_CHECK", "EVIDENCE_NOT_CHECKED", "genuine"),
        ({"pending": None}, "CANNOT_CHECK", "EVIDENCE_NOT_CHECKED", "genuine"),
        ({"pending": 1}, "CANNOT_CHECK", "NOT_YET_LOGGED", "genuine"),
        ({"as_of": AT - timedelta(hours=25)}, "CAUTION", "EVIDENCE_STALE", "genuine"),
        (
            {"scanned": Scanned(GTIN, KEY.lot, date(2027, 7, 1))},
            "STOP",
            "EXPIRY_MISMATCH",
            "genuine",
        ),
        ({"broken": None}, "CANNOT_CHECK", "CUSTODY_NOT_CHECKED", "custody"),
        ({"scope": None}, "CANNOT_CHECK", "CUSTODY_NOT_CHECKED", "custody"),
        (
            {"broken": (Broken(SHIPPED, "R4", "MASS_IMBALANCE", "Shipped 101 of 100."),)},
            "STOP",
            "CUSTODY_BROKEN",
            "custody",
        ),
        ({"scope": standing(Standing.QUARANTINED)}, "STOP", "QUARANTINED", "custody"),
        ({"scope": standing(Standing.RETURNED)}, "STOP", "RETURNED_NOT_CHECKED", "custody"),
        ({"scope": standing(Standing.NEVER_HERE)}, "STOP", "NOT_IN_YOUR_CUSTODY", "custody"),
        ({"scope": standing(Standing.VOIDED)}, "STOP", "DISPATCH_VOIDED", "custody"),
        ({"scope": standing(Standing.NOT_RECEIVED)}, "CAUTION", "NOT_RECEIVED_YET", "custody"),
        ({"scope": standing(Standing.NOTHING_LEFT)}, "CAUTION", "NOTHING_LEFT_HERE", "custody"),
        (
            {"scope": standing(Standing.HOLDS, short_receipt=True)},
            "CAUTION",
            "SHORT_RECEIPT",
            "custody",
        ),
        (
            {"scope": replace(HOLDING, over=True)},
            "CAUTION",
            "OVER_RECEIPT",
            "custody",
        ),
        (
            {"scope": standing(Standing.WHOLE_LOT, voided=True)},
            "CAUTION",
            "DISPATCH_VOIDED",
            "custody",
        ),
        ({"scope": standing(Standing.GONE)}, "STOP", "NOTHING_LEFT_HERE", "custody"),
        (
            {"scope": standing(Standing.HOLDS, some_quarantined=True)},
            "CAUTION",
            "QUARANTINED",
            "custody",
        ),
        ({"scope": standing(Standing.PASSED_ON)}, "STOP", "PACK_PASSED_ON", "custody"),
        ({"scope": standing(Standing.DISPENSED)}, "STOP", "PACK_DISPENSED", "custody"),
        ({"scope": standing(Standing.DISPENSED_HERE)}, "STOP", "PACK_DISPENSED_HERE", "custody"),
        ({"scope": standing(Standing.MISSED)}, "STOP", "PACK_MISSED", "custody"),
        ({"scope": standing(Standing.ENDED)}, "STOP", "PACK_ENDED", "custody"),
        (a_pack(PackFault.NOT_BORN), "STOP", "UNKNOWN_SERIAL", "genuine"),
        (a_pack(PackFault.NOT_PROVEN), "CANNOT_CHECK", "SERIAL_NOT_CHECKED", "genuine"),
        (a_pack(PackFault.VANISHED), "STOP", "PACK_RECORD_BROKEN", "custody"),
        (a_pack(PackFault.DOUBLED), "STOP", "PACK_RECORD_BROKEN", "custody"),
        (a_pack(PackFault.MISCOUNTED), "STOP", "PACK_RECORD_BROKEN", "custody"),
        ({"flags": None}, "CANNOT_CHECK", "FITNESS_NOT_CHECKED", "fit"),
        ({"flags": Flags(recalls=(RECALL,))}, "STOP", "RECALLED", "fit"),
        ({"flags": Flags(holds=(HOLD,))}, "STOP", "ON_HOLD", "fit"),
        ({"forebears": (forebear(Flags(recalls=(RECALL,))),)}, "STOP", "RECALLED", "fit"),
        ({"forebears": (forebear(Flags(holds=(HOLD,))),)}, "STOP", "ON_HOLD", "fit"),
        ({"forebears": (forebear(agrees=False),)}, "STOP", "ORIGIN_BROKEN", "fit"),
        ({"forebears": (forebear(agrees=None),)}, "CANNOT_CHECK", "ORIGIN_NOT_CHECKED", "fit"),
        ({"forebears": (forebear(None),)}, "CANNOT_CHECK", "ORIGIN_NOT_CHECKED", "fit"),
        ({"at": EXPIRY.ends, "as_of": EXPIRY.ends}, "STOP", "EXPIRED", "fit"),
        (
            {"at": EXPIRY.ends - timedelta(days=30), "as_of": EXPIRY.ends},
            "CAUTION",
            "NEAR_EXPIRY",
            "fit",
        ),
        ({"doubts": frozenset({Doubt.ENDED})}, "STOP", "IN_TWO_PLACES", "custody"),
        ({"doubts": frozenset({Doubt.SEEN, Doubt.HELD})}, "STOP", "IN_TWO_PLACES", "custody"),
        ({"doubts": frozenset({Doubt.HELD})}, "CAUTION", "SCANNED_ELSEWHERE", "custody"),
        ({"legs": None}, "CANNOT_CHECK", "TEMPERATURE_NOT_CHECKED", "fit"),
        ({"legs": COOL[:1]}, "CANNOT_CHECK", "TEMPERATURE_NOT_CHECKED", "fit"),
        ({"legs": legs(LegState.UNKNOWN)}, "CANNOT_CHECK", "TEMPERATURE_NOT_CHECKED", "fit"),
        ({"legs": legs(LegState.EXCURSION)}, "STOP", "TEMPERATURE_EXCURSION", "fit"),
        ({"legs": legs(LegState.FREEZE)}, "STOP", "FROZEN", "fit"),
        ({"legs": (COOL[0], DOUBTED)}, "CAUTION", "LOGGER_IN_DOUBT", "fit"),
        ({"legs": legs(LegState.REVIEW)}, "STOP", "TEMPERATURE_REVIEW", "fit"),
        ({"legs": legs(LegState.EXCURSION), "scope": DECIDED}, "CAUTION", "RELEASED_BY_QA", "fit"),
        ({"legs": legs(LegState.DISAGREES)}, "STOP", "READINGS_DISAGREE", "fit"),
        ({"legs": legs(LegState.DATA_GAP)}, "CAUTION", "TEMPERATURE_GAP", "fit"),
        ({"legs": legs(LegState.NO_DATA)}, "CAUTION", "NO_TEMPERATURE_DATA", "fit"),
        ({"legs": legs(LegState.NOT_REQUIRED)}, "CAUTION", "NO_TEMPERATURE_DATA", "fit"),
    ],
    ids=lambda one: one if isinstance(one, str) else None,
)
def test_each_trouble_has_its_verdict_its_reason_and_its_tick(
    changed: dict[str, object], verdict: str, code: str, tick: str
) -> None:
    facts = replace(GOOD, **changed)  # type: ignore[arg-type] # each row changes another member
    found = judge(facts)
    assert found.code == verdict
    assert code in found.codes
    (reason,) = [one for one in found.reasons if one.code == code]
    assert (reason.tick, found.sentence) == (tick, reason.sentence)
    expected = {"STOP": "bad", "CANNOT_CHECK": "unknown", "CAUTION": "warn"}[verdict]
    assert getattr(found, tick) == expected


def test_every_reason_is_tried_in_these_tests() -> None:
    marks = test_each_trouble_has_its_verdict_its_reason_and_its_tick.pytestmark  # type: ignore[attr-defined] # pytest adds it
    tried = {row[2] for row in marks[0].args[1]}
    elsewhere = {"UNKNOWN_LOT", "MAKER_NOT_CONNECTED", "SERIAL_NOT_JUDGED"}
    elsewhere |= {"EXPIRY_EXTENDED", "CORRECTED"}  # which change no verdict
    of_containers = {"CONTAINER_EMPTY", "CONTAINER_TOO_LARGE", "SIGN_IN_FIRST"}
    assert tried | elsewhere | of_containers == REASON_CODES


# A lot that nobody registered


def test_a_lot_that_a_connected_maker_never_registered_is_stopped() -> None:
    verdict = judge(UNKNOWN_LOT)
    assert (verdict.code, verdict.codes) == (VerdictCode.STOP, ("UNKNOWN_LOT",))
    ticks = (verdict.genuine, verdict.custody, verdict.fit)
    assert ticks == (TickState.BAD, TickState.UNKNOWN, TickState.UNKNOWN)


def test_unknown_is_not_fake_where_the_maker_is_not_connected() -> None:
    verdict = judge(replace(UNKNOWN_LOT, maker_connected=False))
    assert verdict.code is VerdictCode.CANNOT_CHECK
    assert verdict.codes == ("MAKER_NOT_CONNECTED",)


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        (replace(UNKNOWN_LOT, maker_connected=None), "EVIDENCE_NOT_CHECKED"),
        (replace(UNKNOWN_LOT, log=LogHealth.ALARM), "LOG_IN_ALARM"),
        (replace(UNKNOWN_LOT, log=LogHealth.UNKNOWN), "EVIDENCE_NOT_CHECKED"),
        (replace(UNKNOWN_LOT, pending=1), "NOT_YET_LOGGED"),
        (replace(UNKNOWN_LOT, pending=None), "EVIDENCE_NOT_CHECKED"),
        (replace(UNKNOWN_LOT, as_of=None), "EVIDENCE_NOT_CHECKED"),
        (replace(UNKNOWN_LOT, as_of=AT - timedelta(days=2)), "EVIDENCE_STALE"),
    ],
)
def test_unknown_is_not_fake_where_the_log_is_not_whole_and_current(
    facts: Facts, code: str
) -> None:
    verdict = judge(facts)
    assert verdict.code is VerdictCode.CANNOT_CHECK
    assert code in verdict.codes
    assert "UNKNOWN_LOT" not in verdict.codes


def test_another_lot_than_the_scanned_one_is_no_match() -> None:
    other = replace(LOT, key=replace(KEY, lot=LotNumber("a123")))
    assert judge(replace(GOOD, lot=other)).codes == ("UNKNOWN_LOT",)


def test_r13_a_lookalike_is_a_hint_to_scan_again_and_never_a_match() -> None:
    hint = ScanFault(FaultCode.CAPS_LOCK, "Read a123, perhaps meant A123.")
    verdict = judge(replace(UNKNOWN_LOT, lookalike=hint))
    assert (verdict.code, verdict.codes) == (VerdictCode.SCAN_AGAIN, ("CAPS_LOCK",))
    assert judge(replace(GOOD, lookalike=hint)).code is VerdictCode.OK


def test_a_dispatch_to_the_asker_that_was_voided_is_told_once() -> None:
    verdict = judge(replace(GOOD, scope=standing(Standing.VOIDED, voided=True)))
    assert verdict.codes == ("DISPATCH_VOIDED",)


@pytest.mark.parametrize(
    ("waited", "told"),
    [(timedelta(minutes=2), "Wait a moment"), (timedelta(minutes=3), "The log, or its witnesses")],
)
def test_who_has_waited_for_more_than_a_moment_is_told_so(waited: timedelta, told: str) -> None:
    since = AT - waited
    facts = replace(GOOD, pending=1, waiting_since=since)
    verdict = judge(facts)
    assert (verdict.code, verdict.codes) == (VerdictCode.CANNOT_CHECK, ("NOT_YET_LOGGED",))
    assert told in verdict.sentence
    unseen = judge(replace(facts, pending=0, witnessed=False))
    assert unseen.codes == ("NOT_WITNESSED",)
    assert (unseen.sentence == verdict.sentence) == (waited > timedelta(minutes=2))


def test_r13_a_lookalike_of_a_known_serial_number_is_a_hint_too() -> None:
    hint = ScanFault(FaultCode.CAPS_LOCK, "Read s1, perhaps meant S1.")
    read = replace(GOOD.scanned, serial=Serial("s1"))
    unborn = replace(GOOD, scanned=read, pack=PackTrace((), PackFault.NOT_BORN), lookalike=hint)
    assert judge(unborn).codes == ("CAPS_LOCK",)
    assert judge(replace(unborn, lookalike=None)).codes == ("UNKNOWN_SERIAL",)
    vanished = replace(unborn, pack=PackTrace((), PackFault.VANISHED))
    assert "PACK_RECORD_BROKEN" in judge(vanished).codes


# Scans that say too little


def test_a_code_without_a_lot_is_scanned_again() -> None:
    verdict = judge(replace(GOOD, scanned=Scanned(GTIN)))
    assert (verdict.code, verdict.codes) == (VerdictCode.SCAN_AGAIN, ("LOT_MISSING",))


@pytest.mark.parametrize("code", [*FaultCode])
def test_a_fault_of_the_scanner_raises_no_alert(code: FaultCode) -> None:
    fault = ScanFault(code, "What was found.")
    verdict = scan_again(fault)
    assert (verdict.code, verdict.sentence) == (VerdictCode.SCAN_AGAIN, fault.cause)
    assert (verdict.genuine, verdict.custody, verdict.fit) == (TickState.UNKNOWN,) * 3
    assert verdict.fault is fault
    assert verdict.reasons[0].details == ("What was found.",)


def test_a_code_without_expiry_is_judged_by_its_lot() -> None:
    assert judge(replace(GOOD, scanned=Scanned(GTIN, KEY.lot))).code is VerdictCode.OK


def test_a_serial_of_a_lot_without_serials_is_said_not_to_be_judged() -> None:
    scanned = replace(GOOD.scanned, serial=Serial("X1"))
    verdict = judge(replace(GOOD, scanned=scanned))
    assert (verdict.code, verdict.codes) == (VerdictCode.OK, ("SERIAL_NOT_JUDGED",))
    assert verdict.reasons[0].severity is Severity.INFO
    assert "registered this lot without serial numbers" in verdict.reasons[0].sentence


def test_r12_an_extended_expiry_is_shown_as_extended() -> None:
    later = Expiry(EXPIRY.on + timedelta(days=90))
    extended = replace(LOT, expiry=later, extended_from=EXPIRY.on)
    verdict = judge(replace(GOOD, lot=extended, at=EXPIRY.ends, as_of=EXPIRY.ends))
    assert (verdict.code, verdict.codes) == (VerdictCode.OK, ("EXPIRY_EXTENDED",))
    (reason,) = verdict.reasons
    assert (reason.tick, reason.severity) == ("fit", Severity.INFO)
    assert reason.details == (EXPIRY.on.isoformat(), later.on.isoformat())
    new = replace(GOOD.scanned, expiry=later.on)
    assert judge(replace(GOOD, lot=extended, scanned=new)).code is VerdictCode.OK
    other = replace(GOOD.scanned, expiry=later.on - timedelta(days=1))
    assert "EXPIRY_MISMATCH" in judge(replace(GOOD, lot=extended, scanned=other)).codes


def test_r14_a_correction_is_told_and_changes_nothing() -> None:
    verdict = judge(replace(GOOD, corrections=(entry_id(7),)))
    assert (verdict.code, verdict.codes) == (VerdictCode.OK, ("CORRECTED",))
    assert (verdict.reasons[0].tick, verdict.reasons[0].details) == ("custody", (entry_id(7),))


def test_a_good_pack_scanned_again_here_is_told_so_and_bad_news_is_told_again() -> None:
    again = already_scanned_here(judge(GOOD))
    assert again.code is VerdictCode.ALREADY_SCANNED_HERE
    recalled = judge(replace(GOOD, flags=Flags(recalls=(RECALL,))))
    assert already_scanned_here(recalled) == recalled


# What counts, and how much


def test_bad_news_wins_over_what_is_unknown_and_that_over_caution() -> None:
    facts = replace(GOOD, pending=1, legs=legs(LegState.DATA_GAP), flags=Flags((RECALL,), (HOLD,)))
    verdict = judge(facts)
    assert verdict.code is VerdictCode.STOP
    assert verdict.codes == ("RECALLED", "ON_HOLD", "NOT_YET_LOGGED", "TEMPERATURE_GAP")
    assert verdict.reasons[0].details == (RECALL.entry_id,)
    assert (verdict.genuine, verdict.fit) == (TickState.UNKNOWN, TickState.BAD)
    assert judge(replace(facts, flags=Flags())).code is VerdictCode.CANNOT_CHECK


def test_other_ticks_are_not_good_where_the_record_is_broken() -> None:
    for changed in ({"evidence_errors": ("ROOT_MISMATCH",)}, {"pending": 1}):
        verdict = judge(replace(GOOD, **changed))
        assert (verdict.custody, verdict.fit) == (TickState.UNKNOWN, TickState.UNKNOWN)
    assert judge(replace(GOOD, as_of=AT - timedelta(days=2))).custody is TickState.GOOD


def test_what_waits_for_its_checkpoint_is_not_held_against_the_holder() -> None:
    facts = replace(GOOD, pending=1, scope=standing(Standing.NEVER_HERE))
    verdict = judge(facts)
    assert (verdict.code, verdict.codes) == (VerdictCode.CANNOT_CHECK, ("NOT_YET_LOGGED",))


def test_what_cannot_be_believed_is_not_held_against_the_holder() -> None:
    broken = replace(GOOD, evidence_errors=("NOT_INCLUDED",), scope=standing(Standing.NEVER_HERE))
    verdict = judge(broken)
    assert (verdict.code, verdict.codes) == (VerdictCode.STOP, ("EVIDENCE_BROKEN",))
    assert verdict.custody is TickState.UNKNOWN


def test_legs_that_the_asker_does_not_depend_on_do_not_count() -> None:
    other = Leg(entry_id(33), LegState.EXCURSION)
    assert judge(replace(GOOD, legs=(*COOL, other))).code is VerdictCode.OK


@pytest.mark.parametrize("state", [LegState.REVIEW, LegState.EXCURSION, LegState.FREEZE])
def test_what_quality_decided_is_told_for_ever_and_stops_nobody(state: LegState) -> None:
    decided = replace(GOOD, legs=legs(state), scope=DECIDED)
    (reason,) = judge(decided).reasons
    assert (reason.code, reason.details) == ("RELEASED_BY_QA", (RECEIVED,))
    other = replace(HOLDING, decided=frozenset({SHIPPED}))
    assert judge(replace(decided, scope=other)).code is VerdictCode.STOP


@pytest.mark.parametrize("finding", [*Finding])
def test_what_makes_readings_weaker_is_told_and_nothing_else(finding: Finding) -> None:
    doubted = Leg(RECEIVED, LegState.IN_RANGE, frozenset({finding}))
    verdict = judge(replace(GOOD, legs=(COOL[0], doubted)))
    if finding in WEAKENING:
        assert [(one.code, one.details) for one in verdict.reasons] == [
            ("LOGGER_IN_DOUBT", (finding.value,))
        ]
    else:
        assert verdict.code is VerdictCode.OK


@pytest.mark.parametrize(
    "state", [LegState.DISAGREES, LegState.UNKNOWN, LegState.DATA_GAP, LegState.NO_DATA]
)
def test_no_decision_heals_readings_that_are_not_there(state: LegState) -> None:
    facts = replace(GOOD, legs=legs(state))
    assert judge(replace(facts, scope=DECIDED)) == judge(facts)


@pytest.mark.parametrize("state", [LegState.NO_DATA, LegState.NOT_REQUIRED])
def test_a_product_that_needs_no_readings_is_good_without(state: LegState) -> None:
    lot = replace(LOT, monitored=False)
    assert judge(replace(GOOD, lot=lot, legs=legs(state))).code is VerdictCode.OK


def test_hand_offs_with_the_same_trouble_make_one_reason() -> None:
    both = (Leg(SHIPPED, LegState.DATA_GAP), Leg(RECEIVED, LegState.DATA_GAP))
    (reason,) = judge(replace(GOOD, legs=both)).reasons
    assert reason.details == (SHIPPED, RECEIVED)


def test_how_near_expiry_is_near_is_a_setting() -> None:
    facts = replace(GOOD, at=EXPIRY.ends - timedelta(days=40), as_of=EXPIRY.ends)
    assert judge(facts).code is VerdictCode.OK
    limits = Limits(near_expiry=timedelta(days=60))
    assert judge(facts, limits).codes == ("NEAR_EXPIRY",)


def test_how_old_evidence_may_be_is_a_setting() -> None:
    facts = replace(GOOD, as_of=AT - timedelta(hours=2))
    assert judge(facts).code is VerdictCode.OK
    assert judge(facts, Limits(evidence_age=timedelta(hours=2))).code is VerdictCode.OK
    assert judge(facts, Limits(evidence_age=timedelta(hours=1))).codes == ("EVIDENCE_STALE",)


def test_a_story_is_judged_from_its_acts() -> None:
    story = LotStory.born(100)
    story.ship(MAKER, WHOLESALER, 100)
    story.receive(WHOLESALER, 95)
    story.hand_over(WHOLESALER, PHARMACY, 50)
    history = replay_all(story.acts)
    facts = replace(
        GOOD,
        scanned=parse(f"(01){GTIN}(17)270630(10)A123(21)X1", on=AT.date()),
        lot=history.state.lot,
        flags=history.state.flags,
        broken=history.broken,
        legs=tuple(Leg(act, LegState.NOT_REQUIRED) for act in history.acts),
    )
    at_pharmacy = replace(facts, scope=scope(history, PHARMACY))
    at_wholesaler = replace(facts, scope=scope(history, WHOLESALER))
    assert judge(at_pharmacy).code is VerdictCode.OK
    assert judge(at_wholesaler).code is VerdictCode.CAUTION
    assert "SHORT_RECEIPT" in judge(at_wholesaler).codes


# All states of the input

ERRORS = st.sampled_from([None, (), ("SIGNATURE_BAD",)])
BROKEN = st.sampled_from([None, (), (Broken(SHIPPED, "R2", "OUTPUT_USED", "Used."),)])
FLAGS = st.sampled_from([None, Flags(), Flags(recalls=(RECALL,)), Flags(holds=(HOLD,))])
SCANNED = st.sampled_from(
    [
        GOOD.scanned,
        Scanned(GTIN),
        Scanned(GTIN, KEY.lot),
        Scanned(GTIN, KEY.lot, date(2028, 1, 1)),
        Scanned(GTIN, LotNumber("OTHER"), EXPIRY.on),
        Scanned(GTIN, KEY.lot, EXPIRY.on, Serial("X1")),
    ]
)
AGES = (timedelta(0), timedelta(hours=24), timedelta(hours=24, seconds=1), timedelta(days=400))
MOMENTS = st.sampled_from(
    [
        AT,
        EXPIRY.ends,
        EXPIRY.ends - timedelta(seconds=1),
        EXPIRY.ends - timedelta(days=30),
        EXPIRY.ends - timedelta(days=30, seconds=1),
    ]
)
SCOPES = st.none() | st.builds(
    Scope,
    standing=st.sampled_from(Standing),
    entries=st.just(HOLDING.entries),
    legs=st.sampled_from([HANDOFFS, frozenset()]),
    short_receipt=st.booleans(),
    voided=st.booleans(),
)
LEGS = st.none() | st.lists(
    st.builds(Leg, st.sampled_from([SHIPPED, RECEIVED]), st.sampled_from(LegState)), max_size=3
).map(tuple)


@st.composite
def any_facts(draw: st.DrawFn) -> Facts:
    """Mostly good facts with a few things changed, so that good ones are met as well."""
    at = draw(MOMENTS)
    choices: dict[str, st.SearchStrategy[object]] = {
        "scanned": SCANNED,
        "lot": st.sampled_from([None, LOT, replace(LOT, monitored=False)]),
        "maker_connected": st.sampled_from([None, True, False]),
        "evidence_errors": ERRORS,
        "suspects": st.sampled_from([None, (), (SHIPPED,)]),
        "log": st.sampled_from(LogHealth),
        "as_of": st.none() | st.sampled_from(AGES).map(lambda age: at - age),
        "pending": st.sampled_from([None, 0, 1]),
        "broken": BROKEN,
        "flags": FLAGS,
        "scope": SCOPES,
        "legs": LEGS,
    }
    names = draw(st.lists(st.sampled_from(sorted(choices)), unique=True, max_size=3))
    changed = {name: draw(choices[name]) for name in names}
    return replace(GOOD, **({"at": at, "as_of": at} | changed))  # type: ignore[arg-type] # as above


def all_is_well(facts: Facts) -> bool:
    """Say it again in other words: known, current, whole, and nothing against it."""
    if facts.lot is None or facts.scope is None or facts.legs is None or facts.as_of is None:
        return False
    fine = {LegState.IN_RANGE}
    if not facts.lot.monitored:
        fine |= {LegState.NO_DATA, LegState.NOT_REQUIRED}
    judged = {leg.entry_id for leg in facts.legs}
    relevant = [leg.state for leg in facts.legs if leg.entry_id in facts.scope.legs]
    return (
        facts.scanned.key == facts.lot.key
        and facts.scanned.expiry in (None, facts.lot.expiry.on)
        and facts.evidence_errors == ()
        and facts.suspects == ()
        and facts.log is LogHealth.HEALTHY
        and facts.at - facts.as_of <= timedelta(hours=24)
        and facts.pending == 0
        and facts.broken == ()
        and facts.flags == Flags()
        and facts.scope.standing in (Standing.HOLDS, Standing.WHOLE_LOT)
        and not facts.scope.short_receipt
        and not facts.scope.voided
        and facts.at < facts.lot.expiry.ends - timedelta(days=30)
        and facts.scope.legs <= judged
        and set(relevant) <= fine
    )


@settings(max_examples=examples(150))
@given(any_facts())
def test_a_verdict_is_ok_exactly_when_all_is_known_and_well(facts: Facts) -> None:
    verdict = judge(facts)
    assert (verdict.code is VerdictCode.OK) == all_is_well(facts)


@settings(max_examples=examples(100))
@given(any_facts())
def test_a_verdict_agrees_with_its_reasons_and_its_ticks(facts: Facts) -> None:
    verdict = judge(facts)
    ticks = {verdict.genuine, verdict.custody, verdict.fit}
    assert (verdict.code is VerdictCode.OK) == (ticks == {TickState.GOOD})
    assert (verdict.code is VerdictCode.STOP) == (TickState.BAD in ticks)
    assert len(set(verdict.codes)) == len(verdict.codes)
    assert verdict.code in VerdictCode
    if verdict.code is not VerdictCode.OK:
        assert verdict.sentence == verdict.reasons[0].sentence
    if verdict.code is VerdictCode.CAUTION:
        assert TickState.UNKNOWN not in ticks


def test_every_sentence_says_what_to_do() -> None:
    for state in (GOOD, UNKNOWN_LOT, replace(GOOD, flags=Flags(recalls=(RECALL,)))):
        assert judge(state).sentence.endswith(".")


def test_two_histories_are_told_beside_whatever_else_is_broken() -> None:
    verdict = judge(replace(GOOD, evidence_errors=("COSIGNATURE_BAD", "SIGNATURE_BAD")))
    told = {one.code: one.details for one in verdict.reasons}
    assert told == {"TWO_HISTORIES": ("COSIGNATURE_BAD",), "EVIDENCE_BROKEN": ("SIGNATURE_BAD",)}
    assert {"EVIDENCE_BROKEN"} == set(judge(replace(GOOD, evidence_errors=("NONCE_REUSED",))).codes)


@pytest.mark.parametrize("changed", [{"witnessed": False}, {"old": True}])
def test_an_unknown_lot_is_no_fake_while_witnesses_are_missing(changed: dict[str, bool]) -> None:
    assert "UNKNOWN_LOT" in judge(replace(UNKNOWN_LOT, evidence_errors=())).codes
    verdict = judge(replace(UNKNOWN_LOT, evidence_errors=(), **changed))  # type: ignore[arg-type]  # flags by name
    assert "UNKNOWN_LOT" not in verdict.codes
    assert verdict.code is VerdictCode.CANNOT_CHECK
