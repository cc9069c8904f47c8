"""A partner's file as the source of entries: their nonces, secrets and signatures.

Nonces come from what an event says, so that the same event makes no second entry, in whatever file
it comes; what was refused the first time is tried again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Literal

from ledger.core.links import OutputRef
from ledger.core.statement import Attachment
from supplychain.domain.conditions import Series
from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.statements import LotStatement, Receive, Ship
from supplychain.formats.lot_deeds import Deed, HandOff
from supplychain.recording.retries import recorded_before
from supplychain.recording.signing import Draft, sign_and_record
from supplychain.recording.submissions import PackLists, Recorded

OnError = Literal["rollback", "proceed"]
"""All events or none, or those that stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A file and who reads it. `seed` is secret and random: salts come from it."""

    party: str
    file: Attachment
    profile: str
    seed: bytes
    at: datetime

    def nonce(self, deed: Deed, lot: LotKey, *more: object) -> bytes:
        """The nonce of the entry that says what a deed did to a lot."""
        return self.nonce_of(lot, deed.fingerprint, *more)

    def nonce_of(self, lot: LotKey, *said: object) -> bytes:
        """The nonce of the entry that says this about a lot."""
        words = ["unbroken-import/v2", self.party, lot.stream, *map(str, said)]
        return sha256("\n".join(words).encode()).digest()[:16]

    def salt(self, nonce: bytes) -> bytes:
        """The salt of the sealed member of the entry with this nonce."""
        return sha256(self.seed + nonce).digest()[:16]

    def secret(self, lot: LotKey) -> bytes:
        """The secret of a lot's packs."""
        return sha256(b"packs\n" + self.seed + lot.stream.encode()).digest()


def once(source: Source, deed: Deed, lot: LotKey, act: Callable[[bytes], Recorded]) -> Recorded:
    """Act with the nonce of what a deed did to a lot, unless that was recorded before."""
    nonce = source.nonce(deed, lot)
    return recorded_before(source.party, lot.stream, nonce) or act(nonce)


def sign(
    source: Source,
    deed: Deed,
    said: LotStatement,
    lot: LotKey,
    nonce: bytes,
    consumes: Sequence[OutputRef] = (),
    packs: PackLists | None = None,
) -> Recorded:
    """Sign what a deed did to a lot and record it. Raises LedgerError or RuleBroken."""
    draft = Draft(
        party=source.party,
        stream=lot.stream,
        said=said,
        at=deed.at,
        nonce=nonce,
        consumes=consumes,
        salts=(source.salt(nonce),),
        readings=_cited(said, deed),
        attachments=(source.file,),
        packs=packs or PackLists(),
    )
    return sign_and_record(draft, arrival=source.at)


def _cited(said: LotStatement, deed: Deed) -> tuple[Series, ...]:
    """The readings that a statement cites: all that came with its event, or none."""
    claim = said.conditions if isinstance(said, Ship | Receive) else None
    cites = claim is not None and claim.readings is not None
    return deed.readings if cites and isinstance(deed, HandOff) else ()


def lists_of(serials: Sequence[Serial] | None, rest: int) -> PackLists:
    """The packs that move, by name only where others stay."""
    return PackLists.first(serials if rest else None)
