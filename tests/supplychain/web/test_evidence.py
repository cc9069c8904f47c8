"""Evidence goes to those whom it concerns, and verifies with nothing but itself and the policy."""

import gzip

import pytest
from django.test import Client

from ledger.core.evidence import Evidence
from ledger.core.policy import Policy
from ledger.core.signatures import OPENSSL
from ledger.core.verification import verify
from tests.stages import HEALS, HEALS_TOO, LIES, MAKES, RULES, SELLS, Stage, a_lot
from tests.supplychain.web.conftest import SOUND, SignIn

pytestmark = pytest.mark.usefixtures("sound")
ADDRESS = f"/evidence/{SOUND.gtin}/{SOUND.lot}"


def _opened(client: Client) -> Evidence:
    response = client.get(ADDRESS)
    assert response.status_code == 200
    return Evidence.parse(response.content)


def test_a_party_of_the_chain_takes_evidence_that_verifies_by_itself(
    sound: Stage, sign_in: SignIn
) -> None:
    client = sign_in(HEALS)
    policy = Policy.parse(client.get("/policy.json").content)
    found = verify(_opened(client), policy, sound.now, OPENSSL)
    assert found.valid
    assert len(found.facts) >= 5


def test_evidence_is_a_file_with_a_name(sign_in: SignIn) -> None:
    response = sign_in(HEALS).get(ADDRESS)
    assert response["Content-Type"] == "application/json"
    name = f"evidence-{SOUND.gtin}-G24-118B.json"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'


def test_evidence_goes_over_the_wire_at_half_its_size(sign_in: SignIn) -> None:
    client = sign_in(HEALS)
    plain = client.get(ADDRESS).content
    packed = client.get(ADDRESS, headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < len(plain) / 2
    assert gzip.decompress(packed.content) == plain


def test_a_passer_by_is_asked_to_sign_in(client: Client) -> None:
    response = client.get(ADDRESS)
    assert (response.status_code, response["Location"]) == (302, f"/sign-in?next={ADDRESS}")


def test_a_party_without_a_part_in_the_chain_gets_nothing(sign_in: SignIn) -> None:
    for stranger in (LIES, HEALS_TOO):
        assert sign_in(stranger).get(ADDRESS).status_code == 403


def test_who_may_not_have_it_is_not_told_whether_the_lot_exists(sign_in: SignIn) -> None:
    client = sign_in(LIES)
    unborn = client.get(f"/evidence/{SOUND.gtin}/NEVERBORN")
    assert unborn.status_code == client.get(ADDRESS).status_code
    assert unborn.content == client.get(ADDRESS).content


def test_an_authority_sees_every_lot(sign_in: SignIn) -> None:
    assert sign_in(RULES).get(ADDRESS).status_code == 200


def test_an_order_number_is_open_to_giver_and_receiver_only(
    sign_in: SignIn,
) -> None:
    def opened(gln: str) -> int:
        return sum(len(item.disclosures) for item in _opened(sign_in(gln)).items)

    assert [opened(gln) for gln in (MAKES, SELLS, HEALS, RULES)] == [1, 2, 1, 0]


def test_evidence_of_what_nobody_registered_is_not_there(sign_in: SignIn) -> None:
    client = sign_in(RULES)
    assert client.get(f"/evidence/{SOUND.gtin}/NEVERBORN").status_code == 404
    assert client.get("/evidence/123/A").status_code == 404
    assert client.get(f"/evidence/{SOUND.gtin}/\u202e").status_code == 404


def test_a_lot_with_a_slash_has_evidence_too(now: Stage, sign_in: SignIn) -> None:
    lot = a_lot('A/1"x')
    now.register(lot, 10)
    now.log()
    client = sign_in(MAKES)
    html = client.get("/scan", {"code": f"01{lot.gtin}10{lot.lot}"}).content.decode()
    address = html.partition('href="/evidence/')[2].partition('"')[0]
    response = client.get(f"/evidence/{address}")
    assert response.status_code == 200
    assert response["Content-Disposition"].endswith('A_1_x.json"')
