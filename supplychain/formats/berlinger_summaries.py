"""What a Berlinger logger says itself: each of the last days (Fridge-tag), or its run (Q-tag)."""

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from supplychain.domain.device_summaries import AlarmLimit, DeviceAlarm, DeviceSummary
from supplychain.formats.berlinger_tree import Node
from supplychain.formats.berlinger_values import Reader

_TIMEOUTS: Final = ("Ext Sensor timeout", "Int Sensor timeout")


def limits_of(tree: Node, reader: Reader) -> Iterator[AlarmLimit]:
    """The limits that are set; one that is switched off has no temperature."""
    alarms = tree.only("Conf", "Alarm")
    for node in alarms.children if alarms else ():
        celsius = reader.celsius(node.only("T AL"))
        if celsius is not None:
            yield AlarmLimit(node.key, celsius, reader.number(node.only("t AL")))


def day_summaries(
    tree: Node, limits: Sequence[AlarmLimit], reader: Reader
) -> Iterator[DeviceSummary]:
    """The days of the history, oldest first: each from midnight, cut where the device began or was
    read.
    """
    history = tree.only("Hist")
    if history is None:
        return
    began = reader.moment(history.only("TS Actv"))
    read_at = reader.moment(history.only("TS Report Creation"))
    days = [(reader.day(node.only("Date")), node) for node in history.children]
    for day, node in sorted(((day, node) for day, node in days if day), key=lambda one: one[0]):
        yield _day(day, node, limits, reader, (began, read_at))


def _day(
    day: date,
    node: Node,
    limits: Sequence[AlarmLimit],
    reader: Reader,
    bounds: tuple[datetime | None, datetime | None],
) -> DeviceSummary:
    began, read_at = bounds
    midnight = datetime.combine(day, time(), reader.zone).astimezone(UTC)
    end = midnight + timedelta(days=1)
    lost = [reader.number(node.only(name, "t AccST")) or 0 for name in _TIMEOUTS]
    looked = node.only("Checked")
    checked = {reader.moment(one, day) for one in (looked.children if looked else ())}
    return DeviceSummary(
        start=max(midnight, began) if began else midnight,
        end=min(end, read_at) if read_at else end,
        min_centi_c=reader.celsius(node.only("Min T")),
        min_at=reader.moment(node.only("TS Min T"), day),
        max_centi_c=reader.celsius(node.only("Max T")),
        max_at=reader.moment(node.only("TS Max T"), day),
        mean_centi_c=reader.celsius(node.only("Avrg T")),
        lost_min=max(lost),
        alarms=tuple(_alarms(node, limits, reader, "t Acc", day)),
        checked=tuple(sorted(at for at in checked if at)),
    )


def run_summary(
    tree: Node, limits: Sequence[AlarmLimit], reader: Reader
) -> Iterator[DeviceSummary]:
    """The one run of a Q-tag, once it has begun."""
    run = tree.only("Res")
    start = reader.moment(run.only("TS Start")) if run else None
    if run is None or start is None:
        return
    yield DeviceSummary(
        start=start,
        end=reader.moment(run.only("TS Stop")) or start,
        min_centi_c=reader.celsius(run.only("Min T")),
        min_at=reader.moment(run.only("TS Min T")),
        max_centi_c=reader.celsius(run.only("Max T")),
        max_at=reader.moment(run.only("TS Max T")),
        mean_centi_c=reader.celsius(run.only("Avrg T")),
        mkt_centi_c=reader.celsius(run.only("MKT")),
        alarms=tuple(_alarms(run, limits, reader, "t A", None)),
    )


def _alarms(
    node: Node, limits: Sequence[AlarmLimit], reader: Reader, minutes: str, day: date | None
) -> Iterator[DeviceAlarm]:
    for limit in limits:
        alarm = node.only("Alarm", limit.name)
        if alarm is not None:
            beyond = reader.number(alarm.only(minutes)) or 0
            yield DeviceAlarm(limit, beyond, reader.moment(alarm.only("TS A"), day))
