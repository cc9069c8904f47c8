"""A partner's question about a pack, as it comes: an address and its query.

GS1 Lightweight Messaging Standard for Verification of Product Identifiers 1.1, with the names of
the US guideline 1.3. The address says which pack, in words or as a GS1 Digital Link. Parameters
that are not known are ignored, as the standard asks; those that are known stand once, and are
read strictly.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Self, TypeVar
from urllib.parse import parse_qsl, quote, urlencode

from supplychain.domain.errors import Invalid
from supplychain.domain.gs1_dates import parse_day
from supplychain.domain.identifiers import Gln, Gtin, LotNumber, Serial
from supplychain.domain.percent_encoding import percent_decoded

LINK_TYPES = ("verificationService", "gs1:verificationService")
SALEABLE_RETURN = "dscsaSaleableReturn"
_PREFIX = "/verify"
_FORMS = (("gtin", "lot", "ser"), ("01", "10", "21"))
_EXPIRY_NAMES = ("exp", "17")
_KNOWN = frozenset({*_EXPIRY_NAMES, "gtin", "linkType", "context", "reqGLN", "corrUUID"})
_PARAMETERS_MAX = 50
_CONTEXT = re.compile(r"[A-Za-z][A-Za-z0-9]{0,39}", re.ASCII)
_UUID_4 = re.compile(
    r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}",
    re.ASCII | re.IGNORECASE,
)
Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class ProductIdentifier:
    """What a pack says of itself, all four parts of it."""

    gtin: Gtin
    lot: LotNumber
    serial: Serial
    expiry: date


@dataclass(frozen=True, slots=True)
class VerificationRequest:
    """One question. `corr_uuid` goes back with the answer, as it came.

    `context` is why it is asked; without a word about it, for a saleable return.
    """

    product: ProductIdentifier
    requester: Gln
    corr_uuid: str
    context: str = SALEABLE_RETURN

    def __post_init__(self) -> None:
        """Prove what has no type of its own."""
        prove_uuid_4(self.corr_uuid)
        if not _CONTEXT.fullmatch(self.context):
            raise Invalid("INVALID_CONTEXT", "context: expected up to 40 letters and digits.")

    @classmethod
    def parse(cls, path: str, query: str, *, on: date) -> Self:
        """Read an address as it was sent, nothing of it decoded. `on` is today. Raises Invalid.

        The path is `/verify/gtin/…/lot/…/ser/…` with the expiry in `exp`, or `/01/…/10/…/21/…`
        with the expiry in `17`; either name of the expiry will do, and one of them must.
        """
        gtin, lot, serial = _steps(path)
        said = _parameters(query)
        _prove_link_type(said)
        product = ProductIdentifier(
            Gtin.padded(gtin),
            LotNumber.parse(lot),
            Serial.parse(serial),
            parse_day(_one_of(said, _EXPIRY_NAMES), on=on),
        )
        requester = _read(said, "reqGLN", Gln.parse)
        context = said.get("context", SALEABLE_RETURN)
        return cls(product, requester, _read(said, "corrUUID", str), context)

    def as_address(self) -> str:
        """The path and query that `parse` reads, to stand behind a responder's base address."""
        asked = self.product
        lot, serial = (quote(str(one), safe="") for one in (asked.lot, asked.serial))
        query = {
            "exp": f"{asked.expiry:%y%m%d}",
            "linkType": LINK_TYPES[0],
            "context": self.context,
            "reqGLN": str(self.requester),
            "corrUUID": self.corr_uuid,
        }
        return f"{_PREFIX}/gtin/{asked.gtin}/lot/{lot}/ser/{serial}?{urlencode(query)}"


@dataclass(frozen=True, slots=True)
class ConnectivityCheck:
    """Whether anybody here answers for a product."""

    gtin: Gtin
    requester: Gln

    @classmethod
    def parse(cls, query: str) -> Self:
        """Read the query of `/checkConnectivity?gtin=…&reqGLN=…`. Raises Invalid."""
        said = _parameters(query)
        return cls(_read(said, "gtin", Gtin.padded), _read(said, "reqGLN", Gln.parse))


def asks_for_verification(query: str) -> bool:
    """Whether a Digital Link asks for an answer of this kind, and not for a page."""
    try:
        return any(_named(query, "linkType", one) for one in LINK_TYPES)
    except ValueError:
        return False


def prove_uuid_4(text: str) -> None:
    """Raise Invalid INVALID_UUID unless the text is a random UUID (RFC 9562, version 4)."""
    if not _UUID_4.fullmatch(text):
        raise Invalid("INVALID_UUID", f"corrUUID {text[:40]!r}: expected a UUID of version 4.")


def _steps(path: str) -> tuple[str, str, str]:
    steps = path.removeprefix(_PREFIX).split("/")[1:]
    if tuple(steps[::2]) not in _FORMS or len(steps) != len(_FORMS[0]) * 2:
        message = "Expected /verify/gtin/{gtin}/lot/{lot}/ser/{serial}, or /01/…/10/…/21/…."
        raise Invalid("WRONG_ADDRESS", message)
    gtin, lot, serial = (percent_decoded(step) for step in steps[1::2])
    return gtin, lot, serial


def _parameters(query: str) -> Mapping[str, str]:
    try:
        pairs = parse_qsl(query, keep_blank_values=True, max_num_fields=_PARAMETERS_MAX)
    except ValueError:
        message = f"Expected at most {_PARAMETERS_MAX} parameters."
        raise Invalid("TOO_MANY_PARAMETERS", message) from None
    known = [(name, value) for name, value in pairs if name in _KNOWN]
    if len(dict(known)) != len(known):
        raise Invalid("PARAMETER_TWICE", "A parameter stands there twice.")
    return dict(known)


def _named(query: str, name: str, value: str) -> bool:
    return (name, value) in parse_qsl(query, max_num_fields=_PARAMETERS_MAX)


def _prove_link_type(said: Mapping[str, str]) -> None:
    if said.get("linkType", LINK_TYPES[0]) not in LINK_TYPES:
        raise Invalid("WRONG_LINK_TYPE", f"linkType: expected {LINK_TYPES[0]}.")


def _one_of(said: Mapping[str, str], names: tuple[str, ...]) -> str:
    found = [said[name] for name in names if name in said]
    if len(found) != 1:
        raise Invalid("PARAMETER_MISSING", f"{names[0]}: expected once, as YYMMDD.")
    return found[0]


def _read(said: Mapping[str, str], name: str, parse: Callable[[str], Value]) -> Value:
    if name not in said:
        raise Invalid("PARAMETER_MISSING", f"{name} is missing.")
    return parse(said[name])
