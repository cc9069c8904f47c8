"""Who may put a recall or a hold on a lot, and who may lift it (R11)."""

from dataclasses import replace

from supplychain.domain.errors import RuleBroken
from supplychain.domain.lot_state import Act, LotState
from supplychain.domain.recalls import Hold, Recall
from supplychain.domain.statements import HoldLift, HoldPlace, RecallIssue


def flag(state: LotState, act: Act, statement: RecallIssue | HoldPlace | HoldLift) -> LotState:
    """A word about the whole lot."""
    match statement:
        case RecallIssue():
            return issue_recall(state, act, statement)
        case HoldPlace():
            return place_hold(state, act, statement)
        case _:
            return lift_hold(state, act, statement)


def issue_recall(state: LotState, act: Act, statement: RecallIssue) -> LotState:
    """The lot's maker or an authority calls the lot back."""
    _prove_flagger(state, act)
    recall = Recall(act.entry_id, act.signer.gln, statement.recall_class, statement.reason, act.at)
    return replace(state, flags=state.flags.recalled(recall))


def place_hold(state: LotState, act: Act, statement: HoldPlace) -> LotState:
    """The lot's maker or an authority stops the lot."""
    _prove_flagger(state, act)
    hold = Hold(act.entry_id, act.signer.gln, statement.reason, act.at)
    return replace(state, flags=state.flags.held(hold))


def lift_hold(state: LotState, act: Act, statement: HoldLift) -> LotState:
    """Who placed the hold, or an authority, lifts it."""
    _prove_plain(state, act)
    hold = state.flags.hold(statement.hold)
    if hold is None:
        raise RuleBroken("R11", "HOLD_UNKNOWN", "No such hold stands on this lot.")
    if act.signer.gln != hold.placer and not act.signer.is_authority:
        raise RuleBroken(
            "R11", "MAY_NOT_LIFT", f"{hold.placer} placed the hold; {act.signer.gln} did not."
        )
    if act.at < hold.at:
        raise RuleBroken("R14", "DATED_BEFORE_PARENT", "Dated before the hold that it lifts.")
    return replace(state, flags=state.flags.lifted(hold.entry_id))


def _prove_plain(state: LotState, act: Act) -> None:
    if act.consumes:
        raise RuleBroken("R11", "FLAG_CONSUMES", "A word about the whole lot uses nothing up.")
    if act.at < state.born().born_at:
        raise RuleBroken("R14", "DATED_BEFORE_PARENT", "Dated before the lot was registered.")


def _prove_flagger(state: LotState, act: Act) -> None:
    _prove_plain(state, act)
    maker = state.born().maker
    if act.signer.gln != maker and not act.signer.is_authority:
        raise RuleBroken(
            "R11", "MAY_NOT_FLAG", f"Only {maker}, who made the lot, or an authority may do this."
        )
