"""Shapes of what people fill in; what it may say is for the domain to judge."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from django import forms

from supplychain.admin.temperature import WITH_READINGS, TemperatureForm
from supplychain.domain.calibrations import EVERY_DAYS
from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gtin
from supplychain.domain.members import QUANTITY_MAX
from supplychain.domain.storage_profile import StorageProfile
from supplychain.models import Organisation

REASON_MAX: Final = 500
_MOMENT: Final = "%Y-%m-%dT%H:%M:%S"


def partners(organisations: Iterable[Organisation]) -> list[tuple[str, str]]:
    """Organisations to choose from: by name, and told apart by their GLN."""
    return [(one.gln, f"{one.name} ({one.gln})") for one in organisations]


def offer(field: forms.Field, choices: Sequence[tuple[str, str]]) -> None:
    """Let a field offer these, which are known only when its form is made."""
    assert isinstance(field, forms.ChoiceField)  # noqa: S101  it has choices
    field.choices = choices


def units_field(label: str, *, lowest: int = 1, **more: Any) -> forms.IntegerField:
    """A number of units."""
    return forms.IntegerField(
        label=label,
        min_value=lowest,
        max_value=QUANTITY_MAX,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
        **more,
    )


def arrival() -> forms.DateTimeField:
    """When goods came in."""
    return _moment("Arrived at (UTC)", "Readings have to cover the way from dispatch until then.")


def _moment(label: str, help_text: str = "") -> forms.DateTimeField:
    return forms.DateTimeField(
        label=label,
        input_formats=[_MOMENT, "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M"],
        error_messages={"invalid": "Write year-month-day hour:minute, such as 2026-11-21 08:00."},
        widget=forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}, format=_MOMENT),
        help_text=help_text,
    )


def reason_field(label: str = "Reason", help_text: str = "") -> forms.CharField:
    """Why, in words."""
    return forms.CharField(
        label=label,
        max_length=REASON_MAX,
        help_text=help_text,
        widget=forms.TextInput(attrs={"maxlength": REASON_MAX}),
    )


def loss_field() -> forms.ChoiceField:
    """How units went missing."""
    return forms.ChoiceField(
        label="What happened",
        choices=[("lost", "Lost"), ("stolen", "Stolen")],
        widget=forms.RadioSelect,
    )


def day_field(label: str, help_text: str = "") -> forms.DateField:
    """A day."""
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label,
        widget=widget,
        help_text=help_text,
        input_formats=["%Y-%m-%d"],
        error_messages={"invalid": "Write year-month-day, such as 2026-11-21."},
    )


class ProductForm(forms.Form):
    """A trade item for the catalogue."""

    gtin = forms.CharField(
        label="GTIN",
        max_length=14,
        help_text="8, 12, 13 or 14 digits, the last one being the check digit.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    name = forms.CharField(label="Name", max_length=200)
    strength = forms.CharField(label="Strength", max_length=100, help_text="Such as 100 IU/ml.")
    form = forms.CharField(
        label="Form and pack", max_length=100, help_text="Such as 5 pens of 3 ml."
    )
    profile = forms.ChoiceField(
        label="Storage",
        help_text="Every hand-off's temperature is judged against it.",
    )

    def __init__(self, *args: Any, profiles: Sequence[StorageProfile], **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self.fields["profile"], [(one.id, one.name) for one in profiles])

    def clean_gtin(self) -> str:
        """Any length that GTINs have, as 14 digits; tells which check digit was expected."""
        try:
            return str(Gtin.padded(str(self.cleaned_data["gtin"])))
        except Invalid as invalid:
            raise forms.ValidationError(f"{invalid.message} ({invalid.code})") from invalid


class LotForm(forms.Form):
    """A lot to be born."""

    gtin = forms.ChoiceField(label="Product")
    lot = forms.CharField(
        label="Lot number", max_length=20, strip=True, help_text="As printed on the pack."
    )
    quantity = units_field("Units", help_text="Smallest saleable packs.")
    expiry = day_field("Expiry date", "The last day on which it may be used.")

    def __init__(self, *args: Any, products: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self.fields["gtin"], products)


class AmountForm(forms.Form):
    """How many units of a product are wanted, of whatever lots."""

    gtin = forms.ChoiceField(label="Product")
    amount = units_field("Units wanted")

    def __init__(self, *args: Any, products: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self.fields["gtin"], products)


class DeviceForm(forms.Form):
    """A logger of one's own."""

    name = forms.CharField(label="Logger", max_length=64, help_text="As its files call it.")
    model = forms.CharField(label="Model", required=False, max_length=100)
    place = forms.CharField(
        label="Place", required=False, max_length=100, help_text="The fridge, room or vehicle."
    )
    calibrated_on = forms.DateField(
        label="Last calibrated",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    every_days = forms.IntegerField(
        label="Calibrated every (days)", min_value=EVERY_DAYS[0], max_value=EVERY_DAYS[1]
    )


class AcknowledgeForm(forms.Form):
    """That a temperature was read."""

    by = forms.CharField(label="Your name", max_length=100)
    comment = reason_field("Comment", "What you found, and what you do about it.")


class SeenForm(forms.Form):
    """A form about what stands beside it; where that has changed, it is looked over again."""

    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, data: Any = None, *, seen: str, initial: dict[str, Any], **more: Any
    ) -> None:
        self._seen = seen
        super().__init__(data, initial=initial | {"seen": seen}, **more)

    def clean(self) -> dict[str, Any]:
        """It is signed as it was read, or not at all."""
        found = super().clean() or {}
        if found.get("seen") != self._seen:
            self.data = {**self.data, "seen": self._seen}
            raise forms.ValidationError("What this is about has changed: look it over again.")
        return found


class DecideForm(SeenForm):
    """A decision about goods whose temperature was outside."""

    source = forms.ChoiceField(label="Which goods", widget=forms.RadioSelect)
    reason = reason_field("Why they are fit", "What you rest on: a study, the maker's answer.")
    decided_by = forms.CharField(
        label="Decided by",
        max_length=100,
        help_text="Sealed: only who is shown this entry's disclosure reads the name.",
    )

    def __init__(self, *args: Any, sources: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self.fields["source"], sources)


class ConfirmForm(SeenForm):
    """A second person's yes."""

    confirmed_by = forms.CharField(
        label="Confirmed by",
        max_length=100,
        help_text="Sealed, like the name of who proposed it.",
    )


class KeptForm(TemperatureForm):
    """Readings of goods that stayed where they are."""

    source = forms.ChoiceField(label="Which goods", widget=forms.RadioSelect)
    since = _moment("Kept from (UTC)")
    until = _moment("Until (UTC)", "The readings have to cover that time.")
    place = forms.CharField(
        label="Kept in", required=False, max_length=100, help_text="The room or fridge."
    )

    def __init__(self, *args: Any, sources: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self.fields["source"], sources)
        offer(self.fields["way"], WITH_READINGS)

    def clean(self) -> dict[str, Any]:
        """From before until, and until before now."""
        found = super().clean()
        since, until = found.get("since"), found.get("until")
        if since and until and since > until:
            self.add_error("since", "This is after the end.")
        if until and until > self.at:
            self.add_error("until", "This is still to come.")
        return found


class ReasonForm(forms.Form):
    """Nothing but a reason."""

    reason = reason_field()


class RecallForm(forms.Form):
    """A recall of the whole lot."""

    recall_class = forms.ChoiceField(
        label="Class",
        widget=forms.RadioSelect,
        choices=[
            ("I", "I: may be life-threatening"),
            ("II", "II: may cause illness or mistreatment"),
            ("III", "III: no significant hazard to health"),
        ],
    )
    reason = reason_field(help_text="Every holder reads it, and so does whoever scans a pack.")
    reach = forms.BooleanField(
        label="I have read whom this recall reaches, and that it cannot be undone."
    )


def moment_for_field(at: datetime) -> str:
    """A moment as the browser's own field takes it, in UTC."""
    return at.astimezone(UTC).strftime(_MOMENT)
