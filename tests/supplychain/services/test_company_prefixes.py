"""A partner's company prefix: said once, used to write URNs, and held against those in files."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from supplychain.domain.errors import Invalid
from supplychain.models import CompanyPrefix
from supplychain.queries.company_prefixes import prefixes_known
from supplychain.services.import_epcis import import_epcis
from supplychain.services.put_company_prefix import put_company_prefix
from tests.stages import HEALS, MAKES, SELLS, Stage

ADMITTED = "0614141"
STRANGER = "4012345000009"
SEED = bytes(32)


def put(stage: Stage, prefix: str, party: str = STRANGER) -> None:
    put_company_prefix(prefix=prefix, party=party, at=stage.now)


def test_what_is_said_of_a_partner_stands_beside_what_was_admitted(stage: Stage) -> None:
    put(stage, "4012345")
    known = prefixes_known()
    assert (known.known["4012345"], known.known[ADMITTED]) == (STRANGER, MAKES)
    assert known.length(STRANGER) == 7


def test_a_wrong_length_is_put_right_by_saying_the_right_one(stage: Stage) -> None:
    put(stage, "401234")
    put(stage, "40123450")
    assert [row.prefix for row in CompanyPrefix.objects.all()] == ["40123450"]


@pytest.mark.parametrize(
    ("prefix", "party", "code"),
    [
        ("061414", STRANGER, "PREFIX_OVERLAPS"),
        ("06141411", MAKES, "PREFIX_OVERLAPS"),
        (ADMITTED, STRANGER, "PREFIX_OVERLAPS"),
        ("9506000200", STRANGER, "PREFIX_OVERLAPS"),
        ("950600020", STRANGER, "PREFIX_OVERLAPS"),
        ("40123", STRANGER, "INVALID_PREFIX"),
        ("4012345", "4012345000008", "INVALID_GLN"),
    ],
)
def test_a_prefix_of_another_company_is_refused(
    stage: Stage, prefix: str, party: str, code: str
) -> None:
    put(stage, "950600020", SELLS)
    with pytest.raises(Invalid) as caught:
        put(stage, prefix, party)
    assert caught.value.code == code
    assert CompanyPrefix.objects.get().gln == SELLS


@pytest.mark.usefixtures("stage")
def test_prefixes_are_said_and_listed_by_command() -> None:
    out = StringIO()
    call_command("put_company_prefix", "4012345", "--party", STRANGER, stdout=out)
    assert f"4012345      {STRANGER}" in out.getvalue().splitlines()
    call_command("put_company_prefix", stdout=out)
    with pytest.raises(CommandError, match="neither to list them"):
        call_command("put_company_prefix", "4012345")
    with pytest.raises(CommandError, match="PREFIX_OVERLAPS"):
        call_command("put_company_prefix", "061414", "--party", STRANGER)


def told(stage: Stage, *codes: str, place: str = "urn:epc:id:sgln:0614141.00000.0") -> str:
    """The reason in the report of an event that names these codes."""
    event = {
        "type": "ObjectEvent",
        "eventTime": f"{stage.now - timedelta(hours=1):%Y-%m-%dT%H:%M:%SZ}",
        "eventTimeZoneOffset": "+00:00",
        "epcList": list(codes),
        "action": "OBSERVE",
        "bizStep": "inspecting",
        "readPoint": {"id": place},
    }
    document = {"@context": "https://ref.gs1.org/standards/epcis/epcis-context.jsonld", **event}
    data = json.dumps(document).encode()
    (report,) = import_epcis(data=data, party=HEALS, at=stage.now, seed=SEED)
    return report.reason


def test_a_file_whose_codes_have_a_prefix_of_the_wrong_length_is_told(stage: Stage) -> None:
    wrong = told(stage, "urn:epc:id:sgtin:061414.1107346.1")
    assert "begins with 'urn:epc:id:sgtin:061414.1107346', whose company prefix has 6" in wrong
    assert f"0614141 of {MAKES} has 7. Tell its sender." in wrong
    assert "has 8 digits" in told(stage, "urn:epc:id:sscc:06141411.123456789")
    assert "Tell its sender" in told(
        stage, "urn:epc:id:sgtin:0614141.107346.1", place="urn:epc:id:sgln:061414.100000.0"
    )


def test_codes_that_agree_with_what_is_known_or_show_no_prefix_are_not(stage: Stage) -> None:
    put(stage, "4012345")
    for code in (
        "urn:epc:id:sgtin:0614141.107346.2",
        "urn:epc:id:sgtin:4012345.011111.9876",
        "urn:epc:id:sgtin:9521321.011111.9876",
        "https://id.gs1.org/01/04012345999990/21/XYZ-1234",
        "urn:epc:id:grai:061414.166666.87",
    ):
        assert "Tell its sender" not in told(stage, code)
