"""Sealed members at the desk: who may open them, who did, and opening them oneself."""

import secrets
from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from supplychain.admin import nonces
from supplychain.admin.desks import Desk, desk_page, lot_of, not_allowed, show
from supplychain.admin.forms import REASON_MAX
from supplychain.admin.journal import write_down
from supplychain.admin.signing_pages import OLD_FORM, REFUSALS, said_of
from supplychain.domain.disclosure_statements import SealedMember
from supplychain.queries.disclosures import grants_by, grants_to, reads_of
from supplychain.recording.submissions import Recorded
from supplychain.services.grant_disclosure import grant_disclosure
from supplychain.services.open_sealed import open_sealed
from supplychain.services.revoke_disclosure import revoke_disclosure
from supplychain.web.evidence import as_evidence

WORDS: Final = {
    SealedMember.ORDER: "Order number",
    SealedMember.SELLER: "Who sold it",
    SealedMember.BUYER: "Who bought it",
    SealedMember.DECIDED_BY: "Who decided on a temperature",
    SealedMember.CONFIRMED_BY: "Who confirmed such a decision",
}


class GrantForm(forms.Form):
    """Whom to let open what."""

    to = forms.CharField(
        label="Who may open it",
        max_length=13,
        help_text="A GLN, such as an inspector's or a buyer's. It is sealed too.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )
    members = forms.MultipleChoiceField(
        label="What",
        choices=[(one.value, words) for one, words in WORDS.items()],
        widget=forms.CheckboxSelectMultiple,
    )


class RevokeForm(forms.Form):
    """Why it ends."""

    reason = forms.CharField(label="Reason", max_length=REASON_MAX)


@desk_page
@require_safe
def disclosures(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What the organisation lets others open, who did, and what it may open itself."""
    more: dict[str, Any] = {
        "given": [(one, _named(one.what.members)) for one in grants_by(desk.gln)],
        "reads": [(one, _named(one.what.members)) for one in reads_of(desk.gln)],
        "taken": [(one, _named(one.what.members)) for one in grants_to(desk.gln)],
    }
    return show(request, desk, "disclosures", here="journal", title="Sealed data", **more)


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def grant(request: HttpRequest, desk: Desk, gtin: str, lot: str) -> HttpResponse:
    """Let a party open what the organisation has sealed about a lot."""
    key, form = lot_of(gtin, lot), GrantForm(request.POST or None)

    def sign(nonce: bytes) -> Recorded:
        return grant_disclosure(
            party=desk.gln,
            lot=key,
            to=form.cleaned_data["to"],
            members=form.cleaned_data["members"],
            entries=(),
            at=timezone.now(),
            nonce=nonce,
            salt=secrets.token_bytes(nonces.BYTES),
        )

    title = f"Let somebody open what you sealed about lot {key.lot}"
    return _signed(request, desk, form, sign, title=title, verb="Sign the grant")


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def revoke(request: HttpRequest, desk: Desk, entry: str) -> HttpResponse:
    """End a grant of the organisation's own."""
    found = next((one for one in grants_by(desk.gln) if one.entry_id == entry), None)
    if found is None:
        raise Http404
    form = RevokeForm(request.POST or None)

    def sign(nonce: bytes) -> Recorded:
        reason, at = form.cleaned_data["reason"], timezone.now()
        return revoke_disclosure(party=desk.gln, grant=entry, reason=reason, at=at, nonce=nonce)

    title = f"{found.grantee_name} may no longer open it"
    return _signed(request, desk, form, sign, title=title, verb="Sign the revocation")


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def open_lot(request: HttpRequest, desk: Desk, gtin: str, lot: str) -> HttpResponse:
    """Open what others let one open about a lot, after saying that it is put on record."""
    if not desk.may_sign:
        return not_allowed(request, desk)
    key, form = lot_of(gtin, lot), forms.Form(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            found = open_sealed(
                party=desk.gln,
                lot=key,
                at=timezone.now(),
                nonces=lambda: secrets.token_bytes(nonces.BYTES),
            )
        except REFUSALS as refusal:
            form.add_error(None, said_of(refusal))
        else:
            write_down(request, f"Open what is sealed about lot {key.lot}")
            if found is not None:
                return as_evidence(found, key)
            form.add_error(None, "No checkpoint covers these entries yet: try again in a moment.")
    note = "Each owner is shown that you opened it, and when."
    title = f"Open what is sealed about lot {key.lot}"
    more: dict[str, Any] = {"form": form, "note": note, "verb": "Open, and put it on record"}
    return show(request, desk, "disclosure", here="journal", title=title, **more)


def _signed(
    request: HttpRequest,
    desk: Desk,
    form: forms.Form,
    sign: Callable[[bytes], Recorded],
    *,
    title: str,
    verb: str,
) -> HttpResponse:
    """A form that ends in an entry; the same form sent twice is one entry."""
    if not desk.may_sign:
        return not_allowed(request, desk)
    user = int(request.user.pk or 0)
    nonce = nonces.read(request.POST.get("nonce", ""), user)
    if form.is_bound and nonce is None:
        form.add_error(None, OLD_FORM)
    if nonce is not None and form.is_valid():
        try:
            with transaction.atomic():
                recorded = sign(nonce)
                if not recorded.known:
                    write_down(request, title, recorded.entry_id)
        except REFUSALS as refusal:
            form.add_error(None, said_of(refusal))
        else:
            return redirect(reverse("desk:disclosures"))
    more: dict[str, Any] = {"form": form, "nonce": nonces.fresh(user), "verb": verb}
    return show(request, desk, "disclosure", here="journal", title=title, **more)


def _named(members: tuple[SealedMember, ...]) -> str:
    return ", ".join(WORDS[one] for one in members)
