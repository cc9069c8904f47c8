"""A vaccine of 2 to 8 °C over three owners, with loggers of two makes.

One is in °F and has a gap, one excursion stays inside the budget, and after a split one part froze:
each part of the lot has its own right answer, by the page, the API, the evidence and on paper.
"""

import re
from base64 import b64encode
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

import pytest
from django.contrib.auth.models import User
from django.test import Client
from pypdf import PdfReader
from pytest_django import Settings

from ledger.core.canonical import Json
from ledger.core.evidence import Evidence
from ledger.core.signatures import OPENSSL
from ledger.core.verification import verify
from ledger.signers import policy
from ledger.verifier.ecdsa_signatures import EcdsaSignatures
from supplychain.domain.profile_documents import own
from supplychain.domain.statements import SPEAKING, read
from supplychain.models import Leg, Membership, Organisation
from tests.stages import HEALS, HEALS_TOO, LIES, MAKES, SELLS, Stage, played
from tests.supplychain.api.conftest import Programs, now, program
from tests.supplychain.formats.berlinger_files import CONFIGURED, ISSUER, data_of, signed

__all__ = ["now", "program"]

VACCINE = {"gtin": "00614141000036", "lot": "V1"}
PROFILE: dict[str, Json] = {
    "name": "2 to 8 °C, two hours at up to 25 °C in all, never frozen",
    "low_centi_c": 200,
    "high_centi_c": 800,
    "do_not_freeze": True,
    "freeze": {"at_most_centi_c": -50, "minutes": 60},
    "bands": [
        {"id": "warm", "low_centi_c": 800, "high_centi_c": 2500, "total_min": 120, "side": "above"}
    ],
}
PACKS = [f"VIAL-{n:03d}" for n in range(50)]
FIRST, SECOND, KEPT = PACKS[:20], PACKS[20:40], PACKS[40:]
FIVE = timedelta(minutes=5)


def base64(data: bytes) -> str:
    return b64encode(data).decode()


def berlinger(start: datetime, end: datetime, *celsius: float) -> dict[str, str]:
    """A device's own signed file, every five minutes, each value for twenty minutes."""
    moments = [start + n * FIVE for n in range((end - start) // FIVE + 1)]
    rows = [
        (at.replace(tzinfo=None), f"{celsius[min(n // 4, len(celsius) - 1)]:+.1f}")
        for n, at in enumerate(moments)
    ]
    return {"file": base64(signed(CONFIGURED + data_of(rows))), "zone": "+00:00"}


def hobo_with_a_gap(start: datetime, end: datetime) -> dict[str, str]:
    """41 °F every ten minutes, and nothing for two hours in the middle."""
    ten = timedelta(minutes=10)
    moments = [start + n * ten for n in range((end - start) // ten + 1)]
    silent = start + timedelta(hours=1), start + timedelta(hours=3)
    kept = [at for at in moments if not silent[0] < at < silent[1]]
    head = '"#","Date Time, GMT+00:00","Temp, °F (LGR S/N: 20304050, SEN S/N: 20304050)"'
    rows = [f"{n},{at:%m/%d/%y %I:%M:%S %p},41.0" for n, at in enumerate(kept, 1)]
    return {"file": base64("\r\n".join([head, *rows, ""]).encode()), "order": "MDY"}


def in_store(stage: Stage) -> dict[str, str]:
    """The hour before."""
    moments = [stage.now - timedelta(minutes=60 - 10 * n) for n in range(7)]
    rows = [f"{at:%Y-%m-%dT%H:%M:%SZ},5.0" for at in moments]
    return {"csv": "\n".join(["time,temperature_c", *rows, ""]), "device": "STORE"}


def ship(
    stage: Stage, giver: Any, receiver: str, packs: list[str], *, all_of_it: bool = False
) -> datetime:
    """Send these packs off; when that was."""
    stage.later(timedelta(hours=2))
    body = {
        **VACCINE,
        "quantity": len(packs),
        "receiver": receiver,
        "shipment": f"S-{packs[0]}",
        "conditions": in_store(stage),
    }
    answer = giver.post("shipments", body if all_of_it else {**body, "packs": packs})
    assert answer.status_code == 201, answer.content
    return stage.now


def receive(stage: Stage, receiver: Any, quantity: int, conditions: dict[str, str]) -> None:
    (line,) = receiver.get("shipments", direction="in").json()["results"]
    body = {**VACCINE, "output": line["output"], "received": quantity, "conditions": conditions}
    answer = receiver.post("receipts", body)
    assert answer.status_code == 201, answer.content
    stage.log()


@pytest.fixture
def travelled(now: Stage, program: Programs, settings: Settings) -> Stage:
    """All of it, from the maker's register to both pharmacies; who made the loggers is known."""
    settings.LOGGER_ISSUERS = [(ISSUER.public.x, ISSUER.public.y)]

    def story() -> None:
        maker, wholesaler = program(MAKES), program(SELLS)
        assert maker.post("profiles", {"document": PROFILE}).status_code == 201
        words = {
            "name": "Vaccine",
            "strength": "0.5 ml",
            "form": "10 vials",
            "profile": own(PROFILE).id,
        }
        assert maker.post("products", {"gtin": VACCINE["gtin"], **words}).status_code == 201
        born = {**VACCINE, "quantity": 50, "expiry": "2027-12-31", "packs": PACKS}
        assert maker.post("lots", born).status_code == 201
        sent = ship(now, maker, SELLS, PACKS, all_of_it=True)
        arrived = now.later(timedelta(hours=4))
        receive(now, wholesaler, 50, berlinger(sent, arrived, 5.0, 5.1, 9.5, 9.4, 5.2))
        now.later()
        reason = "Forty minutes of a hundred and twenty"
        released = {**VACCINE, "reason": reason, "decided_by": "Quinn Ash"}
        answer = program(SELLS, "qa").post("quality-releases", released)
        assert answer.status_code == 201, answer.content
        sent = ship(now, wholesaler, HEALS, FIRST)
        arrived = now.later(timedelta(hours=5))
        receive(now, program(HEALS), 20, hobo_with_a_gap(sent, arrived))
        sent = ship(now, wholesaler, HEALS_TOO, SECOND)
        arrived = now.later(timedelta(hours=5))
        frozen = berlinger(sent, arrived, 4.0, 1.0, -0.8, -1.0, -1.0, -0.9, -0.7, 2.5)
        receive(now, program(HEALS_TOO), 20, frozen)
        now.index()

    return played(story, now)


RIGHT = [
    (HEALS, FIRST[3], "CAUTION", {"RELEASED_BY_QA", "TEMPERATURE_GAP"}),
    (HEALS_TOO, SECOND[3], "STOP", {"RELEASED_BY_QA", "FROZEN"}),
    (SELLS, KEPT[3], "CAUTION", {"RELEASED_BY_QA"}),
]


def code(pack: str) -> str:
    return f"01{VACCINE['gtin']}10V1\x1d21{pack}"


@pytest.mark.parametrize(("party", "pack", "verdict", "reasons"), RIGHT)
def test_each_part_has_its_own_answer(
    travelled: Stage, program: Programs, party: str, pack: str, verdict: str, reasons: set[str]
) -> None:
    said = program(party).get("verify", code=code(pack)).json()
    assert (said["verdict"], {one["code"] for one in said["reasons"]}) == (verdict, reasons)
    user = User.objects.create_user("poppy")
    Membership.objects.create(user=user, gln=party, role="signer")
    client = Client()
    client.force_login(user)
    page = client.get("/scan", {"code": code(pack)}).content.decode()
    assert f'data-verdict="{verdict}"' in page
    assert "Forty minutes of a hundred and twenty" in page
    assert "9.5 °C" in page
    travelled.later()


@pytest.mark.parametrize("signatures", [OPENSSL, EcdsaSignatures()], ids=["openssl", "ecdsa"])
@pytest.mark.parametrize(("party", "pack", "verdict", "reasons"), RIGHT)
def test_the_evidence_of_each_part_holds_and_has_its_legs_and_no_others(
    travelled: Stage,
    program: Programs,
    party: str,
    pack: str,
    verdict: str,
    reasons: set[str],
    signatures: Any,
) -> None:
    del verdict, reasons
    address = f"lots/{VACCINE['gtin']}/V1/evidence"
    file = program(party).get(address, serial=pack).content
    found = verify(Evidence.parse(file), policy(), travelled.now, signatures)
    assert found.valid
    said = [read(fact.entry) for fact in found.facts]
    legs = [one.conditions.readings for one in said if isinstance(one, SPEAKING)]
    states = [leg.state.value for leg in legs if leg]
    own_leg = {HEALS: {"DATA_GAP"}, HEALS_TOO: {"FREEZE"}, SELLS: set[str]()}[party]
    assert set(states) == {"IN_RANGE", "REVIEW"} | own_leg
    assert "quality.release" in {fact.entry.statement.type for fact in found.facts}
    assert not any(other in file.decode() for other in PACKS if other != pack)


def printed(program: Any, address: str) -> str:
    answer = program.get(f"lots/{VACCINE['gtin']}/V1/{address}temperature.pdf")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    pages = (page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages)
    return " ".join(" ".join(pages).split())


WARM, GAP, FROZEN = (
    "outside the limits, within what the product may bear",
    "a stretch without readings",
    "frozen",
)
PAPER = [(HEALS, {WARM, GAP}), (HEALS_TOO, {WARM, FROZEN}), (SELLS, {WARM, GAP, FROZEN})]


@pytest.mark.parametrize(("party", "outcomes"), PAPER)
def test_the_report_of_each_part_says_its_own(
    travelled: Stage, program: Programs, party: str, outcomes: set[str]
) -> None:
    del travelled
    text = printed(program(party), "")
    titles = re.findall(r"Journey to [^:]*: ([a-z, ]+?) (?:Limits|From|Lowest|\d)", text)
    said = {one for one in (WARM, GAP, FROZEN) if f": {one}" in text}
    assert said == outcomes, titles
    assert "Forty minutes of a hundred and twenty" in text
    assert "up to 9.5 °C" in text
    assert "warm" in text
    assert ("Quinn Ash" in text) is (party == SELLS), "a name is for who signed it"


def test_each_leg_has_a_report_for_whom_it_concerns(travelled: Stage, program: Programs) -> None:
    del travelled
    frozen = Leg.objects.get(state="FREEZE").entry_id
    text = printed(program(HEALS_TOO), f"legs/{frozen}/")
    assert f"Journey to {travelled_to(HEALS_TOO)}: frozen" in text
    assert frozen in text
    assert "45 min" in text, "of the budget, on the leg before"
    printed(program(MAKES), f"legs/{frozen}/")
    for party, status in ((HEALS, 404), (LIES, 404)):
        address = f"lots/{VACCINE['gtin']}/V1/legs/{frozen}/temperature.pdf"
        assert program(party).get(address).status_code == status
    unknown = f"lots/{VACCINE['gtin']}/V1/legs/{'ab' * 32}/temperature.pdf"
    assert program(HEALS_TOO).get(unknown).json()["code"] == "LEG_UNKNOWN"


def travelled_to(gln: str) -> str:
    return Organisation.objects.get(gln=gln).name


def test_what_froze_waits_and_what_has_a_gap_does_not(travelled: Stage, program: Programs) -> None:
    travelled.later()
    given = {**VACCINE, "quantity": 1}
    frozen = program(HEALS_TOO).post("dispenses", {**given, "packs": [SECOND[0]]})
    assert frozen.json()["code"] == "TEMPERATURE_UNDECIDED"
    dispensed = program(HEALS).post("dispenses", {**given, "packs": [FIRST[0]]})
    assert dispensed.status_code == 201
