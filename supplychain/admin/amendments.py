"""What is added to what is known of a lot: later expiries, corrections, and goods sent too much."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms
from django.http import Http404
from django.urls import reverse

from supplychain.admin.chosen_goods import goods
from supplychain.admin.desks import Doing
from supplychain.admin.flags import MakersPage
from supplychain.admin.forms import ReasonForm, day_field, reason_field
from supplychain.admin.signing_pages import Fact, LotPage
from supplychain.admin.stories import story
from supplychain.queries.organisations import names_of
from supplychain.queries.surpluses import SurplusLine, surplus_of
from supplychain.recording.submissions import Recorded
from supplychain.services.admit_surplus import admit_surplus
from supplychain.services.correct_entry import correct_entry
from supplychain.services.extend_expiry import extend_expiry
from supplychain.web.wording import day, units


class ExpiryForm(forms.Form):
    """A later day, and what it rests on."""

    expiry = day_field("Good until", "The new last day on which it may be used.")
    reason = reason_field("What it rests on", "Every holder reads it.")

    def __init__(self, *args: Any, now_until: date, **more: Any) -> None:
        self.now_until = now_until
        super().__init__(*args, **more)

    def clean_expiry(self) -> date:
        """Later than it is now: nobody shortens an expiry, a lot is recalled instead."""
        found: date = self.cleaned_data["expiry"]
        if found <= self.now_until:
            raise forms.ValidationError(f"It is good until {day(self.now_until)} already.")
        return found


class Extend(MakersPage):
    """A later expiry."""

    doing = Doing.EXTEND
    verb = "Sign the extension"
    note = "Packs go on saying the earlier date; every scan says that it was extended, and by whom."

    def title(self) -> str:
        """The heading."""
        return f"Extend the expiry of lot {self.line.key.lot}"

    def form(self, data: Any = None, files: Any = None) -> ExpiryForm:
        """Until when, and why."""
        del files
        return ExpiryForm(data, now_until=self.line.expiry.on)

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """The extension."""
        yield from goods(self.line)
        yield Fact("Good until", day(said["expiry"]), strong=True)
        yield Fact("What it rests on", said["reason"])
        yield self.reached()

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return extend_expiry(
            party=self.desk.gln,
            lot=self.line.key,
            expiry=said["expiry"],
            expiry_zone=self.line.expiry.zone,
            reason=said["reason"],
            at=self.at,
            nonce=nonce,
        )


class CorrectionForm(forms.Form):
    """What was wrong."""

    reason = reason_field("What was wrong, and what is right", "Every holder reads it.")


class Correct(LotPage):
    """A word about an entry of one's own."""

    doing = Doing.CORRECT
    verb = "Sign the correction"
    note = "The entry stands as it is, and so does what it did. The correction stands beside it."

    entry: str
    about: str

    def find(self, **address: Any) -> None:
        """Raises Http404 for an entry that the organisation did not sign."""
        super().find(**address)
        self.entry = address["entry"]
        own = (one for one in self.detail.movements if one.by == self.desk.gln)
        told = {one.entry_id: one.what for one in story(own, {})}
        flags = (one for one in self.line.flags if one.by == self.desk.gln)
        told |= {one.entry_id: f"{one.kind.title()}: {one.reason}" for one in flags}
        if self.entry not in told:
            raise Http404
        self.about = told[self.entry]

    def title(self) -> str:
        """The heading."""
        return f"Correct an entry about lot {self.line.key.lot}"

    def form(self, data: Any = None, files: Any = None) -> CorrectionForm:
        """What was wrong."""
        del files
        return CorrectionForm(data)

    def more(self) -> dict[str, Any]:
        """What the entry says."""
        return {"detail": self.detail, "about": self.about}

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """The correction."""
        yield from goods(self.line)
        yield Fact("The entry said", self.about)
        yield Fact("Entry id", self.entry)
        yield Fact("Correction", said["reason"], strong=True)

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return correct_entry(
            party=self.desk.gln,
            lot=self.line.key,
            entry=self.entry,
            reason=said["reason"],
            at=self.at,
            nonce=nonce,
        )


class Admit(LotPage):
    """Goods that a receiver has and that were never sent, by the books."""

    doing = Doing.ADMIT
    here = "sent"
    verb = "Sign: admitted"
    note = "So many units leave your stock now, and become the receiver's: just those it found."

    surplus: SurplusLine

    def find(self, **address: Any) -> None:
        """Raises Http404 for a surplus that is another giver's, or admitted before."""
        super().find(**address)
        found = surplus_of(self.desk.gln, self.line.key, address["receipt"])
        if found is None:
            raise Http404
        self.surplus = found

    def title(self) -> str:
        """The heading."""
        return f"Admit what was too much, lot {self.line.key.lot}"

    def back(self) -> str:
        """To the list."""
        return reverse("desk:sent")

    def form(self, data: Any = None, files: Any = None) -> ReasonForm:
        """Why."""
        del files
        return ReasonForm(data)

    def more(self) -> dict[str, Any]:
        """How much there is."""
        return {"detail": self.detail}

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """The surplus."""
        receiver = self.surplus.receiver
        yield from goods(self.line)
        yield Fact("Admitted", units(self.surplus.quantity), strong=True)
        if self.surplus.serials:
            yield Fact("Packs", ", ".join(self.surplus.serials))
        yield Fact("To", f"{names_of([receiver]).get(receiver, receiver)} ({receiver})")
        yield Fact("Left in your stock", units(self.detail.held - self.surplus.quantity))
        yield Fact("Reason", said["reason"])

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return admit_surplus(
            party=self.desk.gln,
            lot=self.line.key,
            receipt=self.surplus.receipt,
            reason=said["reason"],
            at=self.at,
            nonce=nonce,
        )
