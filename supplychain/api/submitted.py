"""An entry that was signed elsewhere as a request hands it in, with what its statement cites."""

import re
from collections.abc import Mapping

from ledger.core.encoding import unb64
from supplychain.api.shapes import PACKS_A_REQUEST
from supplychain.domain.conditions import READINGS_MAX, Reading, Series
from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Serial
from supplychain.domain.members import day, hex_32, members, sequence, text, whole
from supplychain.domain.reading_cuts import Cut
from supplychain.recording.submissions import File, PackLists, Submission

SERIES_MAX = 20
FILES_MAX = 20
_ALONG = ("readings", "attachments", "packs", "container_packs", "pack_secret")
_OUTPUT = re.compile(r"0|[1-9][0-9]{0,2}", re.ASCII)


def submission(item: object, name: str) -> Submission:
    """Read an entry with what comes along. Raises Malformed."""
    given = members(item, name, ("entry",), _ALONG)
    if not isinstance(given["entry"], str):
        raise Invalid("WRONG_SHAPE", f"{name}.entry: expected text.")
    readings = _listed(given, name, "readings", SERIES_MAX)
    files = _listed(given, name, "attachments", FILES_MAX)
    return Submission(
        given["entry"],
        tuple(_series(one, f"{name}.readings.{n}") for n, one in enumerate(readings)),
        tuple(_file(one, f"{name}.attachments.{n}") for n, one in enumerate(files)),
        _packs(given, name),
    )


def _packs(given: Mapping[str, object], name: str) -> PackLists:
    """The serials of each output and container by number, and at a birth the secret of the lot."""
    secret = bytes.fromhex(hex_32(given["pack_secret"], name)) if "pack_secret" in given else None
    return PackLists(
        _numbered(given.get("packs", {}), f"{name}.packs"),
        _numbered(given.get("container_packs", {}), f"{name}.container_packs"),
        secret=secret,
    )


def _numbered(listed: object, name: str) -> dict[int, tuple[Serial, ...]]:
    if not isinstance(listed, Mapping):
        raise Invalid("WRONG_SHAPE", f"{name}: expected an object.")
    return {_number(n, name): _serials(one, f"{name}.{n}") for n, one in listed.items()}


def _number(key: object, name: str) -> int:
    if not isinstance(key, str) or not _OUTPUT.fullmatch(key):
        raise Invalid("WRONG_SHAPE", f"{name}: members are numbers, from 0.")
    return int(key)


def _serials(value: object, name: str) -> tuple[Serial, ...]:
    found = sequence(value, name, PACKS_A_REQUEST)
    return tuple(Serial.parse(text(one, name)) for one in found)


def _listed(given: Mapping[str, object], name: str, member: str, longest: int) -> list[object]:
    return sequence(given[member], f"{name}.{member}", longest) if member in given else []


def _series(item: object, name: str) -> Series:
    given = members(item, name, ("device", "readings"), ("calibrated", "file", "cut"))
    pairs = sequence(given["readings"], f"{name}.readings", READINGS_MAX)
    return Series.of(
        text(given["device"], f"{name}.device", 64),
        [_reading(pair, f"{name}.readings.{n}") for n, pair in enumerate(pairs)],
        calibrated=day(given["calibrated"], name) if "calibrated" in given else None,
        file=text(given["file"], f"{name}.file", 64) if "file" in given else None,
        cut=Cut.decode(given["cut"]) if "cut" in given else None,
    )


def _reading(pair: object, name: str) -> Reading:
    if not isinstance(pair, list) or len(pair) != 2:  # noqa: PLR2004  a pair
        raise Invalid("WRONG_SHAPE", f"{name}: expected [seconds, centi-degrees].")
    low, high = -(10**6), 10**6
    return Reading(whole(pair[0], name, 0, 10**12), whole(pair[1], name, low, high))


def _file(item: object, name: str) -> File:
    given = members(item, name, ("media", "content"))
    content = given["content"]
    if not isinstance(content, str):
        raise Invalid("WRONG_SHAPE", f"{name}.content: expected text.")
    return File(unb64(content), text(given["media"], f"{name}.media", 128))
