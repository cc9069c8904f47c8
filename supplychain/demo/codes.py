"""What the start page offers to scan, and what should be said to whom."""

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Final

from supplychain.demo.cast import INSULIN, TABLETS, UNKNOWN_GTIN, Item
from supplychain.demo.stage import YEARS_TWO
from supplychain.demo.story import ANY_SERIAL, AT_THE_HOSPITAL, CASE, IN_THE_CASE, STORIES, Story
from supplychain.domain.digital_links import link_path
from supplychain.domain.identifiers import Gtin, LotNumber, Serial
from supplychain.domain.lots import LotKey

GS: Final = "\x1d"


@dataclass(frozen=True, slots=True)
class Code:
    """A code in its three spellings (a faulty one has one), and the answer to expect.

    `user` is who should scan it; empty for anybody. `why` is the reason's code.
    """

    label: str
    code: str
    expected: str
    why: str = ""
    product: str = ""
    lot: str = ""
    user: str = ""
    bracketed: str = ""
    path: str = ""

    def as_written(self) -> dict[str, str]:
        """The members of the start page's file."""
        members = asdict(self)
        members["as"] = members.pop("user")
        return members


def codes(now: datetime) -> Iterator[Code]:
    """All codes of a demonstration that began `now`."""
    for story in STORIES:
        yield _of_story(story, now)
    yield from _single_packs(now)
    yield _case()
    yield from _without_a_lot(now)


def _of_story(story: Story, now: datetime) -> Code:
    expiry = f"{now + story.lasts:%y%m%d}"
    return _pack(
        story.item,
        story.number,
        expiry,
        label=story.title,
        expected=story.expected,
        why=story.reason,
        user=story.user,
        serial=story.serial,
    )


def _pack(
    item: Item,
    lot: str,
    expiry: str,
    *,
    label: str,
    expected: str,
    why: str,
    user: str,
    serial: Serial = ANY_SERIAL,
) -> Code:
    key = LotKey(Gtin.parse(item.gtin), LotNumber.parse(lot))
    path = link_path(key, serial=serial)
    return Code(
        label=label,
        code=f"01{item.gtin}17{expiry}10{lot}{GS}21{serial}",
        expected=expected,
        why=why,
        product=item.shown,
        lot=lot,
        user=user,
        bracketed=f"(01){item.gtin}(17){expiry}(10){lot}(21){serial}",
        path=f"{path}?17={expiry}",
    )


def _single_packs(now: datetime) -> Iterator[Code]:
    """Packs of the lot with serial numbers, each with an answer of its own."""
    expiry = f"{now + YEARS_TWO:%y%m%d}"
    known = IN_THE_CASE[0]
    for label, serial, expected, why in (
        ("A pack in a case", known, "OK", ""),
        ("Dispensed elsewhere already", AT_THE_HOSPITAL[0], "STOP", "IN_TWO_PLACES"),
        ("A serial number never made", Serial("pk799999"), "STOP", "UNKNOWN_SERIAL"),
        ("Read with caps lock on", Serial(str(known).swapcase()), "SCAN_AGAIN", "CAPS_LOCK"),
    ):
        yield _pack(
            TABLETS,
            "PAR-9901",
            expiry,
            label=label,
            expected=expected,
            why=why,
            user="paula",
            serial=serial,
        )


def _case() -> Code:
    key, sscc = CASE.name.split("/")
    return Code(
        "The label of a case of 20",
        f"{key}{sscc}",
        "OK",
        user="paula",
        bracketed=f"({key}){sscc}",
        path=f"/{CASE}",
    )


def _without_a_lot(now: datetime) -> Iterator[Code]:
    expiry = f"{now + YEARS_TWO:%y%m%d}"
    yield _pack(
        TABLETS,
        "PAR-0000",
        expiry,
        label="A lot that nobody registered",
        expected="STOP",
        why="UNKNOWN_LOT",
        user="",
    )
    stranger = Item(UNKNOWN_GTIN, "A stranger's product", "", "", "")
    yield _pack(
        stranger,
        "X1",
        expiry,
        label="A maker that takes no part",
        expected="CANNOT_CHECK",
        why="MAKER_NOT_CONNECTED",
        user="",
    )
    misread = f"01{INSULIN.gtin[:-1]}7"
    yield Code("A misread digit", f"{misread}10INS-2401", "SCAN_AGAIN", "BAD_CHECK_DIGIT")
    yield Code("The shop's barcode (EAN-13)", INSULIN.gtin[1:], "SCAN_AGAIN", "LOT_MISSING")
