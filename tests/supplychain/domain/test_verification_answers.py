"""What is said of a pack: each reason and each piece of information of the standard, and when."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from supplychain.domain.identifiers import LotNumber
from supplychain.domain.lots import Expiry
from supplychain.domain.outputs import State
from supplychain.domain.verification_answers import (
    AdditionalInfo,
    FailureReason,
    PackRecord,
    VerificationAnswer,
    answer,
)
from supplychain.domain.verification_requests import SALEABLE_RETURN, ProductIdentifier
from tests.supplychain.domain.test_verification_requests import PRODUCT

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
AFTER = datetime(2027, 7, 1, tzinfo=UTC)
SOUND = PackRecord(lot=PRODUCT.lot, expiry=Expiry(PRODUCT.expiry), state=State.HELD)
OTHER_LOT = replace(PRODUCT, lot=LotNumber("a123"))
OTHER_DAY = replace(PRODUCT, expiry=date(2027, 6, 29))
OTHER_BOTH = replace(OTHER_LOT, expiry=OTHER_DAY.expiry)
EXTENDED = replace(SOUND, expiry=Expiry(date(2028, 1, 31)), extended_from=PRODUCT.expiry)


def said(
    record: PackRecord | None,
    asked: ProductIdentifier = PRODUCT,
    context: str = SALEABLE_RETURN,
    at: datetime = AT,
) -> tuple[bool, str | None, str | None]:
    given = answer(asked, record, context=context, at=at)
    return given.verified, given.reason and given.reason.value, given.info and given.info.value


def test_a_pack_that_matches_and_is_sound_is_verified() -> None:
    assert said(SOUND) == (True, None, None)


def test_no_match_gtin_serial() -> None:
    assert said(None) == (False, "No_match_GTIN_Serial", None)


def test_without_the_serial_neither_lot_nor_expiry_is_looked_at() -> None:
    assert said(None, OTHER_BOTH) == (False, "No_match_GTIN_Serial", None)


def test_no_match_gtin_serial_lot() -> None:
    assert said(SOUND, OTHER_LOT) == (False, "No_match_GTIN_Serial_Lot", None)


def test_no_match_gtin_serial_expiry() -> None:
    assert said(SOUND, OTHER_DAY) == (False, "No_match_GTIN_Serial_Expiry", None)


def test_no_match_gtin_serial_lot_expiry() -> None:
    assert said(SOUND, OTHER_BOTH) == (False, "No_match_GTIN_Serial_Lot_Expiry", None)


def test_recalled() -> None:
    recalled = replace(SOUND, recalled=True)
    assert said(recalled) == (False, "Manufacturer_policy", "Recalled")


def test_what_is_known_of_the_pack_is_told_beside_a_lot_that_differs() -> None:
    recalled = replace(SOUND, recalled=True)
    assert said(recalled, OTHER_LOT) == (False, "No_match_GTIN_Serial_Lot", "Recalled")


def test_suspect() -> None:
    doubted = replace(SOUND, doubted=True)
    assert said(doubted) == (False, "Not_for_re-distribution", "Suspect")


def test_a_lost_pack_that_turns_up_is_suspect() -> None:
    lost = replace(SOUND, state=State.LOST)
    assert said(lost) == (False, "Not_for_re-distribution", "Suspect")


def test_a_stolen_pack_is_illegitimate() -> None:
    stolen = replace(SOUND, state=State.STOLEN)
    assert said(stolen) == (False, "Not_for_re-distribution", "Illegitimate")


def test_expired() -> None:
    assert said(SOUND, at=AFTER) == (False, "Manufacturer_policy", "Expired")


def test_the_last_day_is_still_good() -> None:
    assert said(SOUND, at=datetime(2027, 6, 30, 23, 59, 59, tzinfo=UTC))[0]


@pytest.mark.parametrize("day", [PRODUCT.expiry, date(2028, 1, 31)])
def test_expiration_extended_by_the_day_printed_and_by_the_later_one(day: date) -> None:
    asked = replace(PRODUCT, expiry=day)
    for at in (AT, AFTER):
        assert said(EXTENDED, asked, at=at) == (True, None, "ExpirationExtended")


def test_an_extension_ends_too() -> None:
    after = datetime(2028, 2, 1, tzinfo=UTC)
    assert said(EXTENDED, at=after) == (False, "Manufacturer_policy", "Expired")


def test_with_an_extension_a_third_day_is_still_another_one() -> None:
    assert said(EXTENDED, OTHER_DAY) == (
        False,
        "No_match_GTIN_Serial_Expiry",
        "ExpirationExtended",
    )


@pytest.mark.parametrize("state", [State.HELD, State.IN_TRANSIT, State.QUARANTINED, State.RETURNED])
def test_a_pack_that_waits_for_this_very_answer_is_verified(state: State) -> None:
    assert said(replace(SOUND, state=state)) == (True, None, None)


@pytest.mark.parametrize(
    "state",
    [State.DISPENSED, State.DESTROYED, State.SAMPLED, State.EXPORTED, State.DECOMMISSIONED],
)
def test_a_pack_that_left_the_trade_is_not_and_nobody_is_told_how(state: State) -> None:
    gone = replace(EXTENDED, state=state)
    assert said(gone) == (False, "Manufacturer_policy", None)


def test_the_gravest_is_told() -> None:
    all_of_it = replace(SOUND, state=State.STOLEN, doubted=True, recalled=True)
    records = (
        all_of_it,
        replace(all_of_it, state=State.DISPENSED),
        replace(all_of_it, state=State.DISPENSED, doubted=False),
        replace(SOUND, state=State.DISPENSED),
    )
    assert [said(record, at=AFTER)[2] for record in records] == [
        "Illegitimate",
        "Suspect",
        "Recalled",
        "Expired",
    ]


@pytest.mark.parametrize(
    ("record", "at", "reason", "info"),
    [
        (replace(SOUND, recalled=True), AT, "No_reason_provided", "Recalled"),
        (replace(SOUND, doubted=True), AT, "No_reason_provided", "Suspect"),
        (replace(SOUND, state=State.STOLEN), AT, "No_reason_provided", "Suspect"),
        (replace(SOUND, state=State.DISPENSED), AT, "No_reason_provided", None),
        (SOUND, AFTER, "No_reason_provided", None),
        (EXTENDED, AT, None, None),
        (None, AT, "No_match_GTIN_Serial", None),
    ],
)
def test_outside_the_us_only_the_standards_own_words_are_said(
    record: PackRecord | None, at: datetime, reason: str | None, info: str | None
) -> None:
    assert said(record, context="saleableReturn", at=at) == (reason is None, reason, info)
    assert said(record, context="dscsaStatusCheck", at=at)[0] is (reason is None)


def test_a_guess_is_told_from_a_match() -> None:
    guesses = {FailureReason(f"No_match_GTIN_Serial{end}") for end in ("", "_Lot", "_Expiry")}
    guesses.add(FailureReason.NO_MATCH_GTIN_SERIAL_LOT_EXPIRY)
    found = {one for one in FailureReason if VerificationAnswer(one).mismatched}
    assert found == guesses
    assert not VerificationAnswer(info=AdditionalInfo.EXPIRATION_EXTENDED).mismatched
