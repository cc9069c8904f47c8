"""Record how goods in stock were kept, from loggers' files."""

from argparse import ArgumentParser
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management import CommandError

from supplychain.domain.lots import zone as read_zone
from supplychain.domain.members import instant
from supplychain.domain.outputs import State
from supplychain.domain.readings_csv import BYTES_MAX
from supplychain.formats.local_times import DateOrder
from supplychain.formats.logger_files import Told, prove_evidence
from supplychain.management.trade import KEPT, TradeCommand
from supplychain.recording.conditions import ConditionsInput
from supplychain.recording.logger_files import bring
from supplychain.recording.stating import Said, stated_of
from supplychain.recording.submissions import File, Recorded
from supplychain.services.record_conditions import record_conditions


class Command(TradeCommand):
    """Signed with the key that is kept here for the party."""

    help = "Record the temperature of goods that stayed where they are."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """From which files, for which time, of which goods."""
        super().add_arguments(parser)
        parser.add_argument("files", nargs="+", type=Path, help="loggers' files")
        parser.add_argument("--since", required=True, help="2026-01-21T08:00:00Z")
        parser.add_argument("--until", required=True, help="the files have to speak of that time")
        parser.add_argument("--place", default="", help="the room or fridge")
        parser.add_argument("--from", dest="state", type=State, default=State.HELD, choices=KEPT)
        parser.add_argument("--zone", default="", help="the fixed offset of their clocks, +01:00")
        parser.add_argument("--order", choices=[one.value for one in DateOrder])
        parser.add_argument("--device", default="", help="where a file does not name its logger")

    def record(self, said: dict[str, Any], *_args: Any, **options: Any) -> Recorded:
        """Make the one call."""
        return record_conditions(
            **said,
            conditions=_conditions(said["party"], said["at"], options),
            covers=(instant(options["since"], "since"), instant(options["until"], "until")),
            place=options["place"],
            state=options["state"],
        )


def _conditions(party: str, at: datetime, options: dict[str, Any]) -> ConditionsInput:
    told = Told(
        zone=read_zone(options["zone"]) if options["zone"] else None,
        order=DateOrder(options["order"]) if options["order"] else None,
        device=options["device"],
    )
    contents = [_content(file) for file in options["files"]]
    loggers = [bring(one, told, gln=party, saved="", at=at).file for one in contents]
    for logger in loggers:
        prove_evidence(logger)
    series = {one.root: one for logger in loggers for one in logger.series}
    kept = [File(*pair) for pair in zip(contents, (one.media for one in loggers), strict=True)]
    return ConditionsInput(
        series=tuple(series.values()),
        files=tuple(dict.fromkeys(kept)),
        stated=stated_of(tuple(series.values()), loggers, Said()),
    )


def _content(file: Path) -> bytes:
    try:
        with file.open("rb") as opened:
            return opened.read(BYTES_MAX + 1)
    except OSError as error:
        raise CommandError(f"FILE: {error}") from error
