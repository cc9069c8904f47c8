"""The organisation itself: who it is, its people, whether two decide, and partners' prefixes."""

from typing import Any, Final

from django import forms
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from supplychain.admin.desks import Desk, desk_page, not_allowed, show
from supplychain.admin.forms import offer, partners
from supplychain.admin.journal import write_down
from supplychain.admin.saying import said_of
from supplychain.admin.signing_pages import REFUSALS
from supplychain.domain.errors import RuleBroken
from supplychain.queries.company_prefixes import prefixes_known
from supplychain.queries.organisations import names_of, partners_of
from supplychain.queries.people import members_of, tokens_of
from supplychain.queries.proposals import asks_for_four_eyes
from supplychain.services.ask_four_eyes import ask_four_eyes
from supplychain.services.put_company_prefix import put_company_prefix

ROLE_WORDS: Final = {
    "viewer": "Viewer: looks",
    "operator": "Operator: prepares",
    "signer": "Signer: moves goods",
    "qa": "QA: judges quality",
    "administrator": "Administrator: everything",
    "tracker": "Tracker: hands in readings",
}


class PrefixForm(forms.Form):
    """A partner's GS1 company prefix."""

    party = forms.ChoiceField(label="Whose")
    company_prefix = forms.CharField(
        label="GS1 company prefix",
        max_length=12,
        help_text="6 to 12 digits, as the partner's EPC URNs have it.",
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def __init__(self, *args: Any, known: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self.fields["party"], [("", "Choose the organisation"), *known])


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def organisation(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Everybody sees it; an administrator asks for two people, and says prefixes."""
    doing = request.POST.get("do", "")
    known = [(desk.gln, f"{desk.party.name} ({desk.gln})"), *partners(partners_of(desk.gln))]
    form = PrefixForm(request.POST if doing == "prefix" else None, known=known)
    if request.method == "POST" and not desk.acting.may_administer:
        return not_allowed(request, desk)
    if doing == "four_eyes":
        with transaction.atomic():
            ask_four_eyes(party=desk.gln, wanted=True)
            write_down(request, "Ask for a second person where quality releases")
        return redirect("desk:organisation")
    if form.is_valid() and _kept(request, desk, form):
        return redirect("desk:organisation")
    return _page(request, desk, form)


def _kept(request: HttpRequest, desk: Desk, form: PrefixForm) -> bool:
    """Whether the prefix is kept; what others said of a partner is not changed from here."""
    party, prefix = form.cleaned_data["party"], form.cleaned_data["company_prefix"]
    try:
        if party != desk.gln and party in prefixes_known().known.values():
            message = "Its prefix is known: only itself, or who runs this installation, changes it."
            raise RuleBroken("R2", "PREFIX_KNOWN", message, conflict=True)
        with transaction.atomic():
            put_company_prefix(prefix=prefix, party=party, at=timezone.now())
            write_down(request, f"Say that {prefix} is the GS1 company prefix of {party}")
    except REFUSALS as refusal:
        form.add_error("company_prefix", said_of(refusal))
        return False
    return True


def _page(request: HttpRequest, desk: Desk, form: PrefixForm) -> HttpResponse:
    known = prefixes_known().known
    names = names_of(set(known.values()))
    members = [(name, ROLE_WORDS[role]) for name, role in members_of(desk.gln)]
    more: dict[str, Any] = {
        "form": form,
        "four_eyes": asks_for_four_eyes(desk.gln),
        "members": members,
        "tokens": [(one, ROLE_WORDS[one.role]) for one in tokens_of(desk.gln)],
        "prefixes": sorted((names.get(gln, ""), gln, prefix) for prefix, gln in known.items()),
    }
    return show(request, desk, "organisation", here="", title=desk.party.name, **more)
