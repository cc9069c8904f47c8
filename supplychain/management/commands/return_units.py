"""Send units of a lot back to a supplier."""

from argparse import ArgumentParser
from typing import Any

from supplychain.domain.conditions_claim import NoReadings
from supplychain.domain.outputs import State
from supplychain.management.trade import TradeCommand, add_packs
from supplychain.recording.conditions import ConditionsInput
from supplychain.recording.submissions import Recorded
from supplychain.services.return_units import return_units

_SAID = ("quantity", "supplier", "shipment", "reason", "state", "packs")


class Command(TradeCommand):
    """Signed with the key that is kept here for the party."""

    help = "Send units back to a party that they came from; it has to check them before it sells."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What, to whom, why."""
        super().add_arguments(parser)
        parser.add_argument("quantity", type=int)
        parser.add_argument("supplier", help="the supplier's GLN")
        parser.add_argument("--shipment", required=True)
        parser.add_argument("--reason", required=True)
        parser.add_argument(
            "--no-readings",
            default=NoReadings.NOT_REQUIRED,
            choices=[one.value for one in NoReadings],
            help="why there are no temperature readings",
        )
        parser.add_argument(
            "--from",
            dest="state",
            type=State,
            default=State.HELD,
            help="held, quarantined or returned",
        )
        add_packs(parser)

    def record(self, said: dict[str, Any], *_args: Any, **options: Any) -> Recorded:
        """Make the one call."""
        given = said | {name: options[name] for name in _SAID}
        return return_units(**given, conditions=ConditionsInput(none=options["no_readings"]))
