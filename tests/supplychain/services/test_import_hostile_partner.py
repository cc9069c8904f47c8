"""A partner's files as they ought not to be: nothing passes unsaid, and nothing is half-written."""

import json
from collections.abc import Sequence

import pytest

from ledger.models import Entry
from supplychain.domain.identifiers import Gln
from supplychain.formats import epc, epcis, lot_story
from supplychain.formats.errors import FormatError
from supplychain.formats.fingerprints import fingerprint, older_fingerprint
from supplychain.models import Pack
from supplychain.queries import imports
from supplychain.queries.stock import outbound_of
from supplychain.recording.import_reports import EventReport
from supplychain.services.import_epcis import import_epcis
from tests.stages import MAKES, SELLS, Stage
from tests.supplychain.formats import epcis_2_files
from tests.supplychain.formats.epcis_files import (
    LOT_MEMBERS,
    MAKER,
    PALLET,
    born,
    case,
    counted,
    document,
    pack,
    packed,
    seen,
    shipped,
)
from tests.supplychain.services.test_import_epcis import SEED, outcomes, read, winter

__all__ = ["winter"]
BUYER = epc.write(Gln(SELLS), 7)
LINK = "https://id.gs1.org/01/00614141123452"
UNITS = f"<extension>{counted('quantityList', {'L1': 4})}</extension>"


def only(reports: Sequence[EventReport]) -> tuple[str, str, str]:
    (one,) = reports
    assert one.place
    assert one.reason.count(".") > 1, "and what to do"
    return one.outcome, one.code, one.category


def entries() -> int:
    return Entry.objects.count()


@pytest.mark.parametrize(
    "code",
    [
        "01006141411234522140",
        "(01)00614141123452(21)400",
        "urn:epc:class:lgtin:0614141.012345.L1",
        "urn:epc:idpat:sgtin:0614141.012345.*",
        "urn:EPC:ID:SGTIN:0614141.012345.400",
        "HTTPS://id.gs1.org/01/00614141123452/21/400",
        "https://id.gs1.org/gtin/00614141123452/ser/400",
        f"{LINK}?21=400",
        f"{LINK}/10/L1",
        "urn:uuid:4",
        "400",
    ],
)
def test_a_code_that_names_no_pack_is_not_left_out_of_a_birth(winter: Stage, code: str) -> None:
    before = entries()
    found = read(winter, born(pack(1), code, pack(2)))
    assert only(found) == ("exception", "CODE_UNKNOWN", "data issue")
    assert code in found[0].reason
    assert entries() == before


def test_containers_and_returnable_assets_may_be_commissioned(winter: Stage) -> None:
    asset = "urn:epc:id:grai:0614141.12345.400"
    assert outcomes(read(winter, born(PALLET, asset, ilmd=""))) == [("accepted", "PACKAGING")]


@pytest.mark.parametrize("stranger", [pack(9), case(9), "urn:epc:id:sscc:0614141.0000000001", "x"])
def test_what_nobody_knows_is_not_left_out_of_a_packing(winter: Stage, stranger: str) -> None:
    read(winter, born(pack(1), pack(2)))
    before = entries()
    found = read(winter, packed(PALLET, pack(1), stranger))
    assert only(found) == ("exception", "CONTENTS_UNKNOWN", "product without data")
    assert epc.canonical(stranger) in found[0].reason
    assert entries() == before
    assert not Pack.objects.exclude(container="").exists()


def test_what_is_packed_before_it_is_born_is_not_left_out(winter: Stage) -> None:
    late = born(pack(2), minute=4)
    found = read(winter, born(pack(1)), packed(PALLET, pack(1), pack(2)), late)
    assert outcomes(found)[1] == ("exception", "CONTENTS_UNKNOWN")


@pytest.mark.parametrize(
    "parent",
    [
        "x",
        "urn:epc:id:giai:0614141.5",
        "urn:epc:class:lgtin:0614141.012345.L1",
        f"{LINK}/10/L1",
        LINK,
    ],
)
@pytest.mark.parametrize("action", ["ADD", "DELETE"])
def test_what_is_no_container_holds_nothing(winter: Stage, parent: str, action: str) -> None:
    read(winter, born(pack(1)))
    before = entries()
    found = read(winter, packed(parent, pack(1), action=action))
    assert only(found) == ("refused", "PARENT_UNKNOWN", "")
    assert entries() == before


def test_a_link_says_the_lot_of_its_pack_or_is_refused(winter: Stage) -> None:
    wrong = born(f"{LINK}/10/L2/21/1")
    assert only(read(winter, wrong)) == ("exception", "LOT_DIFFERS", "data issue")
    assert outcomes(read(winter, born(f"{LINK}/10/L1/21/1"))) == [("accepted", "BIRTH")]
    moved = shipped(f"{LINK}/10/L2/21/1", receiver=BUYER)
    assert only(read(winter, moved)) == ("exception", "LOT_DIFFERS", "data issue")
    good = shipped(f"{LINK}/10/L1/21/1?17=280229", receiver=BUYER)
    assert outcomes(read(winter, good)) == [("accepted", "SHIPPING")]


@pytest.mark.parametrize(("first", "second"), [("L1", "L2"), ("2028-02-29", "2028-03-01")])
def test_master_data_say_one_thing(winter: Stage, first: str, second: str) -> None:
    doubled = born(pack(1), ilmd=LOT_MEMBERS + LOT_MEMBERS.replace(first, second))
    before = entries()
    found = read(winter, doubled)
    assert only(found) == ("exception", "ILMD_UNCLEAR", "data issue")
    assert first in found[0].reason
    assert second in found[0].reason
    assert entries() == before
    assert read(winter, born(pack(1), ilmd=LOT_MEMBERS * 2))[0].stands  # the same, said twice


@pytest.mark.parametrize("name", ["EventList", "EPCISBody"])
def test_a_second_list_of_events_is_not_left_out(winter: Stage, name: str) -> None:
    text = document(born(pack(1))).decode()
    whole = text[text.index(f"<{name}>") : text.index(f"</{name}>") + len(name) + 3]
    doubled = text.replace(whole, whole + whole.replace(pack(1), pack(2)))
    with pytest.raises(FormatError) as refused:
        import_epcis(data=doubled.encode(), party=MAKES, at=winter.later(), seed=SEED)
    assert refused.value.code == "MEMBER_TWICE"
    assert refused.value.place.startswith("Line ")
    assert f"second {name}" in refused.value.message


def as_2_0(winter: Stage) -> list[EventReport]:
    """The dispatch of four units, told in JSON and with links."""
    party = "https://id.gs1.org/417/{}"
    sent = {
        "type": "ObjectEvent",
        "eventTime": "2026-11-20T09:05:00.000+01:00",
        "eventTimeZoneOffset": "+01:00",
        "action": "OBSERVE",
        "bizStep": "shipping",
        "epcList": [],
        "quantityList": [{"epcClass": f"{LINK}/10/L1", "quantity": 4}],
        "sourceList": [{"type": "owning_party", "source": party.format(MAKES)}],
        "destinationList": [{"type": "owning_party", "destination": party.format(SELLS)}],
    }
    data = epcis_2_files.document(sent)
    return list(import_epcis(data=data, party=MAKES, at=winter.later(), seed=SEED))


def test_one_event_in_two_dialects_counts_once(winter: Stage) -> None:
    made = born(ilmd=LOT_MEMBERS, more=counted("quantityList", {"L1": 10}))
    said = shipped(giver=MAKER, receiver=BUYER, more=UNITS)
    first = read(winter, made, said)
    (again,) = as_2_0(winter)
    assert (again.outcome, again.entries) == ("known", first[1].entries)
    assert [one.quantity for one in outbound_of(MAKES)] == [4]


def test_what_was_taken_by_its_older_fingerprint_stays_known(
    winter: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = born(ilmd=LOT_MEMBERS, more=counted("quantityList", {"L1": 10}))
    said = shipped(giver=MAKER, receiver=BUYER, more=UNITS)
    with monkeypatch.context() as before:
        for module in (lot_story, imports):
            before.setattr(module, "fingerprint", older_fingerprint)
        first = read(winter, made, said)
    (event,) = epcis.read(document(said)).events
    assert first[1].fingerprint == older_fingerprint(event) != fingerprint(event)
    (again,) = read(winter, said)
    assert (again.outcome, again.entries) == ("known", first[1].entries)
    assert [one.quantity for one in outbound_of(MAKES)] == [4]


def test_an_id_names_one_event(winter: Stage) -> None:
    def named(event: str) -> str:
        member = "<baseExtension><eventID>urn:uuid:7</eventID></baseExtension>"
        return event.replace("</eventTimeZoneOffset>", f"</eventTimeZoneOffset>{member}")

    same = named(born(pack(1)))
    found = read(winter, same, same, named(seen(pack(1))))
    assert outcomes(found)[1:] == [("known", "DUPLICATE"), ("exception", "EVENT_ID_TWICE")]
    assert "event 1" in found[2].reason


def test_a_time_to_come_is_not_signed(winter: Stage) -> None:
    before = entries()
    ahead = born(pack(1)).replace("2026-11-20T08", "2099-11-20T08")
    (found,) = read(winter, ahead)
    assert not found.stands, found
    assert entries() == before


def test_parts_of_a_second_are_no_other_second(winter: Stage) -> None:
    birth = born(pack(1)).replace(":00Z", ":00.000Z")
    sent = shipped(pack(1), receiver=BUYER).replace(":00Z", ":00.999999999Z")
    assert all(one.stands for one in read(winter, birth, sent))
    assert outcomes(read(winter, born(pack(1)))) == [("known", "TAKEN_BEFORE")]


def test_very_much_master_data_is_read_or_refused_as_a_whole(winter: Stage) -> None:
    many = "".join(f'<x:m xmlns:x="http://x.example/">{n}</x:m>' for n in range(20_000))
    (found,) = read(winter, born(pack(1), ilmd=LOT_MEMBERS + many))
    assert found.stands
    json.dumps([found.reason])
