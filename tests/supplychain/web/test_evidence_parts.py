"""Who had more of a lot than one file proves takes all parts of it: nothing is left out unsaid."""

import pytest
from django.test import Client

from ledger import signers
from ledger.core.evidence import Evidence
from ledger.core.signatures import OPENSSL
from ledger.core.verification import verify
from supplychain.models import Output
from supplychain.queries import own_goods
from supplychain.queries.own_goods import (
    may_see_entry,
    outputs_about,
    outputs_for,
    outputs_of,
    parts_for,
)
from supplychain.web.legs import leg_url, report_url
from tests.stages import HEALS, LIES, MAKES, SELLS, Stage
from tests.supplychain.web.conftest import SOUND, SignIn, hand_on

ADDRESS = f"/evidence/{SOUND.gtin}/{SOUND.lot}"
OWN = 5


@pytest.fixture
def many(sound: Stage, monkeypatch: pytest.MonkeyPatch) -> Stage:
    """The pharmacy has its goods by five deliveries, and a file proves two."""
    have = len(parts_of_one(sound))
    for _ in range(OWN - have):
        hand_on(sound, SELLS, HEALS, 1)
    sound.log()
    monkeypatch.setattr(own_goods, "OUTPUTS_MAX", 2)
    return sound


def parts_of_one(_: Stage) -> list[str]:
    (part,) = parts_for(HEALS, SOUND)
    return [str(ref) for ref in part]


def shown(client: Client, part: int) -> Evidence:
    response = client.get(f"{ADDRESS}?part={part}")
    assert response.status_code == 200
    name = f"evidence-{SOUND.gtin}-G24-118B-part-{part}.json"
    assert response["Content-Disposition"] == f'attachment; filename="{name}"'
    return Evidence.parse(response.content)


def test_the_parts_are_told_on_a_page_and_show_everything_together(
    many: Stage, sign_in: SignIn
) -> None:
    client = sign_in(HEALS)
    page = client.get(ADDRESS)
    assert page["Content-Type"].startswith("text/html")
    assert "Take all 3 parts" in page.content.decode()
    found = [shown(client, part) for part in (1, 2, 3)]
    checked = [verify(one, signers.policy(), many.now, OPENSSL) for one in found]
    assert all(one.valid for one in checked)
    entries = {fact.entry.entry_id for one in checked for fact in one.facts}
    own = set(outputs_of(HEALS, SOUND).values_list("entry_id", flat=True))
    assert own <= entries
    assert [len(one.outputs) for one in found] == [2, 2, 1]


@pytest.mark.usefixtures("many")
@pytest.mark.parametrize("part", ["0", "4", "x", "-1", "1.0", "\u0661"])
def test_a_part_that_there_is_not_is_not_there(sign_in: SignIn, part: str) -> None:
    assert sign_in(HEALS).get(ADDRESS, {"part": part}).status_code == 404


@pytest.mark.usefixtures("many")
def test_who_sees_the_whole_lot_takes_one_file(sign_in: SignIn) -> None:
    response = sign_in(MAKES).get(ADDRESS)
    assert response["Content-Disposition"].endswith('G24-118B.json"')
    assert parts_for(LIES, SOUND) == ()


@pytest.mark.usefixtures("many")
def test_the_oldest_goods_are_seen_as_well_as_the_newest(sign_in: SignIn) -> None:
    own = Output.objects.filter(made_by=HEALS, made_as="custody.receive").order_by("number")
    oldest = own.values_list("entry_id", flat=True)[0]
    first = outputs_for(HEALS, SOUND)
    assert outputs_about(HEALS, SOUND, oldest) not in (None, first)
    assert may_see_entry(HEALS, SOUND, oldest)
    assert not may_see_entry(HEALS, SOUND, "0" * 64)
    client = sign_in(HEALS)
    assert client.get(leg_url(SOUND, oldest)).status_code == 200
    assert client.get(leg_url(SOUND, "0" * 64)).status_code == 404
    assert client.get(report_url(SOUND)).status_code == 200


@pytest.mark.usefixtures("many")
def test_entries_that_somebody_lets_one_see_come_first() -> None:
    let = Output.objects.filter(made_as="lot.register").values_list("entry_id", flat=True)[0]
    parts = parts_for(HEALS, SOUND, also=[let])
    assert any(ref.entry_id == let for ref in parts[0])
    assert sum(map(len, parts)) == OWN + 1
