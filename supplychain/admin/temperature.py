"""The temperature part of a hand-off's form: a logger's file, typed readings, or why none."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from supplychain.admin.carried import BYTES_MAX, Carried, TooLarge, carried, uploaded
from supplychain.admin.mapping_form import (
    ASKED,
    MAPPING_FIELDS,
    MappingForm,
    mapping_of,
    mark_of,
    propose,
)
from supplychain.domain.conditions import ReadingsFault, RowError, Series
from supplychain.domain.conditions_claim import NoReadings
from supplychain.domain.errors import Invalid
from supplychain.domain.lots import zone
from supplychain.domain.profiles import StorageProfile
from supplychain.domain.readings_csv import read_typed
from supplychain.formats.local_times import DateOrder
from supplychain.formats.logger_files import Told, prove_evidence
from supplychain.formats.mapping_suggestions import Suggestion, suggest
from supplychain.queries.loggers import mappings_of
from supplychain.recording.conditions import ConditionsInput
from supplychain.recording.logger_files import ANEW, Brought, MappingNeeded, bring
from supplychain.recording.stating import IGNORE_MIN_MAX, Said, stated_of
from supplychain.recording.submissions import File

FILE, TYPED, NONE = "file", "typed", "none"
WITH_READINGS: Final = [(FILE, "A logger's file"), (TYPED, "Readings to type in")]
SPLITS: Final = (";", "\t", " ", ",")
TYPED_CHARACTERS_MAX: Final = 60_000
ZONES: Final = [f"{'-' if h < 0 else '+'}{abs(h):02d}:00" for h in range(-12, 15)]
_HALVES: Final = ["-09:30", "-03:30", "+03:30", "+04:30", "+05:30", "+05:45", "+06:30", "+09:30"]
_REASONS: Final = {
    NoReadings.NOT_REQUIRED: "This product needs no temperature record",
    NoReadings.LOGGER_MISSING: "There was no logger, or it is gone",
    NoReadings.LOGGER_UNREADABLE: "The logger cannot be read out",
}
_ORDERS: Final = [
    ("", "as the file proves it"),
    (DateOrder.DAY_FIRST, "day, month, year"),
    (DateOrder.MONTH_FIRST, "month, day, year"),
    (DateOrder.YEAR_FIRST, "year, month, day"),
]
_BESIDE: Final = frozenset({"ignore_start", "ignore_end", "market"})
_FIELDS: Final = {
    FILE: frozenset({"file", "device", "calibrated", "unit", "zone", "dates", "saved"})
    | MAPPING_FIELDS
    | _BESIDE
    | {"read_out_at", "taken_from", "taken_until"},
    TYPED: frozenset({"typed", "unit", "zone"}) | _BESIDE,
    NONE: frozenset({"none"}),
}
_PART_OF_A_WAY: Final = frozenset().union(*_FIELDS.values())


def _zones() -> list[tuple[str, str]]:
    listed = sorted(ZONES + _HALVES, key=lambda text: zone(text).utcoffset(None))
    return [("", "as written beside each time"), *((one, f"UTC{one}") for one in listed)]


def _reasons() -> list[tuple[str, str]]:
    return [(reason.value, words) for reason, words in _REASONS.items()]


def _minutes(label: str, help_text: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=f"{label} (minutes)",
        required=False,
        min_value=0,
        max_value=IGNORE_MIN_MAX,
        help_text=help_text,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


def _moment(label: str, help_text: str = "") -> forms.DateTimeField:
    field = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    return forms.DateTimeField(label=label, required=False, widget=field, help_text=help_text)


class TemperatureForm(MappingForm):
    """A form about a hand-off; `conditions` is there once it is valid, `logger` the file as read.

    Which of the three ways was taken is `way`; what belongs to the others is kept and not looked
    at. `at` is now: no reading may lie ahead of it. `gln` is whose loggers are remembered;
    `proposal` is there while somebody has to say how a table is read.
    """

    way = forms.ChoiceField(
        label="What do you have?",
        choices=[*WITH_READINGS, (NONE, "No readings")],
        widget=forms.RadioSelect,
    )
    file = forms.FileField(
        label="File",
        required=False,
        help_text="Berlinger TXT, HOBO CSV, or a CSV of time,temperature. At most 2 MB.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )
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
    taken_from = _moment("Only readings from (UTC)")
    taken_until = _moment("until (UTC)")
    typed = forms.CharField(
        label="Readings",
        required=False,
        strip=False,
        max_length=TYPED_CHARACTERS_MAX,
        widget=forms.Textarea(
            attrs={
                "rows": 6,
                "spellcheck": "false",
                "placeholder": "2026-11-21 08:00  5.1\n2026-11-21 08:10  5.3",
            }
        ),
        help_text=(
            "One on each line: year-month-day hour:minute, then the temperature."
            " In UTC, unless a zone is chosen below."
        ),
    )
    unit = forms.ChoiceField(
        label="Unit",
        required=False,
        choices=[("", "as the file says; what is typed, in °C"), ("C", "°C"), ("F", "°F")],
    )
    zone = forms.ChoiceField(label="Time zone of the times", required=False, choices=_zones)
    dates = forms.ChoiceField(label="Order of dates in the file", required=False, choices=_ORDERS)
    saved = forms.ChoiceField(label="Read the file", required=False)
    ignore_start = _minutes("Ignore at the start", "Before the logger was with the goods.")
    ignore_end = _minutes("Ignore at the end", "After it was with them no more.")
    read_out_at = _moment(
        "Read out at (UTC)",
        "By a clock that is right: then the logger's own clock is compared with it.",
    )
    market = forms.ChoiceField(label="Judge by the rules of", required=False)
    none = forms.ChoiceField(
        label="Why are there none?",
        required=False,
        choices=_reasons(),
    )
    carried = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        files: MultiValueDict[str, Any] | None = None,
        *,
        profile: StorageProfile,
        at: datetime,
        gln: str,
        **more: Any,
    ) -> None:
        self.at, self.gln = at, gln
        self.proposal: Suggestion | None = None
        self.brought: Carried | None = None
        self.fault = ""
        self.row_errors: tuple[RowError, ...] = ()
        if data is not None:
            data = self._keep_file(data.copy(), files)
        initial = {"way": FILE if profile.monitored else NONE, "none": _usual_reason(profile)}
        more["initial"] = initial | (more.get("initial") or {})
        super().__init__(data, **more)
        reasons = _reasons()
        if profile.monitored:
            reasons = [one for one in reasons if one[0] != NoReadings.NOT_REQUIRED]
        self._offer("none", reasons)
        self._offer("saved", _models(gln))
        markets = profile.mkt.markets if profile.mkt else ()
        self._offer("market", [("", "no market's mean"), *((one, one) for one in markets)])

    @property
    def proposal_asks(self) -> list[str]:
        """What the file does not say, in words."""
        return [ASKED[name] for name in self.proposal.unknown] if self.proposal else []

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        chosen = self.fields[name]
        assert isinstance(chosen, forms.ChoiceField)  # noqa: S101  as declared above
        chosen.choices = choices

    def _keep_file(self, data: QueryDict, files: MultiValueDict[str, Any] | None) -> QueryDict:
        self.brought = carried(data.get("carried", ""))
        file = files.get("file") if files else None
        if file is not None:
            try:
                self.brought = uploaded(file)
            except TooLarge:
                self.fault = f"The file is larger than {BYTES_MAX // 10**6} MB."
        data["carried"] = self.brought.as_field() if self.brought else ""
        return data

    def clean(self) -> dict[str, Any]:
        """Read what was brought; each fault of a row is told, and the file stays."""
        found = super().clean() or {}
        way = found.get("way")
        if way is None:
            return found
        for name in _PART_OF_A_WAY - _FIELDS[way]:
            self.errors.pop(name, None)
        if way == FILE and self.brought and found.get("mapped") == mark_of(self.brought.content):
            self.proposal = suggest(self.brought.content)
        if self.errors:
            return found
        try:
            found["conditions"] = self._conditions(way, found)
        except ReadingsFault as fault:
            self.row_errors = fault.errors
            many = len(fault.errors)
            more = f" And {many - 1} more, listed below." if many > 1 else ""
            self.add_error(way, f"{fault.message}{more}")
        except Invalid as invalid:
            self.add_error(way, f"{invalid.message} ({invalid.code})")
        return found

    def _conditions(self, way: str, found: dict[str, Any]) -> ConditionsInput:
        if way == NONE:
            return ConditionsInput(none=found["none"])
        if way == TYPED:
            return self._stated((self._typed(found),), found)
        if self.fault or self.brought is None:
            raise Invalid("FILE_MISSING", self.fault or "Choose the file.")
        content = self.brought.content
        found["logger"] = brought = self._read(content, found)
        prove_evidence(brought.file)
        file = File(content, brought.file.media)
        return replace(self._stated(brought.file.series, found), files=(file,))

    def _stated(self, series: tuple[Series, ...], found: dict[str, Any]) -> ConditionsInput:
        """The readings, with what is said beside them and will be signed."""
        said = Said(
            ignore_start_min=found["ignore_start"] or 0,
            ignore_end_min=found["ignore_end"] or 0,
            read_out_at=found["read_out_at"],
            market=found["market"],
        )
        loggers = [found["logger"].file] if "logger" in found else []
        return ConditionsInput(series=series, stated=stated_of(series, loggers, said))

    def _typed(self, found: dict[str, Any]) -> Series:
        lines = [line.strip() for line in found["typed"].splitlines()]
        pairs = [_pair(line) for line in lines if line]
        return read_typed(pairs, at=self.at, unit=found["unit"] or "C", zone=_zone(found) or UTC)

    def _read(self, content: bytes, found: dict[str, Any]) -> Brought:
        """The file, with what was said about it. Raises Invalid; then there may be a `proposal`."""
        told = Told(
            zone=_zone(found),
            unit=found["unit"] or None,
            device=found["device"],
            calibrated=found["calibrated"],
            order=DateOrder(found["dates"]) if found["dates"] else None,
            mapping=mapping_of(found) if self.proposal else None,
            since=found["taken_from"],
            until=found["taken_until"],
        )
        try:
            return bring(content, told, gln=self.gln, saved=found["saved"], at=self.at)
        except MappingNeeded:
            self.proposal = suggest(content)
            assert isinstance(self.data, QueryDict)  # noqa: S101  copied in __init__
            propose(self.data, self.proposal, content)
            raise


def _models(gln: str) -> list[tuple[str, str]]:
    """How files may be read: as they show, as one of the models, or as somebody says now."""
    known = [(model, f"as a table of {model}") for model in mappings_of(gln)]
    return [("", "as the file shows"), *known, (ANEW, "as I say now")]


def _usual_reason(profile: StorageProfile) -> str:
    reason = NoReadings.LOGGER_MISSING if profile.monitored else NoReadings.NOT_REQUIRED
    return reason.value


def _zone(found: dict[str, Any]) -> Any:
    return zone(found["zone"]) if found["zone"] else None


def _pair(line: str) -> tuple[str, str]:
    """Time and value of a typed line: the value is what stands last."""
    for split in SPLITS:
        time, found, value = line.rpartition(split)
        if found and time.strip():
            return time.strip(" ;,\t"), value
    return line, ""
