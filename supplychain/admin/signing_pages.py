"""The pages that end in a signature: fill in, review, sign. One way for all of them.

A review is a rehearsal: the entry is made and judged on the one road, and rolled back. What can
be refused is thus refused before anybody signs, by the same rules.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final
from urllib.parse import urlencode

from django import forms
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views import View
from django.views.decorators.cache import never_cache

from ledger.core.errors import LedgerError
from supplychain.admin import nonces
from supplychain.admin.desks import Desk, Doing, desk_of, lot_of, not_allowed, show, without_desk
from supplychain.admin.journal import write_down
from supplychain.admin.remembering import remember
from supplychain.admin.saying import said_of
from supplychain.admin.seeing import detail_seen
from supplychain.admin.temperature import ADD
from supplychain.domain.errors import RuleBroken
from supplychain.domain.lots import LotKey
from supplychain.queries.lot_lines import LotLine
from supplychain.queries.lots import LotDetail
from supplychain.recording.retries import recorded_before
from supplychain.recording.submissions import Recorded
from supplychain.web.pages import LegPlot

REFUSALS: Final = (LedgerError, RuleBroken)
OLD_FORM: Final = "This form was too old or was changed on the way. Look it over and go on."


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a review: what will be signed."""

    label: str
    value: str
    strong: bool = False
    sealed: bool = False


@method_decorator(never_cache, name="dispatch")
class SigningPage(View):
    """A form about one lot whose end is an entry in the organisation's name.

    Subclasses say what is asked for (`form`), what the answers mean (`facts`) and which service
    signs it (`sign`).
    """

    doing: ClassVar[Doing]
    here: ClassVar[str] = "lots"
    template: ClassVar[str] = "act"
    verb: ClassVar[str]
    note: ClassVar[str] = ""
    grave: ClassVar[bool] = False

    desk: Desk
    line: LotLine | None = None
    at: datetime

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Let in who may do this, and find what it is about."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path(), reverse("web:sign-in"))
        desk = desk_of(request)
        if desk is None:
            return without_desk(request)
        if not desk.may(self.doing):
            return not_allowed(request, desk)
        self.desk, self.at = desk, timezone.now()
        before = self._signed_before(request, **kwargs)
        if before is not None:
            return redirect(signed_url(before))
        self.find(**kwargs)
        return super().dispatch(request, *args, **kwargs)

    # --- what a page says of itself ---------------------------------------------------------------

    def find(self, **address: Any) -> None:
        """Take what the address names. Raises Http404 for what is not the organisation's."""
        del address

    def form(self, data: Any = None, files: Any = None) -> forms.Form:
        """The form, empty or filled in."""
        raise NotImplementedError

    def title(self) -> str:
        """The page's heading."""
        raise NotImplementedError

    def facts(self, said: dict[str, Any]) -> Iterable[Fact]:
        """What is about to be signed, in words."""
        raise NotImplementedError

    def plot(self, said: dict[str, Any]) -> LegPlot | None:
        """The judged temperature of a hand-off."""
        del said
        return None

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded | tuple[Recorded, ...]:
        """Make the entry, or one for each of several lots. Raises LedgerError or RuleBroken."""
        raise NotImplementedError

    def more(self) -> dict[str, Any]:
        """What the page shows besides."""
        return {}

    def back(self) -> str:
        """Where cancelling leads."""
        return lot_url(self.line.key) if self.line else reverse("desk:lots")

    # --- the way ----------------------------------------------------------------------------------

    def get(self, request: HttpRequest, **_address: Any) -> HttpResponse:
        """The empty form, with a nonce of its own."""
        return self._form_page(request, self.form(), nonces.fresh(self._user(request)))

    def post(self, request: HttpRequest, **_address: Any) -> HttpResponse:
        """Review, go back, or sign."""
        form = self.form(request.POST, request.FILES)
        written = request.POST.get("nonce", "")
        nonce = nonces.read(written, self._user(request))
        if nonce is None:
            form.add_error(None, OLD_FORM)
            written = nonces.fresh(self._user(request))
        doing = request.POST.get("do")
        if doing == "edit" or nonce is None or not form.is_valid() or doing == ADD:
            return self._form_page(request, form, written)
        try:
            entries = self._do(form.cleaned_data, nonce, for_good=doing == "sign")
        except REFUSALS as refusal:
            form.add_error(None, said_of(refusal))
            return self._form_page(request, form, written)
        if doing == "sign":
            return redirect(signed_url(entries[0], others=len(entries) - 1))
        return self._review_page(request, form, written)

    def _signed_before(self, request: HttpRequest, **address: Any) -> Recorded | None:
        """The entry of this very form: what it was about may be gone since, because of it."""
        nonce = nonces.read(request.POST.get("nonce", ""), self._user(request))
        if nonce is None or "lot" not in address:
            return None
        stream = lot_of(address["gtin"], address["lot"]).stream
        return recorded_before(self.desk.gln, stream, nonce)

    def _do(self, said: dict[str, Any], nonce: bytes, *, for_good: bool) -> tuple[Recorded, ...]:
        with transaction.atomic():
            made = self.sign(said, nonce)
            entries = made if isinstance(made, tuple) else (made,)
            if not for_good:
                transaction.set_rollback(True)
            for one in entries if for_good else ():
                if not one.known:
                    write_down(self.request, self.title(), one.entry_id)
            if for_good and "loggers" in said:
                by = self.request.user.get_username()
                remember(said["loggers"], party=self.desk.gln, by=by, at=self.at)
        return entries

    def _form_page(self, request: HttpRequest, form: forms.Form, nonce: str) -> HttpResponse:
        return self._page(request, self.template, form, nonce)

    def _review_page(self, request: HttpRequest, form: forms.Form, nonce: str) -> HttpResponse:
        said = form.cleaned_data
        more = {"facts": list(self.facts(said)), "plot": self.plot(said)}
        return self._page(request, "review", form, nonce, **more)

    def _page(
        self, request: HttpRequest, template: str, form: forms.Form, nonce: str, **more: Any
    ) -> HttpResponse:
        context: dict[str, Any] = {
            "form": form,
            "nonce": nonce,
            "line": self.line,
            "verb": self.verb,
            "note": self.note,
            "grave": self.grave,
            "back": self.back(),
            "blocked": self.line.blocked(self.at) if self.line else "",
            **self.more(),
            **more,
        }
        title = self.title()
        return show(request, self.desk, template, here=self.here, title=title, **context)

    @staticmethod
    def _user(request: HttpRequest) -> int:
        return int(request.user.pk or 0)


class LotPage(SigningPage):
    """A page about a lot of which the organisation has units, or which it made."""

    line: LotLine
    detail: LotDetail

    def find(self, **address: Any) -> None:
        """The lot, as the organisation sees it."""
        detail = detail_seen(self.desk, lot_of(address["gtin"], address["lot"]))
        if detail is None:
            raise Http404
        self.detail, self.line = detail, detail.lot


def lot_url(key: LotKey) -> str:
    """The lot's page."""
    return reverse("desk:lot", args=(str(key.gtin), str(key.lot)))


def signed_url(recorded: Recorded, *, others: int = 0) -> str:
    """The page of an entry that was just signed, and how many others were signed with it."""
    told = {"again": "1"} if recorded.known else {}
    query = urlencode(told | ({"others": str(others)} if others else {}))
    return reverse("desk:signed", args=(recorded.entry_id,)) + (f"?{query}" if query else "")
