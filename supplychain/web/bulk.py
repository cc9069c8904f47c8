"""The page for many packs in a run: scan after scan, and only problems want an action."""

from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from supplychain.admin.listing import plain_rows
from supplychain.domain.errors import Invalid
from supplychain.domain.reasons import Severity
from supplychain.domain.together import WORST_FIRST, is_good
from supplychain.queries.runs import RunLine, RunResult
from supplychain.queries.scans import pictured
from supplychain.services.check_run import check_run
from supplychain.web.asking import asking_party
from supplychain.web.container_page import look_of
from supplychain.web.pages import Look, RunPage, RunRow
from supplychain.web.run_report import carried
from supplychain.web.wording import WORDS, in_words

_LOOKS = [(code.value, WORDS[code], Look(code.value, "").icon) for code in WORST_FIRST]
_HEADER = ("number", "verdict", "what to do", "reasons", "product", "lot", "serial", "read")


@require_http_methods(["GET", "HEAD", "POST"])
@never_cache
def bulk(request: HttpRequest) -> HttpResponse:
    """The empty page, or the answer on the codes that came with the form, one a line."""
    asking = asking_party(request)
    if asking is None:
        return redirect(f"{reverse('web:sign-in')}?next={reverse('web:bulk')}")
    text = request.POST.get("codes", "").replace("\u241d", "\x1d")
    codes = [code for line in text.split("\n") if (code := line.strip(" \t\r"))]
    context = {"here": "scan", "asking": asking, "codes": text, "looks": _LOOKS}
    try:
        found = check_run(codes=codes, at=timezone.now(), asking=asking.gln) if codes else None
    except Invalid as refusal:
        return render(request, "scan/bulk.html", {**context, "refusal": refusal.message})
    run = _page(found, asking.gln) if found else None
    return render(request, "scan/bulk.html", {**context, "run": run})


def rows_of(result: RunResult) -> list[RunRow]:
    """The lines of a run as people read them."""
    return [_row(number, line) for number, line in enumerate(result.lines, 1)]


def _page(result: RunResult, gln: str) -> RunPage:
    rows = rows_of(result)
    codes = [line.verdict.code for line in result.lines]
    return RunPage(
        look=look_of(result.verdict),
        sentence=result.verdict.sentence,
        checked_at=result.at,
        count=len(rows),
        counts=tuple(
            (Look(code.value, WORDS[code]), codes.count(code))
            for code in WORST_FIRST
            if code in codes
        ),
        troubles=tuple(row for row, line in zip(rows, result.lines, strict=True) if _bad(line)),
        csv=_as_link(rows),
        report=carried(rows, gln, result.at),
    )


def _bad(line: RunLine) -> bool:
    return not is_good(line.verdict)


def _row(number: int, line: RunLine) -> RunRow:
    read = line.scanned
    return RunRow(
        number=number,
        look=look_of(line.verdict),
        sentence=line.verdict.sentence,
        codes=tuple(one.code for one in line.verdict.reasons if one.severity is not Severity.INFO),
        product=product_of(line),
        lot=str(read.lot or "") if read else "",
        serial=str(read.serial or "") if read else "",
        read=pictured(line.text),
    )


def product_of(line: RunLine) -> str:
    """What the line is about, as its maker signed it; a container by its name."""
    if line.lot:
        return f"{line.lot.product.name} {line.lot.product.strength}"
    return in_words(line.container) if line.container and not line.scanned else ""


def _as_link(rows: list[RunRow]) -> str:
    """The list as a file that the page carries in itself: nothing is asked or scanned again."""
    return "data:text/csv;charset=utf-8," + quote("".join(plain_rows(_HEADER, map(_cells, rows))))


def _cells(row: RunRow) -> tuple[object, ...]:
    words = (row.look.code, row.sentence, " ".join(row.codes))
    return (row.number, *words, row.product, row.lot, row.serial, row.read)
