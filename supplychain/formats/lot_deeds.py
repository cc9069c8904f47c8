"""What a file says was done to lots: deeds in the order of time, and an answer for each event."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum

from supplychain.domain.conditions import Series
from supplychain.domain.identifiers import Gln, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.sales import NO_SALE, Sale
from supplychain.formats.epcis_document import ProductRecord


class Answer(StrEnum):
    """What becomes of an event.

    Accepted: it counts, or needs no entry. Known: it was said before. Refused: a rule forbids it.
    Exception: data and goods do not fit together, and people have to look.
    """

    ACCEPTED = "accepted"
    KNOWN = "known"
    REFUSED = "refused"
    EXCEPTION = "exception"


class Category(StrEnum):
    """The categories of exceptions that the field uses."""

    DATA_WITHOUT_PRODUCT = "data without product"
    PRODUCT_WITHOUT_DATA = "product without data"
    DATA_ISSUE = "data issue"
    PACKAGING = "packaging"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class EventAnswer:
    """The answer to one event; `event` says what it is, `reason` is a sentence with what to do.

    `fingerprint` is empty where the event has a fault or declares an error; `entries` are those
    that the event led to before.
    """

    position: int
    place: str
    event: str
    answer: Answer
    code: str
    reason: str
    category: Category | None = None
    fingerprint: str = ""
    entries: tuple[str, ...] = ()


@dataclass(frozen=True)
class LotGoods:
    """Goods of one lot: packs by their serials, or so many units that have none."""

    lot: LotKey
    serials: tuple[Serial, ...] = ()
    amount: int = 0

    @property
    def units(self) -> int:
        """How many units they are."""
        return len(self.serials) or self.amount


@dataclass(frozen=True, kw_only=True)
class Deed:
    """What one event says was done. `fingerprint` is the same in whatever file it is said."""

    event: int
    at: datetime
    fingerprint: str
    goods: tuple[LotGoods, ...]


@dataclass(frozen=True, kw_only=True)
class Birth(Deed):
    """A lot comes into the world, by one event or by several: `events` are their positions."""

    expiry: date
    product: ProductRecord | None
    events: tuple[int, ...]

    @property
    def lot(self) -> LotKey:
        """The lot."""
        return self.goods[0].lot

    @property
    def units(self) -> int:
        """How many units are born."""
        return self.goods[0].units


@dataclass(frozen=True)
class Inner:
    """A container inside another, and the goods in it, at whatever depth."""

    container: str
    goods: tuple[LotGoods, ...]


@dataclass(frozen=True, kw_only=True)
class Packing(Deed):
    """Packs, units and containers go into a container, or come out of it (`out`).

    `goods` are the packs and units that are named themselves, `inner` the containers, `unknown` the
    codes of which nobody knows what they are, or what is in them. What is
    declared wrong `takes_back` what these entries did: not before they, nor before what followed.
    """

    container: str
    inner: tuple[Inner, ...]
    out: bool = False
    unknown: tuple[str, ...] = ()
    takes_back: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class HandOff(Deed):
    """A dispatch from hand to hand, also back, a receipt, or a void; papers by number.

    Giver and receiver are None where the event does not name them; `sale` are the owners, where
    these are others. `containers` are those that it
    names itself, `readings` the temperatures that came with it.
    """

    step: str
    giver: Gln | None
    receiver: Gln | None
    order: str | None
    despatch_advice: str | None
    containers: tuple[str, ...]
    readings: tuple[Series, ...]
    sale: Sale = NO_SALE


@dataclass(frozen=True, kw_only=True)
class Ending(Deed):
    """Goods leave the trade: dispensing, destroying, decommissioning or sampling."""

    step: str


@dataclass(frozen=True, kw_only=True)
class Withdrawal(Deed):
    """An event that was taken before is declared wrong by its sender, and names no goods here.

    `at` is the time of that event, as of which it is taken back: what corrects it may stand right
    behind. `declared` is when it was declared wrong, `reason` the sender's word for it or "";
    `entries` are those that the event led to.
    """

    declared: datetime
    reason: str
    entries: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Transformation(Deed):
    """Goods of some lots become new ones; `operation` names it, `step` says what was done."""

    operation: str
    step: str
    births: tuple[Birth, ...]


@dataclass(frozen=True)
class Share:
    """How much of some goods went into a new lot, and how much of that lot is made of them."""

    lot: LotKey
    uses: int
    makes: int


def shares(
    goods: Sequence[LotGoods], made: Sequence[LotGoods], some: LotGoods
) -> tuple[Share, ...] | None:
    """What became of some of the goods, lot by lot and in proportion; None if not exactly."""
    went_in, came_out = (sum(one.units for one in lots) for lots in (goods, made))
    found = []
    for one in made:
        uses, left = divmod(some.units * one.units, came_out)
        makes, over = divmod(some.units * one.units, went_in)
        if left or over:
            return None
        found.append(Share(one.lot, uses, makes))
    return tuple(found)


SignedDeed = Birth | HandOff | Ending | Withdrawal | Transformation  # each by itself
LotDeed = SignedDeed | Packing


@dataclass(frozen=True)
class LotStory:
    """Deeds in the order of time, and an answer for every event by position."""

    deeds: tuple[LotDeed, ...]
    answers: tuple[EventAnswer, ...]


@dataclass(frozen=True)
class Known:
    """What was known before the file: lots of packs and what is in what, by canonical codes.

    `amounts` are units without serial numbers, by the container that they are directly in.
    `taken` are the fingerprints of events that were taken before, with the entries that these made.
    `parties` are those admitted (GLNs) among the places that goods go to.
    """

    lots: Mapping[str, LotKey] = field(default_factory=dict)
    parents: Mapping[str, str] = field(default_factory=dict)
    taken: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    parties: frozenset[Gln] = frozenset()
    amounts: Mapping[str, Mapping[LotKey, int]] = field(default_factory=dict)
