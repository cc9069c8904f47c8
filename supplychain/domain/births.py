"""One birth (R1): how a lot comes into the world."""

from dataclasses import replace

from supplychain.domain.consumption import made, plain
from supplychain.domain.errors import RuleBroken
from supplychain.domain.lot_state import Act, LotState
from supplychain.domain.lots import Lot
from supplychain.domain.parties import Party
from supplychain.domain.statements import LotRegister
from supplychain.domain.transforming import prove_origin


def register(state: LotState, act: Act, statement: LotRegister) -> LotState:
    """A maker registers a lot and holds all of it."""
    _prove_first(state, act, statement)
    _prove_maker(act.signer, statement)
    if statement.expiry.passed(act.at):
        raise RuleBroken(
            "R12",
            "EXPIRED_AT_BIRTH",
            f"The lot expired on {statement.expiry.on}, before its birth.",
        )
    if act.monitored is None:
        raise RuleBroken(
            "R15", "PROFILE_UNKNOWN", f"No storage profile {statement.product.profile!r} is known."
        )
    prove_origin(act, statement)
    lot = Lot(
        key=statement.key,
        product=statement.product,
        expiry=statement.expiry,
        quantity=statement.quantity,
        maker=act.signer.gln,
        monitored=act.monitored,
        born_at=act.at,
    )
    born = made(act, [plain(statement.outputs[0], act, ())])
    return replace(state, lot=lot, outputs=born)


def _prove_first(state: LotState, act: Act, statement: LotRegister) -> None:
    if statement.key != act.key:
        raise RuleBroken(
            "R1",
            "STREAM_MISMATCH",
            f"The statement is about {statement.key}, its stream {act.key}.",
        )
    if state.lot is not None:
        raise RuleBroken(
            "R1",
            "BORN_TWICE",
            f"{act.key} is registered already, once and for ever.",
            conflict=True,
        )
    if act.consumes:
        raise RuleBroken("R1", "BIRTH_CONSUMES", "A birth uses nothing up.")


def _prove_maker(signer: Party, statement: LotRegister) -> None:
    if not signer.may_make:
        raise RuleBroken(
            "R1", "ROLE_MISSING", f"{signer.gln} is neither manufacturer nor repackager."
        )
    if not signer.owns(statement.product.gtin):
        raise RuleBroken(
            "R1",
            "GTIN_NOT_YOURS",
            f"GTIN {statement.product.gtin} is under none of the prefixes of {signer.gln}.",
        )
    if statement.outputs[0].holder != signer.gln:
        raise RuleBroken("R3", "HOLDER_WRONG", f"The goods are born with {signer.gln}.")
