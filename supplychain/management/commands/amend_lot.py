"""Add to what is known of a lot."""

from argparse import ArgumentParser
from typing import Any

from supplychain.domain.members import day
from supplychain.management.trade import TradeCommand
from supplychain.recording.submissions import Recorded
from supplychain.services.admit_surplus import admit_surplus
from supplychain.services.correct_entry import correct_entry
from supplychain.services.extend_expiry import extend_expiry
from supplychain.services.lift_recall import lift_recall


class Command(TradeCommand):
    """Signed with the key that is kept here for the party."""

    help = "Lift a recall, extend the expiry, correct an entry, admit what was sent too much."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """What, and why."""
        parser.add_argument(
            "what", choices=["lift-recall", "extend-expiry", "correct", "admit-surplus"]
        )
        super().add_arguments(parser)
        parser.add_argument("--reason", required=True, help="why; or what was wrong in an entry")
        parser.add_argument(
            "--entry", default="", help="the recall, receipt or entry that is meant"
        )
        parser.add_argument("--expiry", default="", metavar="YYYY-MM-DD")
        parser.add_argument("--zone", default="+00:00")

    def record(self, said: dict[str, Any], *_args: Any, what: str, **options: Any) -> Recorded:
        """Make the one call."""
        said = said | {"reason": options["reason"]}
        if what == "lift-recall":
            return lift_recall(**said, recall=options["entry"])
        if what == "admit-surplus":
            return admit_surplus(**said, receipt=options["entry"])
        if what == "correct":
            return correct_entry(**said, entry=options["entry"])
        expiry = day(options["expiry"], "expiry")
        return extend_expiry(**said, expiry=expiry, expiry_zone=options["zone"])
