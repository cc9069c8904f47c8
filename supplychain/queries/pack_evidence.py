"""Evidence of one pack: what concerns the output that it is in, and that it is in just this one.

Of every entry shown it is proven which of its outputs has the pack, and which not. Of other packs
nothing is told.
"""

from collections.abc import Iterator
from dataclasses import replace

from ledger.core.entry import Entry, stream_id
from ledger.core.errors import LedgerError
from ledger.core.evidence import ElementShown, Evidence, PlaceShown
from ledger.core.set_trees import SetTree
from ledger.core.sets import Subset
from ledger.proofs import Disclose, evidence_of_outputs
from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import OutputClaim
from supplychain.domain.packs import Pack
from supplychain.queries.access import is_authority
from supplychain.queries.packs import nodes_of, pack_line, pack_secret, places_of


def pack_evidence(lot: LotKey, serial: Serial, gln: str, disclose: Disclose) -> Evidence | None:
    """The evidence, for whom the pack is with, its maker and authorities; None for others."""
    line, stream = pack_line(lot.gtin, serial), stream_id(lot.stream)
    if line is None or line.lot.key != lot:
        return None
    if gln not in (line.holder, line.receiver, line.lot.maker) and not is_authority(gln):
        return None
    outputs = {place.ref for place in places_of(stream, [serial]).values()}
    found = evidence_of_outputs(lot.stream, outputs, disclose=disclose).evidence
    if found is None:
        return None
    pack, secret = Pack(lot.gtin, serial), pack_secret(stream) or b""
    tree = SetTree(nodes_of(stream))
    shown = tuple(_places(found, lot, tree, pack.key(secret)))
    return replace(found, sets=(ElementShown(str(pack), pack.salt(secret), shown),))


def _places(found: Evidence, lot: LotKey, tree: SetTree, key: bytes) -> Iterator[PlaceShown]:
    """The proofs for every output of the lot's entries that are shown; none where nodes fail."""
    for item in found.items:
        entry = Entry.parse(item.entry + "~")
        if entry.statement.stream != lot.stream:
            continue
        for n, subset in _subsets(entry):
            try:
                proof = tree.proof(subset, key)
            except LedgerError:
                continue
            yield PlaceShown(item.index, ("outputs", n, "packs"), proof)


def _subsets(entry: Entry) -> Iterator[tuple[int, Subset]]:
    outputs = entry.statement.body.get("outputs")
    for n, value in enumerate(outputs if isinstance(outputs, list) else []):
        claim = OutputClaim.decode(value)
        if claim.packs is not None:
            yield n, Subset(claim.quantity, bytes.fromhex(claim.packs))
