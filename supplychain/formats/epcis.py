"""Read a file in any form of EPCIS that partners send: 1.2 XML, 2.0 XML, 2.0 JSON-LD."""

from typing import Final

from supplychain.formats.epcis_document import Document
from supplychain.formats.epcis_json import read_json
from supplychain.formats.epcis_xml import read_xml
from supplychain.formats.errors import FormatError

_READERS: Final = {
    "application/xml": read_xml,
    "text/xml": read_xml,
    "application/json": read_json,
    "application/ld+json": read_json,
}
# What may stand before the first sign, also in UTF-16, which XML may be in and JSON may not.
_BLANK: Final = b"\xef\xbb\xbf\xfe\xff\0 \t\r\n"


def read(data: bytes, media: str | None = None) -> Document:
    """Return the document in these bytes; raises FormatError and nothing else.

    `media` is the media type that the sender gives; without one the first character tells.
    What is wrong with one event stays with it as its `fault`, so that all can be answered for.
    """
    kind = media_type(data) if media is None else media.partition(";")[0].strip().lower()
    reader = _READERS.get(kind)
    if reader is None:
        message = f"'{kind[:60]}' is not read here; send EPCIS as {' or '.join(_READERS)}."
        raise FormatError("MEDIA_UNKNOWN", message)
    return reader(data)


def media_type(data: bytes) -> str:
    """Return the media type that a file seems to have, by how it begins."""
    if data[:64].lstrip(_BLANK)[:1] in (b"{", b"["):
        return "application/json"
    return "application/xml"
