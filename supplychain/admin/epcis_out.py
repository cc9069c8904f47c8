"""A lot's history as the EPCIS file that a partner reads."""

from typing import Any, Final

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from supplychain.admin.desks import Desk, desk_page, lot_of, show
from supplychain.admin.forms import offer, partners
from supplychain.admin.saying import said_of
from supplychain.admin.seeing import detail_seen
from supplychain.admin.signing_pages import REFUSALS
from supplychain.domain.lots import LotKey
from supplychain.queries.organisations import receivers_for
from supplychain.services.export_epcis import MEDIA, export_epcis

ENDINGS: Final = {"2.0": "jsonld", "1.2": "xml"}


class EpcisOutForm(forms.Form):
    """For whom, and in which form."""

    to = forms.ChoiceField(label="For")
    version = forms.ChoiceField(
        label="EPCIS",
        choices=[("2.0", "2.0, as JSON-LD"), ("1.2", "1.2, as XML (partners in the US)")],
    )
    codes = forms.ChoiceField(
        label="Codes", choices=[("urn", "as URNs"), ("link", "as GS1 Digital Links")]
    )

    def __init__(self, *args: Any, readers: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self.fields["to"], readers)


@desk_page
@require_safe
def lot_epcis(request: HttpRequest, desk: Desk, gtin: str, lot: str) -> HttpResponse:
    """The form; and the file, once the form says for whom it is."""
    detail = detail_seen(desk, lot_of(gtin, lot))
    if detail is None:
        raise Http404
    readers = partners(receivers_for(desk.gln))
    form = EpcisOutForm(request.GET if "to" in request.GET else None, readers=readers)
    if form.is_valid():
        try:
            return _file(desk, detail.lot.key, form.cleaned_data)
        except REFUSALS as refusal:
            form.add_error(None, said_of(refusal))
    title = f"EPCIS file of lot {detail.lot.key.lot}"
    return show(
        request, desk, "lot_epcis", here="lots", title=title, form=form, line=detail.lot,
        detail=detail,
    )  # fmt: skip


def _file(desk: Desk, key: LotKey, said: dict[str, Any]) -> HttpResponse:
    told = export_epcis(party=desk.gln, lot=key, at=timezone.now(), **said)
    response = HttpResponse(told, content_type=MEDIA[said["version"]])
    named = f"epcis-{key.gtin}-{key.lot}.{ENDINGS[said['version']]}"
    header = content_disposition_header(as_attachment=True, filename=named.replace("/", "-"))
    response["Content-Disposition"] = header or "attachment"
    return response
