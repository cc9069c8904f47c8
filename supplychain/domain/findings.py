"""What a judgement finds beside its state, as a closed list of codes."""

from enum import StrEnum
from typing import Final


class Finding(StrEnum):
    """One thing to look at. Codes are stable: others' programs read them."""

    BUDGET_SPENT = "BUDGET_SPENT"  # a band of the stability budget is used up, and more
    CALIBRATION_OLD = "CALIBRATION_OLD"
    CLOCK_DRIFT = "CLOCK_DRIFT"
    CLOCK_FAULT = "CLOCK_FAULT"
    CUMULATIVE = "CUMULATIVE"  # short deviations that add up to too much
    DEVIATION = "DEVIATION"  # outside, and not for long enough to be an excursion
    FREEZE_WARNING = "FREEZE_WARNING"
    GOES_ON = "GOES_ON"  # outside, or frost, over a hand-off, and for too long only in all
    IMPLAUSIBLE = "IMPLAUSIBLE"
    LOGGER_ALARM = "LOGGER_ALARM"
    LOGGER_BATTERY_LOW = "LOGGER_BATTERY_LOW"
    LOGGER_EXPIRED = "LOGGER_EXPIRED"
    LOGGER_HARDWARE = "LOGGER_HARDWARE"
    LOGGER_ISSUER_UNKNOWN = "LOGGER_ISSUER_UNKNOWN"  # signed, but anybody may have made the key
    LOGGER_MEMORY_FULL = "LOGGER_MEMORY_FULL"
    LOGGER_SELF_TEST = "LOGGER_SELF_TEST"
    LOGGER_SENSOR_LOST = "LOGGER_SENSOR_LOST"
    LOGGER_TIMING = "LOGGER_TIMING"
    PERIOD_AGAIN = "PERIOD_AGAIN"  # a stay that is allowed once, for the second time
    REFROZEN = "REFROZEN"
    SUMMARY_DIFFERS = "SUMMARY_DIFFERS"


#: What readings do not show: the signer says it, from the logger's file and clock.
STATED: Final = frozenset(
    {
        Finding.CLOCK_DRIFT,
        Finding.CLOCK_FAULT,
        Finding.SUMMARY_DIFFERS,
        *(one for one in Finding if one.startswith("LOGGER_")),
    }
)

#: What makes readings weaker evidence, whatever they say. An alarm of the device's own limits, a
#: sensor that was lost (a gap in the readings) and a summary of values between the readings do not.
WEAKENING: Final = frozenset(
    {
        Finding.CALIBRATION_OLD,
        Finding.CLOCK_DRIFT,
        Finding.CLOCK_FAULT,
        Finding.IMPLAUSIBLE,
        Finding.LOGGER_EXPIRED,
        Finding.LOGGER_HARDWARE,
        Finding.LOGGER_ISSUER_UNKNOWN,
        Finding.LOGGER_SELF_TEST,
        Finding.LOGGER_TIMING,
    }
)
