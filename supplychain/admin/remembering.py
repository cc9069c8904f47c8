"""What a form said about a logger, kept for its next file."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from supplychain.domain.lots import zone
from supplychain.formats import berlinger
from supplychain.recording.logger_files import Brought
from supplychain.services.remember_logger import remember_logger


def remember(said: Mapping[str, Any], *, party: str, by: str, at: datetime) -> None:
    """Keep what a form said about a logger, now that it was signed."""
    brought: Brought = said["logger"]
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
