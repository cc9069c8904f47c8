"""What every use of outputs must prove: that they stand, suit, balance, and are not flagged."""

from collections.abc import Iterable, Mapping

from ledger.core.links import OutputRef
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln
from supplychain.domain.lot_state import Act, LotState
from supplychain.domain.lots import Lot
from supplychain.domain.outputs import Output, OutputClaim, State, Way

_WRONG_STATE: Mapping[State, str] = {
    State.HELD: "NOT_HELD",
    State.IN_TRANSIT: "NOT_IN_TRANSIT",
    State.QUARANTINED: "NOT_QUARANTINED",
}


def consumed(state: LotState, act: Act, *, ended: bool = False) -> list[Output]:
    """The outputs that the act uses up: known, unspent, none later than the act, none final.

    With `ended` they may be final: there is one act that undoes.
    """
    state.born()
    if not act.consumes:
        raise RuleBroken("R2", "CONSUMES_NOTHING", "Goods that move come from somewhere.")
    if len(set(act.consumes)) != len(act.consumes):
        raise RuleBroken("R2", "OUTPUT_TWICE", "An output is used once.", conflict=True)
    return [_standing(state, ref, act, ended=ended) for ref in act.consumes]


def _standing(state: LotState, ref: OutputRef, act: Act, *, ended: bool) -> Output:
    output = state.outputs.get(ref)
    if output is None:
        raise RuleBroken("R2", "OUTPUT_UNKNOWN", f"Output {ref} of this lot is not there or used.")
    if output.state.final and not ended:
        raise RuleBroken(
            "R10", "FINAL_IS_FINAL", f"These goods are {output.state}, and stay so.", conflict=True
        )
    _prove_time(output, act)
    return output


def _prove_time(output: Output, act: Act) -> None:
    if output.dispatched_at is not None and act.at < output.dispatched_at:
        raise RuleBroken(
            "R14",
            "DATED_BEFORE_DISPATCH",
            f"Dated {act.at.isoformat()}, sent off only at {output.dispatched_at.isoformat()}.",
        )
    if act.at < output.made_at:
        raise RuleBroken(
            "R14",
            "DATED_BEFORE_PARENT",
            f"Dated {act.at.isoformat()}, before the goods it uses ({output.made_at.isoformat()}).",
        )


def prove_state(outputs: list[Output], *allowed: State) -> State:
    """That all outputs are in one of the allowed states, the same one for all."""
    states = {output.state for output in outputs}
    wrong = states - set(allowed)
    if wrong:
        code = _WRONG_STATE[allowed[0]]
        names = " or ".join(allowed)
        raise RuleBroken("R3", code, f"Goods are {min(wrong)}, expected {names}.")
    if len(states) > 1:
        raise RuleBroken("R3", "STATES_MIXED", "Goods of different states move separately.")
    return states.pop()


def prove_holder(outputs: list[Output], act: Act) -> None:
    """That the signer holds every output (R3)."""
    for output in outputs:
        if output.holder != act.signer.gln:
            raise RuleBroken("R3", "NOT_HOLDER", f"{act.signer.gln} does not hold these goods.")


def prove_balance(verb: str, outputs: list[Output], made: tuple[OutputClaim, ...]) -> None:
    """That exactly as many units come out as went in (R4), with serials or without as before."""
    _prove_packs(outputs, made)
    before = sum(output.quantity for output in outputs)
    after = sum(claim.quantity for claim in made)
    if after != before:
        raise RuleBroken("R4", "MASS_IMBALANCE", f"{verb} {after} of {before}: must be the same.")


def _prove_packs(outputs: list[Output], made: tuple[OutputClaim, ...]) -> None:
    """That packs stay packs: whether they are the same ones, their sets must show."""
    serialised = {output.packs is not None for output in outputs}
    if len(serialised) > 1:
        message = "Packs with serial numbers and units without move separately."
        raise RuleBroken("R4", "PACKS_MIXED", message)
    if {claim.packs is not None for claim in made} - serialised:
        with_them = "names no packs" if True in serialised else "names packs"
        message = f"An output {with_them}, unlike the goods that it comes from."
        raise RuleBroken("R4", "PACKS_UNLIKE", message)
    if len(outputs) == len(made) == 1 and outputs[0].packs != made[0].packs:
        raise RuleBroken("R4", "PACKS_DISAGREE", "All of the goods go on, yet as other packs.")


def prove_kept(claim: OutputClaim, holder: Gln) -> None:
    """That what is made stays with the party it belongs to: nobody is given goods unasked."""
    if claim.holder != holder:
        raise RuleBroken(
            "R3", "HOLDER_WRONG", f"The {claim.state} goods belong to {holder}, not {claim.holder}."
        )


def prove_rest(rest: OutputClaim, before: State) -> None:
    """That what is left over stays in the state that it was in."""
    if rest.state is not before:
        raise RuleBroken(
            "R4", "REST_CHANGED", f"The rest stays {before}; it does not become {rest.state}."
        )


def prove_movable(state: LotState, act: Act) -> None:
    """That neither the lot nor what it was made of is flagged (R11), nor is it expired (R12)."""
    if state.flags.recalls or state.inherited.recalls:
        raise RuleBroken("R11", "RECALLED", "The lot is recalled: it goes back or is destroyed.")
    if state.flags.holds or state.inherited.holds:
        raise RuleBroken("R11", "ON_HOLD", "The lot is on hold: it goes back or stays.")
    lot = state.born()
    if lot.expiry.passed(act.at):
        raise RuleBroken("R12", "EXPIRED", f"The lot expired on {lot.expiry.on}.")


def questions(goods: Iterable[Output]) -> set[str]:
    """The entries whose temperature has to be decided on before these goods move on."""
    return {entry_id for output in goods for entry_id in output.questions}


def prove_decided(goods: Iterable[Output]) -> None:
    """That no question about temperature is open on goods that are to go on as good ones (R15)."""
    asked = questions(goods)
    if asked:
        message = f"The temperature in entry {min(asked)} has to be decided on first."
        raise RuleBroken("R15", "TEMPERATURE_UNDECIDED", message)


def prove_conditions(lot: Lot, *, not_required: bool) -> None:
    """That readings are not called unneeded where the product's profile needs them (R15)."""
    if lot.monitored and not_required:
        raise RuleBroken(
            "R15",
            "CONDITIONS_REQUIRED",
            f"Storage profile {lot.product.profile!r} needs readings, or a reason for none.",
        )


def made(act: Act, outputs: list[Output]) -> dict[OutputRef, Output]:
    """The outputs under the names that the ledger gives them."""
    return {OutputRef(act.entry_id, n): output for n, output in enumerate(outputs)}


def plain(claim: OutputClaim, act: Act, way: Way) -> Output:
    """The output that a claim makes, where it is not on the way anywhere."""
    return Output(
        state=claim.state,
        holder=claim.holder,
        quantity=claim.quantity,
        made_at=act.at,
        packs=claim.packs,
        way=way,
        ended_at=act.at if claim.state.final else None,
    )
