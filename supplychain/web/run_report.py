"""A run of packs on paper: what the page answered, as it did; nothing is asked or scanned again."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any, Final

from django.core import signing
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from reportlab.platypus import Flowable

from supplychain.domain.together import WORST_FIRST
from supplychain.domain.verdicts import VerdictCode
from supplychain.web.asking import Asking, asking_party
from supplychain.web.evidence import as_pdf
from supplychain.web.pages import RunRow
from supplychain.web.pdf_document import document, facts, grid, heading, paragraph, part, space
from supplychain.web.wording import WORDS, moment

ROWS_MAX: Final = 3_000
"""Some hundred sheets. A form may bring the same answer a thousand times, and be drawn for ever."""
_SALT: Final = "supplychain.web.run_report"
_GOOD: Final = (VerdictCode.OK, VerdictCode.ALREADY_SCANNED_HERE)
_HEAD: Final = ("No.", "Verdict", "What to do", "Pack", "Reasons")
_SHARES: Final = (0.06, 0.14, 0.28, 0.3, 0.22)


@dataclass(frozen=True, slots=True)
class Answered:
    """A row of a run, and when it was answered."""

    at: datetime
    verdict: VerdictCode
    sentence: str
    codes: str
    pack: str


def carried(rows: Sequence[RunRow], gln: str, at: datetime) -> str:
    """The answers as a signed text that a form brings back: only ours, and only theirs, is read."""
    said = [(one.look.code, one.sentence, " ".join(one.codes), _pack(one)) for one in rows]
    return signing.dumps([gln, at.isoformat(), said], salt=_SALT, compress=True)


@require_POST
@never_cache
def run_report(request: HttpRequest) -> HttpResponse:
    """The PDF of the answers that the form brings, one after the other."""
    asking = asking_party(request)
    if asking is None:
        return redirect(f"{reverse('web:sign-in')}?next={reverse('web:bulk')}")
    every = (row for text in request.POST.getlist("report") for row in _read(text, asking.gln))
    found = list(islice(every, ROWS_MAX + 1))
    if not 0 < len(found) <= ROWS_MAX:
        raise BadRequest
    return as_pdf(_sheets(asking, found), f"run-{found[-1].at:%Y%m%d-%H%M%S}.pdf")


def _read(text: str, gln: str) -> Iterator[Answered]:
    try:
        said: Any = signing.loads(text, salt=_SALT)
    except signing.BadSignature as forged:
        raise BadRequest from forged
    theirs, at, rows = said
    if theirs != gln:
        raise BadRequest
    for code, sentence, codes, pack in rows:
        yield Answered(datetime.fromisoformat(at), VerdictCode(code), sentence, codes, pack)


def _pack(row: RunRow) -> str:
    named = (row.product, row.lot and f"lot {row.lot}", row.serial)
    return " · ".join(filter(None, named)) or row.read


def _sheets(asking: Asking, found: Sequence[Answered]) -> bytes:
    foot = f"Run of packs · {asking.name} (GLN {asking.gln}) · {moment(found[-1].at)}"
    return document("Run of packs", foot, _content(asking, found))


def _content(asking: Asking, found: Sequence[Answered]) -> Iterator[Flowable]:
    counts = Counter(one.verdict for one in found)
    numbered = list(enumerate(found, 1))
    bad = [(number, one) for number, one in numbered if one.verdict not in _GOOD]
    yield heading("Run of packs")
    yield facts(
        [
            ("For", f"{asking.name} (GLN {asking.gln})"),
            ("Checked", _between(found[0].at, found[-1].at)),
            ("Packs", str(len(found))),
            *((WORDS[code], str(counts[code])) for code in WORST_FIRST if counts[code]),
        ]
    )
    yield part("To look after")
    yield _table(bad) if bad else paragraph("None: every check of every pack is good.")
    yield space()
    yield part("All, in the order of the scans")
    yield _table(numbered)
    yield space()
    yield paragraph("A verdict holds for the moment at which it was given; scan again to know now.")


def _between(first: datetime, last: datetime) -> str:
    begun, ended = moment(first), moment(last)
    return begun if begun == ended else f"{begun} to {ended}"


def _table(rows: Sequence[tuple[int, Answered]]) -> Flowable:
    cells = (
        (str(number), WORDS[one.verdict], one.sentence, one.pack, one.codes) for number, one in rows
    )
    return grid(_HEAD, cells, _SHARES)
