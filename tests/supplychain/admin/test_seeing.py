"""What an authority and an auditor see, and what broken evidence looks like at a desk."""

import pytest

from supplychain.models import Flag
from tests.database import tamper
from tests.people import AUDITOR
from tests.stages import MAKES, RULES, SELLS, Stage, a_lot
from tests.supplychain.admin.conftest import AtDesk, Paper, about, words

LOT = a_lot()


@pytest.fixture
def stocked(now: Stage) -> Stage:
    now.register(LOT, 100)
    now.deliver(MAKES, LOT, 40, SELLS)
    now.log()
    return now


def test_an_authority_finds_every_lot_holds_it_and_lets_it_go(
    at_desk: AtDesk, stocked: Stage
) -> None:
    del stocked
    client = at_desk(RULES)
    assert "Lot A1" in words(client.get("/admin/desk/lots?q=para a1"))
    for nonsense in ("x y z", "%00", "%", "é" * 200):
        assert "Lot A1" not in words(client.get(f"/admin/desk/lots?q={nonsense}"))
    html = words(client.get(about("lots", LOT)))
    assert "all accounted for" in html
    assert about("ship", LOT) not in html
    Paper(client, about("hold", LOT)).sign(reason="Sample under examination")
    flag = Flag.objects.get()
    assert flag.by == RULES
    Paper(client, about(f"lift/{flag.entry_id}", LOT)).sign(reason="Sample is good")
    assert "Nothing noted" in words(client.get(about("lots", LOT)))


def test_an_auditor_sees_every_lot_and_signs_nothing(at_desk: AtDesk, stocked: Stage) -> None:
    stocked.admit(AUDITOR)
    client = at_desk(str(AUDITOR.gln))
    assert "all accounted for" in words(client.get(about("lots", LOT)))
    for page in ("hold", "recall", "ship", "destroy"):
        assert client.get(about(page, LOT)).status_code == 403


def test_a_lot_whose_stored_entries_were_rewritten_is_not_in_order(
    at_desk: AtDesk, stocked: Stage
) -> None:
    del stocked
    client = at_desk(SELLS)
    assert "Nothing noted" in words(client.get(about("lots", LOT)))
    sql = "UPDATE ledger_entry SET jws = overlay(jws PLACING 'A'::bytea FROM 200) WHERE number = 2"
    assert tamper(sql) > 0
    html = words(client.get(about("lots", LOT)))
    assert "are not what was signed" in html
    assert "Evidence broken" in html
