"""The temperature part of a hand-off's form: a logger's file, typed readings, or why none."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, ClassVar, Final

from django import forms
from django.http import QueryDict
from django.utils.datastructures import MultiValueDict

from supplychain.admin.carried import Carried, bring
from supplychain.admin.kept_files import FILES_MAX, KeptFile, as_field, kept
from supplychain.admin.logger_file_form import ABOUT_FILE, LoggerFileForm, moment_field
from supplychain.admin.mapping_form import ASKED, mark_of, propose
from supplychain.domain.conditions import ReadingsFault, RowError, Series
from supplychain.domain.conditions_claim import NoReadings
from supplychain.domain.errors import Invalid
from supplychain.domain.lots import zone
from supplychain.domain.profiles import StorageProfile
from supplychain.domain.readings_csv import read_typed
from supplychain.formats.logger_files import prove_evidence
from supplychain.formats.mapping_suggestions import Suggestion, suggest
from supplychain.recording.conditions import ConditionsInput
from supplychain.recording.logger_files import Brought, MappingNeeded, cited
from supplychain.recording.stating import IGNORE_MIN_MAX, Said, stated_of

FILE, TYPED, NONE, TRACKER = "file", "typed", "none", "tracker"
WITH_READINGS: Final = [(FILE, "A logger's file"), (TYPED, "Readings to type in")]
NO_READINGS: Final = (NONE, "No readings")
SPLITS: Final = (";", "\t", " ", ",")
TYPED_CHARACTERS_MAX: Final = 60_000
ADD: Final = "add"  # what a form does that keeps its file, to bring another
_REASONS: Final = {
    NoReadings.NOT_REQUIRED: "This product needs no temperature record",
    NoReadings.LOGGER_MISSING: "There was no logger, or it is gone",
    NoReadings.LOGGER_UNREADABLE: "The logger cannot be read out",
}
_BESIDE: Final = frozenset({"ignore_start", "ignore_end", "market"})
_FIELDS: Final = {
    FILE: ABOUT_FILE | _BESIDE | {"file", "read_out_at"},
    TYPED: frozenset({"typed", "unit", "zone"}) | _BESIDE,
    NONE: frozenset({"none"}),
    TRACKER: frozenset({"tracker"}),
}
#: A file, as it was read, and what was said of it.
Read = tuple[bytes, Brought, dict[str, Any]]

_PART_OF_A_WAY: Final = frozenset().union(*_FIELDS.values())


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


class TemperatureForm(LoggerFileForm):
    """A form about a hand-off; `conditions` is there once it is valid, `loggers` the files as read.

    Which of the three ways was taken is `way`; what belongs to the others is kept and not looked
    at. `trackers` are those that told of it, a fourth way: the giver's, or one's own.
    `at` is now: no reading may lie ahead of it. `kept` are files that were added before, each
    with what was said of it; `proposal` is there while somebody has to say how a table is read.
    """

    way = forms.ChoiceField(
        label="What do you have?",
        choices=[*WITH_READINGS, NO_READINGS],
        widget=forms.RadioSelect,
    )
    file = forms.FileField(
        label="File",
        required=False,
        help_text="Berlinger TXT, HOBO CSV, or a CSV of time,temperature. At most 2 MB.",
        widget=forms.FileInput(attrs={"accept": ".csv,.txt,text/csv,text/plain"}),
    )
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
    ignore_start = _minutes("Ignore at the start", "Before the logger was with the goods.")
    ignore_end = _minutes("Ignore at the end", "After it was with them no more.")
    read_out_at = moment_field(
        "Read out at (UTC)",
        "By a clock that is right: then the logger's own clock is compared with it.",
    )
    market = forms.ChoiceField(label="Judge by the rules of", required=False)
    none = forms.ChoiceField(
        label="Why are there none?",
        required=False,
        choices=_reasons(),
    )
    tracker = forms.ChoiceField(
        label="Which one?",
        required=False,
        help_text="What it sent since its last batch is signed first.",
    )
    tracker_words: ClassVar[str] = "The giver's tracker"
    carried = forms.CharField(required=False, widget=forms.HiddenInput)
    others = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self,
        data: QueryDict | None = None,
        files: MultiValueDict[str, Any] | None = None,
        *,
        profile: StorageProfile,
        at: datetime,
        gln: str,
        trackers: Sequence[str] = (),
        **more: Any,
    ) -> None:
        self.proposal: Suggestion | None = None
        self.brought: Carried | None = None
        self.kept: tuple[KeptFile, ...] = ()
        self.fault = ""
        self.row_errors: tuple[RowError, ...] = ()
        if data is not None:
            data = data.copy()
            self.brought, self.fault = bring(data, files)
            self.kept = kept(data.get("others", ""))
        initial = {"way": _usual_way(profile, trackers), "none": _usual_reason(profile)}
        more["initial"] = initial | (more.get("initial") or {})
        super().__init__(data, at=at, gln=gln, **more)
        reasons = _reasons()
        if profile.monitored:
            reasons = [one for one in reasons if one[0] != NoReadings.NOT_REQUIRED]
        self.offer("none", reasons)
        self.offer("tracker", [(one, one) for one in trackers])
        if trackers:
            self.offer("way", [(TRACKER, self.tracker_words), *WITH_READINGS, NO_READINGS])
        markets = profile.mkt.markets if profile.mkt else ()
        self.offer("market", [("", "no market's mean"), *((one, one) for one in markets)])

    @property
    def proposal_asks(self) -> list[str]:
        """What the file does not say, in words."""
        return [ASKED[name] for name in self.proposal.unknown] if self.proposal else []

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
        if way == TRACKER:
            return ConditionsInput(tracker=found["tracker"])
        if way == TYPED:
            typed = (self._typed(found),)
            return ConditionsInput(series=typed, stated=stated_of(typed, [], _beside(found)))
        found["loggers"] = brought = [self._again(one) for one in self.kept]
        if self.fault or (self.brought is None and (not brought or self.adds)):
            raise Invalid("FILE_MISSING", self.fault or "Choose the file.")
        if self.brought is not None:
            brought.append((self.brought.content, self._read(self.brought.content, found), found))
        files = [(content, one.file) for content, one, _ in brought]
        for _, file in files:
            prove_evidence(file)
        conditions = cited(files, _beside(found))
        if self.adds and self.brought is not None:
            self._add(self.brought)
        return conditions

    @property
    def adds(self) -> bool:
        """Whether this file is to be kept, and the form is to ask for another."""
        return self.data.get("do") == ADD

    def _again(self, one: KeptFile) -> Read:
        """A file that was added before, read again with what was said of it then."""
        form = LoggerFileForm(one.said, at=self.at, gln=self.gln)
        if not form.is_valid():
            raise Invalid("FILE_MISSING", f"Bring {one.file.name} again: it is read otherwise now.")
        content = one.file.content
        return content, form.read(content, form.cleaned_data), form.cleaned_data

    def _add(self, file: Carried) -> None:
        """Keep the file with what was said of it; the form asks for the next one."""
        if len(self.kept) == FILES_MAX:
            raise Invalid("FILES_COUNT", f"One statement cites at most {FILES_MAX + 1} files here.")
        assert isinstance(self.data, QueryDict)  # noqa: S101  copied in __init__
        said = {name: self.data.get(name, "") for name in ABOUT_FILE}
        self.kept = (*self.kept, KeptFile(file, said))
        for name in ABOUT_FILE:
            self.data[name] = ""
        self.brought, self.proposal, self.data["carried"] = None, None, ""
        self.data["others"] = as_field(self.kept)

    def _typed(self, found: dict[str, Any]) -> Series:
        lines = [line.strip() for line in found["typed"].splitlines()]
        pairs = [_pair(line) for line in lines if line]
        return read_typed(pairs, at=self.at, unit=found["unit"] or "C", zone=_zone(found) or UTC)

    def _read(self, content: bytes, found: dict[str, Any]) -> Brought:
        """The file, with what was said about it. Raises Invalid; then there may be a `proposal`."""
        try:
            return self.read(content, found)
        except MappingNeeded:
            self.proposal = suggest(content)
            assert isinstance(self.data, QueryDict)  # noqa: S101  copied in __init__
            propose(self.data, self.proposal, content)
            raise


def _beside(found: dict[str, Any]) -> Said:
    """What a person says beside the readings, and will be signed."""
    return Said(
        ignore_start_min=found["ignore_start"] or 0,
        ignore_end_min=found["ignore_end"] or 0,
        read_out_at=found["read_out_at"],
        market=found["market"],
    )


def _usual_way(profile: StorageProfile, trackers: Sequence[str]) -> str:
    if trackers and profile.monitored:
        return TRACKER
    return FILE if profile.monitored else NONE


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
