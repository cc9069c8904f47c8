"""Sealed members at the desk: who may open them, who did, and opening them oneself."""

import secrets
from collections.abc import Iterable, Iterator
from typing import Any, Final

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from supplychain.admin import nonces
from supplychain.admin.chosen_goods import goods
from supplychain.admin.desks import Desk, Doing, desk_page, lot_of, not_allowed, show
from supplychain.admin.forms import ReasonForm, offer, partners
from supplychain.admin.journal import write_down
from supplychain.admin.saying import said_of
from supplychain.admin.signing_pages import REFUSALS, Fact, LotPage, SigningPage
from supplychain.domain.disclosure_statements import SealedMember
from supplychain.queries.disclosures import GrantLine, grants_by, grants_to, reads_of
from supplychain.queries.organisations import names_of, partners_of
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

    to = forms.ChoiceField(
        label="Who may open it",
        help_text="An inspector, a buyer, any organisation here. Who it is gets sealed too.",
    )
    members = forms.MultipleChoiceField(
        label="What",
        choices=[(one.value, words) for one, words in WORDS.items()],
        widget=forms.CheckboxSelectMultiple,
    )

    def __init__(self, *args: Any, others: list[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        offer(self.fields["to"], [("", "Choose the organisation"), *others])


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


class GrantPage(LotPage):
    """Leave for a party to open what the organisation has sealed about a lot."""

    doing = Doing.DISCLOSE
    here = "journal"
    verb = "Sign the grant"
    note = "It is about all your entries of this lot, later ones too, until you revoke it."

    def title(self) -> str:
        """The heading."""
        return f"Let somebody open what you sealed about lot {self.line.key.lot}"

    def form(self, data: Any = None, files: Any = None) -> GrantForm:
        """With everybody else by name."""
        del files
        return GrantForm(data, others=partners(partners_of(self.desk.gln)))

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """The grant."""
        to, members = said["to"], tuple(map(SealedMember, said["members"]))
        yield from goods(self.line)
        yield Fact("May open it", f"{names_of([to]).get(to, to)} ({to})", strong=True, sealed=True)
        yield Fact("What", _named(members), strong=True)
        yield Fact("Which entries", "all your entries of this lot, now and later")

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return grant_disclosure(
            party=self.desk.gln,
            lot=self.line.key,
            to=said["to"],
            members=said["members"],
            entries=(),
            at=self.at,
            nonce=nonce,
            salt=secrets.token_bytes(nonces.BYTES),
        )


class Revoke(SigningPage):
    """The end of a grant of the organisation's own."""

    doing = Doing.DISCLOSE
    here = "journal"
    verb = "Sign the revocation"
    note = "What was opened before stays opened; from now on nothing more is."

    grant: GrantLine

    def find(self, **address: Any) -> None:
        """Raises Http404 for a grant that is not the organisation's."""
        own = grants_by(self.desk.gln)
        found = next((one for one in own if one.entry_id == address["entry"]), None)
        if found is None:
            raise Http404
        self.grant = found

    def title(self) -> str:
        """The heading."""
        return f"{self.grant.grantee_name} may no longer open it"

    def back(self) -> str:
        """To the list."""
        return reverse("desk:disclosures")

    def form(self, data: Any = None, files: Any = None) -> ReasonForm:
        """Why it ends."""
        del files
        return ReasonForm(data)

    def facts(self, said: dict[str, Any]) -> Iterable[Fact]:
        """The revocation."""
        one = self.grant
        yield Fact("May no longer open it", f"{one.grantee_name} ({one.grantee})", strong=True)
        yield Fact("Lot", f"{one.what.lot.lot} · GTIN {one.what.lot.gtin}")
        yield Fact("What", _named(one.what.members))
        yield Fact("Reason", said["reason"])

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return revoke_disclosure(
            party=self.desk.gln,
            grant=self.grant.entry_id,
            reason=said["reason"],
            at=self.at,
            nonce=nonce,
        )


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


def _named(members: tuple[SealedMember, ...]) -> str:
    return ", ".join(WORDS[one] for one in members)
