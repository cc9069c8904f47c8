"""The temperature of a leg and of a lot on paper: its words can be read by programs too."""

import re
from dataclasses import replace
from datetime import timedelta
from io import BytesIO

import pytest
from pypdf import PdfReader

from supplychain.domain.conditions_judged import Stated
from supplychain.domain.excursions import judge
from supplychain.domain.profiles import profile
from supplychain.queries import readings as queries
from supplychain.queries.chains import Chain, chain_of
from supplychain.services.release_quality import release_quality
from supplychain.web import temperature_report, temperatures
from supplychain.web.chart import chart
from supplychain.web.leg_page import one_leg
from supplychain.web.pdf_document import WIDTH, document
from supplychain.web.pdf_drawing import Drawing
from supplychain.web.temperature_report import leg_report, lot_report
from tests.stages import HEALS, INSULIN, LIES, MAKES, NO_LOGGER, SELLS, Stage, a_lot, readings
from tests.supplychain.web.conftest import SOUND, SignIn, hand_on
from tests.supplychain.web.test_chart import FRIDGE, at, logged
from tests.supplychain.web.test_legs import leg_of

WARM = a_lot("WARM", INSULIN)
VACCINE = "00614141000036"
SITE = "https://unbroken.example"


def read(pdf: bytes) -> str:
    pages = (page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)
    return " ".join(" ".join(pages).split())


@pytest.fixture
def warm(now: Stage) -> Chain:
    """A lot that came too warm, and that quality released."""
    now.register(WARM, 10)
    hand_on(now, MAKES, SELLS, 10, 950, lot=WARM)
    release_quality(
        party=SELLS,
        lot=WARM,
        reason="Stable for 48 hours <at 25 °C>",
        decided_by="Quinn Ash",
        at=now.later(),
        nonce=now.nonce(),
        salt=now.nonce(),
    )
    now.log()
    return chain_of(WARM, now.now)


def test_the_report_of_a_leg_has_what_an_auditor_asks_for(now: Stage, warm: Chain) -> None:
    act = next(act for act in warm.history.acts.values() if act.statement.type == "custody.receive")
    leg = one_leg(warm, act.entry_id)
    assert leg is not None
    text = read(leg_report(warm, leg, now.now, SITE))
    for said in (
        "Insulin 500 mg",
        "Marlow Medicines, GLN 0614141000012",
        "Wendover Wholesale, GLN 9506000020013",
        "Refrigerated, 2 to 8 °C",
        "up to 9.5 °C",
        "LOGGER-1",
        "Stable for 48 hours <at 25 °C>",
        act.entry_id,
        f"Index in the log {warm.index_of[act.entry_id]}",
        f"{SITE}/api/v1/lots/{INSULIN}/WARM/evidence",
        "python -m ledger.verifier",
    ):
        assert said in text
    assert warm.checkpoint is not None
    assert warm.checkpoint.root.hex() in text
    assert "Quinn Ash" not in text


def test_the_report_of_a_lot_has_all_its_legs(now: Stage, warm: Chain) -> None:
    text = read(lot_report(warm, now.now, SITE))
    assert "Before dispatch by Marlow Medicines: in range" in text
    assert "Journey to Wendover Wholesale: outside the limits" in text
    assert text.count("Stable for 48 hours") == 1


def test_a_mean_kinetic_temperature_comes_with_its_inputs(now: Stage, warm: Chain) -> None:
    act = next(act for act in warm.history.acts.values() if act.statement.type == "custody.receive")
    leg = one_leg(warm, act.entry_id)
    assert leg is not None
    cold, series = profile("usp-controlled-cold/2"), logged(*[5.0] * 140, 14, *[5.0] * 10)
    judged = judge((series,), cold, stated=Stated(market="US"))
    text = read(leg_report(warm, replace(leg, series=(series,), judgement=judged), now.now, SITE))
    assert "heat of activation 83,144 J/mol, gas constant 8.3144626 J/(mol K)" in text
    assert judged.mkt is not None
    assert judged.mkt.value_e4_c is not None
    assert f"{judged.mkt.value_e4_c / 10_000:.4f} °C" in text


def test_the_same_facts_give_the_same_bytes(now: Stage, warm: Chain) -> None:
    made = lot_report(warm, now.now, SITE)
    assert made == lot_report(warm, now.now, SITE)
    assert made != lot_report(warm, now.now + timedelta(minutes=1), SITE)


def test_many_readings_are_a_table_only(
    now: Stage, warm: Chain, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queries, "READ_AT_ONCE_MAX", 0)
    monkeypatch.setattr(temperatures, "READ_AT_ONCE_MAX", 0)
    text = read(lot_report(warm, now.now, SITE))
    assert temperature_report._OF_THEIR_OWN in text
    assert "Journey to Wendover Wholesale" in text
    assert "What was signed" not in text


def test_the_budget_says_what_was_used_here_and_in_all(now: Stage) -> None:
    lot = a_lot("V1", VACCINE)
    now.catalogue(VACCINE, "Vaccine", "ultra-cold-thawed-once/2")
    now.register(lot, 10)
    for giver, receiver in ((MAKES, SELLS), (SELLS, HEALS)):
        now.ship(giver, lot, 10, receiver, NO_LOGGER)
        sent = now.now
        now.later(timedelta(hours=3))
        now.receive(receiver, lot, 10, conditions=readings(sent, now.now, 500))
    now.log()
    text = read(lot_report(chain_of(lot, now.now), now.now, SITE))
    assert "transport 3 h 10 min 3 h 10 min 12 h" in text
    assert re.search(r"transport 3 h 10 min 6 h \d+ min 12 h", text)  # what overlaps counts once


def test_the_picture_is_drawn_with_all_its_parts() -> None:
    one, other = logged(5, 9.5, 5, None, None, None, None, 5), logged(6, device="TT-2")
    judged = judge((one, other), FRIDGE, (at(0), at(90)))
    svg = chart((one, other), FRIDGE, judgement=judged)
    text = read(document("A chart", "", [Drawing(svg, WIDTH)]))
    for words in ("9.5 °C", "no readings", "at most 8.0 °C", "TT-1", "TT-2"):
        assert words in text


@pytest.mark.usefixtures("sound")
def test_reports_go_to_whom_the_evidence_goes(sign_in: SignIn) -> None:
    of_lot, of_leg = f"/temperature/report/{SOUND.gtin}/{SOUND.lot}", leg_of(SELLS, "web:leg-pdf")
    client, liar = sign_in(HEALS), sign_in(LIES)
    for address in (of_lot, of_leg):
        answer = client.get(address)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        assert answer["Content-Disposition"].startswith('attachment; filename="temperature-')
        assert "Insulin" in read(answer.content)
        assert liar.get(address).status_code == 403
    assert client.get(f"/temperature/report/{SOUND.gtin}/NEVERBORN").status_code == 403
