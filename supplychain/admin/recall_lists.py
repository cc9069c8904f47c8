"""Recall many lots by a list: uploaded, looked over, and signed as a whole or not at all."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from supplychain.admin.desks import Desk, Doing, desk_page, not_allowed, show
from supplychain.admin.journal import write_down
from supplychain.admin.saying import said_of
from supplychain.admin.signing_pages import REFUSALS
from supplychain.admin.uploads import UploadForm, as_failed_rows
from supplychain.domain.conditions import RowError
from supplychain.domain.lots import LotKey
from supplychain.domain.recalls import RecallOrder
from supplychain.formats.recall_lists import ListedLot, read_recall_list
from supplychain.formats.rows import RowsFault
from supplychain.queries.lot_lines import lot_line
from supplychain.queries.recalls import known_lots
from supplychain.services.issue_recalls import issue_recalls


class RecallListForm(UploadForm):
    """A list of lots; `orders` are the recalls in it, once the form is valid."""

    def __init__(self, *args: Any, desk: Desk, **more: Any) -> None:
        self.desk = desk
        self.orders: list[RecallOrder] = []
        super().__init__(*args, **more)

    def clean(self) -> dict[str, Any] | None:
        """Read the list; each fault of a row is told, and the file stays."""
        found = super().clean()
        if self.brought is None:
            if not self.fault:
                self.add_error("file", "Choose the file.")
            return found
        try:
            listed = read_recall_list(self.brought.content)
            self.orders = list(_orders(listed, self.desk))
        except RowsFault as fault:
            self.row_errors = fault.errors
            self.add_error("file", fault.message)
        return found


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def recall_list(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The upload, its preview, the rows that failed, and the signature."""
    if not desk.may(Doing.RECALL):
        return not_allowed(request, desk)
    sent = request.method == "POST"
    form = RecallListForm(request.POST if sent else None, request.FILES, desk=desk)
    doing = request.POST.get("do", "")
    if doing == "failed" and form.brought and not form.is_valid():
        return as_failed_rows("recalls-failed", form.brought.content, form.row_errors)
    if sent and form.is_valid():
        try:
            new = _issue(request, desk, form.orders, for_good=doing == "sign")
        except REFUSALS as refusal:
            form.add_error("file", said_of(refusal))
        else:
            if doing == "sign":
                return redirect(f"{reverse('desk:recalls')}?issued={new}")
            return _page(request, desk, form, new=new, preview=_preview(form.orders))
    return _page(request, desk, form)


def _page(request: HttpRequest, desk: Desk, form: RecallListForm, **more: Any) -> HttpResponse:
    title = "Recall by a list"
    return show(request, desk, "recall_list", here="recalls", title=title, form=form, **more)


def _preview(orders: list[RecallOrder]) -> list[tuple[RecallOrder, Any]]:
    return [(order, lot_line(order.lot)) for order in orders]


def _issue(request: HttpRequest, desk: Desk, orders: list[RecallOrder], *, for_good: bool) -> int:
    """Sign all of it, or rehearse it; how many of the recalls are new."""
    with transaction.atomic():
        recorded = issue_recalls(party=desk.gln, orders=orders, at=timezone.now())
        new = [one for one in recorded if not one.known]
        if not for_good:
            transaction.set_rollback(True)
        for one in new if for_good else ():
            write_down(request, f"Recall {one.stream.removeprefix('lot:')}", one.entry_id)
    return len(new)


def _orders(listed: list[ListedLot], desk: Desk) -> Iterator[RecallOrder]:
    """One recall for each lot that is known here. Raises RowsFault for those that are not."""
    known = known_lots(listed)
    errors = [fault for one in listed for fault in _faults(one, known, desk)]
    if errors:
        raise RowsFault(*errors)
    for one in listed:
        for gtin in one.gtins:
            key = LotKey(gtin, one.lot)
            if key in known:
                yield RecallOrder(key, one.recall_class, one.reason)


def _faults(one: ListedLot, known: Mapping[LotKey, str], desk: Desk) -> Iterator[RowError]:
    makers = {known[key] for gtin in one.gtins if (key := LotKey(gtin, one.lot)) in known}
    if not makers:
        fix = "No such lot is registered here: check number and product, or leave the row out."
        yield RowError(one.row, "lot", str(one.lot), "LOT_UNKNOWN", fix)
    elif makers != {desk.gln} and not desk.party.is_authority:
        fix = "Only its maker or an authority recalls a lot: leave the row out."
        yield RowError(one.row, "lot", str(one.lot), "MAY_NOT_FLAG", fix)
