"""The words of GS1's Core Business Vocabulary (CBV 2.0, section 7) and the four ways to write them.

`shipping` is also `urn:epcglobal:cbv:bizstep:shipping`, `https://ref.gs1.org/cbv/BizStep-shipping`
and `cbv:BizStep-shipping`. Words that CBV 2.0 no longer recommends are among them.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from supplychain.formats.epcis_values import is_uri, plain
from supplychain.formats.errors import FormatError


@dataclass(frozen=True)
class Vocabulary:
    """One list of words: how URNs and web addresses call it; an open one takes any bare word."""

    name: str
    urn: str
    web: str
    words: frozenset[str]
    open: bool = False


def _list(name: str, urn: str, web: str, words: str) -> Vocabulary:
    return Vocabulary(name, f"urn:epcglobal:cbv:{urn}:", f"{web}-", frozenset(words.split()))


BIZ_STEPS: Final = _list(
    "bizStep",
    "bizstep",
    "BizStep",
    "accepting arriving assembling collecting commissioning consigning creating_class_instance "
    "cycle_counting decommissioning departing destroying disassembling dispensing encoding "
    "entering_exiting holding inspecting installing killing loading other packing picking "
    "receiving removing repackaging repairing replacing reserving retail_selling sampling "
    "sensor_reporting shipping staging_outbound stock_taking stocking storing transporting "
    "unloading unpacking void_shipping",
)
DISPOSITIONS: Final = _list(
    "disposition",
    "disp",
    "Disp",
    "active available completeness_inferred completeness_verified conformant container_closed "
    "container_open damaged destroyed dispensed disposed encoded expired in_progress in_transit "
    "inactive mismatch_class mismatch_instance mismatch_quantity needs_replacement "
    "no_pedigree_match non_conformant non_sellable_other partially_dispensed recalled reserved "
    "retail_sold returned sellable_accessible sellable_not_accessible stolen unavailable unknown",
)
TRANSACTIONS: Final = _list(
    "business transaction type",
    "btt",
    "BTT",
    "bol cert desadv inv pedigree po poc prodorder recadv rma testprd testres upevt",
)
PARTIES: Final = _list(
    "source or destination type", "sdt", "SDT", "location owning_party possessing_party"
)
ERRORS: Final = _list("error reason", "er", "ER", "did_not_occur incorrect_data")
# Which component of a vector was measured, and what is measured, change nothing here: any word.
COMPONENTS: Final = replace(_list("component", "comp", "Comp", ""), open=True)
MEASUREMENTS: Final = Vocabulary("measurement type", "", "", frozenset(), open=True)

_CBV: Final = re.compile(r"cbv:|https?://(?:ref|ns)\.gs1\.org/cbv/")
_VOC: Final = re.compile(r"gs1:|https?://(?:(?:www|ref)\.)?gs1\.org/voc/")
_WORD: Final = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,59}", re.ASCII)


def word(vocabulary: Vocabulary, text: str) -> str:
    """Return the bare word of a vocabulary, or a foreign URI as it stands.

    Raises FormatError for what is neither.

    >>> word(BIZ_STEPS, "cbv:BizStep-shipping")
    'shipping'
    """
    bare = _bare(vocabulary, plain(text))
    if bare in vocabulary.words or (vocabulary.open and _WORD.fullmatch(bare)):
        return bare
    if is_uri(text):
        return text
    message = f"'{text[:40]}' is no {vocabulary.name} of the CBV; write one of its words, or a URI."
    raise FormatError("WORD_UNKNOWN", message)


def uri(vocabulary: Vocabulary, text: str) -> str:
    """Return how XML writes a word, the other way of `word`; foreign URIs stay as they are.

    >>> uri(BIZ_STEPS, "shipping")
    'urn:epcglobal:cbv:bizstep:shipping'
    """
    if not text or is_uri(text):
        return text
    if vocabulary.open:
        return f"{'cbv:' + vocabulary.web if vocabulary.web else 'gs1:'}{text}"
    return vocabulary.urn + text


def _bare(vocabulary: Vocabulary, text: str) -> str:
    if vocabulary.urn and text.startswith(vocabulary.urn):
        return text.removeprefix(vocabulary.urn)
    start = (_CBV if vocabulary.urn else _VOC).match(text)
    if start and text.startswith(vocabulary.web, start.end()):
        return text[start.end() + len(vocabulary.web) :]
    return text
