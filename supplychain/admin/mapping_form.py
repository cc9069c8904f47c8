"""The part of a form that says how a table of no known make is read: proposed, then confirmed."""

from hashlib import sha256
from typing import Any, Final

from django import forms
from django.http import QueryDict

from supplychain.domain.errors import Invalid
from supplychain.domain.lots import zone
from supplychain.formats.column_mapping import ColumnMapping, DecimalMark
from supplychain.formats.local_times import DateOrder
from supplychain.formats.mapping_suggestions import Suggestion
from supplychain.formats.tables import CELL_CHARACTERS_MAX, HEADER_ROW_MAX, Delimiter, Encoding

MODEL_MAX: Final = 64
_ENCODINGS: Final = [
    (Encoding.UTF_8.value, "UTF-8"),
    (Encoding.UTF_16.value, "UTF-16"),
    (Encoding.WINDOWS_1252.value, "Windows-1252"),
]
_DELIMITERS: Final = [
    (Delimiter.COMMA.value, "a comma"),
    (Delimiter.SEMICOLON.value, "a semicolon"),
    (Delimiter.TAB.value, "a tab"),
    (Delimiter.BAR.value, "a bar"),
]
_DECIMALS: Final = [
    (DecimalMark.POINT.value, "a point: 5.1"),
    (DecimalMark.COMMA.value, "a comma: 5,1"),
]

#: The parts of a proposal that a file may leave open, in the words of the form.
ASKED: Final = {
    "time": "the column of the time",
    "temperature": "the column of the temperature",
    "order": "the order of dates",
    "zone": "the time zone",
    "unit": "the unit",
}


def _column(label: str, help_text: str = "") -> forms.CharField:
    named = {"list": "columns", "autocomplete": "off"}
    return forms.CharField(
        label=label,
        required=False,
        max_length=CELL_CHARACTERS_MAX,
        help_text=help_text,
        widget=forms.TextInput(attrs=named),
    )


def _choice(label: str, choices: list[tuple[str, str]]) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False, choices=choices)


class MappingForm(forms.Form):
    """Where time and temperature stand; unit, zone and order of dates are asked for elsewhere.

    `mapped` is the SHA-256 of the file that this was said about: for another file it says nothing.
    """

    mapped = forms.CharField(required=False, max_length=64, widget=forms.HiddenInput)
    header_row = forms.IntegerField(
        label="Line of the header",
        required=False,
        min_value=0,
        max_value=HEADER_ROW_MAX,
        help_text="0: there is none, and columns are named 1, 2, 3.",
    )
    time_column = _column("Column of the time")
    day_column = _column("Column of the day", "Where the day has a column of its own.")
    temperature_column = _column("Column of the temperature")
    delimiter = _choice("Between the cells stands", _DELIMITERS)
    decimal = _choice("Before the tenths stands", _DECIMALS)
    encoding = _choice("Characters", _ENCODINGS)
    model = forms.CharField(
        label="Keep this for the model",
        required=False,
        max_length=MODEL_MAX,
        help_text="Your next file of this model is then read without asking.",
    )

    def clean_model(self) -> str:
        """A name; those in brackets are ours."""
        model = str(self.cleaned_data["model"])
        if model.startswith("("):
            raise forms.ValidationError("Begin with a letter or a digit.")
        return model


MAPPING_FIELDS: Final = frozenset(MappingForm.base_fields)


def mark_of(content: bytes) -> str:
    """What `mapped` says when a mapping is about this file."""
    return sha256(content).hexdigest()


def propose(data: QueryDict, found: Suggestion, content: bytes) -> None:
    """Fill in what can be seen in the file; what cannot be known is left for the person to say."""
    data["mapped"] = mark_of(content)
    data["header_row"] = str(found.header_row)
    data["time_column"], data["day_column"] = found.time, found.date
    data["temperature_column"] = found.temperature
    data["delimiter"], data["decimal"] = found.delimiter.value, found.decimal.value
    data["encoding"] = found.encoding.value
    data["unit"] = found.unit or ""
    data["dates"] = data.get("dates") or (found.order.value if found.order else "")


def mapping_of(said: dict[str, Any]) -> ColumnMapping:
    """The mapping that a form says. Raises Invalid with the first thing that it does not say."""
    for name, code, question in _NEEDED:
        if said[name] in ("", None):
            raise Invalid(code, question)
    return ColumnMapping(
        encoding=Encoding(said["encoding"]),
        delimiter=Delimiter(said["delimiter"]),
        decimal=DecimalMark(said["decimal"]),
        header_row=said["header_row"],
        time=said["time_column"],
        temperature=said["temperature_column"],
        order=DateOrder(said["dates"]),
        unit=said["unit"],
        date=said["day_column"],
        zone=zone(said["zone"]) if said["zone"] else None,
    )


_NEEDED: Final = (
    ("header_row", "HEADER_NEEDED", "Say in which line the header stands."),
    ("time_column", "COLUMN_NEEDED", "Say which column has the time."),
    ("temperature_column", "COLUMN_NEEDED", "Say which column has the temperature."),
    ("encoding", "ENCODING_NEEDED", "Say how the characters are written."),
    ("delimiter", "DELIMITER_NEEDED", "Say what stands between the cells."),
    ("decimal", "DECIMAL_NEEDED", "Say what stands before the tenths."),
    ("dates", "DATE_ORDER_NEEDED", "Say whether day, month or year comes first."),
    ("unit", "UNIT_NEEDED", "Say whether the temperatures are °C or °F."),
)
