"""Four eyes at the desk: what one person of QA would release, before another one confirms it."""

from typing import Any

from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect

from supplychain.admin.journal import write_down
from supplychain.admin.quality import Deciding
from supplychain.admin.signing_pages import REFUSALS, said_of
from supplychain.domain.outputs import State
from supplychain.queries.proposals import asks_for_four_eyes, proposal_for
from supplychain.services.propose_release import propose_release


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
