"""At the desk: how goods were kept, and what quality decides."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from supplychain.domain.errors import RuleBroken
from supplychain.models import Leg, LegAnswer, Output
from supplychain.queries.proposals import open_proposals
from supplychain.services.record_conditions import record_conditions
from supplychain.services.withdraw_proposal import withdraw_proposal
from tests.stages import HEALS, INSULIN, MAKES, SELLS, Stage, a_lot, readings
from tests.supplychain.admin.conftest import AtDesk, Paper, about, logger_file, words

COLD = a_lot("Q1", INSULIN)
HOUR = timedelta(hours=1)
DECISION = {
    "source": "held",
    "reason": "Stable for 48 hours at 25 °C",
    "decided_by": "Quinn Ash",
}


@pytest.fixture
def cold(now: Stage) -> Stage:
    now.register(COLD, 10)
    return now


def stay(stage: Stage, *celsius: float) -> dict[str, Any]:
    """Six hours in the fridge."""
    since, until = stage.now, stage.later(6 * HOUR)
    stage.later(HOUR)
    return {
        "source": "held",
        "since": f"{since:%Y-%m-%dT%H:%M:%S}",
        "until": f"{until:%Y-%m-%dT%H:%M:%S}",
        "place": "Fridge 2",
        "way": "file",
        "unit": "C",
        "file": logger_file(since, until, *celsius),
    }


def test_a_stay_is_reviewed_with_its_chart_and_signed(at_desk: AtDesk, cold: Stage) -> None:
    paper = Paper(at_desk(MAKES), about("keep", COLD))
    review = words(paper.review(**stay(cold, 5.1, 5.4)))
    for fact in ("Fridge 2", "10 units", "In range", "<svg"):
        assert fact in review
    assert not Leg.objects.exists(), "a review signs nothing"
    paper = Paper(at_desk(MAKES, "administrator"), about("keep", COLD))
    assert paper.sign(**stay(cold, 5.1, 5.4)).status_code == 302
    leg = Leg.objects.get()
    assert (leg.made_as, leg.state, leg.giver, leg.receiver) == (
        "conditions.record",
        "IN_RANGE",
        MAKES,
        MAKES,
    )


def test_what_was_too_warm_stands_first_and_quality_decides(at_desk: AtDesk, cold: Stage) -> None:
    signer = at_desk(MAKES)
    Paper(signer, about("keep", COLD)).sign(**stay(cold, 5.1, 9.4))
    home = words(signer.get("/admin/"))
    assert "Temperature to decide on" in home
    assert ">Decide<" not in home
    assert signer.get(about("decide", COLD)).status_code == 403
    quality = at_desk(MAKES, "qa")
    assert ">Decide<" in words(quality.get("/admin/"))
    form = words(quality.get(about("decide", COLD)))
    assert "What you decide on" in form
    assert "Temperature excursion" in form
    paper = Paper(quality, about("decide", COLD))
    review = words(paper.review(**DECISION))
    for fact in ("10 units", "Quinn Ash", "sealed", "Stable for 48 hours"):
        assert fact in review
    assert paper.sign(**DECISION).status_code == 302
    row = Output.objects.get(spent_by=None)
    assert (row.made_as, row.questions, row.state) == ("quality.release", "", "held")
    assert "Temperature to decide on" not in words(quality.get("/admin/"))
    assert "released by quality" in words(quality.get(about("lots", COLD)))


def test_there_is_no_such_page_without_goods_or_a_question(at_desk: AtDesk, cold: Stage) -> None:
    del cold
    assert at_desk(MAKES, "qa").get(about("decide", COLD)).status_code == 404
    assert at_desk(SELLS).get(about("keep", COLD)).status_code == 404


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"since": "2027-01-01T00:00:00"}, "This is after the end."),
        ({"until": "2027-01-01T00:00:00"}, "This is still to come."),
        ({"way": "none", "none": "logger_missing"}, "none is not one of the available choices"),
        ({"source": "returned"}, "returned is not one of the available choices"),
    ],
)
def test_a_form_that_makes_no_sense_says_why(
    at_desk: AtDesk, cold: Stage, wrong: dict[str, str], sentence: str
) -> None:
    paper = Paper(at_desk(MAKES), about("keep", COLD))
    assert sentence in words(paper.review(**stay(cold, 5.1) | wrong))
    assert not Leg.objects.exists()


def test_a_temperature_is_acknowledged_by_name_and_comment(at_desk: AtDesk, cold: Stage) -> None:
    cold.ship(MAKES, COLD, 10, SELLS, readings(cold.now - 2 * HOUR, cold.now, 500, 900))
    leg = Leg.objects.get(state="EXCURSION")
    address = f"/admin/desk/excursions/{leg.entry_id}/{INSULIN}/Q1"
    for party in (MAKES, SELLS):
        client = at_desk(party, "operator")
        assert "Temperatures to acknowledge" in words(client.get("/admin/"))
        assert "This field is required" in words(client.post(address, {"by": "", "comment": ""}))
        answer = {"by": "Quinn Ash", "comment": "The door stood open"}
        assert client.post(address, answer).status_code == 302
        assert "Temperatures to acknowledge" not in words(client.get("/admin/"))
        assert client.post(address, answer).status_code == 302
    kept = {(one.gln, one.by, one.comment) for one in LegAnswer.objects.all()}
    assert kept == {(gln, "Quinn Ash", "The door stood open") for gln in (MAKES, SELLS)}


def test_others_acknowledge_nothing(at_desk: AtDesk, cold: Stage) -> None:
    cold.ship(MAKES, COLD, 10, SELLS, readings(cold.now - 2 * HOUR, cold.now, 500, 900))
    leg = Leg.objects.get(state="EXCURSION")
    address = f"/admin/desk/excursions/{leg.entry_id}/{INSULIN}/Q1"
    assert at_desk(HEALS).get(address).status_code == 404
    assert at_desk(SELLS, "viewer").get(address).status_code == 403
    assert at_desk(SELLS).get(address.replace(leg.entry_id, "x")).status_code == 404


def test_what_waits_is_offered_for_nothing_but_a_decision(at_desk: AtDesk, cold: Stage) -> None:
    Paper(at_desk(MAKES), about("keep", COLD)).sign(**stay(cold, 5.1, 9.4))
    quality = at_desk(MAKES, "qa")
    page = words(quality.get(about("lots", COLD)))
    assert ">Decide on the temperature<" in page
    assert ">Ship<" not in page.partition('class="row actions"')[2].partition("</div>")[0]
    Paper(quality, about("decide", COLD)).sign(**DECISION)
    page = words(quality.get(about("lots", COLD)))
    assert ">Ship<" in page.partition('class="row actions"')[2].partition("</div>")[0]
    assert ">Excursion<" not in words(quality.get("/admin/"))


def test_who_decides_sees_what_is_over(at_desk: AtDesk, now: Stage) -> None:
    vaccine = "00614141000036"
    now.catalogue(vaccine, "Vaccine", "ultra-cold-thawed-once/2")
    lot = a_lot("M1", vaccine)
    now.register(lot, 10)
    for _ in range(2):
        since, until = now.now, now.later(timedelta(days=16))
        record_conditions(
            party=MAKES,
            lot=lot,
            conditions=readings(since, until + timedelta(minutes=1), 500),
            covers=(since, until),
            at=now.later(),
            nonce=now.nonce(),
            place="Fridge 2",
        )
    now.log()
    page = words(at_desk(MAKES, "qa").get(about("decide", lot)))
    for fact in (
        "What was used of the stability budget",
        "32 d",
        "Longer in one band of temperatures than the product bears",
        "Kept in Fridge 2 by",
        "thawed: 16 d",
        "What two loggers tell of the same time counts once",
    ):
        assert fact in page
    cold = a_lot("Q2", INSULIN)
    now.register(cold, 10)
    Paper(at_desk(MAKES), about("keep", cold)).sign(**stay(now, 9.4))
    assert "stability budget" not in words(at_desk(MAKES, "administrator").get("/admin/"))


def test_two_people_release_at_two_desks(at_desk: AtDesk, cold: Stage) -> None:
    Paper(at_desk(MAKES), about("keep", COLD)).sign(**stay(cold, 9.4))
    call_command("ask_four_eyes", MAKES, "on")
    quinn, robin = at_desk(MAKES, "qa"), at_desk(MAKES, "administrator")
    assert at_desk(MAKES, "operator").get(about("propose", COLD)).status_code == 403
    assert quinn.get(about("decide", COLD))["Location"] == about("propose", COLD)
    assert quinn.get(about("confirm", COLD)).status_code == 404
    form = words(quinn.get(about("propose", COLD)))
    assert "What you decide on" in form
    assert "Propose it" in form
    proposal = {"source": "held", "reason": "Study 4711", "decided_by": "Quinn Ash"}
    assert "This field is required" in words(
        Paper(quinn, about("propose", COLD)).review(**{**proposal, "reason": ""})
    )
    kept = Paper(quinn, about("propose", COLD)).review(**proposal)
    assert kept.url == about("propose", COLD)
    assert "Quinn Ash proposes to release these goods" in words(quinn.get(kept.url))
    own = Paper(quinn, about("confirm", COLD)).review(confirmed_by="Quincy")
    assert "OWN_PROPOSAL" in words(own)
    assert Output.objects.filter(made_as="quality.release").count() == 0
    assert robin.get(about("decide", COLD))["Location"] == about("confirm", COLD)
    paper = Paper(robin, about("confirm", COLD))
    review = words(paper.review(confirmed_by="Robin Elm"))
    for fact in ("10 units", "Study 4711", "Quinn Ash", "Robin Elm", "sealed"):
        assert fact in review
    assert paper.sign(confirmed_by="Robin Elm").status_code == 302
    assert Output.objects.get(spent_by=None).made_as == "quality.release"
    call_command("ask_four_eyes", MAKES, "off")
    assert quinn.get(about("propose", COLD)).status_code == 404


def test_a_proposal_about_goods_that_moved_is_refused_at_the_desk(
    at_desk: AtDesk, cold: Stage
) -> None:
    Paper(at_desk(MAKES), about("keep", COLD)).sign(**stay(cold, 9.4))
    call_command("ask_four_eyes", MAKES, "on")
    quinn = at_desk(MAKES, "qa")
    paper = Paper(quinn, about("propose", COLD))
    told = paper.review(source="held", reason="Study 4711", decided_by="x" * 101)
    assert "at most 100 characters" in words(told)
    with pytest.raises(CommandError, match="PARTY_UNKNOWN"):
        call_command("ask_four_eyes", "0000000000000", "on")


@pytest.mark.parametrize(("who", "word"), [("qa", "Withdraw"), ("administrator", "Decline")])
def test_a_proposal_is_withdrawn_or_declined_and_nobody_confirms_it_then(
    at_desk: AtDesk, cold: Stage, who: str, word: str
) -> None:
    Paper(at_desk(MAKES), about("keep", COLD)).sign(**stay(cold, 9.4))
    call_command("ask_four_eyes", MAKES, "on")
    people = {"qa": at_desk(MAKES, "qa"), "administrator": at_desk(MAKES, "administrator")}
    proposal = {"source": "held", "reason": "Study 4711", "decided_by": "Quinn Ash"}
    page = Paper(people["qa"], about("propose", COLD)).review(**proposal).url
    (waits,) = open_proposals(MAKES)
    for one in people.values():
        assert "Quinn Ash proposed a release" in words(one.get("/admin/"))
    away = f"/admin/desk/proposals/{waits.id}/withdraw"
    assert away in words(people["qa"].get(page))
    assert away in words(people["administrator"].get(about("confirm", COLD)))
    assert at_desk(MAKES, "operator").post(away).status_code == 403
    at_desk(SELLS, "qa").post(away)
    assert open_proposals(MAKES) == [waits]
    assert people[who].get(away).status_code == 405
    assert people[who].post(away)["Location"] == about("lots", COLD)
    assert open_proposals(MAKES) == []
    assert "proposed a release" not in words(people["qa"].get("/admin/"))
    assert f"{word} the release of lot" in words(people[who].get("/admin/desk/journal"))
    assert people["administrator"].get(about("confirm", COLD)).status_code == 404
    assert people[who].post(away).status_code == 302, "again: there is nothing to withdraw"
    with pytest.raises(RuleBroken, match="signed or withdrawn"):
        withdraw_proposal(party=MAKES, proposal=waits.id, at=cold.later())


def test_what_was_not_read_is_not_confirmed(at_desk: AtDesk, cold: Stage) -> None:
    Paper(at_desk(MAKES), about("keep", COLD)).sign(**stay(cold, 9.4))
    call_command("ask_four_eyes", MAKES, "on")
    quinn, robin = at_desk(MAKES, "qa"), at_desk(MAKES, "administrator")
    proposal = {"source": "held", "reason": "Study 4711", "decided_by": "Quinn Ash"}
    Paper(quinn, about("propose", COLD)).review(**proposal)
    paper = Paper(robin, about("confirm", COLD))
    assert "Study 4711" in words(paper.review(confirmed_by="Robin Elm"))
    Paper(quinn, about("propose", COLD)).review(**{**proposal, "reason": "Because I say so"})
    again = words(paper.sign(confirmed_by="Robin Elm"))
    assert "What this is about has changed" in again
    assert "Because I say so" in again
    assert not Output.objects.filter(made_as="quality.release").exists()
    assert Paper(robin, about("confirm", COLD)).sign(confirmed_by="Robin Elm").status_code == 302


def test_what_became_of_the_goods_meanwhile_is_not_released_unread(
    at_desk: AtDesk, cold: Stage
) -> None:
    Paper(at_desk(MAKES), about("keep", COLD)).sign(**stay(cold, 9.4))
    paper = Paper(at_desk(MAKES, "qa"), about("decide", COLD))
    assert "10 units" in words(paper.review(**DECISION))
    Paper(at_desk(MAKES, "administrator"), about("keep", COLD)).sign(**stay(cold, 30.0))
    again = paper.sign(**DECISION)
    assert "What this is about has changed" in words(again)
    assert again.context["form"]["seen"].value() != paper.seen["seen"]
    assert not Output.objects.filter(made_as="quality.release").exists()
