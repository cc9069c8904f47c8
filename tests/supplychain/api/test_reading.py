"""What a program reads: lists, lots, evidence, verdicts, the log."""

import gzip
import json
from typing import Any
from urllib.parse import quote

import pytest
from django.test import Client

from ledger.core.evidence import Evidence
from ledger.core.policy import Policy
from ledger.core.signatures import OPENSSL
from ledger.core.verification import verify
from supplychain.api.doors import PasserByThrottle
from supplychain.queries import own_goods
from tests.stages import HEALS, INSULIN, LIES, MAKES, RULES, SELLS, Stage, a_lot
from tests.supplychain.api.conftest import LOT, Program, Programs, problem

NOBODY = Program("")
CODE = f"(01){LOT.gtin}(10){LOT.lot}"


def test_lists_come_in_pages(now: Stage, program: Programs) -> None:
    for n in range(5):
        now.register(a_lot(f"L{n}"), 10)
    maker = program(MAKES)
    first = maker.get("lots", per_page="2", q="paracetamol")
    body = first.json()
    assert (body["count"], len(body["results"])) == (5, 2)
    assert first["Link"] == f'<{body["next"]}>; rel="next"'
    assert "q=paracetamol" in body["next"]
    last = maker.get("lots", per_page="2", page="3").json()
    assert ([one["lot"] for one in last["results"]], last["next"]) == (["L4"], None)
    assert maker.get("lots", page="9").json()["results"] == []


@pytest.mark.parametrize("page", ["0", "-1", "x", "", "1.0", "\u0661", "1234567"])
def test_a_page_is_a_number_from_one(program: Programs, page: str) -> None:
    problem(program(MAKES).get("lots", page=page), 400, "PARAMETER_MALFORMED")


def test_lists_are_searched_and_filtered(traded: Stage, program: Programs) -> None:
    traded.register(a_lot("B2", INSULIN), 10)
    maker = program(MAKES)

    def found(**query: str) -> list[str]:
        return [one["lot"] for one in maker.get("lots", **query).json()["results"]]

    assert found() == ["A1", "B2"]
    assert found(q="INSULIN b2") == ["B2"]
    assert found(q="insulin a1") == []
    assert found(gtin=INSULIN) == ["B2"]
    assert found(lot="A1", flag="none") == ["A1"]
    assert found(lot="a1") == []
    problem(maker.get("lots", flag="blue"), 400, "PARAMETER_MALFORMED")


def test_shipments_have_a_direction(traded: Stage, program: Programs) -> None:
    traded.ship(MAKES, LOT, 7, SELLS)
    traded.ship(SELLS, LOT, 3, HEALS)
    seller = program(SELLS)

    def found(**query: str) -> list[int]:
        return [one["quantity"] for one in seller.get("shipments", **query).json()["results"]]

    assert found() == [7, 3]
    assert (found(direction="in"), found(direction="out")) == ([7], [3])
    assert found(q="poppy") == [3]


@pytest.mark.usefixtures("traded")
def test_each_sees_its_own_trade_only(program: Programs) -> None:
    liar = program(LIES)
    for address in ("lots", "stock", "shipments", "products"):
        assert liar.get(address).json()["count"] == 0
    for address in ("", "/units", "/evidence", "/temperature.pdf"):
        response = liar.get(f"lots/{LOT.gtin}/{LOT.lot}{address}")
        problem(response, 404, "LOT_UNKNOWN")
    problem(program(SELLS).get(f"lots/{LOT.gtin}/{LOT.lot}/units"), 404, "LOT_UNKNOWN")


@pytest.mark.parametrize("lot", ["1/A", f"{LOT.gtin}/%C3%A9", f"{LOT.gtin}/{'x' * 21}"])
def test_a_lot_that_can_not_be_is_not_there(program: Programs, lot: str) -> None:
    problem(program(MAKES).get(f"lots/{lot}"), 404, "LOT_UNKNOWN")


def test_a_lot_with_a_slash_has_an_address(now: Stage, program: Programs) -> None:
    lot = a_lot('A/1"%')
    now.register(lot, 10)
    now.log()
    maker, address = program(MAKES), f"lots/{lot.gtin}/{quote(str(lot.lot), safe='')}"
    assert maker.get(address).json()["lot"]["lot"] == 'A/1"%'
    assert maker.get(f"{address}/units").json()["balanced"] is True
    assert maker.get(f"{address}/evidence").status_code == 200


@pytest.mark.usefixtures("traded")
def test_the_maker_sees_where_its_units_are(program: Programs) -> None:
    found = program(MAKES).get(f"lots/{LOT.gtin}/{LOT.lot}/units").json()
    places = {(one["holder"], one["state"]): one["quantity"] for one in found["places"]}
    assert places == {(MAKES, "held"): 100, (SELLS, "held"): 100}


@pytest.mark.usefixtures("traded")
def test_the_report_on_its_temperature_is_a_pdf(program: Programs) -> None:
    address = f"lots/{LOT.gtin}/{LOT.lot}/temperature.pdf"
    answer = program(SELLS).get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    assert answer.content.startswith(b"%PDF-")
    assert program(LIES).get(address).status_code == 404
    assert program(SELLS).get(f"lots/{LOT.gtin}/NONE/temperature.pdf").status_code == 404


def test_evidence_verifies_with_the_policy(traded: Stage, program: Programs) -> None:
    content = program(SELLS).get(f"lots/{LOT.gtin}/{LOT.lot}/evidence").content
    policy = Policy.parse(NOBODY.get("log/policy").content)
    found = verify(Evidence.parse(content), policy, traded.now, OPENSSL)
    assert found.valid


def test_evidence_says_how_many_parts_it_has(
    traded: Stage, program: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    traded.deliver(MAKES, LOT, 1, SELLS)
    traded.log()
    address = f"lots/{LOT.gtin}/{LOT.lot}/evidence"
    whole = program(MAKES).get(address)
    assert (whole["Evidence-Parts"], whole.get("Link")) == ("1", None)
    monkeypatch.setattr(own_goods, "OUTPUTS_MAX", 1)
    first = program(SELLS).get(address)
    parts = int(first["Evidence-Parts"])
    assert parts > 1
    assert first["Link"] == f'</api/v1/{address}?part=2>; rel="next"'
    last = program(SELLS).get(address, part=str(parts))
    assert (last.status_code, last.get("Link")) == (200, None)
    assert last.content != first.content
    problem(program(SELLS).get(address, part=str(parts + 1)), 404, "LOT_UNKNOWN")
    problem(program(SELLS).get(address, part="0"), 400, "PARAMETER_MALFORMED")


@pytest.mark.usefixtures("traded")
def test_evidence_goes_over_the_wire_packed(program: Programs) -> None:
    asking = program(SELLS)
    address = f"/api/v1/lots/{LOT.gtin}/{LOT.lot}/evidence"
    accepting = asking.headers() | {"accept-encoding": "gzip"}
    packed = asking.client.get(address, headers=accepting)
    assert packed["Content-Encoding"] == "gzip"
    assert (
        gzip.decompress(packed.content)
        == asking.client.get(address, headers=asking.headers()).content
    )


@pytest.mark.usefixtures("traded")
def test_an_order_is_open_to_giver_and_receiver_and_an_authority_has_to_open_it(
    program: Programs,
) -> None:
    def opened(gln: str) -> int:
        content = program(gln).get(f"lots/{LOT.gtin}/{LOT.lot}/evidence").content
        return sum(len(item.disclosures) for item in Evidence.parse(content).items)

    assert [opened(gln) for gln in (MAKES, SELLS, RULES)] == [1, 1, 0]


@pytest.mark.usefixtures("traded")
def test_anybody_reads_the_newest_checkpoint() -> None:
    response = NOBODY.get("log/checkpoint")
    assert response["Content-Type"].startswith("text/plain")
    assert response.content.startswith(b"unbroken.example/demo\n")
    client = Client(headers={"Accept": "text/plain"})
    assert client.get("/api/v1/log/checkpoint").status_code == 200


def test_what_needs_somebody_is_told(traded: Stage, program: Programs) -> None:
    traded.ship(SELLS, LOT, 3, HEALS)
    found = program(HEALS).get("needs-you-now").json()
    assert [one["quantity"] for one in found["to_receive"]] == [3]
    assert found["blocked"] == []


def test_goods_are_sent_to_those_who_may_hold_them(program: Programs) -> None:
    found = program(MAKES).get("receivers", q="poppy").json()["results"]
    assert [one["gln"] for one in found] == [HEALS]


@pytest.mark.usefixtures("traded")
def test_a_party_of_the_chain_is_told_names_and_a_passer_by_is_not(program: Programs) -> None:
    named = program(SELLS).get("verify", code=CODE).json()
    assert named["verdict"] == "OK", named
    assert named["steps"][0]["signer"] == MAKES
    assert named["steps"][0]["statement"]["gtin"] == str(LOT.gtin)
    assert named["evidence"].endswith(f"/{LOT.gtin}/{LOT.lot}/evidence")
    told = NOBODY.get("verify", code=CODE).json()
    assert told["steps"][0]["roles"] == ["manufacturer"]
    assert told["evidence"] is None
    assert SELLS not in json.dumps(told)
    assert "Marlow" not in json.dumps(told)
    assert not any("entry_id" in step or "statement" in step for step in told["steps"])


@pytest.mark.parametrize("code", ["hello", "01", "\x1d" * 30, "\u202e", "0" * 3000, "]d201"])
@pytest.mark.usefixtures("traded")
def test_what_cannot_be_read_is_scanned_again(code: str) -> None:
    found = NOBODY.get("verify", code=code).json()
    assert found["verdict"] == "SCAN_AGAIN"
    assert (found["lot"], found["checkpoint"], found["steps"]) == (None, None, [])


@pytest.mark.usefixtures("now")
def test_without_a_code_there_is_nothing_to_verify() -> None:
    problem(NOBODY.get("verify"), 400, "PARAMETER_MISSING")
    problem(NOBODY.get("verify", code="a\x00b"), 400, "BAD_CHARACTER")


@pytest.mark.usefixtures("traded")
def test_a_passer_by_may_ask_so_often_and_a_program_oftener(
    program: Programs, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(PasserByThrottle, "rate", "2/min")

    def ask(forwarded: str) -> Any:
        address = f"/api/v1/verify?code={CODE}"
        return Client().get(address, headers={"X-Forwarded-For": forwarded})

    answers = [ask(f"10.0.0.{n}") for n in range(3)]
    assert [one.status_code for one in answers] == [200, 200, 429]
    problem(answers[2], 429, "TOO_MANY_REQUESTS")
    assert int(answers[2]["Retry-After"]) > 0
    assert program(SELLS).get("verify", code=CODE).status_code == 200
