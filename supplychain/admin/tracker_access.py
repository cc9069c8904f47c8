"""How live trackers come in: tokens of devices, and addresses to which vendors' clouds post."""

import secrets
from datetime import datetime
from typing import Any, Final

from django import forms
from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from ledger.signers import NONCE_BYTES
from supplychain.admin.desks import Desk, desk_page, not_allowed, show
from supplychain.admin.journal import write_down
from supplychain.admin.saying import said_of
from supplychain.admin.signing_pages import REFUSALS
from supplychain.domain.errors import RuleBroken
from supplychain.models.people import Rank
from supplychain.queries.hooks import hooks_of
from supplychain.queries.people import tokens_of
from supplychain.services.issue_hook import issue_hook
from supplychain.services.issue_token import issue_token
from supplychain.services.revoke_hook import revoke_hook
from supplychain.services.revoke_token import revoke_token

TOKEN, HOOK = "token", "hook"
KINDS: Final = {
    TOKEN: "A token, for a device or a program of your own",
    HOOK: "An address, to which a vendor's cloud posts what it signs",
}
NUMBER_BYTES: Final = 16
SECRET_BYTES: Final = 32


class AccessForm(forms.Form):
    """What is to be let in, and a name to know it by."""

    kind = forms.ChoiceField(
        label="Kind", choices=list(KINDS.items()), widget=forms.RadioSelect, initial=TOKEN
    )
    name = forms.CharField(label="Name", max_length=100, help_text="Such as the vendor's.")


@desk_page
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tracker_access(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The ways in that there are; a new one is shown once, on the page that makes it."""
    if not desk.acting.may_administer:
        return not_allowed(request, desk)
    form, made = AccessForm(request.POST or None), {}
    if form.is_valid():
        try:
            with transaction.atomic():
                made = _let_in(desk.gln, at=timezone.now(), **form.cleaned_data)
                write_down(request, f"Let trackers in: {form.cleaned_data['name']}")
        except REFUSALS as refusal:
            form.add_error("name", said_of(refusal))
        else:
            form = AccessForm()
    return show(
        request,
        desk,
        "tracker_access",
        here="devices",
        title="Ways in of trackers",
        form=form,
        made=made,
        tokens=[one for one in tokens_of(desk.gln) if one.role == Rank.TRACKER],
        hooks=hooks_of(desk.gln),
    )


def _let_in(gln: str, *, kind: str, name: str, at: datetime) -> dict[str, str]:
    """Make a token or a hook; what is to be shown of it. One that is open has its name alone."""
    rows: list[Any] = tokens_of(gln) if kind == TOKEN else hooks_of(gln)
    if any(one.name == name and one.revoked_at is None for one in rows):
        message = "One of this name is open: revoke it, or choose another name."
        raise RuleBroken("R1", "NAME_TAKEN", message, conflict=True)
    secret = secrets.token_urlsafe(SECRET_BYTES)
    if kind == TOKEN:
        issue_token(token=secret, party=gln, role=Rank.TRACKER.value, name=name, at=at)
        return {"name": name, "secret": secret}
    number = secrets.token_hex(NUMBER_BYTES)
    issue_hook(
        number=number,
        party=gln,
        name=name,
        secret=secret.encode(),
        nonce=secrets.token_bytes(NONCE_BYTES),
        at=at,
    )
    address = f"{settings.SITE_URL}/api/v1/trackers/hooks/{number}"
    return {"name": name, "secret": secret, "address": address}


@desk_page
@require_POST
def revoke_access(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Nothing comes in by it from now on."""
    if not desk.acting.may_administer:
        return not_allowed(request, desk)
    form = AccessForm(request.POST)
    if form.is_valid():
        with transaction.atomic():
            _shut_out(request, desk.gln, **form.cleaned_data)
    return redirect("desk:tracker-access")  # which shows how things stand, whatever was sent


def _shut_out(request: HttpRequest, gln: str, *, kind: str, name: str) -> None:
    at = timezone.now()
    if kind == TOKEN:
        ended = revoke_token(party=gln, name=name, at=at, role=Rank.TRACKER.value)
    else:
        ended = revoke_hook(party=gln, name=name, at=at)
    if ended:
        write_down(request, f"Let trackers in no more: {name}")
