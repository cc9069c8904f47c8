"""What the pages show, as plain values: templates decide nothing and ask for nothing."""

from dataclasses import dataclass
from datetime import datetime

from supplychain.web.readable import Piece


@dataclass(frozen=True, slots=True)
class Goods:
    """The product as the maker registered it."""

    name: str
    strength: str
    form: str
    profile: str


@dataclass(frozen=True, slots=True)
class TickLine:
    """One of the three ticks; `state` is good, warn, bad or unknown."""

    name: str
    state: str
    why: str

    @property
    def word(self) -> str:
        """The state in a word or two."""
        words = {"good": "Yes", "warn": "With care", "bad": "No"}
        return words.get(self.state, "Not known")

    @property
    def icon(self) -> str:
        """The template of the icon: a shape of its own for each state."""
        shapes = {"good": "ok", "warn": "caution", "bad": "stop"}
        return f"icons/{shapes.get(self.state, 'unknown')}.svg"


@dataclass(frozen=True, slots=True)
class Step:
    """One signed step of custody; `kind` is "", final (custody rests there) or order (a recall).

    `key` says in words where the key lives that signed it.
    """

    what: str
    at: datetime
    signed_by: str
    index: int | None
    key: str = ""
    more: str = ""
    kind: str = ""


@dataclass(frozen=True, slots=True)
class LegPlot:
    """The temperature of one hand-off: the picture, and the same facts in words."""

    title: str
    note: str
    chart: str = ""
    facts: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One checked fact with its stable code; `severity` is error, warning or info."""

    code: str
    severity: str
    message: str
    entry_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictPage:
    """Everything that the page of one verdict shows."""

    code: str
    word: str
    sentence: str
    codes: tuple[str, ...]
    read: tuple[Piece, ...]
    read_gist: str
    checked_at: datetime
    log_size: int | None = None
    complete_to: int | None = None
    """Below this index nothing about the lot was left out; None where that is not proven."""
    witnessed_at: datetime | None = None
    """When as many as are asked for had cosigned that checkpoint."""
    goods: Goods | None = None
    gtin: str = ""
    lot: str = ""
    expiry: str = ""
    expiry_label: str = "Expiry"
    serial: str = ""
    ticks: tuple[TickLine, ...] = ()
    steps: tuple[Step, ...] = ()
    custody_gist: str = ""
    legs: tuple[LegPlot, ...] = ()
    temperature_gist: str = ""
    findings: tuple[FindingLine, ...] = ()
    evidence_url: str = ""
    retry_url: str = ""
    ask_url: str = ""
    """Where a member asks the maker, who does not report here."""

    @property
    def slug(self) -> str:
        """The verdict's code in lower case: its template's and its class's name."""
        return self.code.lower()

    @property
    def template(self) -> str:
        """The template of this verdict."""
        return f"scan/verdicts/{self.slug}.html"
