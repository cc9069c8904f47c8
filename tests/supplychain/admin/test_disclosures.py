"""Sealed data at the desk: granted, opened, told to its owner, revoked."""

import pytest
from django.utils.html import escape

from ledger.core.evidence import Evidence
from supplychain.queries.disclosures import grants_by
from supplychain.queries.organisations import names_of
from tests.stages import LIES, MAKES, RULES, SELLS, Stage, a_lot
from tests.supplychain.admin.conftest import AtDesk, Paper, about, words

LOT = a_lot()
LIST = "/admin/desk/disclosures"
GRANT, OPEN = about("disclosures/grant", LOT), about("disclosures/open", LOT)


@pytest.fixture(autouse=True)
def sealed(now: Stage) -> Stage:
    """A dispatch whose order number is sealed, and an operator who may open it."""
    now.register(LOT, 100)
    now.deliver(MAKES, LOT, 60, SELLS)
    now.log()
    now.index()
    return now


def opened(response: object) -> int:
    evidence = Evidence.parse(response.content)  # type: ignore[attr-defined]
    return sum(len(item.disclosures) for item in evidence.items)


def test_a_grant_is_signed_used_shown_to_its_owner_and_revoked(
    sealed: Stage, at_desk: AtDesk
) -> None:
    maker, reader = at_desk(MAKES), at_desk(LIES)
    paper = Paper(maker, GRANT)
    assert paper.sign(to=LIES, members=["order"]).status_code == 302
    assert paper.sign(to=LIES, members=["order"]).status_code == 302  # the same form again
    sealed.log()
    assert words(reader.get(LIST)).count("Order number") == 1
    assert "Nobody yet" in words(maker.get(LIST))
    assert opened(reader.post(OPEN)) == 1
    page = words(maker.get(LIST))
    assert "Nobody yet" not in page
    url = page.partition(f'href="{LIST}/')[2].partition('"')[0]
    assert Paper(maker, f"{LIST}/{url}").sign(reason="Over").status_code == 302
    assert "revoked" in words(maker.get(LIST))
    assert "NOTHING_TO_OPEN" in words(reader.post(OPEN))
    journal = words(maker.get("/admin/desk/journal"))
    entry = journal.partition("/admin/desk/signed/")[2].partition('"')[0]
    assert maker.get(f"/admin/desk/signed/{entry}")["Location"] == LIST


def test_a_partner_is_chosen_by_name_and_nothing_is_signed_unread(at_desk: AtDesk) -> None:
    maker = at_desk(MAKES)
    paper = Paper(maker, GRANT)
    name = f"{names_of([LIES])[LIES]} ({LIES})"
    assert escape(name) in words(maker.get(GRANT))
    review = paper.review(to=LIES, members=["order", "seller"])
    facts = {one.label: one for one in review.context["facts"]}
    assert facts["May open it"].value == name
    assert facts["May open it"].sealed
    assert facts["What"].value == "Order number, Who sold it"
    assert grants_by(MAKES) == [], "a review signs nothing"
    back = words(paper.send("edit", to=LIES, members=["order"]))
    assert f'value="{LIES}" selected' in back
    paper.sign(to=LIES, members=["order"])
    (grant,) = grants_by(MAKES)
    end = Paper(maker, f"{LIST}/{grant.entry_id}/revoke")
    facts = {one.label: one.value for one in end.review(reason="Over").context["facts"]}
    assert facts["Reason"] == "Over"
    assert grants_by(MAKES)[0].revoked_by is None


def test_an_authority_opens_from_the_lots_page_and_the_owner_sees_it(at_desk: AtDesk) -> None:
    inspector = at_desk(RULES)
    assert OPEN in words(inspector.get(about("lots", LOT)))
    assert "Each owner is shown" in words(inspector.get(OPEN))
    assert opened(inspector.post(OPEN)) == 1
    assert "as an authority" in words(at_desk(MAKES).get(LIST))


def test_what_is_wrong_is_said_on_the_form(at_desk: AtDesk) -> None:
    maker = at_desk(MAKES)
    assert GRANT in words(maker.get(about("lots", LOT)))
    paper = Paper(maker, GRANT)
    for nobody in ("0614141999996", MAKES, "1", ""):
        assert "errors" in words(paper.sign(to=nobody, members=["order"])), nobody
    assert "errors" in words(paper.sign(to=LIES))
    paper.nonce = "x"
    assert "too old" in words(paper.sign(to=LIES, members=["order"]))
    assert grants_by(MAKES) == []
    assert maker.get(f"{LIST}/{'0' * 64}/revoke").status_code == 404


def test_a_viewer_looks_and_signs_nothing(at_desk: AtDesk) -> None:
    viewer = at_desk(MAKES, "viewer")
    assert viewer.get(LIST).status_code == 200
    for page in (GRANT, OPEN):
        assert viewer.get(page).status_code == 403
        assert viewer.post(page, {"to": LIES, "members": ["order"]}).status_code == 403
    assert GRANT not in words(viewer.get(about("lots", LOT)))
