"""Goods set aside, released into stock again, and ends that are undone."""

from collections.abc import Iterator
from datetime import date
from typing import Any

from django import forms

from supplychain.admin.chosen_goods import GoodsPage, ReasonedForm
from supplychain.admin.desks import Doing
from supplychain.admin.signing_pages import Fact
from supplychain.domain.barcodes import ScanFault, parse
from supplychain.domain.lots import Printed
from supplychain.domain.outputs import State
from supplychain.domain.statements import Release as ReleaseStatement
from supplychain.domain.statements import Undo as UndoStatement
from supplychain.domain.stock import TERMS
from supplychain.recording.submissions import Recorded
from supplychain.services.quarantine_units import quarantine_units
from supplychain.services.release_units import release_units
from supplychain.services.undo_units import undo_units


class Quarantine(GoodsPage):
    """Units set aside."""

    doing = Doing.QUARANTINE
    heading = "Set aside units of"
    did = "Set aside"
    verb = "Sign: into quarantine"
    note = "What is in quarantine is no stock, and a scan of it says so, until it is released."

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return quarantine_units(**self.told(said, nonce))


class ReleaseForm(ReasonedForm):
    """Units that are to be stock again; `printed` is what was read off those that came back."""

    code = forms.CharField(
        label="What is printed on them",
        required=False,
        strip=False,
        max_length=500,
        help_text="Of goods that came back: scan one, or type (01)…(17)…(10)… as it is printed.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false"}
        ),
    )
    field_order = ("source", "quantity", "picked", "scans", "code", "reason")

    def __init__(self, *args: Any, on: date, **more: Any) -> None:
        """`on` is today: years on packs have two digits."""
        self.on = on
        self.printed: Printed | None = None
        super().__init__(*args, **more)

    def clean_code(self) -> str:
        """A code that says which lot it is of, and until when it is good."""
        code = str(self.cleaned_data["code"])
        if not code.strip():
            return ""
        try:
            found = parse(code, on=self.on)
        except ScanFault as fault:
            raise forms.ValidationError(f"{fault.message} ({fault.code})") from fault
        if found.key is None or found.expiry is None:
            raise forms.ValidationError("This names no lot, or no expiry.")
        self.printed = Printed(found.key, found.expiry)
        return code

    def clean(self) -> dict[str, Any]:
        """What came back is read off the packs, and from nowhere else (R8)."""
        found = super().clean()
        if found.get("source") == State.RETURNED and not self.printed and "code" in found:
            self.add_error("code", "These came back: say what is printed on them.")
        return found


class Release(GoodsPage):
    """Units that are stock again."""

    doing = Doing.RELEASE
    states = TERMS[ReleaseStatement].before
    heading = "Release units of"
    did = "Released into stock"
    verb = "Sign the release"
    note = "Released units may be shipped and dispensed. Recalled, held and expired ones never are."
    form_class = ReleaseForm

    _form: ReleaseForm

    def asked(self) -> dict[str, Any]:
        """Which day it is."""
        return {"on": self.at.date()}

    def further(self, said: dict[str, Any]) -> Iterator[Fact]:
        """What was checked."""
        del said
        if self._form.printed:
            yield Fact("Printed on them", str(self._form.printed), strong=True)

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return release_units(
            **self.told(said, nonce), printed=self._form.printed, state=State(said["source"])
        )


class UndoForm(ReasonedForm):
    """An end that was a mistake."""

    kept = forms.BooleanField(label="No patient was given these units: they never left us.")
    field_order = ("source", "quantity", "picked", "scans", "reason", "kept")


class Undo(GoodsPage):
    """An end taken back."""

    doing = Doing.UNDO
    states = UndoStatement.rests
    heading = "Undo an end of units of"
    did = "Stock again"
    verb = "Sign the undo"
    note = "Within ten days, by who did it, and only of what is neither expired nor recalled."
    form_class = UndoForm

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return undo_units(
            **self.told(said, nonce), supplied=not said["kept"], state=State(said["source"])
        )
