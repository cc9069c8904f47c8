"""What is added to a lot later: a longer expiry (R12), and corrections of entries (R14)."""

from dataclasses import replace

from supplychain.domain.errors import RuleBroken
from supplychain.domain.flagging import prove_maker_or_authority, prove_word
from supplychain.domain.lot_state import Act, LotState
from supplychain.domain.statements import Correction, ExpiryExtend


def add(state: LotState, act: Act, statement: ExpiryExtend | Correction) -> LotState:
    """A new fact beside the old ones."""
    if isinstance(statement, ExpiryExtend):
        return extend_expiry(state, act, statement)
    return correct(state, act, statement)


def extend_expiry(state: LotState, act: Act, statement: ExpiryExtend) -> LotState:
    """The lot's maker or an authority says that it is good for longer."""
    prove_maker_or_authority(state, act)
    lot = state.born()
    if statement.expiry.ends <= lot.expiry.ends:
        message = f"{statement.expiry.on} is no later than {lot.expiry.on}: an expiry is extended."
        raise RuleBroken("R12", "EXPIRY_NOT_LATER", message)
    extended_from = lot.extended_from or lot.expiry.on
    extended = replace(lot, expiry=statement.expiry, extended_from=extended_from)
    return replace(state, lot=extended)


def correct(state: LotState, act: Act, statement: Correction) -> LotState:
    """Who signed an entry adds a word to it; what the entry did stands."""
    prove_word(state, act)
    if act.author is None:
        message = f"Entry {statement.entry} is none of this lot."
        raise RuleBroken("R14", "ENTRY_UNKNOWN", message)
    if act.author != act.signer.gln:
        message = f"{act.author} signed that entry; {act.signer.gln} does not correct it."
        raise RuleBroken("R14", "NOT_YOUR_ENTRY", message)
    return state
