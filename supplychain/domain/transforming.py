"""Lots made of lots: the balance of an operation over its lots (R4), and who may (R1, R3).

What stands in another lot is known to whoever has that lot; where it is not, it is not judged here.
"""

from supplychain.domain.consumption import (
    consumed,
    made,
    plain,
    prove_balance,
    prove_decided,
    prove_holder,
    prove_kept,
    prove_movable,
    prove_state,
)
from supplychain.domain.errors import RuleBroken
from supplychain.domain.lot_state import Act, LotState, Source
from supplychain.domain.outputs import State, mixed
from supplychain.domain.spent import handed_down
from supplychain.domain.statements import LotRegister, Transform, TransformKind
from supplychain.domain.transform_statements import SourceClaim


def transform(state: LotState, act: Act, statement: Transform) -> LotState:
    """A maker or repackager makes other lots of fit goods that it holds."""
    goods = consumed(state, act)
    prove_state(goods, State.HELD)
    prove_holder(goods, act)
    if not act.signer.may_make:
        message = f"{act.signer.gln} is neither manufacturer nor repackager."
        raise RuleBroken("R3", "ROLE_MISSING", message)
    prove_movable(state, act)
    prove_decided(goods)
    _prove_uses(statement)
    _prove_lots(act, statement)
    prove_balance("Made into others, lost and kept", goods, statement.outputs)
    for claim in statement.outputs:
        prove_kept(claim, act.signer.gln)
    way = mixed(goods)
    return state.moved(act.consumes, made(act, [plain(one, act, way) for one in statement.outputs]))


def _prove_uses(statement: Transform) -> None:
    uses, gone = sum(one.uses for one in statement.into), statement.outputs[0].quantity
    if uses != gone:
        message = f"The new lots use {uses} units, {gone} are gone."
        raise RuleBroken("R4", "MASS_IMBALANCE", message)
    if statement.kind is TransformKind.REPACK:
        return
    for one in statement.into:
        if one.uses != one.makes:
            message = f"A {statement.kind} makes as many of {one.key} as it uses: {one.uses}."
            raise RuleBroken("R4", "MASS_IMBALANCE", message)


def _prove_lots(act: Act, statement: Transform) -> None:
    for one in statement.into:
        if one.key in act.born:
            message = f"{one.key} is registered already: nothing is added to it."
            raise RuleBroken("R1", "BORN_TWICE", message, conflict=True)
        if one.key == act.key:
            raise RuleBroken("R1", "INTO_ITSELF", "A lot is not made of itself.")
        if not act.signer.owns(one.key.gtin):
            message = f"GTIN {one.key.gtin} is under none of the prefixes of {act.signer.gln}."
            raise RuleBroken("R1", "GTIN_NOT_YOURS", message)


def prove_origin(act: Act, statement: LotRegister) -> None:
    """That a new lot has neither more nor less than went into it, of all that went into it (R4)."""
    origin = statement.origin
    if origin is not None:
        total = sum(one.makes for one in origin.sources)
        if total != statement.quantity:
            message = f"{total} units came of the sources, {statement.quantity} are born."
            raise RuleBroken("R4", "MASS_IMBALANCE", message)
    if act.sources is not None:
        _prove_sources(act, statement, origin.sources if origin else ())


def _prove_sources(act: Act, statement: LotRegister, claimed: tuple[SourceClaim, ...]) -> None:
    known = act.sources or {}
    for claim in claimed:
        source = known.get(claim.entry)
        if source is None:
            message = f"Entry {claim.entry} makes nothing of this lot."
            raise RuleBroken("R2", "SOURCE_UNKNOWN", message)
        _prove_source(act, statement, claim, source)
    if left_out := known.keys() - {claim.entry for claim in claimed}:
        message = f"Entry {min(left_out)} makes units of this lot too, and is not named."
        raise RuleBroken("R4", "SOURCE_LEFT_OUT", message)


def _prove_source(act: Act, statement: LotRegister, claim: SourceClaim, source: Source) -> None:
    operation = statement.origin.operation if statement.origin else ""
    if (claim.key, claim.makes, operation) != (source.key, source.makes, source.operation):
        message = f"Entry {claim.entry} says otherwise what it makes of this lot."
        raise RuleBroken("R4", "SOURCE_DIFFERS", message)
    if claim.spent != handed_down(source.spent, source.profile, act.profile):
        message = f"Entry {claim.entry}: its goods used up something else of their budget."
        raise RuleBroken("R15", "SPENT_DIFFERS", message)
    if source.maker != act.signer.gln:
        message = f"{source.maker} made this of {source.key}, not {act.signer.gln}."
        raise RuleBroken("R3", "SOURCE_NOT_YOURS", message)
    if statement.expiry.ends > source.expiry.ends:
        message = f"{source.key} is good until {source.expiry.on}, and no longer in other packs."
        raise RuleBroken("R12", "EXPIRY_BEYOND_SOURCE", message)
