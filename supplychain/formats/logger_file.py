"""What any reader of loggers' files returns."""

from dataclasses import dataclass
from datetime import datetime, timezone

from supplychain.domain.conditions import Series
from supplychain.domain.device_summaries import AlarmLimit, DeviceSummary, LoggerFlag
from supplychain.formats.berlinger_signature import Standing


@dataclass(frozen=True)
class LoggerFile:
    """The readings of a file, and what the device says besides.

    `series` is empty where the file has no readings, but daily summaries only. `signature` is None
    where the kind of file has none. `members` are all the words of the file as it has them,
    to look at. `logging_s` is the interval that the device was set to; `zone` the fixed offset
    at which the times were read, None where they carry their own. `shown_at` is what the device's
    clock showed when it was read out. `absent` are sensors' readings of which none is of the time
    that a person asked for: nothing of them is cited, nor is it signed that they are in the file.
    """

    kind: str
    model: str
    device: str
    series: tuple[Series, ...]
    absent: tuple[Series, ...] = ()
    zone: timezone | None = None
    firmware: str = ""
    logging_s: int | None = None
    limits: tuple[AlarmLimit, ...] = ()
    summaries: tuple[DeviceSummary, ...] = ()
    shown_at: datetime | None = None
    marked: tuple[datetime, ...] = ()
    flags: tuple[LoggerFlag, ...] = ()
    signature: Standing | None = None
    members: tuple[tuple[str, str], ...] = ()

    @property
    def media(self) -> str:
        """The media type under which the file is kept."""
        return "text/csv" if self.signature is None else "text/plain"

    @property
    def refusal(self) -> str:
        """Why the file is no evidence, in words; "" where nothing speaks against it."""
        return "" if self.signature is None or self.signature.is_evidence else self.signature.words
