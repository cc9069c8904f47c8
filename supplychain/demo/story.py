"""The lots of the demonstration: good ones, and one for each kind of trouble."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from supplychain.demo.cast import (
    AUTHORITY,
    HOSPITAL,
    INSULIN,
    MAKER,
    PHARMACY,
    SECOND_WHOLESALER,
    TABLETS,
    VACCINE,
    WHOLESALER,
    Item,
)
from supplychain.demo.loggers import against_the_ice, flat_battery, left_in_the_sun
from supplychain.demo.stage import YEARS_TWO, Stage
from supplychain.domain.containers import Container
from supplychain.domain.identifiers import Serial

ANY_SERIAL: Final = Serial("1001")
"""Of a lot without serial numbers: any will do."""
Plot = Callable[[Stage], None]


@dataclass(frozen=True, slots=True)
class Story:
    """A lot, what happens to it, and what its scan should say to whom."""

    item: Item
    number: str
    title: str
    plot: Plot
    expected: str
    reason: str
    user: str = "paula"
    lasts: timedelta = YEARS_TWO
    serial: Serial = ANY_SERIAL


def to_the_pharmacy(stage: Stage) -> None:
    """Maker, wholesaler, pharmacy: no trouble anywhere."""
    stage.register(MAKER, 1_000)
    stage.deliver(MAKER, 600, WHOLESALER, days=35)
    stage.deliver(WHOLESALER, 200, PHARMACY, days=20)


def to_two_pharmacies(stage: Stage) -> None:
    """Split over two wholesalers and two pharmacies; some of it dispensed."""
    stage.register(MAKER, 5_000)
    stage.deliver(MAKER, 2_000, WHOLESALER, days=33)
    stage.deliver(MAKER, 1_500, SECOND_WHOLESALER, days=30)
    stage.deliver(WHOLESALER, 400, PHARMACY, days=18)
    stage.deliver(SECOND_WHOLESALER, 300, HOSPITAL, days=16)
    stage.dispense(PHARMACY, 25, days=3)


def warm_on_the_way(stage: Stage) -> None:
    """Too warm on the way to the pharmacy; the hospital's part travelled well."""
    stage.register(MAKER, 800)
    stage.deliver(MAKER, 500, WHOLESALER, days=28)
    stage.deliver(WHOLESALER, 100, HOSPITAL, days=15)
    stage.deliver(WHOLESALER, 100, PHARMACY, days=12, weather=left_in_the_sun)


def warm_and_released(stage: Stage) -> None:
    """Too warm on the way to the wholesaler, whose quality released it."""
    stage.register(MAKER, 800)
    stage.deliver(MAKER, 400, WHOLESALER, days=29, weather=left_in_the_sun)
    stage.release(WHOLESALER, days=27)
    stage.deliver(WHOLESALER, 90, PHARMACY, days=13)


def frozen(stage: Stage) -> None:
    """It lay against the ice packs."""
    stage.register(MAKER, 800)
    stage.deliver(MAKER, 400, WHOLESALER, days=31)
    stage.deliver(WHOLESALER, 70, PHARMACY, days=14, weather=against_the_ice)


def silent_logger(stage: Stage) -> None:
    """The logger's battery was flat for hours."""
    stage.register(MAKER, 800)
    stage.deliver(MAKER, 400, WHOLESALER, days=27)
    stage.deliver(WHOLESALER, 80, PHARMACY, days=11, weather=flat_battery)


def no_logger(stage: Stage) -> None:
    """Nobody put a logger in."""
    stage.register(MAKER, 500)
    stage.deliver(MAKER, 300, WHOLESALER, days=26)
    stage.deliver(WHOLESALER, 60, PHARMACY, days=10, weather=None)


TRACKER, TRACKER_UNDER_WAY = "TRACKER-7", "TRACKER-8"


def tracked(stage: Stage) -> None:
    """The maker's tracker went along, and the wholesaler, who had no logger, rests on it."""
    stage.register(MAKER, 600)
    stage.ship(MAKER, 300, WHOLESALER, days=24)
    stage.ride(MAKER, TRACKER, WHOLESALER, days=24)
    stage.receive(WHOLESALER, 300, days=24 - 1 / 3, tracker=TRACKER)
    stage.alight(MAKER, TRACKER, days=24 - 1 / 3)
    stage.deliver(WHOLESALER, 50, PHARMACY, days=9)


def recalled(stage: Stage) -> None:
    """Recalled after it arrived."""
    to_the_pharmacy(stage)
    stage.recall(MAKER, days=2)


def held(stage: Stage) -> None:
    """Held by the authority."""
    to_the_pharmacy(stage)
    stage.hold(AUTHORITY, days=1)


PAST: Final = timedelta(days=-21)
SOON: Final = timedelta(days=14)


def expired(stage: Stage) -> None:
    """Good when it was handed on; its last day was three weeks ago."""
    stage.register(MAKER, 900, days=400, lasts=PAST)
    stage.deliver(MAKER, 450, WHOLESALER, days=390)
    stage.deliver(WHOLESALER, 120, PHARMACY, days=360)


def nearly_expired(stage: Stage) -> None:
    """Two weeks left."""
    stage.register(MAKER, 900, days=300, lasts=SOON)
    stage.deliver(MAKER, 450, WHOLESALER, days=280)
    stage.deliver(WHOLESALER, 120, PHARMACY, days=200)


def short(stage: Stage) -> None:
    """A hundred were sent and ninety-five arrived."""
    stage.register(MAKER, 1_000)
    stage.deliver(MAKER, 400, WHOLESALER, days=25)
    stage.ship(WHOLESALER, 100, PHARMACY, days=9)
    stage.receive(PHARMACY, 95, days=8.7)


def damaged(stage: Stage) -> None:
    """All of what arrived was crushed, and stands in quarantine."""
    stage.register(MAKER, 1_000)
    stage.deliver(MAKER, 400, WHOLESALER, days=24)
    stage.ship(WHOLESALER, 40, PHARMACY, days=8)
    stage.receive(PHARMACY, 0, damaged=40, days=7.7)


def voided(stage: Stage) -> None:
    """The dispatch to the pharmacy was taken back."""
    stage.register(MAKER, 1_000)
    stage.deliver(MAKER, 400, WHOLESALER, days=23)
    stage.ship(WHOLESALER, 100, PHARMACY, days=7)
    stage.void(WHOLESALER, PHARMACY, days=6.5)


def on_the_way(stage: Stage) -> None:
    """Dispatched this morning, with a tracker; the wholesaler has yet to receive it."""
    stage.register(MAKER, 600)
    stage.ship(MAKER, 240, WHOLESALER, days=0.25)
    stage.ride(MAKER, TRACKER_UNDER_WAY, WHOLESALER, days=0.25, lasts=0.25)


def in_the_makers_store(stage: Stage) -> None:
    """Registered and not yet sold: a lot to play with."""
    stage.register(MAKER, 2_000, days=5)


SERIALS: Final = tuple(Serial(f"pk7{number:05d}") for number in range(1, 61))
CASE: Final = Container("00/095211010000000016")
IN_THE_CASE, LOOSE, AT_THE_HOSPITAL = SERIALS[:20], SERIALS[20:30], SERIALS[30:40]


def pack_by_pack(stage: Stage) -> None:
    """A case reaches the pharmacy by its label, loose packs too; one is dispensed elsewhere."""
    stage.register(MAKER, len(SERIALS), packs=SERIALS)
    stage.pack(MAKER, CASE, IN_THE_CASE, days=39)
    stage.deliver_case(MAKER, CASE, WHOLESALER, days=34)
    stage.deliver_case(WHOLESALER, CASE, PHARMACY, days=19)
    stage.deliver(MAKER, len(LOOSE), PHARMACY, days=17, packs=LOOSE)
    stage.deliver(MAKER, len(AT_THE_HOSPITAL), HOSPITAL, days=14, packs=AT_THE_HOSPITAL)
    stage.dispense(HOSPITAL, 1, days=4, packs=AT_THE_HOSPITAL[:1])


REWRITTEN: Final = "INS-2499"
STORIES: Final = (
    Story(INSULIN, "INS-2401", "A good lot", to_the_pharmacy, "OK", ""),
    Story(TABLETS, "PAR-8801", "A good lot, split over two chains", to_two_pharmacies, "OK", ""),
    Story(
        INSULIN,
        "INS-2402",
        "Too warm on the way",
        warm_on_the_way,
        "STOP",
        "TEMPERATURE_EXCURSION",
    ),
    Story(
        INSULIN, "INS-2403", "Hours without readings", silent_logger, "CAUTION", "TEMPERATURE_GAP"
    ),
    Story(INSULIN, "INS-2404", "No logger at all", no_logger, "CAUTION", "NO_TEMPERATURE_DATA"),
    Story(
        INSULIN,
        "INS-2405",
        "Too warm, and released by quality",
        warm_and_released,
        "CAUTION",
        "RELEASED_BY_QA",
    ),
    Story(INSULIN, "INS-2406", "Frozen on the way", frozen, "STOP", "FROZEN"),
    Story(INSULIN, "INS-2407", "Measured by the giver's tracker", tracked, "OK", ""),
    Story(TABLETS, "PAR-8802", "Recalled", recalled, "STOP", "RECALLED"),
    Story(TABLETS, "PAR-8803", "On hold", held, "STOP", "ON_HOLD"),
    Story(TABLETS, "PAR-8804", "Expired", expired, "STOP", "EXPIRED", lasts=PAST),
    Story(
        TABLETS, "PAR-8805", "Nearly expired", nearly_expired, "CAUTION", "NEAR_EXPIRY", lasts=SOON
    ),
    Story(TABLETS, "PAR-8806", "Five packs short", short, "CAUTION", "SHORT_RECEIPT"),
    Story(TABLETS, "PAR-8807", "Arrived damaged", damaged, "STOP", "QUARANTINED"),
    Story(TABLETS, "PAR-8808", "Dispatch voided", voided, "STOP", "DISPATCH_VOIDED"),
    Story(VACCINE, "VAX-3301", "On its way", on_the_way, "CAUTION", "NOT_RECEIVED_YET", user="ben"),
    Story(VACCINE, "VAX-3302", "In the maker's store", in_the_makers_store, "OK", "", user="maria"),
    Story(TABLETS, "PAR-9901", "One pack of many", pack_by_pack, "OK", "", serial=LOOSE[0]),
    Story(
        INSULIN,
        REWRITTEN,
        "A row rewritten in the database",
        to_the_pharmacy,
        "STOP",
        "EVIDENCE_BROKEN",
    ),
)
