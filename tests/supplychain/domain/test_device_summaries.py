from dataclasses import replace
from datetime import UTC, datetime

from supplychain.domain.device_summaries import (
    AlarmLimit,
    DeviceAlarm,
    DeviceSummary,
    LoggerFlag,
    flags_of,
)

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def test_the_codes_of_a_loggers_own_findings_are_stable() -> None:
    assert [str(one) for one in LoggerFlag] == [
        "LOGGER_ALARM",
        "LOGGER_BATTERY_LOW",
        "LOGGER_EXPIRED",
        "LOGGER_SELF_TEST",
        "LOGGER_SENSOR_LOST",
    ]


def day(raised_at: datetime | None, lost_min: int) -> DeviceSummary:
    alarms = (DeviceAlarm(AlarmLimit("0", 200, 60), 5, raised_at),)
    return DeviceSummary(NOW, NOW, None, None, None, None, None, None, lost_min, alarms)


def test_a_days_flags_are_its_alarm_and_its_lost_sensor() -> None:
    assert flags_of([day(None, 0)]) == set(), "minutes beyond a limit are no alarm yet"
    assert flags_of([day(None, 0), day(NOW, 0)]) == {LoggerFlag.ALARM}
    assert flags_of([day(NOW, 0), day(None, 1)]) == {LoggerFlag.ALARM, LoggerFlag.SENSOR_LOST}


def test_one_of_several_alarms_that_was_raised_is_enough_and_none_is_none() -> None:
    raised, waiting = day(NOW, 0).alarms + day(None, 0).alarms
    several = replace(day(None, 0), alarms=(waiting, raised))
    assert flags_of([several]) == {LoggerFlag.ALARM}
    assert flags_of([replace(several, alarms=())]) == set()
