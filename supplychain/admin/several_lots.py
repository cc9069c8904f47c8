"""What the pages share that send goods of several lots with one form: scanned, or by amounts."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest

from supplychain.admin import nonces
from supplychain.admin.desks import Doing
from supplychain.admin.owners import said_sale
from supplychain.admin.signing_pages import SigningPage
from supplychain.domain.lots import LotKey
from supplychain.domain.sales import Sale
from supplychain.recording.packing import nonce_for
from supplychain.recording.retries import recorded_before
from supplychain.recording.submissions import Recorded


class SeveralLots(SigningPage):
    """A dispatch with an entry for each lot."""

    doing = Doing.SHIP

    def lots_named(self, request: HttpRequest) -> Iterable[LotKey]:
        """The lots that the form is about."""
        raise NotImplementedError

    def sale(self, said: dict[str, Any]) -> Sale:
        """Who owns the goods before and after."""
        return said_sale(said, giver=self.desk.gln, receiver=said["receiver"])

    def _signed_before(self, request: HttpRequest, **address: Any) -> Recorded | None:
        """What goes is here no more, because of this very form."""
        del address
        nonce = nonces.read(request.POST.get("nonce", ""), self._user(request))
        if nonce is None:
            return None
        found = (
            recorded_before(self.desk.gln, lot.stream, nonce_for(nonce, lot))
            for lot in self.lots_named(request)
        )
        return next(filter(None, found), None)
