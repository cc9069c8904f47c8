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
    url: str = ""
    """Where it has a page of its own, for who may see that."""


@dataclass(frozen=True, slots=True)
class LegLine:
    """One leg of many: who had the goods, when, and what the readings say, in a few words."""

    title: str
    when: str
    note: str
    extremes: str
    readings: str
    url: str = ""


@dataclass(frozen=True, slots=True)
class FindingLine:
    """One checked fact with its stable code; `severity` is error, warning or info."""

    code: str
    severity: str
    message: str
    entry_id: str | None = None


@dataclass(frozen=True, slots=True)
class Look:
    """A verdict as it looks: its code and word; class and icon follow."""

    code: str
    word: str

    @property
    def slug(self) -> str:
        """The verdict's code in lower case."""
        return self.code.lower()

    @property
    def icon(self) -> str:
        """The template of the icon."""
        return f"icons/{self.slug}.svg"


@dataclass(frozen=True, slots=True)
class LotInside:
    """Packs of one lot in a container."""

    product: str
    lot: str
    expiry: str
    packs: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """Packs with which the same is wrong; `more` of them are not named for want of room."""

    look: Look
    sentence: str
    codes: tuple[str, ...]
    what: str
    count: int
    packs: tuple[str, ...]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Inside:
    """What is in a container: how many packs have which verdict, and those in trouble."""

    packs: int
    lots: tuple[LotInside, ...]
    counts: tuple[tuple[Look, int], ...]
    troubles: tuple[Trouble, ...]


@dataclass(frozen=True, slots=True)
class RunRow:
    """One scan of a run."""

    number: int
    look: Look
    sentence: str
    codes: tuple[str, ...]
    product: str
    lot: str
    serial: str
    read: str


@dataclass(frozen=True, slots=True)
class RunPage:
    """The answer on a run: the worst of it, counts, and the scans that want an action.

    `csv` is an address that holds all rows as a file, `report` what a form brings back to have them
    on paper.
    """

    look: Look
    sentence: str
    checked_at: datetime
    count: int
    counts: tuple[tuple[Look, int], ...]
    troubles: tuple[RunRow, ...]
    csv: str
    report: str


@dataclass(frozen=True, slots=True, kw_only=True)
class VerdictPage:
    """Everything that the page of one verdict shows."""

    code: str
    word: str
    sentence: str
    codes: tuple[str, ...]
    text: str
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
    pack_facts: tuple[str, ...] = ()
    """What is told of the very pack, beside its verdict."""
    nonce: str = ""
    """Of the form that dispenses the pack; empty where it may not be dispensed from here."""
    container: str = ""
    inside: Inside | None = None
    ticks: tuple[TickLine, ...] = ()
    steps: tuple[Step, ...] = ()
    custody_gist: str = ""
    legs: tuple[LegPlot, ...] = ()
    leg_lines: tuple[LegLine, ...] = ()
    """In the place of `legs`, where there are too many readings for charts."""
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
    def what(self) -> str:
        """What the answer is about, in a word or two; empty where that is not confirmed."""
        return self.container or (self.goods.name if self.goods else "")

    @property
    def template(self) -> str:
        """The template of this verdict."""
        return f"scan/verdicts/{self.slug}.html"
