"""Packs in doubt at the desk: each sees its own part, and the maker settles."""

import pytest

from supplychain.admin.doubts import PARTS, WHAT
from supplychain.domain.identifiers import Serial
from supplychain.domain.two_places import Doubt
from supplychain.models import PackDoubt
from supplychain.queries.sightings import Part
from supplychain.services.verify_scan import verify_scan
from tests.stages import GOOD_UNTIL, HEALS, LIES, MAKES, RULES, SELLS, Stage, a_lot
from tests.supplychain.admin.conftest import AtDesk, words

LOT = a_lot("P1")
PACK = Serial("a/b+1")
LIST = "/admin/desk/doubts"
SETTLE = f"{LIST}/settle?gtin={LOT.gtin}&serial=a%2Fb%2B1"


@pytest.fixture(autouse=True)
def in_doubt(now: Stage) -> None:
    """The pharmacy scans a pack that is at the wholesaler's."""
    now.register(LOT, 1, packs=[PACK])
    now.deliver(MAKES, LOT, 1, SELLS, packs=[PACK])
    now.log()
    text = f"(01){LOT.gtin}(17){GOOD_UNTIL:%y%m%d}(10){LOT.lot}(21){PACK}"
    verify_scan(scanned=text, at=now.now, asking=HEALS)


@pytest.mark.parametrize(
    ("gln", "part"),
    [
        (HEALS, "You scanned it"),
        (SELLS, "You have or had it"),
        (MAKES, "You oversee it"),
        (RULES, "You oversee it"),
    ],
)
def test_each_sees_his_part_and_no_other_party(at_desk: AtDesk, gln: str, part: str) -> None:
    client = at_desk(gln)
    html = words(client.get(LIST))
    assert part in html
    assert "Serial a/b+1" in html
    csv = client.get(LIST, {"format": "csv"}).content.decode()
    assert part in csv
    for other in {HEALS, SELLS} - {gln}:
        assert other not in html + csv


def test_who_is_not_concerned_sees_nothing(at_desk: AtDesk) -> None:
    client = at_desk(LIES)
    assert "No pack is in doubt" in words(client.get(LIST))
    assert client.get(SETTLE).status_code == 404


def test_a_pack_is_found_by_what_is_printed_on_it(at_desk: AtDesk) -> None:
    client = at_desk(SELLS)
    assert "Serial a/b+1" in words(client.get(LIST, {"q": "A/B"}))
    assert "No pack is in doubt" in words(client.get(LIST, {"q": "zzz"}))


def test_the_maker_settles_it_with_a_reason(at_desk: AtDesk) -> None:
    client = at_desk(MAKES)
    assert SETTLE.replace("&", "&amp;") in client.get(LIST).content.decode()
    assert "Not settled yet" in words(client.post(SETTLE, {"reason": ""}))
    assert "Not settled yet" in words(client.post(SETTLE, {"reason": "a\x07b"}))
    assert client.post(SETTLE, {"reason": "A picture"}).headers["Location"] == LIST
    row = PackDoubt.objects.get()
    assert (row.settled_by, row.settled_why) == (MAKES, "A picture")
    assert "No pack is in doubt" in words(client.get(LIST))
    assert "Settle what was in doubt" in words(client.get("/admin/desk/journal"))


@pytest.mark.parametrize(("gln", "role"), [(HEALS, "signer"), (SELLS, "qa"), (MAKES, "viewer")])
def test_nobody_else_settles_it(at_desk: AtDesk, gln: str, role: str) -> None:
    client = at_desk(gln, role)
    assert "settle?" not in client.get(LIST).content.decode()
    assert client.post(SETTLE, {"reason": "x"}).status_code == 403
    assert PackDoubt.objects.get().settled_at is None


def test_every_doubt_and_every_part_has_words() -> None:
    assert (set(WHAT), set(PARTS)) == (set(Doubt), set(Part))
