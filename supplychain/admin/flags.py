"""Words about a whole lot: recall, hold, and the hold's end."""

from collections.abc import Iterator
from typing import Any, ClassVar

from django.http import Http404

from supplychain.admin.chosen_goods import goods
from supplychain.admin.desks import Doing
from supplychain.admin.forms import ReasonForm, RecallForm
from supplychain.admin.seeing import whereabouts_seen
from supplychain.admin.signing_pages import Fact, LotPage
from supplychain.admin.stories import state_in_words
from supplychain.domain.outputs import FINAL, State
from supplychain.queries.lot_lines import FlagLine
from supplychain.queries.lots import Place
from supplychain.recording.submissions import Recorded
from supplychain.services.issue_recall import issue_recall
from supplychain.services.lift_hold import lift_hold
from supplychain.services.lift_recall import lift_recall
from supplychain.services.place_hold import place_hold
from supplychain.web.wording import units


class MakersPage(LotPage):
    """A page about a whole lot: for its maker, and for authorities."""

    places: tuple[Place, ...]

    def find(self, **address: Any) -> None:
        """The lot with all its holders; 404 for anybody else's lot."""
        super().find(**address)
        where = whereabouts_seen(self.desk, self.line.key)
        if where is None:
            raise Http404
        self.places = tuple(one for one in where.places if State(one.state) not in FINAL)

    def more(self) -> dict[str, Any]:
        """Whom it reaches."""
        rows = [(one, state_in_words(one.state)) for one in self.places]
        return {"reach": rows, "reach_units": sum(one.quantity for one in self.places)}

    def reached(self) -> Fact:
        """In one line."""
        holders = {one.holder for one in self.places} | {
            one.receiver for one in self.places if one.receiver
        }
        amount = units(sum(one.quantity for one in self.places))
        many = f"{len(holders)} organisation{'' if len(holders) == 1 else 's'}"
        return Fact("Reaches", f"{many}, {amount}")


class Recall(MakersPage):
    """A recall: from lot to every holder in one page."""

    doing = Doing.RECALL
    verb = "Sign the recall"
    note = "From the next checkpoint on, every scan of this lot says Stop, everywhere."
    grave = True

    def title(self) -> str:
        """The heading."""
        return f"Recall lot {self.line.key.lot}"

    def form(self, data: Any = None, files: Any = None) -> RecallForm:
        """Class, reason, and that its reach was read."""
        del files
        return RecallForm(data)

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """The recall."""
        yield from goods(self.line)
        yield Fact("Class", said["recall_class"], strong=True)
        yield Fact("Reason", said["reason"], strong=True)
        yield self.reached()

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return issue_recall(
            party=self.desk.gln,
            lot=self.line.key,
            recall_class=said["recall_class"],
            reason=said["reason"],
            at=self.at,
            nonce=nonce,
        )


class Hold(MakersPage):
    """A stop until further word."""

    doing = Doing.HOLD
    verb = "Sign the hold"
    note = "Nobody may ship or dispense this lot until the hold is lifted."

    def title(self) -> str:
        """The heading."""
        return f"Put lot {self.line.key.lot} on hold"

    def form(self, data: Any = None, files: Any = None) -> ReasonForm:
        """Why."""
        del files
        return ReasonForm(data)

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """The hold."""
        yield from goods(self.line)
        yield Fact("Reason", said["reason"], strong=True)
        yield self.reached()

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return place_hold(
            party=self.desk.gln,
            lot=self.line.key,
            reason=said["reason"],
            at=self.at,
            nonce=nonce,
        )


class LiftPage(MakersPage):
    """The end of what stands against a lot."""

    kind: ClassVar[str]
    flag: FlagLine

    def find(self, **address: Any) -> None:
        """What is in force; 404 for what is not."""
        super().find(**address)
        own = (one for one in self.line.flags if one.kind == self.kind)
        found = next((one for one in own if one.entry_id == address["entry"]), None)
        if found is None:
            raise Http404
        self.flag = found

    def form(self, data: Any = None, files: Any = None) -> ReasonForm:
        """Why it may move again."""
        del files
        return ReasonForm(data)


class Lift(LiftPage):
    """The end of a hold."""

    doing = Doing.HOLD
    kind = "hold"
    verb = "Sign: lift the hold"

    def title(self) -> str:
        """The heading."""
        return f"Lift the hold on lot {self.line.key.lot}"

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """The lift."""
        yield from goods(self.line)
        yield Fact("Was held because", self.flag.reason)
        yield Fact("Reason for lifting", said["reason"], strong=True)
        yield self.reached()

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return lift_hold(
            party=self.desk.gln,
            lot=self.line.key,
            hold=self.flag.entry_id,
            reason=said["reason"],
            at=self.at,
            nonce=nonce,
        )


class LiftRecall(LiftPage):
    """The end of a recall."""

    doing = Doing.RECALL
    kind = "recall"
    verb = "Sign: lift the recall"
    note = "Scans say Stop no longer, from the next checkpoint on. What they said before stands."
    grave = True

    def title(self) -> str:
        """The heading."""
        return f"Lift the recall of lot {self.line.key.lot}"

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """The lift."""
        yield from goods(self.line)
        yield Fact("Was recalled because", f"{self.flag.reason} (class {self.flag.recall_class})")
        yield Fact("Reason for lifting", said["reason"], strong=True)
        yield self.reached()

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return lift_recall(
            party=self.desk.gln,
            lot=self.line.key,
            recall=self.flag.entry_id,
            reason=said["reason"],
            at=self.at,
            nonce=nonce,
        )
