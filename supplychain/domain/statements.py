"""All statement types that custody knows, and the one strict reader for them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType

from ledger.core.entry import Entry
from supplychain.domain.added_statements import Correction, ExpiryExtend
from supplychain.domain.errors import Invalid
from supplychain.domain.handoff_statements import Receive, Ship
from supplychain.domain.lot_statements import (
    HoldLift,
    HoldPlace,
    LotRegister,
    RecallClass,
    RecallIssue,
    RecallLift,
)
from supplychain.domain.outputs import OutputClaim
from supplychain.domain.packing_statements import Aggregate, Disaggregate
from supplychain.domain.packs import PackSet
from supplychain.domain.quality_statements import ConditionsRecord, QualityRelease
from supplychain.domain.return_statements import Return
from supplychain.domain.sales import SALE_MEMBERS
from supplychain.domain.stock_statements import (
    Decommission,
    Destroy,
    Dispense,
    Export,
    Lose,
    LossKind,
    Quarantine,
    Reasoned,
    Release,
    Sample,
    Undo,
)
from supplychain.domain.surplus_statements import Surplus
from supplychain.domain.transform_statements import Origin, SourceClaim, Transform, TransformKind
from supplychain.domain.void_statements import Void

__all__ = [
    "SEALABLE",
    "SPEAKING",
    "TYPES",
    "Aggregate",
    "ConditionsRecord",
    "Correction",
    "Decommission",
    "Destroy",
    "Disaggregate",
    "Dispense",
    "ExpiryExtend",
    "Export",
    "HoldLift",
    "HoldPlace",
    "Lose",
    "LossKind",
    "LotRegister",
    "LotStatement",
    "LotWord",
    "Origin",
    "OutputClaim",
    "Quality",
    "QualityRelease",
    "Quarantine",
    "RecallClass",
    "RecallIssue",
    "RecallLift",
    "Receive",
    "Release",
    "Return",
    "Sample",
    "Ship",
    "SourceClaim",
    "Stocked",
    "Surplus",
    "Transform",
    "TransformKind",
    "Undo",
    "Void",
    "committed",
    "decode",
    "hold_seals",
    "read",
]

Stocked = Dispense | Reasoned
Quality = ConditionsRecord | QualityRelease
SPEAKING = Ship | Receive | ConditionsRecord
"""What speaks of temperature."""
LotWord = RecallIssue | RecallLift | HoldPlace | HoldLift | ExpiryExtend | Correction
LotStatement = (
    LotRegister
    | Ship
    | Receive
    | Surplus
    | Void
    | Stocked
    | Lose
    | Quality
    | Transform
    | Aggregate
    | Disaggregate
    | LotWord
)

TYPES: Mapping[str, type[LotStatement]] = MappingProxyType(
    {
        kind.type: kind
        for kind in (
            LotRegister,
            Ship,
            Return,
            Receive,
            Surplus,
            Void,
            Dispense,
            Destroy,
            Sample,
            Export,
            Decommission,
            Quarantine,
            Release,
            Undo,
            Lose,
            Transform,
            RecallIssue,
            RecallLift,
            HoldPlace,
            HoldLift,
            ExpiryExtend,
            Correction,
            Aggregate,
            Disaggregate,
            ConditionsRecord,
            QualityRelease,
        )
    }
)

# What may be sealed: no member that a rule needs, or a later verifier could not apply the rule.
SEALABLE: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        Ship.type: frozenset({"order", *SALE_MEMBERS}),
        Receive.type: frozenset(SALE_MEMBERS),
        QualityRelease.type: frozenset({"decided_by", "confirmed_by"}),
    }
)


def decode(statement_type: str, body: Mapping[str, object]) -> LotStatement:
    """Read a body (with what was disclosed of it). Raises Invalid, TYPE_UNKNOWN among others."""
    known = TYPES.get(statement_type)
    if known is None:
        raise Invalid("TYPE_UNKNOWN", f"Statement type {statement_type[:64]!r} is not known here.")
    return known.decode(body)


def read(entry: Entry) -> LotStatement:
    """Read an entry's statement, and hold the ledger's members against it. Raises Invalid.

    Codes: SEALED_MEMBER (sealed what must be open, or open what must be sealed), and
    CREATES_MISMATCH (the outputs are not as many as `creates` says), besides those of `decode`.
    """
    statement = decode(entry.statement.type, entry.opened)
    hold_seals(entry, SEALABLE.get(entry.statement.type, frozenset()))
    if entry.statement.creates != len(statement.outputs):
        raise Invalid(
            "CREATES_MISMATCH",
            f"creates says {entry.statement.creates}, outputs are {len(statement.outputs)}.",
        )
    if isinstance(statement, ConditionsRecord):
        statement.prove_device(entry.statement.log)
    return statement


def committed(said: LotStatement, sets: Sequence[PackSet | None]) -> LotStatement:
    """The statement with the roots of these sets in its outputs."""
    if isinstance(said, LotWord):
        return said
    pairs = zip(said.outputs, sets, strict=True)
    outputs = tuple(replace(one, packs=None if of is None else of.root) for one, of in pairs)
    return replace(said, outputs=outputs)


def hold_seals(entry: Entry, sealable: frozenset[str]) -> None:
    """That just these members are sealed, as far as they are there. Raises SEALED_MEMBER."""
    open_names = set(entry.statement.body)
    disclosed = set(entry.opened) - open_names
    for name in sorted(disclosed - sealable):
        raise Invalid("SEALED_MEMBER", f"Member {name[:40]!r} must stand open.")
    for name in sorted(open_names & sealable):
        raise Invalid("SEALED_MEMBER", f"Member {name[:40]!r} must be sealed.")
    if len(entry.statement.sealed) > len(sealable):
        raise Invalid("SEALED_MEMBER", "More members are sealed than this type allows.")
