"""What a judgement of readings finds beside its state, in plain words."""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from supplychain.domain.conditions_judged import Kinetic
from supplychain.domain.excursions import Judgement
from supplychain.domain.findings import Finding
from supplychain.web.wording import degrees, lasting, moment

FINDINGS: Final[Mapping[Finding, str]] = MappingProxyType(
    {
        Finding.BUDGET_SPENT: "Longer in one band of temperatures than the product bears",
        Finding.CALIBRATION_OLD: "The logger was calibrated more than 365 days before",
        Finding.CLOCK_DRIFT: "The logger's clock was off by more than 10 minutes",
        Finding.CLOCK_FAULT: "The logger's clock was off by more than 60 minutes",
        Finding.CUMULATIVE: "Short times outside add up to more than the product bears",
        Finding.DEVIATION: "Outside for a time that is too short for an excursion",
        Finding.FREEZE_WARNING: "A reading at or below 0 °C, and the product must not freeze",
        Finding.GOES_ON: "Outside before a hand-off and after it, and together for too long",
        Finding.IMPLAUSIBLE: "Readings that no goods can have had: is the sensor sound?",
        Finding.LOGGER_ALARM: "The logger itself raised an alarm",
        Finding.LOGGER_BATTERY_LOW: "The logger's battery was low",
        Finding.LOGGER_EXPIRED: "The logger is past its own expiry",
        Finding.LOGGER_HARDWARE: "The logger reports a fault of its own",
        Finding.LOGGER_ISSUER_UNKNOWN: "Nobody knows who issued the logger's certificate",
        Finding.LOGGER_MEMORY_FULL: "The logger's memory was full",
        Finding.LOGGER_SELF_TEST: "The logger failed its own test",
        Finding.LOGGER_SENSOR_LOST: "The logger lost its sensor",
        Finding.LOGGER_TIMING: "The logger reports a fault of its clock",
        Finding.PERIOD_AGAIN: "Stored a second time where the product may be once",
        Finding.REFROZEN: "Frozen again after it was thawed",
        Finding.SUMMARY_DIFFERS: "The logger's own summary says something else than its readings",
    }
)


def found(judgement: Judgement) -> Iterator[tuple[str, str]]:
    """The findings, the times in bands of the budget, what was ignored, the mean that counts."""
    for finding in judgement.findings:
        yield "To look at", FINDINGS[finding]
    for use in judgement.used:
        yield f"In the band {use.band}", f"at worst {lasting(use.seconds / 60)}"
    for window in judgement.stated.ignored:
        yield "Ignored, as the signer says", f"{moment(window.start)} to {moment(window.end)}"
    if judgement.mkt is not None:
        yield "Mean kinetic temperature", _kinetic(judgement.mkt)


def _kinetic(mean: Kinetic) -> str:
    span = f"{moment(mean.at.start)} to {moment(mean.at.end)}"
    if mean.value_e4_c is None:
        return f"refused: only {mean.coverage_e4 / 100:g} % of the window has readings ({span})"
    return f"{degrees(round(mean.value_e4_c / 100))} ({span}, rules of {mean.market})"
