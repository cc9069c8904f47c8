"""Say what becomes of units that a party has."""

from argparse import ArgumentParser
from typing import Any

from supplychain.domain.lots import Printed
from supplychain.domain.members import day
from supplychain.domain.outputs import State
from supplychain.management.trade import TradeCommand, add_packs
from supplychain.recording.submissions import Recorded
from supplychain.services.decommission_units import decommission_units
from supplychain.services.destroy_units import destroy_units
from supplychain.services.export_units import export_units
from supplychain.services.quarantine_units import quarantine_units
from supplychain.services.release_units import release_units
from supplychain.services.sample_units import sample_units
from supplychain.services.undo_units import undo_units

_ONE_STATE = {"quarantine": quarantine_units, "release": release_units, "export": export_units}
_ANY_STATE = {
    "sample": sample_units,
    "destroy": destroy_units,
    "decommission": decommission_units,
}


class Command(TradeCommand):
    """Signed with the key that is kept here for the party."""

    help = "Quarantine, release, sample, export, destroy or decommission units, or undo."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What, how many, why."""
        parser.add_argument("what", choices=[*_ONE_STATE, *_ANY_STATE, "undo"])
        super().add_arguments(parser)
        parser.add_argument("quantity", type=int)
        parser.add_argument("--reason", required=True)
        parser.add_argument(
            "--from",
            dest="state",
            type=State,
            default=State.HELD,
            help="held, quarantined or returned; to undo: dispensed, sampled, …",
        )
        parser.add_argument(
            "--expiry",
            metavar="YYYY-MM-DD",
            help="printed on packs that came back, to release them",
        )
        parser.add_argument(
            "--supplied", action="store_true", help="a patient has them: nothing is undone then"
        )
        add_packs(parser)

    def record(self, said: dict[str, Any], *_args: Any, what: str, **options: Any) -> Recorded:
        """Make the one call."""
        given = said | {name: options[name] for name in ("quantity", "reason", "packs")}
        if options["expiry"] and what == "release":
            given["printed"] = Printed(said["lot"], day(options["expiry"], "expiry"))
            given["state"] = None if options["state"] is State.HELD else options["state"]
        if what == "undo":
            return undo_units(**given, state=options["state"], supplied=options["supplied"])
        if what in _ONE_STATE:
            return _ONE_STATE[what](**given)
        return _ANY_STATE[what](**given, state=options["state"])
