"""Every service is within reach of people and of programs, or it says here why not."""

from pathlib import Path

import grimp
import pytest

BY_OPERATOR = "the operator's own: keys, parties, people and tokens are let in by command"
BY_PEOPLE = "who is let in an administrator says at the desk, or the operator by command"
BY_CLOCK = "the worker's own: it runs by the clock"
NOT_FOR_PEOPLE = {
    "admit_device": BY_OPERATOR,
    "admit_party": BY_OPERATOR,
    "add_key": BY_OPERATOR,
    "affirm_entries": BY_OPERATOR,
    "create_user": BY_OPERATOR,
    "keep_key": BY_OPERATOR,
    "record_act": BY_OPERATOR,
    "reinstate_party": BY_OPERATOR,
    "revoke_key": BY_OPERATOR,
    "rotate_kept_key": BY_OPERATOR,
    "rotate_key": BY_OPERATOR,
    "suspend_party": BY_OPERATOR,
    "audit_readings": BY_CLOCK,
    "follow_checkpoints": BY_CLOCK,
    "seal_batches": BY_CLOCK,
    "send_notices": BY_CLOCK,
    "sweep_sightings": BY_CLOCK,
    "sweep_verifications": BY_CLOCK,
    "add_profile": "a profile is a document of its own, brought by a program or the operator",
    "answer_verification": "partners' programs ask, in GS1's language",
    "record_entries": "what was signed elsewhere comes by program",
    "receive_containers": "people receive cases with loose packs: receive_scanned",
    "take_batch": "a live tracker sends by itself",
    "take_signed_batch": "what was signed elsewhere comes by program",
    "take_readings": "a live tracker sends by itself",
    "ship_containers": "people ship cases with loose packs: ship_scanned",
}
NOT_FOR_PROGRAMS = {
    **{name: why for name, why in NOT_FOR_PEOPLE.items() if why in (BY_OPERATOR, BY_CLOCK)},
    "ask_four_eyes": "a person asks for it; no program says how its organisation works",
    "put_company_prefix": "a person says it, once for each partner",
    **dict.fromkeys(("issue_hook", "issue_token", "revoke_hook", "revoke_token"), BY_PEOPLE),
    "import_epcis": "a program leaves a file (submit_capture), and a worker takes it over",
    "issue_recalls": "a list is read and looked over by a person; a program recalls lot by lot",
    "receive_lines": "a program receives lot by lot: receive_shipment",
    "receive_scanned": "a program knows packs from cases: receive_shipment, receive_containers",
    "take_captures": "a program's file waits for the worker",
    "forget_capture": "a program looks nothing over",
    "remember_logger": "how a person's file was read; a program says it with each file",
    "ship_lines": "a program ships lot by lot: ship_lot",
    "ship_scanned": "a program knows packs from cases: ship_lot, ship_containers",
    "take_exception_case": "a person looks after a case; a token is nobody",
}
PEOPLE = ("supplychain.admin", "supplychain.web")
PROGRAMS = ("supplychain.api",)


@pytest.fixture(scope="module")
def graph() -> grimp.ImportGraph:
    return grimp.build_graph("supplychain", cache_dir=None)


@pytest.mark.parametrize(
    ("doors", "argued"), [(PEOPLE, NOT_FOR_PEOPLE), (PROGRAMS, NOT_FOR_PROGRAMS)]
)
def test_every_service_has_a_door(
    graph: grimp.ImportGraph, project: Path, doors: tuple[str, ...], argued: dict[str, str]
) -> None:
    services = {file.stem for file in (project / "supplychain" / "services").glob("[a-z]*.py")}
    without = {name for name in services if not _behind(graph, name, doors)}
    assert without == set(argued), "a gap, or a reason for one that is closed"


def _behind(graph: grimp.ImportGraph, service: str, doors: tuple[str, ...]) -> bool:
    users = graph.find_modules_that_directly_import(f"supplychain.services.{service}")
    return any(user.startswith(f"{door}.") for user in users for door in doors)
