"""What a form said about loggers, kept for their next files."""

from collections.abc import Iterable
from datetime import datetime

from supplychain.admin.temperature import Read
from supplychain.domain.lots import zone
from supplychain.formats import berlinger
from supplychain.services.remember_logger import remember_logger


def remember(loggers: Iterable[Read], *, party: str, by: str, at: datetime) -> None:
    """Keep what a form said about each logger, now that it was signed."""
    for _, brought, said in loggers:
        has_clock = brought.file.kind == berlinger.KIND
        remember_logger(
            party=party,
            by=by,
            at=at,
            model=said["model"],
            mapping=brought.mapping,
            device=brought.file.device if has_clock else "",
            zone=zone(said["zone"]) if has_clock and said["zone"] else None,
        )
