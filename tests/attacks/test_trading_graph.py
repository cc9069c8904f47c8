"""Attack 40, from within: a party of a lot reads whom the others of that lot trade with."""

import json
from typing import Any

import pytest
from django.test import Client

from ledger import signers
from ledger.core.entry import Entry
from ledger.core.evidence import Evidence
from supplychain.services.place_hold import place_hold
from tests.attacks.inspection import inspect
from tests.stages import HEALS, HEALS_TOO, INSULIN, MAKES, RULES, SELLS, Stage, a_lot, readings
from tests.supplychain.api.conftest import LOT, Programs, problem
from tests.supplychain.web.conftest import SignIn, sign_in

__all__ = ["sign_in"]

ADDRESS = f"lots/{LOT.gtin}/{LOT.lot}/evidence"


@pytest.fixture
def branched(now: Stage) -> Stage:
    """The wholesaler supplies two pharmacies out of one lot; the second one dispenses."""
    now.register(LOT, 200)
    now.deliver(MAKES, LOT, 100, SELLS)
    now.deliver(SELLS, LOT, 40, HEALS)
    now.deliver(SELLS, LOT, 40, HEALS_TOO)
    now.log()
    now.index()
    return now


def said(evidence: Evidence) -> list[tuple[str, dict[str, Any]]]:
    """The types and bodies of all entries about the lot."""
    entries = (Entry.parse(item.entry + "~").statement for item in evidence.items)
    return [(one.type, dict(one.body)) for one in entries if one.stream == LOT.stream]


def taken(program: Programs, gln: str) -> Evidence:
    response = program(gln).get(ADDRESS)
    assert response.status_code == 200
    return Evidence.parse(response.content)


def named(evidence: Evidence) -> set[str]:
    """Who of the two pharmacies and their wholesaler stands in what is said of the lot."""
    text = json.dumps(said(evidence))
    return {gln for gln in (SELLS, HEALS, HEALS_TOO) if gln in text}


def test_attack_40_a_pharmacy_reads_in_its_evidence_who_else_is_supplied(
    branched: Stage, program: Programs
) -> None:
    """Its own way is all there, proven to be complete; of the later branch there is nothing."""
    evidence = taken(program, HEALS)
    assert named(evidence) == {SELLS, HEALS}
    findings = inspect(evidence, signers.policy(), branched.now)
    assert findings.valid
    assert "COMPLETENESS_NOT_PROVEN" not in findings.codes
    assert [kind for kind, _ in said(evidence)] == [
        "lot.register", "custody.ship", "custody.receive", "custody.ship", "custody.receive",
    ]  # fmt: skip


def test_attack_40_whoever_supplies_reads_what_becomes_of_the_goods_at_his_customers(
    branched: Stage, program: Programs
) -> None:
    """That they were received is his; what the pharmacy does with them is not."""
    branched.ship(HEALS, LOT, 5, HEALS_TOO)
    branched.log()
    branched.index()
    sent_to = [
        body.get("to") for kind, body in said(taken(program, SELLS)) if kind == "custody.ship"
    ]
    assert sent_to == [SELLS, HEALS, HEALS_TOO]
    assert len(said(taken(program, MAKES))) == len(said(taken(program, RULES))) == 8


def test_attack_40_a_recall_reaches_those_who_see_a_part_only(
    branched: Stage, program: Programs
) -> None:
    place_hold(
        party=MAKES, lot=LOT, reason="A complaint", at=branched.later(), nonce=branched.nonce()
    )
    branched.log()
    assert said(taken(program, HEALS))[-1][0] == "hold.place"


@pytest.mark.usefixtures("branched")
def test_attack_40_the_page_gives_away_no_more_than_the_program(sign_in: SignIn) -> None:
    response = sign_in(HEALS).get(f"/evidence/{LOT.gtin}/{LOT.lot}")
    assert named(Evidence.parse(response.content)) == {SELLS, HEALS}


def test_attack_40_temperatures_and_entries_of_other_branches_are_not_shown(
    now: Stage, program: Programs, sign_in: SignIn
) -> None:
    cold = a_lot("C1", INSULIN)
    now.register(cold, 100)
    for pharmacy in (HEALS, HEALS_TOO):
        start = now.now
        now.ship(MAKES, cold, 40, pharmacy, readings(start, now.now))
        sent = now.now
        received = now.receive(pharmacy, cold, 40, conditions=readings(sent, now.now))
    now.log()
    entry = received.entry_id
    page = f"/temperature/{entry}/{cold.gtin}/{cold.lot}"
    assert _seen(sign_in(HEALS), page) == 404
    assert _seen(sign_in(HEALS_TOO), page) == 200
    proof = f"lots/{cold.gtin}/{cold.lot}/readings/{entry}/0"
    at = {"at": f"{sent:%Y-%m-%dT%H:%M:%SZ}"}
    problem(program(HEALS).get(proof, **at), 404, "SERIES_UNKNOWN")
    assert program(HEALS_TOO).get(proof, **at).status_code == 200
    problem(program(HEALS).get(f"entries/{entry}"), 404, "ENTRY_UNKNOWN")
    assert program(HEALS_TOO).get(f"entries/{entry}").status_code == 200


def _seen(client: Client, page: str) -> int:
    return client.get(page).status_code
