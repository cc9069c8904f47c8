"""The exceptions inbox: what does not agree, who looks after it, and by what it was closed."""

import secrets
from datetime import timedelta
from typing import Any, Final

from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from supplychain.admin import nonces
from supplychain.admin.desks import Desk, desk_page, not_allowed, show
from supplychain.admin.forms import offer, partners
from supplychain.admin.journal import write_down
from supplychain.admin.listing import as_csv, page_of, query_without_page, wants_csv
from supplychain.admin.saying import said_of
from supplychain.admin.signing_pages import REFUSALS
from supplychain.domain.barcodes import ScanFault, parse
from supplychain.domain.errors import Invalid
from supplychain.domain.exception_cases import NEXT, WORDS_MAX, ExceptionCase, Kind, Wanted
from supplychain.domain.members import QUANTITY_MAX
from supplychain.queries.exceptions import CaseLine, case_of, cases_of, report_of
from supplychain.queries.organisations import receivers_for
from supplychain.services.close_exception_case import close_exception_case
from supplychain.services.raise_exception_case import raise_exception_case
from supplychain.services.take_exception_case import take_exception_case

KINDS: Final = {
    Kind.DATA_WITHOUT_PRODUCT: "Data without product",
    Kind.PRODUCT_WITHOUT_DATA: "Product without data",
    Kind.OVER: "Over: more came than was sent",
    Kind.SHORT: "Short: less came than was sent",
    Kind.DAMAGED: "Damaged",
    Kind.WRONG_LOT: "Wrong lot",
    Kind.UNREADABLE: "Unreadable",
    Kind.DATA_ISSUE: "Data issue",
    Kind.PACKAGING: "Packaging",
    Kind.UNAVAILABLE: "Unavailable",
}
CODE_MAX: Final = 500
_TOLD: Final = ("gtin", "lot", "serial", "partner", "shipment", "kind")
_HEADER: Final = (
    "number", "kind", "gtin", "lot", "serial", "partner", "shipment", "expected", "found",
    "opened", "owner", "next action", "closed", "closed by", "closed as", "entry",
)  # fmt: skip


def _text(label: str, longest: int, help_text: str = "") -> forms.CharField:
    return forms.CharField(label=label, required=False, max_length=longest, help_text=help_text)


def _count(label: str) -> forms.IntegerField:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=QUANTITY_MAX,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )


class CaseForm(forms.Form):
    """A case that somebody found; `case` is there once it is valid."""

    kind = forms.ChoiceField(
        label="What does not agree?", choices=[(kind.value, words) for kind, words in KINDS.items()]
    )
    partner = forms.ChoiceField(label="Trading partner", required=False)
    gtin = _text("GTIN", 14, "14 digits.")
    lot = _text("Lot number", 20)
    found_lot = _text("Lot that came instead", 20, "For a wrong lot.")
    serial = _text("Serial number", 20)
    expected = _count("Units expected")
    found = _count("Units that came")
    shipment = _text("Shipment number", 100)
    order = _text("Order number", 100)
    words = _text("In your words", WORDS_MAX)
    wanted = forms.ChoiceField(
        label="Ask the partner to", choices=[(one.value, one.value) for one in Wanted]
    )

    def __init__(self, *args: Any, known: list[tuple[str, str]], **more: Any) -> None:
        self.case: ExceptionCase | None = None
        super().__init__(*args, **more)
        offer(self.fields["partner"], [("", "Not known"), *known])

    def clean(self) -> dict[str, Any]:
        """Prove it as the domain does."""
        said = super().clean() or {}
        if self.errors:
            return said
        kind, wanted = Kind(said["kind"]), Wanted(said["wanted"])
        try:
            self.case = ExceptionCase(**{**said, "kind": kind, "wanted": wanted})
        except Invalid as invalid:
            self.add_error(None, said_of(invalid))
        return said


class CloseForm(forms.Form):
    """By what a case was closed."""

    words = forms.CharField(
        label="Closed by what?",
        max_length=WORDS_MAX,
        help_text="Such as: the sender sent new data; goods returned with R-12.",
    )


@desk_page
@require_safe
def exceptions(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Open cases, the oldest first; or the closed ones."""
    closed = request.GET.get("state", "") == "closed"
    lines = cases_of(desk.gln)
    rows = [one for one in lines if one.open is not closed]
    if wants_csv(request):
        return as_csv("exceptions", _HEADER, (_cells(one) for one in rows))
    page, at = page_of(request, rows), timezone.now()
    return show(
        request,
        desk,
        "exceptions",
        here="exceptions",
        title="Exceptions",
        page=page,
        rows=[(one, KINDS[one.case.kind], age_in_words(one.age(at))) for one in page],
        closed=closed,
        others=len(lines) - len(rows),
        query=query_without_page(request),
    )


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def new_exception(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A case by hand."""
    if not desk.acting.may_prepare:
        return not_allowed(request, desk)
    others = partners(receivers_for(desk.gln))
    code = request.GET.get("code", "")[:CODE_MAX]
    read, trouble = _of_code(code) if code else ({}, "")
    told = {name: request.GET.get(name, "") for name in _TOLD} | read
    form = CaseForm(request.POST or None, known=others, initial=told)
    user = int(request.user.pk or 0)
    if form.is_valid() and form.case is not None:
        nonce = nonces.read(request.POST.get("nonce", ""), user) or secrets.token_bytes(16)
        with transaction.atomic():
            number = raise_exception_case(
                party=desk.gln, case=form.case, source=f"hand:{nonce.hex()}", at=timezone.now()
            )
            write_down(request, f"Open exception {number}: {KINDS[form.case.kind]}")
        return redirect("desk:exception", number)
    nonce_text = request.POST.get("nonce") or nonces.fresh(user)
    more: dict[str, Any] = {"form": form, "nonce": nonce_text, "code": code, "trouble": trouble}
    title = "Open an exception"
    return show(request, desk, "exception_new", here="exceptions", title=title, **more)


def _of_code(code: str) -> tuple[dict[str, str], str]:
    """What a scanned pack says of itself; or nothing, and why it cannot be read."""
    try:
        found = parse(code, on=timezone.now().date())
    except ScanFault as fault:
        return {"kind": Kind.UNREADABLE}, f"{fault.message} ({fault.code})"
    read = {"gtin": found.gtin, "lot": found.lot, "serial": found.serial}
    return {name: str(value or "") for name, value in read.items()}, ""


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def exception(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """One case: look after it, or close it."""
    line = _line(desk, number)
    if request.method == "POST" and not desk.acting.may_prepare:
        return not_allowed(request, desk)
    doing = request.POST.get("do", "")
    form = CloseForm(request.POST if doing == "close" else None, initial=_settled(line))
    try:
        if doing in ("take", "free"):
            _take(request, desk, number, free=doing == "free")
            return redirect("desk:exception", number)
        if doing == "close" and form.is_valid():
            _close(request, desk, number, form.cleaned_data["words"])
            return redirect(reverse("desk:exceptions"))
    except REFUSALS as refusal:
        form.add_error(None, said_of(refusal))
    title = f"Exception {number}: {KINDS[line.case.kind]}"
    return show(
        request,
        desk,
        "exception",
        here="exceptions",
        title=title,
        one=line,
        age=age_in_words(line.age(timezone.now())),
        form=form,
        next_action=NEXT[line.case.kind],
    )


@desk_page
@require_safe
def exception_message(_request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """The case as the PDG's message, to send to the partner."""
    try:
        body = report_of(_line(desk, number), timezone.now())
    except Invalid as invalid:
        return HttpResponse(said_of(invalid), status=422, content_type="text/plain; charset=utf-8")
    response = JsonResponse(body, json_dumps_params={"indent": 1})
    response["Content-Disposition"] = f'attachment; filename="exception-{number}.json"'
    return response


def age_in_words(age: timedelta) -> str:
    """How old, in the largest unit that says enough.

    >>> age_in_words(timedelta(hours=50))
    '2 days'
    """
    for unit, seconds in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if (count := int(age.total_seconds()) // seconds) > 0:
            return f"{count} {unit}{'' if count == 1 else 's'}"
    return "just now"


def _line(desk: Desk, number: int) -> CaseLine:
    found = case_of(desk.gln, number)
    if found is None:
        raise Http404
    return found


def _settled(line: CaseLine) -> dict[str, str]:
    return {"words": f"Entry {line.settled_by}"} if line.settled_by else {}


def _take(request: HttpRequest, desk: Desk, number: int, *, free: bool) -> None:
    owner = "" if free else request.user.get_username()
    with transaction.atomic():
        take_exception_case(party=desk.gln, number=number, owner=owner)
        write_down(request, f"{'Free' if free else 'Take'} exception {number}")


def _close(request: HttpRequest, desk: Desk, number: int, words: str) -> None:
    by = request.user.get_username()
    with transaction.atomic():
        close_exception_case(party=desk.gln, number=number, by=by, words=words, at=timezone.now())
        write_down(request, f"Close exception {number}: {words}")


def _cells(one: CaseLine) -> tuple[object, ...]:
    row, case = one.row, one.case
    return (
        row.pk,
        case.kind.value,
        case.gtin,
        case.lot,
        case.serial,
        one.partner_name,
        case.shipment,
        "" if case.expected is None else case.expected,
        "" if case.found is None else case.found,
        row.opened_at.isoformat(timespec="seconds"),
        row.owner,
        one.next_action,
        row.closed_at.isoformat(timespec="seconds") if row.closed_at else "",
        row.closed_by,
        row.closed_as or (f"entry {one.settled_by}" if one.settled_by else ""),
        case.entry_id,
    )
