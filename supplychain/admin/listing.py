"""Lists: searched, filtered, in pages, and as CSV to take away."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final, Protocol, cast

from django.core.paginator import Page, Paginator
from django.http import HttpRequest, HttpResponse

PER_PAGE: Final = 50
SEARCH_MAX: Final = 100
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


class Sliced(Protocol):
    """What pages are cut from: a list, or what is read only where it is looked at."""

    def __len__(self) -> int: ...

    def __getitem__(self, part: slice, /) -> Sequence[Any]: ...


def page_of(request: HttpRequest, rows: Sliced) -> Page[Any]:
    """The page that the request asks for; the nearest one where there is none of that number."""
    return Paginator(cast("Any", rows), PER_PAGE).get_page(request.GET.get("page"))


def query_without_page(request: HttpRequest) -> str:
    """The rest of the address's query, to go from page to page; ends in & where there is any."""
    query = request.GET.copy()
    query.pop("page", None)
    return f"{query.urlencode()}&" if query else ""


def searched(request: HttpRequest) -> str:
    """What is searched for."""
    return request.GET.get("q", "")[:SEARCH_MAX].strip()


def wants_csv(request: HttpRequest) -> bool:
    """Whether the list is asked for as a file."""
    return request.GET.get("format") == "csv"


def as_csv(name: str, header: Sequence[str], rows: Iterable[Sequence[object]]) -> HttpResponse:
    """A CSV file; no cell of it is run as a formula by a spreadsheet."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(header)
    writer.writerows([_plain(cell) for cell in row] for row in rows)
    response = HttpResponse(text.getvalue(), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response


def plain_rows(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of a CSV file, one by one, for what may be long; cells as in `as_csv`."""
    yield _line(header)
    for row in rows:
        yield _line([_plain(cell) for cell in row])


def _line(cells: Sequence[object]) -> str:
    text = io.StringIO()
    csv.writer(text).writerow(cells)
    return text.getvalue()


def _plain(cell: object) -> str:
    text = str(cell)
    return f"'{text}" if text.startswith(_FORMULA) else text
