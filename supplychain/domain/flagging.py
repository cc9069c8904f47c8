"""Who may put a recall or a hold on a lot, and who may lift it (R11)."""

from dataclasses import replace
from datetime import datetime

from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln
from supplychain.domain.lot_state import Act, LotState
from supplychain.domain.recalls import Hold, Recall
from supplychain.domain.statements import HoldLift, HoldPlace, RecallIssue, RecallLift

Flagging = RecallIssue | RecallLift | HoldPlace | HoldLift


def flag(state: LotState, act: Act, statement: Flagging) -> LotState:
    """A word about the whole lot."""
    match statement:
        case RecallIssue():
            return issue_recall(state, act, statement)
        case HoldPlace():
            return place_hold(state, act, statement)
        case HoldLift():
            return lift_hold(state, act, statement)
        case _:
            return lift_recall(state, act, statement)


def issue_recall(state: LotState, act: Act, statement: RecallIssue) -> LotState:
    """The lot's maker or an authority calls the lot back."""
    prove_maker_or_authority(state, act)
    recall = Recall(act.entry_id, act.signer.gln, statement.recall_class, statement.reason, act.at)
    return replace(state, flags=state.flags.recalled(recall))


def place_hold(state: LotState, act: Act, statement: HoldPlace) -> LotState:
    """The lot's maker or an authority stops the lot."""
    prove_maker_or_authority(state, act)
    hold = Hold(act.entry_id, act.signer.gln, statement.reason, act.at)
    return replace(state, flags=state.flags.held(hold))


def lift_hold(state: LotState, act: Act, statement: HoldLift) -> LotState:
    """Who placed the hold, or an authority, lifts it."""
    prove_word(state, act)
    hold = state.flags.hold(statement.hold)
    if hold is None:
        raise RuleBroken("R11", "HOLD_UNKNOWN", "No such hold stands on this lot.")
    _prove_lifter(act, hold.placer, hold.at)
    return replace(state, flags=state.flags.lifted(hold.entry_id))


def lift_recall(state: LotState, act: Act, statement: RecallLift) -> LotState:
    """Who issued the recall, or an authority, lifts it."""
    prove_word(state, act)
    recall = state.flags.recall(statement.recall)
    if recall is None:
        raise RuleBroken("R11", "RECALL_UNKNOWN", "No such recall stands on this lot.")
    _prove_lifter(act, recall.issuer, recall.at)
    return replace(state, flags=state.flags.lifted(recall.entry_id))


def _prove_lifter(act: Act, flagger: Gln, at: datetime) -> None:
    if act.signer.gln != flagger and not act.signer.is_authority:
        message = f"{flagger} said it; {act.signer.gln} does not lift it."
        raise RuleBroken("R11", "MAY_NOT_LIFT", message)
    if act.at < at:
        raise RuleBroken("R14", "DATED_BEFORE_PARENT", "Dated before what it lifts.")


def prove_word(state: LotState, act: Act) -> None:
    """That the statement uses nothing up, and is about a lot that is born by then."""
    if act.consumes:
        raise RuleBroken("R11", "FLAG_CONSUMES", "A word about the whole lot uses nothing up.")
    if act.at < state.born().born_at:
        raise RuleBroken("R14", "DATED_BEFORE_PARENT", "Dated before the lot was registered.")


def prove_maker_or_authority(state: LotState, act: Act) -> None:
    """That the lot's maker or an authority says it."""
    prove_word(state, act)
    maker = state.born().maker
    if act.signer.gln != maker and not act.signer.is_authority:
        raise RuleBroken(
            "R11", "MAY_NOT_FLAG", f"Only {maker}, who made the lot, or an authority may do this."
        )
