"""What is said of one logger's file, and the file as it is read with that."""

from typing import Any, Final

from django import forms

from supplychain.admin.mapping_form import MappingForm, mapping_of, mark_of
from supplychain.domain.lots import zone
from supplychain.formats.local_times import DateOrder
from supplychain.formats.logger_files import Told
from supplychain.queries.loggers import mappings_of
from supplychain.recording.logger_files import ANEW, Brought, bring

ZONES: Final = [f"{'-' if h < 0 else '+'}{abs(h):02d}:00" for h in range(-12, 15)]
_HALVES: Final = ["-09:30", "-03:30", "+03:30", "+04:30", "+05:30", "+05:45", "+06:30", "+09:30"]
_ORDERS: Final = [
    ("", "as the file proves it"),
    (DateOrder.DAY_FIRST, "day, month, year"),
    (DateOrder.MONTH_FIRST, "month, day, year"),
    (DateOrder.YEAR_FIRST, "year, month, day"),
]


def _zones() -> list[tuple[str, str]]:
    listed = sorted(ZONES + _HALVES, key=lambda text: zone(text).utcoffset(None))
    return [("", "as written beside each time"), *((one, f"UTC{one}") for one in listed)]


def moment_field(label: str, help_text: str = "") -> forms.DateTimeField:
    """A moment in UTC, to the minute."""
    field = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=False, widget=field, help_text=help_text)


class LoggerFileForm(MappingForm):
    """What a file does not say itself; `at` is now, `gln` is whose loggers are remembered."""

    device = forms.CharField(
        label="Logger",
        required=False,
        max_length=64,
        help_text="Its name or serial number, where the file does not have it.",
    )
    calibrated = forms.DateField(
        label="Last calibrated",
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    taken_from = moment_field("Only readings from (UTC)")
    taken_until = moment_field("until (UTC)")
    unit = forms.ChoiceField(
        label="Unit",
        required=False,
        choices=[("", "as the file says; what is typed, in °C"), ("C", "°C"), ("F", "°F")],
    )
    zone = forms.ChoiceField(label="Time zone of the times", required=False, choices=_zones)
    dates = forms.ChoiceField(label="Order of dates in the file", required=False, choices=_ORDERS)
    saved = forms.ChoiceField(label="Read the file", required=False)

    def __init__(self, data: Any = None, *, at: Any, gln: str, **more: Any) -> None:
        self.at, self.gln = at, gln
        super().__init__(data, **more)
        self.offer("saved", _models(gln))

    def offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        """Let one of these be chosen."""
        chosen = self.fields[name]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101  as declared above
        chosen.choices = choices

    def read(self, content: bytes, found: dict[str, Any]) -> Brought:
        """The file, with what was said about it. Raises Invalid, MappingNeeded among it."""
        told = Told(
            zone=zone(found["zone"]) if found["zone"] else None,
            unit=found["unit"] or None,
            device=found["device"],
            calibrated=found["calibrated"],
            order=DateOrder(found["dates"]) if found["dates"] else None,
            mapping=mapping_of(found) if found["mapped"] == mark_of(content) else None,
            since=found["taken_from"],
            until=found["taken_until"],
        )
        return bring(content, told, gln=self.gln, saved=found["saved"], at=self.at)


#: The fields that are about one file, and are asked anew for the next.
ABOUT_FILE: Final = frozenset(LoggerFileForm.base_fields)


def _models(gln: str) -> list[tuple[str, str]]:
    """How files may be read: as they show, as one of the models, or as somebody says now."""
    known = [(model, f"as a table of {model}") for model in mappings_of(gln)]
    return [("", "as the file shows"), *known, (ANEW, "as I say now")]
