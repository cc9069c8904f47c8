"""Four eyes at the desk: what one person of QA would release, before another one confirms it."""

from contextlib import suppress
from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_POST

from supplychain.admin.desks import Desk, Doing, desk_page, not_allowed
from supplychain.admin.journal import write_down
from supplychain.admin.quality import Deciding
from supplychain.admin.saying import said_of
from supplychain.admin.signing_pages import REFUSALS
from supplychain.domain.errors import RuleBroken
from supplychain.domain.outputs import State
from supplychain.queries.proposals import asks_for_four_eyes, open_proposals, proposal_for
from supplychain.services.propose_release import propose_release
from supplychain.services.withdraw_proposal import withdraw_proposal


class Propose(Deciding):
    """A decision that waits for a second person: nothing is signed here."""

    verb = "Propose the release"
    note = "Somebody else of your QA confirms it; only then is it signed."
    grave = False

    def find(self, **address: Any) -> None:
        """The goods; there is nothing to propose where one person decides. Raises Http404."""
        super().find(**address)
        if not asks_for_four_eyes(self.desk.gln):
            raise Http404

    def title(self) -> str:
        """The heading."""
        return f"Propose the release of lot {self.line.key.lot}"

    def more(self) -> dict[str, Any]:
        """What is proposed already, which this would take the place of."""
        waits = proposal_for(self.desk.gln, self.line.key)
        return {**super().more(), "proposal": waits, "go": "Propose it"}

    def post(self, request: HttpRequest, **address: Any) -> HttpResponse:
        """Keep it, and show it as what waits."""
        form = self.form(request.POST)
        nonce = request.POST.get("nonce", "")
        if not form.is_valid():
            return self._form_page(request, form, nonce)
        said = form.cleaned_data
        try:
            with transaction.atomic():
                propose_release(
                    party=self.desk.gln,
                    lot=self.line.key,
                    reason=said["reason"],
                    named=said["decided_by"],
                    by=self.desk.acting.name,
                    at=self.at,
                    state=State(said["source"]),
                )
                write_down(request, self.title())
        except REFUSALS as refusal:
            form.add_error(None, said_of(refusal))
            return self._form_page(request, form, nonce)
        there: HttpResponse = redirect("desk:propose", **address)
        return there


@desk_page
@require_POST
def withdraw(request: HttpRequest, desk: Desk, number: int) -> HttpResponse:
    """Close a proposal unsigned; what was done about it meanwhile is shown, and is no fault."""
    if not desk.may(Doing.DECIDE):
        return not_allowed(request, desk)
    found = next((one for one in open_proposals(desk.gln) if one.id == number), None)
    if found is None:
        return redirect("admin:index")
    lot, own = found.lot, found.is_of(desk.acting.name)
    with suppress(RuleBroken), transaction.atomic():  # confirmed just now: the lot's page tells
        withdraw_proposal(party=desk.gln, proposal=number, at=timezone.now())
        doing = "Withdraw" if own else "Decline"
        write_down(request, f"{doing} the release of lot {lot.lot}, by {found.named}")
    return redirect("desk:lot", str(lot.gtin), str(lot.lot))
