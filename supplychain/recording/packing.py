"""Packing of one lot: the goods that it is about, the sets that it commits to, and its entry."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from ledger.core.entry import stream_id
from ledger.core.links import OutputRef
from supplychain.domain.containers import Container
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.packing_statements import Aggregate, Contents, Disaggregate
from supplychain.queries.containers import Packed
from supplychain.queries.stock import parcels
from supplychain.recording.pack_book import PackBook
from supplychain.recording.retries import once
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import PackLists, Recorded


@dataclass(frozen=True, slots=True, kw_only=True)
class Packing:
    """What of one lot goes into a container or comes out: packs, and containers with its packs."""

    party: str
    container: Container
    lot: LotKey
    consumes: Sequence[OutputRef]
    packs: Sequence[Serial] = ()
    children: tuple[Container, ...] = ()


def nonce_for(nonce: bytes, lot: LotKey) -> bytes:
    """The nonce of one lot's entry, where an act makes an entry for each of several lots."""
    return sha256(b"unbroken-lot/v1\n" + nonce + lot.stream.encode()).digest()[:16]


def pack(
    kind: type[Aggregate | Disaggregate], given: Packing, *, at: datetime, nonce: bytes
) -> Recorded:
    """Sign and record it, once for each nonce. Raises Invalid, RuleBroken or LedgerError."""

    def act() -> Recorded:
        stream = stream_id(given.lot.stream)
        sets = PackBook.of(stream, given.lot, {})
        found = sets.set_of(given.packs) if given.packs else None
        contents = Contents(
            given.container,
            None if found is None else found.root,
            len(given.packs),
            given.children,
        )
        said = kind.of(holder=Gln.parse(given.party), quantity=_held(given), containers=(contents,))
        draft = Draft(
            party=given.party,
            stream=given.lot.stream,
            said=said,
            at=at,
            nonce=nonce,
            consumes=tuple(given.consumes),
            packs=PackLists(containers={0: tuple(given.packs)} if given.packs else {}),
        )
        return sign_and_record(draft)

    return once(given.party, given.lot.stream, nonce, act)


def _held(given: Packing) -> int:
    own = {parcel.ref: parcel.quantity for parcel in parcels(given.party, given.lot)}
    if not own.keys() >= set(given.consumes):
        message = f"{given.lot}: some of these goods are not in your stock."
        raise RuleBroken("R9", "CONTAINER_ELSEWHERE", message)
    return sum(own[ref] for ref in given.consumes)


def by_lot(packed: Sequence[Packed]) -> dict[LotKey, list[Packed]]:
    """Packs in containers by their lots, in the lots' order."""
    lots: dict[LotKey, list[Packed]] = {}
    for one in sorted(packed, key=lambda one: (one.lot, one.serial)):
        lots.setdefault(one.lot, []).append(one)
    return lots
