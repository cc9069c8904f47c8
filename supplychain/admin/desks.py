"""Whose desk it is, and what may be done at it: the one place where that is decided."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec

from django.contrib import admin
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.cache import never_cache

from ledger.core.errors import Malformed
from ledger.core.links import OutputRef
from supplychain.domain.identifiers import Gtin, LotNumber
from supplychain.domain.lots import LotKey
from supplychain.domain.parties import Party
from supplychain.domain.statements import (
    Decommission,
    Destroy,
    Dispense,
    Export,
    Quarantine,
    Release,
    Sample,
    Ship,
)
from supplychain.domain.stock import TERMS
from supplychain.queries.lots import excursions_of
from supplychain.queries.people import Acting, membership_of
from supplychain.queries.questions import released_by
from supplychain.queries.scans import asking_party

P = ParamSpec("P")


class Doing(StrEnum):
    """What is done at a desk."""

    CATALOGUE = "catalogue"
    REGISTER = "register"
    SHIP = "ship"
    RECEIVE = "receive"
    VOID = "void"
    DISPENSE = "dispense"
    DESTROY = "destroy"
    LOSE = "lose"
    SAMPLE = "sample"
    EXPORT = "export"
    DECOMMISSION = "decommission"
    QUARANTINE = "quarantine"
    RELEASE = "release"
    UNDO = "undo"
    SEND_BACK = "send_back"
    ADMIT = "admit"
    TRANSFORM = "transform"
    EXTEND = "extend"
    CORRECT = "correct"
    RECALL = "recall"
    HOLD = "hold"
    KEEP = "keep"
    DECIDE = "decide"
    TAKE_OVER = "take_over"
    DISCLOSE = "disclose"


_MAKERS = frozenset({Doing.CATALOGUE, Doing.REGISTER, Doing.TRANSFORM})
_FLAGS = frozenset({Doing.RECALL, Doing.HOLD, Doing.EXTEND})
_ANYBODYS = frozenset({Doing.CORRECT, Doing.DISCLOSE})
_BY_ROLE = {
    Doing.DISPENSE: Dispense,
    Doing.DESTROY: Destroy,
    Doing.SAMPLE: Sample,
    Doing.EXPORT: Export,
    Doing.DECOMMISSION: Decommission,
    Doing.QUARANTINE: Quarantine,
    Doing.RELEASE: Release,
}


@dataclass(frozen=True, slots=True)
class Desk:
    """A member at the desk of an organisation."""

    acting: Acting
    party: Party

    @property
    def gln(self) -> str:
        """The organisation's GLN."""
        return self.acting.gln

    def may(self, doing: Doing) -> bool:
        """Whether this member of this organisation may do that here.

        Offers and doors follow this; what an entry may say is judged by the rules of custody.
        """
        match doing:
            case Doing.CATALOGUE:
                allowed = self.acting.may_prepare
            case Doing.DECIDE:
                allowed = self.acting.may_judge
            case _:
                allowed = self.acting.may_sign
        return allowed and self._does(doing)

    def _does(self, doing: Doing) -> bool:
        if doing in _MAKERS:
            return self.party.may_make
        if doing in _FLAGS:
            return self.party.may_make or self.party.is_authority
        if doing in _ANYBODYS:
            return True
        if doing in _BY_ROLE:
            return bool(self.party.roles & TERMS[_BY_ROLE[doing]].roles)
        return self.party.may_hold

    @property
    def offers(self) -> frozenset[str]:
        """Everything that `may` allows, for templates."""
        return frozenset(doing.value for doing in Doing if self.may(doing))

    @property
    def may_sign(self) -> bool:
        """Whether the member signs for the organisation at all."""
        return self.acting.may_sign


@dataclass(frozen=True, slots=True)
class Tab:
    """A place of the desk."""

    name: str
    label: str
    url: str


def desk_of(request: HttpRequest) -> Desk | None:
    """The desk of the signed-in user; None for who has no organisation or may not enter."""
    user = request.user
    if not (isinstance(user, User) and user.is_active and user.is_staff):
        return None
    acting = membership_of(user.pk)
    party = asking_party(acting.gln) if acting else None
    return Desk(acting, party) if acting and party else None


def desk_page(
    page: Callable[Concatenate[HttpRequest, Desk, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """A page that needs a desk: sign-in first, and a plain word for who has none."""

    @wraps(page)
    @never_cache
    def entered(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("web:sign-in"))
        desk = desk_of(request)
        if desk is None:
            return without_desk(request)
        return page(request, desk, *args, **kwargs)

    return entered


def not_allowed(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The answer to what the member may not do; a POST past the buttons meets it too."""
    page = show(request, desk, "not_allowed", here="", title="Not allowed here", why=_why_not(desk))
    page.status_code = HTTPStatus.FORBIDDEN
    return page


def _why_not(desk: Desk) -> str:
    if not desk.acting.may_prepare:
        return "You are a viewer here: you see everything of your organisation and change nothing."
    if not desk.acting.may_sign:
        return "Signing takes a signer, QA or an administrator of your organisation."
    return "Your organisation is not licensed for this."


def without_desk(request: HttpRequest) -> HttpResponse:
    """The page for who belongs to no organisation."""
    context = {**admin.site.each_context(request), "title": "You have no desk here"}
    return render(request, "admin/desk/no_desk.html", context, status=HTTPStatus.FORBIDDEN)


def show(
    request: HttpRequest, desk: Desk, template: str, *, here: str, title: str, **more: Any
) -> HttpResponse:
    """Render a page of the desk in the admin's frame; `here` is the tab it belongs to."""
    frame = admin.site.each_context(request)
    own = {"desk": desk, "tabs": list(_tabs(desk)), "here": here, "title": title}
    return render(request, f"admin/desk/{template}.html", {**frame, **own, **more})


def _tabs(desk: Desk) -> Iterator[Tab]:
    yield Tab("home", "Needs you now", reverse("admin:index"))
    yield Tab("lots", "Lots", reverse("desk:lots"))
    if desk.party.may_make:
        yield Tab("products", "Products", reverse("desk:products"))
    if desk.party.may_hold:
        yield Tab("ship", "Ship", reverse("desk:ship"))
        yield Tab("receive", "Receive", reverse("desk:receive"))
        yield Tab("sent", "Sent", reverse("desk:sent"))
        yield Tab("files", "Files", reverse("desk:partner-files"))
        yield Tab("devices", "Loggers", reverse("desk:devices"))
        yield Tab("exceptions", "Exceptions", reverse("desk:exceptions"))
    yield Tab("recalls", "Recalls", reverse("desk:recalls"))
    yield Tab("journal", "Journal", reverse("desk:journal"))
    yield Tab("notices", "Notices", reverse("desk:notices"))


def too_warm(desk: Desk) -> frozenset[LotKey]:
    """The lots of which units with the organisation had an excursion: here, or on the way here.

    What happens on the way to the next holder says nothing of what stayed behind, and what quality
    released waits for nothing.
    """
    legs = excursions_of(desk.gln)
    own = (leg for leg in legs if desk.gln == leg.receiver or leg.made_as == Ship.type)
    return frozenset(leg.lot.key for leg in own) - released_by(desk.gln)


def lot_of(gtin: str, lot: str) -> LotKey:
    """The lot that an address names; 404 for an address that can name none."""
    try:
        return LotKey(Gtin.parse(gtin), LotNumber.parse(lot))
    except Malformed as malformed:
        raise Http404 from malformed


def output_of(entry: str, n: int) -> OutputRef:
    """The output that an address names; 404 for an address that can name none."""
    try:
        return OutputRef(entry, n)
    except Malformed as malformed:
        raise Http404 from malformed
