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


def parts_for(
    gln: str, lot: LotKey, *, also: Collection[str] = ()
) -> tuple[frozenset[OutputRef], ...]:
    """The outputs about which the party is shown evidence, in as many parts as it takes files.

    WHOLE alone, or its own, the newest first; nothing for a stranger, and where tables were bent
    until they say nothing that can be read. `also` are entries beyond what is its own.
    """
    try:
        party, line = asking_party(gln), lot_line(lot)
        if party is None:
            return ()
        if sees_all(party) or (line is not None and line.maker == gln):
            return (WHOLE,)
        own = _own(gln, lot) if line is not None else []
    except Invalid:
        return ()
    every = list(dict.fromkeys([*(OutputRef(entry_id, 0) for entry_id in also), *own]))
    return tuple(
        frozenset(every[start : start + OUTPUTS_MAX]) for start in range(0, len(every), OUTPUTS_MAX)
    )


def outputs_for(gln: str, lot: LotKey) -> frozenset[OutputRef] | None:
    """The first of the parts: WHOLE, or the newest of its own; None for a stranger."""
    return next(iter(parts_for(gln, lot)), None)


def outputs_about(gln: str, lot: LotKey, entry_id: str) -> frozenset[OutputRef] | None:
    """The part in whose evidence an entry is shown; None where the party may not see it."""
    for outputs in parts_for(gln, lot):
        if outputs == WHOLE or entry_id in entries_concerning(lot.stream, outputs):
            return outputs
    return None


def outputs_of(gln: str, lot: LotKey) -> QuerySet[Output]:
    """The outputs of the lot that the party had, was sent, made, sold or bought."""
    stream = stream_id(lot.stream)
    sales = Leg.objects.filter(Q(seller=gln) | Q(buyer=gln), stream_id=stream).values("entry_id")
    own = Q(holder=gln) | Q(receiver=gln) | Q(made_by=gln) | Q(entry_id__in=sales, n=0)
    return Output.objects.filter(own, stream_id=stream)


def lot_evidence(
    gln: str, lot: LotKey, disclose: Disclose, *, also: Collection[str] = (), part: int = 1
) -> Evidence | None:
    """The lot's evidence as the party may have it, or a `part` of it, from 1 on.

    A file is about 1,000 outputs at most: `parts_for` says how many there are. `also` are entries
    that the party is shown beyond what is its own, and first: somebody let it. None for a stranger
    to the lot, and for a part that there is not.
    """
    parts = parts_for(gln, lot, also=also)
    if not 1 <= part <= len(parts):
        return None
    outputs = parts[part - 1]
    if outputs == WHOLE:
        return evidence_of(lot.stream, disclose=disclose).evidence
    return evidence_of_outputs(lot.stream, outputs, disclose=disclose).evidence


def may_see_entry(gln: str, lot: LotKey, entry_id: str) -> bool:
    """Whether an entry of the lot concerns what the party may see of it."""
    return outputs_about(gln, lot, entry_id) is not None


def _own(gln: str, lot: LotKey) -> list[OutputRef]:
    """Where the party's goods ended, the newest first: all before is their ancestry."""
    found = outputs_of(gln, lot).order_by("-number", "-n")
    rows = list(found.values_list("entry_id", "n", "spent_by"))
    entries = {entry_id for entry_id, _, _ in rows}
    return [OutputRef(entry_id, n) for entry_id, n, spent_by in rows if spent_by not in entries]
