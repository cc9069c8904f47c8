"""The golden lot of the trade: every statement is in it, and every rule of custody holds."""

from ledger.core.registry import Registry
from ledger.core.signatures import OPENSSL
from ledger.core.verification import Fact, verify
from supplychain.domain.histories import replay_all
from supplychain.domain.lot_state import Act
from supplychain.domain.outputs import State
from supplychain.domain.parties import Party
from supplychain.domain.statements import TYPES, Ship, read
from tests.supplychain.domain.lot_story import KEY
from tests.vectors.trade import every_statement
from tests.vectors.world import AT, World

EVIDENCE = every_statement()
FOUND = verify(EVIDENCE, World().policy, AT, OPENSSL)


def test_every_type_of_statement_is_in_it() -> None:
    assert FOUND.valid
    assert {fact.entry.statement.type for fact in FOUND.facts} == set(TYPES)


def test_it_is_complete() -> None:
    assert FOUND.complete_to == max(fact.index for fact in FOUND.facts) + 1


def test_the_rules_of_custody_hold_in_it() -> None:
    history = replay_all([_act(fact, FOUND.registry) for fact in FOUND.facts])
    assert history.broken == ()
    standing = history.state.outputs.values()
    units = {state: sum(o.quantity for o in standing if o.state is state) for state in State}
    assert {state.value: count for state, count in units.items() if count} == {
        "held": 40 + 10 + 39,
        "stolen": 5,
        "destroyed": 5,
        "dispensed": 1,
    }


def _act(fact: Fact, registry: Registry) -> Act:
    said = read(fact.entry)
    receiver = registry.parties[str(said.to)] if isinstance(said, Ship) else None
    return Act(
        entry_id=fact.entry.entry_id,
        key=KEY,
        signer=Party.from_profile(fact.signer.party, fact.signer.profile),
        statement=said,
        at=fact.entry.statement.at,
        consumes=fact.entry.statement.consumes,
        receiver=Party.from_profile(str(said.to), receiver.profile)
        if receiver and isinstance(said, Ship)
        else None,
        monitored=False,
    )
