"""What stands of a lot before a statement, and the statement that is to be judged."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from types import MappingProxyType
from typing import Self

from ledger.core.links import OutputRef
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln
from supplychain.domain.lots import Expiry, Lot, LotKey
from supplychain.domain.outputs import Output, Over
from supplychain.domain.parties import Party
from supplychain.domain.recalls import Flags
from supplychain.domain.statements import LotStatement
from supplychain.domain.storage_profile import StorageProfile
from supplychain.domain.tallies import Tally

_NOTHING: Mapping[OutputRef, Output] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Source:
    """What the entry of another lot says that it makes of this one, and what that lot is.

    `spent` is what the goods used up that went into it, by that lot's storage `profile`.
    """

    key: LotKey
    operation: str
    maker: Gln
    makes: int
    expiry: Expiry
    spent: Tally = field(default_factory=Tally, hash=False)
    profile: StorageProfile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """One signed statement about the lot `key`, with what must be known of it to judge it.

    `signer` is the party whose key signed; `receiver` the admitted party that a dispatch names,
    None where nobody of that name was ever admitted. `author` signed the entry that a correction
    cites, None where the lot has no such entry. `profile` is the lot's storage profile, asked for
    at birth and where an act speaks of temperature; None where nobody knows it. `monitored` is read
    at a lot's birth only: whether that profile asks for readings, None where it is unknown. So are
    `sources`, by their entries all that made units of this lot, None where others are unknown.
    `born` are those of the lots that a transformation makes which are registered already. `log` is
    the origin of the log that it was signed for.
    """

    entry_id: str
    key: LotKey
    signer: Party
    statement: LotStatement
    at: datetime
    consumes: tuple[OutputRef, ...] = ()
    receiver: Party | None = None
    author: Gln | None = None
    monitored: bool | None = None
    profile: StorageProfile | None = None
    sources: Mapping[str, Source] | None = None
    born: frozenset[LotKey] = frozenset()
    log: str = ""


@dataclass(frozen=True, slots=True)
class Exceeding:
    """An open question: the receiver has so much more than the giver said that he sent."""

    giver: Gln
    receiver: Gln
    over: Over
    at: datetime


_NO_QUESTIONS: Mapping[str, Exceeding] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class LotState:
    """A lot as it stands: its facts (None: not born), known unspent outputs, and flags.

    `inherited` are the flags of the lots that it was made of, where these are known. `exceeding`
    are the receipts that found too much, by their entries, until a giver admits it. To judge one
    act, only the outputs that it consumes need be known, and the receipt that it cites.
    """

    lot: Lot | None = None
    outputs: Mapping[OutputRef, Output] = field(default_factory=lambda: _NOTHING)
    flags: Flags = field(default_factory=Flags)
    inherited: Flags = field(default_factory=Flags)
    exceeding: Mapping[str, Exceeding] = field(default_factory=lambda: _NO_QUESTIONS)

    def born(self) -> Lot:
        """The lot's facts. Raises R2 NOT_BORN."""
        if self.lot is None:
            raise RuleBroken("R2", "NOT_BORN", "This lot was never registered.")
        return self.lot

    def moved(self, consumed: Iterable[OutputRef], made: Mapping[OutputRef, Output]) -> Self:
        """With some outputs used up and others made."""
        used = frozenset(consumed)
        standing = {ref: out for ref, out in self.outputs.items() if ref not in used}
        return replace(self, outputs=MappingProxyType(standing | dict(made)))
