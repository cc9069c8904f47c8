"""Partners' EPCIS files: looked over, taken over, and what became of each of their events."""

from collections.abc import Sequence
from typing import Final, cast

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_http_methods, require_safe

from supplychain.admin.captures import look_over, take_over
from supplychain.admin.desks import Desk, Doing, desk_page, not_allowed, show
from supplychain.admin.listing import page_of, query_without_page
from supplychain.admin.saying import said_of
from supplychain.admin.signing_pages import REFUSALS
from supplychain.formats.xml_tree import BYTES_MAX
from supplychain.queries.captures import LOOK, captures_to_watch
from supplychain.queries.imports import file_of, files_of
from supplychain.recording.import_reports import EventReport, as_csv, as_json, kept_reports

_OUTCOMES: Final = ("refused", "exception", "accepted", "known")
_TYPES: Final = {"csv": (as_csv, "text/csv"), "json": (as_json, "application/json")}


class PartnerFileForm(forms.Form):
    """A partner's file, and what to do with it."""

    file = forms.FileField(
        label="File",
        help_text="EPCIS 1.2 as XML, or 2.0 as XML or JSON-LD, up to 20 MB.",
        widget=forms.FileInput(attrs={"accept": ".xml,.json,.jsonld,text/xml,application/json"}),
    )
    doing = forms.ChoiceField(
        label="What to do",
        choices=[
            (LOOK, "Look it over and sign nothing"),
            ("rollback", "Take all of it, or nothing"),
            ("proceed", "Take what stands, and leave the rest"),
        ],
    )

    def clean_file(self) -> "UploadedFile[bytes]":
        """Of a size that is read."""
        file = cast("UploadedFile[bytes]", self.cleaned_data["file"])
        if (file.size or 0) > BYTES_MAX:
            raise forms.ValidationError(
                f"The file is larger than {BYTES_MAX // 10**6} MB: split it."
            )
        return file


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def partner_files(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The files that were read, the newest first; and the form for another one."""
    if request.method != "POST":
        return _page(request, desk, PartnerFileForm(initial={"doing": LOOK}))
    if not desk.may(Doing.TAKE_OVER):
        return not_allowed(request, desk)
    form = PartnerFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, desk, form)
    data, name = form.cleaned_data["file"].read(), form.cleaned_data["file"].name or "file"
    try:
        if form.cleaned_data["doing"] == LOOK:
            return look_over(request, desk, data, name)
        return take_over(request, desk, data, name, form.cleaned_data["doing"])
    except REFUSALS as refusal:
        form.add_error("file", said_of(refusal))
        return _page(request, desk, form)


@desk_page
@require_safe
def partner_file(request: HttpRequest, desk: Desk, sha256: str) -> HttpResponse:
    """What became of each event of a file, as a page, as CSV and as JSON."""
    file = file_of(desk.gln, sha256)
    if file is None:
        raise Http404
    reports = kept_reports(file.events.all())
    wanted = _TYPES.get(request.GET.get("format", ""))
    if wanted is not None:
        write, media = wanted
        answer = HttpResponse(write(reports), content_type=f"{media}; charset=utf-8")
        named = f"events-{sha256[:12]}.{request.GET['format']}"
        answer["Content-Disposition"] = f'attachment; filename="{named}"'
        return answer
    only = request.GET.get("outcome", "")
    rows = [one for one in reports if only in ("", one.outcome)]
    page, more = page_of(request, rows), {"query": query_without_page(request)}
    return show(
        request,
        desk,
        "partner_file",
        here="files",
        title="A partner's file",
        file=file,
        page=page,
        only=only,
        counts=[(one, _count(reports, one)) for one in _OUTCOMES],
        **more,
    )


def _page(request: HttpRequest, desk: Desk, form: PartnerFileForm) -> HttpResponse:
    page = page_of(request, files_of(desk.gln))
    watched = captures_to_watch(desk.gln)
    said = {"form": form, "page": page, "watched": watched}
    said["query"] = query_without_page(request)
    return show(request, desk, "partner_files", here="files", title="Partners' files", **said)


def _count(reports: Sequence[EventReport], outcome: str) -> int:
    return sum(1 for one in reports if one.outcome == outcome)
