"""Where an organisation asks for it, two people of its quality release goods, and never one."""

from datetime import timedelta
from typing import Any

import pytest

from ledger.core.entry import Entry
from ledger.models import Entry as Row
from supplychain.domain.errors import Invalid, RuleBroken
from supplychain.models import ReleaseProposal
from supplychain.queries.proposals import Proposal, open_proposals
from supplychain.queries.questions import waiting_with
from supplychain.recording.submissions import Recorded
from supplychain.services.ask_four_eyes import ask_four_eyes
from supplychain.services.confirm_release import confirm_release
from supplychain.services.propose_release import propose_release
from supplychain.services.quarantine_units import quarantine_units
from supplychain.services.record_conditions import record_conditions
from supplychain.services.release_quality import release_quality
from tests.stages import INSULIN, MAKES, SELLS, Stage, a_lot, readings

LOT = a_lot("Q4", INSULIN)
QUINN, ROBIN = ("Quinn Ash", "quinn"), ("Robin Elm", "robin")


@pytest.fixture
def warm(stage: Stage) -> Stage:
    """Ten units of a maker who asks for two people were too warm."""
    stage.register(LOT, 10)
    since = stage.now
    until = stage.later(timedelta(hours=1))
    record_conditions(
        party=MAKES,
        lot=LOT,
        conditions=readings(since, until, 950),
        covers=(since, until),
        at=stage.later(),
        nonce=stage.nonce(),
    )
    ask_four_eyes(party=MAKES, wanted=True)
    return stage


def propose(stage: Stage, who: tuple[str, str] = QUINN) -> Proposal:
    named, by = who
    return propose_release(
        party=MAKES, lot=LOT, reason="Study 4711", named=named, by=by, at=stage.later()
    )


def confirm(
    stage: Stage, proposal: int, who: tuple[str, str] = ROBIN, party: str = MAKES
) -> Recorded:
    named, by = who
    return confirm_release(
        party=party,
        proposal=proposal,
        named=named,
        by=by,
        at=stage.later(),
        nonce=stage.nonce(),
        salts=(stage.nonce(), stage.nonce()),
    )


def alone(stage: Stage) -> Recorded:
    return release_quality(
        party=MAKES,
        lot=LOT,
        reason="Study 4711",
        decided_by="Quinn Ash",
        at=stage.later(),
        nonce=stage.nonce(),
        salt=stage.nonce(),
    )


def test_one_person_alone_releases_nothing(warm: Stage) -> None:
    with pytest.raises(RuleBroken) as refused:
        alone(warm)
    assert refused.value.code == "SECOND_PERSON_NEEDED"
    ask_four_eyes(party=MAKES, wanted=False)
    alone(warm)
    assert waiting_with(MAKES) == []


def test_two_do_and_both_names_are_sealed(warm: Stage) -> None:
    proposed = propose(warm)
    assert open_proposals(MAKES) == [proposed]
    assert [one.units for one in waiting_with(MAKES)] == [10]
    signed = confirm(warm, proposed.id)
    assert waiting_with(MAKES) == []
    assert open_proposals(MAKES) == []
    row = Row.objects.get(entry_id=signed.entry_id)
    entry = Entry.parse("~".join([bytes(row.jws).decode(), *row.disclosures, ""]))
    assert entry.opened["decided_by"] == "Quinn Ash"
    assert entry.opened["confirmed_by"] == "Robin Elm"
    assert not {"decided_by", "confirmed_by"} & entry.statement.body.keys()
    assert ReleaseProposal.objects.get().entry_id == signed.entry_id


@pytest.mark.parametrize("who", [QUINN, ("Robin Elm", "quinn"), ("quinn ASH", "robin")])
def test_nobody_confirms_his_own(warm: Stage, who: tuple[str, str]) -> None:
    proposed = propose(warm)
    with pytest.raises(RuleBroken) as refused:
        confirm(warm, proposed.id, who)
    assert refused.value.code == "OWN_PROPOSAL"
    assert open_proposals(MAKES) == [proposed]


def test_a_newer_proposal_takes_the_place_of_an_older_one(warm: Stage) -> None:
    older, newer = propose(warm), propose(warm, ROBIN)
    assert open_proposals(MAKES) == [newer]
    with pytest.raises(RuleBroken) as refused:
        confirm(warm, older.id)
    assert refused.value.code == "PROPOSAL_CLOSED"
    confirm(warm, newer.id, QUINN)


def test_of_two_proposals_at_the_same_time_one_is_refused(
    warm: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    create = ReleaseProposal.objects.create

    def after_another(**said: Any) -> ReleaseProposal:
        create(**{**said, "named": "Robin Elm"})
        return create(**said)

    monkeypatch.setattr(ReleaseProposal.objects, "create", after_another)
    with pytest.raises(RuleBroken) as refused:
        propose(warm)
    assert (refused.value.code, refused.value.conflict) == ("PROPOSED_MEANWHILE", True)


def test_a_confirmation_sent_again_is_the_same_entry(warm: Stage) -> None:
    proposed, nonce = propose(warm), warm.nonce()
    said = [
        confirm_release(
            party=MAKES,
            proposal=proposed.id,
            named="Robin Elm",
            by="robin",
            at=warm.now,
            nonce=nonce,
            salts=(warm.nonce(), warm.nonce()),
        )
        for _ in range(2)
    ]
    assert [one.known for one in said] == [False, True]
    assert said[0].entry_id == said[1].entry_id


def test_what_moved_meanwhile_is_proposed_anew(warm: Stage) -> None:
    proposed = propose(warm)
    quarantine_units(
        party=MAKES, lot=LOT, quantity=4, reason="Seal", at=warm.later(), nonce=warm.nonce()
    )
    with pytest.raises(RuleBroken) as refused:
        confirm(warm, proposed.id)
    assert refused.value.code == "NOT_HOLDER"


def test_it_is_nobody_elses_business(warm: Stage) -> None:
    proposed = propose(warm)
    with pytest.raises(RuleBroken) as refused:
        confirm(warm, proposed.id, party=SELLS)
    assert refused.value.code == "PROPOSAL_UNKNOWN"
    with pytest.raises(RuleBroken) as refused:
        ask_four_eyes(party="0000000000000", wanted=True)
    assert refused.value.code == "PARTY_UNKNOWN"


def test_a_proposal_has_a_reason_a_name_and_a_question(warm: Stage) -> None:
    with pytest.raises(Invalid):
        propose(warm, ("", "quinn"))
    confirm(warm, propose(warm).id)
    with pytest.raises(RuleBroken) as refused:
        propose(warm)
    assert refused.value.code == "NOTHING_TO_DECIDE"
