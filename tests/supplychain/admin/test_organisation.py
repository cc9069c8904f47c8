"""The organisation's own page: its people, two eyes or four, and whose GS1 company prefixes are."""

import pytest
from django.core.management import call_command

from supplychain.models import CompanyPrefix
from supplychain.queries.company_prefixes import prefixes_known
from supplychain.queries.proposals import asks_for_four_eyes
from supplychain.services.issue_token import issue_token
from tests.stages import HEALS, MAKES, SELLS, Stage
from tests.supplychain.admin.conftest import AtDesk, words

PAGE = "/admin/desk/organisation"
JOURNAL = "/admin/desk/journal"


def test_everybody_of_it_reads_who_is_who(at_desk: AtDesk, now: Stage) -> None:
    issue_token(token="t" * 40, party=SELLS, role="signer", name="warehouse", at=now.now)
    viewer = at_desk(SELLS, "viewer")
    at_desk(SELLS, "qa")
    at_desk(MAKES, "administrator")
    page = words(viewer.get(PAGE))
    for fact in (SELLS, f"qa-{SELLS}", "QA: judges quality", "warehouse", "Signer: moves goods"):
        assert fact in page
    assert f"administrator-{MAKES}" not in page
    assert PAGE in words(viewer.get("/admin/"))


@pytest.mark.parametrize("role", ["viewer", "operator", "signer", "qa"])
@pytest.mark.parametrize("doing", ["four_eyes", "prefix", "odd"])
def test_only_an_administrator_says_how_it_works(at_desk: AtDesk, role: str, doing: str) -> None:
    client = at_desk(SELLS, role)
    page = words(client.get(PAGE))
    assert 'value="four_eyes"' not in page
    assert 'value="prefix"' not in page
    said = {"do": doing, "party": SELLS, "company_prefix": "950600"}
    assert client.post(PAGE, said).status_code == 403
    assert not asks_for_four_eyes(SELLS)
    assert not CompanyPrefix.objects.exists()


def test_a_second_person_is_asked_for_and_nobody_ends_that_alone(at_desk: AtDesk) -> None:
    client = at_desk(SELLS, "administrator")
    assert "Ask for a second person" in words(client.get(PAGE))
    assert client.post(PAGE, {"do": "four_eyes"})["Location"] == PAGE
    assert asks_for_four_eyes(SELLS)
    assert not asks_for_four_eyes(MAKES)
    page = words(client.get(PAGE))
    assert "You ask for a second person" in page
    assert "<button" not in page.partition("two-title")[2].partition("</section>")[0]
    assert "Ask for a second person" in words(client.get(JOURNAL))
    call_command("ask_four_eyes", SELLS, "off")
    assert not asks_for_four_eyes(SELLS)


def test_the_prefix_of_a_partner_is_said_once_and_kept(at_desk: AtDesk) -> None:
    client = at_desk(SELLS, "administrator")

    def say(party: str, prefix: str) -> int:
        said = {"do": "prefix", "party": party, "company_prefix": prefix}
        return client.post(PAGE, said).status_code

    assert say(HEALS, "95060000400") == 302
    page = words(client.get(PAGE))
    assert "95060000400" in page
    assert HEALS in page
    assert f"95060000400 is the GS1 company prefix of {HEALS}" in words(client.get(JOURNAL))
    assert say(HEALS, "9506000040") == 200, "what is known of a partner is not changed from here"
    assert prefixes_known().known["95060000400"] == HEALS
    assert say(SELLS, "95060000200") == 302
    assert say(SELLS, "9506000020") == 302
    assert prefixes_known().known["9506000020"] == SELLS
    assert "95060000200" not in prefixes_known().known


def test_what_is_no_prefix_or_contradicts_another_is_told_beside_the_field(
    at_desk: AtDesk,
) -> None:
    client = at_desk(SELLS, "administrator")

    def told(party: str, prefix: str) -> str:
        answer = client.post(PAGE, {"do": "prefix", "party": party, "company_prefix": prefix})
        assert answer.status_code == 200
        return str(answer.context["form"].errors)

    assert "expected 6 to 12 digits" in told(SELLS, "95O6")
    assert "Select a valid choice" in told("0614141999996", "950611")
    assert "PREFIX_OVERLAPS" in told(SELLS, "0614141000")
    assert "only itself, or who runs this installation" in told(MAKES, "061414")
    assert not CompanyPrefix.objects.exists()
    assert "Not kept yet" in words(client.post(PAGE, {"do": "prefix"}))
    assert prefixes_known().known["0614141"] == MAKES
