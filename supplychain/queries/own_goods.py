"""What of a lot is a party's own: where its goods came from, and who took them from it.

Parties of one lot need not know one another. Its maker, authorities and auditors are shown all of
it; everybody else gets what concerns goods that it had or was sent, and of other branches nothing.
"""

from collections.abc import Collection

from django.db.models import Q, QuerySet

from ledger.core.entry import stream_id
from ledger.core.evidence import OUTPUTS_MAX, Evidence
from ledger.core.links import OutputRef
from ledger.proofs import Disclose, entries_concerning, evidence_of, evidence_of_outputs
from supplychain.domain.errors import Invalid
from supplychain.domain.lots import LotKey
from supplychain.models import Leg, Output
from supplychain.queries.lot_lines import lot_line
from supplychain.queries.scans import asking_party, sees_all

WHOLE: frozenset[OutputRef] = frozenset()
"""Stands for all outputs of a lot, as evidence and chains take it."""


def outputs_for(gln: str, lot: LotKey) -> frozenset[OutputRef] | None:
    """The outputs about which the party is shown evidence: WHOLE, or its own; None for a stranger.

    Tables that somebody bent until they say nothing that can be read let nobody see anything.
    """
    try:
        party, line = asking_party(gln), lot_line(lot)
        if party is None:
            return None
        if sees_all(party) or (line is not None and line.maker == gln):
            return WHOLE
        return (_own(gln, lot) or None) if line is not None else None
    except Invalid:
        return None


def outputs_of(gln: str, lot: LotKey) -> QuerySet[Output]:
    """The outputs of the lot that the party had, was sent, made, sold or bought."""
    stream = stream_id(lot.stream)
    sales = Leg.objects.filter(Q(seller=gln) | Q(buyer=gln), stream_id=stream).values("entry_id")
    own = Q(holder=gln) | Q(receiver=gln) | Q(made_by=gln) | Q(entry_id__in=sales, n=0)
    return Output.objects.filter(own, stream_id=stream)


def lot_evidence(
    gln: str, lot: LotKey, disclose: Disclose, *, also: Collection[str] = ()
) -> Evidence | None:
    """The lot's evidence as the party may have it; None for a stranger to the lot.

    `also` are entries that the party is shown beyond what is its own: somebody let it.
    """
    outputs = outputs_for(gln, lot)
    if outputs != WHOLE and also:
        shown = (OutputRef(entry_id, 0) for entry_id in also)
        outputs = frozenset([*shown, *(outputs or ())][:OUTPUTS_MAX])
    if outputs is None:
        return None
    if outputs == WHOLE:
        return evidence_of(lot.stream, disclose=disclose).evidence
    return evidence_of_outputs(lot.stream, outputs, disclose=disclose).evidence


def may_see_entry(gln: str, lot: LotKey, entry_id: str) -> bool:
    """Whether an entry of the lot concerns what the party may see of it."""
    outputs = outputs_for(gln, lot)
    if outputs is None or outputs == WHOLE:
        return outputs is not None
    return entry_id in entries_concerning(lot.stream, outputs)


def _own(gln: str, lot: LotKey) -> frozenset[OutputRef]:
    """Where the party's goods ended: all before is their ancestry. The newest, as a file holds."""
    found = outputs_of(gln, lot).order_by("-number", "-n")
    rows = list(found.values_list("entry_id", "n", "spent_by"))
    entries = {entry_id for entry_id, _, _ in rows}
    ends = [OutputRef(entry_id, n) for entry_id, n, spent_by in rows if spent_by not in entries]
    return frozenset(ends[:OUTPUTS_MAX])
