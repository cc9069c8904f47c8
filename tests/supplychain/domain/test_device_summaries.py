from supplychain.domain.device_summaries import LoggerFlag


def test_the_codes_of_a_loggers_own_findings_are_stable() -> None:
    assert [str(one) for one in LoggerFlag] == [
        "LOGGER_ALARM",
        "LOGGER_BATTERY_LOW",
        "LOGGER_EXPIRED",
        "LOGGER_SELF_TEST",
        "LOGGER_SENSOR_LOST",
    ]
