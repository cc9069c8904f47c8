"""Ask the maker who answers elsewhere whether a pack is his."""

from datetime import date, datetime
from types import MappingProxyType
from typing import Any, Final
from uuid import uuid4

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from supplychain.admin.desks import Desk, desk_page, not_allowed, show
from supplychain.admin.journal import write_down
from supplychain.admin.saying import said_of
from supplychain.admin.signing_pages import REFUSALS
from supplychain.domain.barcodes import TEXT_MAX, ScanFault, parse
from supplychain.domain.identifiers import Gln
from supplychain.domain.verification_answers import AdditionalInfo, FailureReason
from supplychain.domain.verification_requests import ProductIdentifier, VerificationRequest
from supplychain.queries.verifications import Asked
from supplychain.services.ask_verification import ask_verification

REASONS: Final = MappingProxyType(
    {
        FailureReason.NO_MATCH_GTIN_SERIAL: "The maker knows no pack with this serial number.",
        FailureReason.NO_MATCH_GTIN_SERIAL_LOT: "The maker made this pack under another lot.",
        FailureReason.NO_MATCH_GTIN_SERIAL_EXPIRY: "The maker gave this pack another expiry.",
        FailureReason.NO_MATCH_GTIN_SERIAL_LOT_EXPIRY: (
            "The maker made this pack under another lot and with another expiry."
        ),
        FailureReason.NO_REASON_PROVIDED: "The maker gives no reason.",
        FailureReason.MANUFACTURER_POLICY: "The maker does not let this pack be sold on.",
        FailureReason.NOT_FOR_REDISTRIBUTION: "The maker says that it must not be sold on.",
    }
)
INFOS: Final = MappingProxyType(
    {
        AdditionalInfo.RECALLED: "It is recalled.",
        AdditionalInfo.SUSPECT: "It is suspect.",
        AdditionalInfo.EXPIRED: "It is expired.",
        AdditionalInfo.EXPIRATION_EXTENDED: "Its expiry was extended.",
        AdditionalInfo.ILLEGITIMATE: "It is illegitimate.",
    }
)


class PackForm(forms.Form):
    """A pack's code, read or typed."""

    code = forms.CharField(
        label="The pack's code",
        max_length=TEXT_MAX,
        strip=False,
        help_text="Scan the square code, or type (01)… (17)… (10)… (21)…",
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )

    def __init__(self, *args: Any, on: date, **more: Any) -> None:
        super().__init__(*args, **more)
        self._on = on

    def clean(self) -> dict[str, Any]:
        """All four parts of the product identifier, as `product`."""
        said = super().clean() or {}
        if "code" in said:
            said["product"] = self._product(said["code"])
        return said

    def _product(self, code: str) -> ProductIdentifier:
        try:
            read = parse(code, on=self._on)
        except ScanFault as fault:
            raise forms.ValidationError(f"{fault.cause} ({fault.code})") from fault
        if read.lot is None or read.serial is None or read.expiry is None:
            missing = "The maker is asked about GTIN, lot, serial and expiry: the code has not all."
            raise forms.ValidationError(missing)
        return ProductIdentifier(read.gtin, read.lot, read.serial, read.expiry)


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def ask_maker(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The form, and below it what the maker says."""
    if not desk.acting.may_prepare:
        return not_allowed(request, desk)
    at = timezone.now()
    asking = request.method == "POST"
    first = {"code": request.GET.get("code", "")}
    form = PackForm(request.POST, on=at.date()) if asking else PackForm(on=at.date(), initial=first)
    said = _ask(request, desk, form, at) if asking and form.is_valid() else None
    return show(request, desk, "ask", here="", title="Ask the maker", form=form, said=said)


def _ask(request: HttpRequest, desk: Desk, form: PackForm, at: datetime) -> dict[str, Any] | None:
    product: ProductIdentifier = form.cleaned_data["product"]
    question = VerificationRequest(product, Gln(desk.gln), str(uuid4()))
    try:
        asked = ask_verification(question=question, at=at)
    except REFUSALS as refusal:
        form.add_error(None, said_of(refusal))
        return None
    write_down(request, f"Ask the maker about {product.gtin} serial {product.serial}")
    return {"product": product, **_in_words(asked)}


def _in_words(asked: Asked) -> dict[str, Any]:
    if asked.reply is None:
        return {"kind": "warn", "word": "No answer", "lines": [asked.trouble]}
    found = asked.reply.answer
    lines = [REASONS[found.reason]] if found.reason else ["It is his, and he knows nothing bad."]
    lines += [INFOS[found.info]] if found.info else []
    word = "Verified by the maker" if found.verified else "Not verified by the maker"
    kind = "good" if found.verified else "bad"
    return {"kind": kind, "word": word, "lines": lines, "at": asked.reply.at}
