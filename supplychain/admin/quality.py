"""The temperature of goods in stock: how they were kept, and what quality decides about them."""

import secrets
from collections.abc import Iterator
from hashlib import sha256
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from supplychain.admin.chosen_goods import goods
from supplychain.admin.desks import Doing
from supplychain.admin.forms import ConfirmForm, DecideForm, KeptForm
from supplychain.admin.judged import judged
from supplychain.admin.signing_pages import Fact, LotPage
from supplychain.domain.outputs import State
from supplychain.domain.quality import UNDECIDED
from supplychain.queries.chains import chain_of
from supplychain.queries.lots import excursion_to
from supplychain.queries.profiles import profile_of
from supplychain.queries.proposals import Proposal, asks_for_four_eyes, proposal_for
from supplychain.queries.stock import Parcel, parcels
from supplychain.recording.submissions import Recorded
from supplychain.services.confirm_release import confirm_release
from supplychain.services.record_conditions import record_conditions
from supplychain.services.release_quality import release_quality
from supplychain.web.budget_page import BudgetPage, budget_page
from supplychain.web.pages import LegPlot
from supplychain.web.wording import moment, units

SALT_BYTES = 16
NAMES = {State.HELD: "Stock", State.QUARANTINED: "Quarantine", State.RETURNED: "Came back"}


class LotGoods(LotPage):
    """A page about all goods of a lot that the organisation has in one state."""

    def parts(self) -> dict[State, list[Parcel]]:
        """The goods that this is about, by their state."""
        found = {state: parcels(self.desk.gln, self.line.key, state.value) for state in NAMES}
        return {state: several for state, several in found.items() if several}

    def sources(self) -> list[tuple[str, str]]:
        """The states to choose from, with how much is in each."""
        return [
            (state.value, f"{NAMES[state]} ({units(sum(one.quantity for one in several))})")
            for state, several in self.parts().items()
        ]

    def amount(self, state: str) -> int:
        """How many units are in that state."""
        return sum(one.quantity for one in self.parts().get(State(state), ()))

    def find(self, **address: Any) -> None:
        """The lot; there is nothing to say without goods. Raises Http404."""
        super().find(**address)
        if not self.parts():
            raise Http404


class Deciding(LotGoods):
    """A page about goods whose temperature left a question open."""

    doing = Doing.DECIDE
    note = (
        "You release these goods although their temperature was outside. The question, your"
        " reason and this release stay with them for ever, and every scan tells of it."
    )
    grave = True

    def parts(self) -> dict[State, list[Parcel]]:
        """Only what waits for a decision."""
        found = {
            state: [one for one in several if one.questions]
            for state, several in super().parts().items()
        }
        return {state: several for state, several in found.items() if several}

    def title(self) -> str:
        """The heading."""
        return f"Decide on the temperature of lot {self.line.key.lot}"

    def form(self, data: Any = None, files: Any = None) -> forms.Form:
        """Which goods, why, and who."""
        del files
        sources = self.sources()
        initial = {"source": sources[0][0], "decided_by": self.desk.acting.name}
        return DecideForm(data, sources=sources, initial=initial, seen=self.seen())

    def seen(self) -> str:
        """What stands for all that is asked: other goods, or another question, are others."""
        refs = [str(part.ref) for several in self.parts().values() for part in several]
        return sha256(" ".join(sorted(refs)).encode()).hexdigest()

    def more(self) -> dict[str, Any]:
        """How many there are, and what is asked about them."""
        asked = {
            one for several in self.parts().values() for part in several for one in part.questions
        }
        found = (excursion_to(self.desk.gln, self.line.key, one) for one in sorted(asked))
        legs = sorted((leg for leg in found if leg), key=lambda leg: leg.at)
        return {
            "detail": self.detail,
            "asked": [(leg, UNDECIDED[leg.state]) for leg in legs],
            "budget": self._budget(),
        }

    def _budget(self) -> BudgetPage | None:
        """What adds up over the legs of these goods; None where nothing does."""
        profile = profile_of(self.line.profile)
        if not profile.adds_up:
            return None
        waiting = [part.ref for several in self.parts().values() for part in several]
        page = budget_page(chain_of(self.line.key, self.at, asking=self.desk.gln), profile, waiting)
        return page if page.bands else None


class Decide(Deciding):
    """A decision by one person; where two are asked for, the way to them."""

    verb = "Sign the release"

    def get(self, request: HttpRequest, **address: Any) -> HttpResponse:
        """The form; where two people decide, it asks whether a proposal waits already."""
        if asks_for_four_eyes(self.desk.gln):
            waits = proposal_for(self.desk.gln, self.line.key)
            own = waits is None or waits.is_of(self.desk.acting.name)
            there: HttpResponse = redirect("desk:propose" if own else "desk:confirm", **address)
            return there
        return super().get(request, **address)

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """The decision."""
        yield from goods(self.line)
        yield Fact("Released", units(self.amount(said["source"])), strong=True)
        yield Fact("Reason", said["reason"])
        yield Fact("Decided by", said["decided_by"], sealed=True)

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return release_quality(
            party=self.desk.gln,
            lot=self.line.key,
            reason=said["reason"],
            decided_by=said["decided_by"],
            at=self.at,
            nonce=nonce,
            salt=secrets.token_bytes(SALT_BYTES),
            state=State(said["source"]),
        )


class Confirm(Deciding):
    """A second person's yes to what another one of QA would release."""

    verb = "Confirm and sign the release"

    proposal: Proposal

    def find(self, **address: Any) -> None:
        """The goods, and what was proposed about them. Raises Http404."""
        super().find(**address)
        found = proposal_for(self.desk.gln, self.line.key)
        if found is None:
            raise Http404
        self.proposal = found

    def title(self) -> str:
        """The heading."""
        return f"Confirm the release of lot {self.line.key.lot}"

    def form(self, data: Any = None, files: Any = None) -> ConfirmForm:
        """Who confirms it."""
        del files
        initial = {"confirmed_by": self.desk.acting.name}
        return ConfirmForm(data, initial=initial, seen=str(self.proposal.id))

    def more(self) -> dict[str, Any]:
        """What is proposed."""
        return {**super().more(), "proposal": self.proposal}

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """The decision of two."""
        yield from goods(self.line)
        parts = self.parts().get(self.proposal.state, ())
        proposed = sum(one.quantity for one in parts if one.ref in self.proposal.outputs)
        yield Fact("Released", units(proposed), strong=True)
        yield Fact("Reason", self.proposal.reason)
        yield Fact("Decided by", self.proposal.named, sealed=True)
        yield Fact("Confirmed by", said["confirmed_by"], sealed=True)

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return confirm_release(
            party=self.desk.gln,
            proposal=self.proposal.id,
            named=said["confirmed_by"],
            by=self.desk.acting.name,
            at=self.at,
            nonce=nonce,
            salts=(secrets.token_bytes(SALT_BYTES), secrets.token_bytes(SALT_BYTES)),
        )


class Keep(LotGoods):
    """Readings of goods that stayed where they are."""

    doing = Doing.KEEP
    template = "keep"
    verb = "Sign the readings"

    def title(self) -> str:
        """The heading."""
        return f"Record how lot {self.line.key.lot} was kept"

    def form(self, data: Any = None, files: Any = None) -> KeptForm:
        """Which goods, where, for how long, and the readings."""
        sources = self.sources()
        limits = profile_of(self.line.profile)
        initial = {"source": sources[0][0], "until": self.at}
        gln = self.desk.gln
        return KeptForm(
            data, files, profile=limits, at=self.at, gln=gln, sources=sources, initial=initial
        )

    def more(self) -> dict[str, Any]:
        """How much there is."""
        return {"detail": self.detail, "storage": profile_of(self.line.profile)}

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """The record."""
        yield from goods(self.line)
        yield Fact("Readings of", units(self.amount(said["source"])), strong=True)
        yield Fact("Kept from", moment(said["since"]))
        yield Fact("Until", moment(said["until"]))
        if said["place"]:
            yield Fact("Kept in", said["place"])

    def plot(self, said: dict[str, Any]) -> LegPlot:
        """What the readings say."""
        covers = (said["since"], said["until"])
        loggers = said.get("loggers", ())
        return judged(said["conditions"], self.line.profile, covers, loggers, ("from", "to"))

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return record_conditions(
            party=self.desk.gln,
            lot=self.line.key,
            conditions=said["conditions"],
            covers=(said["since"], said["until"]),
            at=self.at,
            nonce=nonce,
            place=said["place"],
            state=State(said["source"]),
        )
