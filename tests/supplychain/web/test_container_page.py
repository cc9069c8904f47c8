"""The scan page for the label of a case or pallet."""

import pytest
from django.test import Client

from supplychain.services.issue_recall import issue_recall
from tests.journeys.test_containers import ALL, CASES, OTHER, OTHERS, PALLET, pallet, receive, ship
from tests.stages import HEALS, MAKES, SELLS, Stage, stage
from tests.supplychain.web.conftest import SignIn, sign_in

__all__ = ["pallet", "sign_in", "stage"]
pytestmark = pytest.mark.usefixtures("arrived")
LABEL = "(00)106141412345678908"


@pytest.fixture
def arrived(pallet: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The pallet is at the wholesaler's, and one of its two lots was recalled."""
    ship(pallet, PALLET)
    receive(pallet, PALLET)
    issue_recall(
        party=MAKES,
        lot=OTHER,
        recall_class="I",
        reason="Wrong leaflet",
        at=pallet.later(),
        nonce=pallet.nonce(),
    )
    pallet.log()
    monkeypatch.setattr("django.utils.timezone.now", lambda: pallet.now)
    return pallet


def shown(client: Client, address: str) -> str:
    response = client.get(address)
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_only_the_packs_in_trouble_are_named(sign_in: SignIn) -> None:
    html = shown(sign_in(SELLS), f"/scan?code={LABEL}")
    assert 'data-verdict="STOP"' in html
    assert "Set aside the packs named below" in html
    assert "(00) 106141412345678908" in html
    assert all(str(serial) in html for serial in OTHERS)
    assert not any(str(serial) in html for serial in ALL)
    assert "12 packs by the packing records" in html
    assert "· in (01) 00614141000012 (21) C2" in html  # where in the pallet they are
    assert f"lot {OTHER.lot} · in (01) 00614141000012 (21) C2 · 3 packs" in html
    assert f"lot {OTHER.lot} · 1 pack ·" in html


def test_a_digital_link_of_a_label_leads_to_the_same_answer(
    sign_in: SignIn,
) -> None:
    client = sign_in(SELLS)
    by_link, by_code = (
        shown(client, address).partition('<article class="verdict')[2].partition("</article>")[0]
        for address in ("/00/106141412345678908", f"/scan?code={LABEL}")
    )
    assert by_link == by_code


def test_a_good_case_names_no_pack(sign_in: SignIn) -> None:
    html = shown(sign_in(SELLS), f"/scan?code=(01)00614141000012(21){CASES[0].name[-2:]}")
    assert 'data-verdict="OK"' in html
    assert "So it is for every pack inside." in html
    assert not any(str(serial) in html for serial in ALL)


@pytest.mark.parametrize(
    ("asking", "code"), [(None, "SIGN_IN_FIRST"), (HEALS, "NOT_IN_YOUR_CUSTODY")]
)
def test_who_has_nothing_to_do_with_it_reads_no_pack_and_no_amount(
    sign_in: SignIn, client: Client, asking: str | None, code: str
) -> None:
    html = shown(sign_in(asking) if asking else client, f"/scan?code={LABEL}")
    assert code in html
    assert "packing records" not in html
    assert "Lots inside" not in html
