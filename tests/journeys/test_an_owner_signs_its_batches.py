"""The maker keeps its key itself: what its tracker's batches say waits for its signature."""

from dataclasses import replace
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from docs.examples.sign_entry import entry_text
from ledger.core import canonical
from ledger.core.canonical import Json
from ledger.core.entry import sign
from ledger.core.links import OutputRef
from ledger.core.signatures import PrivateKey
from ledger.core.statement import Statement
from ledger.signers import custodial_signer
from supplychain.models import TrackerBatch, TrackerLoad
from supplychain.queries.stock import parcels
from supplychain.services.revoke_key import revoke_key
from supplychain.services.seal_batches import seal_batches
from tests.journeys.test_a_live_tracker import LOT, TRACKER, codes, records, ridden, sends
from tests.stages import MAKES, SELLS, Stage
from tests.supplychain.api.conftest import Programs, now, own_key_of, problem, program

__all__ = ["now", "program", "ridden"]

ADDRESS = "trackers/signatures"


@pytest.fixture
def key(ridden: Stage) -> PrivateKey:
    """The maker's own; the one that was kept here is revoked."""
    own = own_key_of(ridden, MAKES)
    revoke_key(
        signer=ridden.authority,
        kid=custodial_signer(MAKES).kid,
        reason="left",
        at=ridden.later(),
        nonce=ridden.nonce(),
    )
    ridden.log()
    return own


def sealed(stage: Stage, program: Programs, *values: str) -> None:
    """The tracker sends, and the worker seals; it has no key to sign with."""
    sends(stage, program, *values)
    assert seal_batches(at=stage.later(), most=256, after=timedelta(0)) == 0
    stage.log()


def waiting(program: Programs) -> list[dict[str, Any]]:
    found = program(MAKES).get(ADDRESS)
    assert found.status_code == 200, found.content
    rows: list[dict[str, Any]] = found.json()["results"]
    return rows


def hands_in(stage: Stage, program: Programs, key: PrivateKey, row: dict[str, Any]) -> Any:
    entry = entry_text(row["statement"], key, stage.now)
    return program(MAKES).post(ADDRESS, {"load": row["load"], "entry": entry})


def stated(row: dict[str, Any], **changes: Any) -> Statement:
    return replace(Statement.parse(canonical.dumps(row["statement"])), **changes)


def test_what_waits_is_listed_signed_elsewhere_and_handed_in(
    ridden: Stage, program: Programs, key: PrivateKey
) -> None:
    sealed(ridden, program, *["5.0"] * 3)
    assert TrackerLoad.objects.get().trouble.startswith("NO_CUSTODIAL_KEY")
    sealed(ridden, program, *["5.2"] * 3)
    (row,) = waiting(program)
    assert (row["n"], row["waiting"], row["device"], row["trouble"]) == (1, 2, TRACKER, "")
    taken = hands_in(ridden, program, key, row)
    assert taken.status_code == 201, taken.content
    (row,) = waiting(program)
    assert (row["n"], row["waiting"]) == (2, 1)
    assert hands_in(ridden, program, key, row).status_code == 201
    assert waiting(program) == []
    ridden.log()
    first, second = records(ridden)
    assert first.batch
    assert second.batch
    assert second.batch.previous == TrackerBatch.objects.get(n=1).digest
    load = TrackerLoad.objects.get()
    assert (load.recorded, load.trouble) == (2, "")
    assert codes(ridden, program) == []
    ridden.log()
    assert seal_batches(at=ridden.later(), most=256, after=timedelta(0)) == 0


def test_the_same_entry_again_gets_the_same_answer(
    ridden: Stage, program: Programs, key: PrivateKey
) -> None:
    sealed(ridden, program, *["5.0"] * 3)
    (row,) = waiting(program)
    said = {"load": row["load"], "entry": sign(stated(row), key)}
    first, second = (program(MAKES).post(ADDRESS, said) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 200)
    assert first.json()["entry_id"] == second.json()["entry_id"]


def test_another_one_s_load_is_none(ridden: Stage, program: Programs, key: PrivateKey) -> None:
    sealed(ridden, program, *["5.0"] * 3)
    (row,) = waiting(program)
    said = {"load": row["load"], "entry": sign(stated(row), key)}
    problem(program(SELLS).post(ADDRESS, said), 422, "LOAD_UNKNOWN")
    assert program(SELLS).get(ADDRESS).json()["results"] == []
    theirs = own_key_of(ridden, SELLS)
    said["entry"] = sign(stated(row), theirs)
    problem(program(MAKES).post(ADDRESS, said), 403, "NOT_YOUR_ENTRY")


def test_only_the_batch_that_is_next_and_just_its_goods_are_signed(
    ridden: Stage, program: Programs, key: PrivateKey
) -> None:
    sealed(ridden, program, *["5.0"] * 3)
    (row,) = waiting(program)
    statement = stated(row)

    def refused(code: str, **changes: Any) -> None:
        said = {"load": row["load"], "entry": sign(replace(statement, **changes), key)}
        problem(program(MAKES).post(ADDRESS, said), 409, code)

    body: dict[str, Json] = dict(statement.body)
    plain = {name: value for name, value in body.items() if name != "batch"}
    refused("BATCH_OTHER", body=plain)
    batch = dict(row["statement"]["body"]["batch"])
    refused("BATCH_OTHER", body=body | {"batch": batch | {"n": 2, "previous": "00" * 32}})
    refused("GOODS_OTHER", consumes=(OutputRef("00" * 32, 0),))
    destroys = {
        "reason": "x",
        "outputs": [{"state": "destroyed", "holder": MAKES, "quantity": 100}],
    }
    refused("BATCH_OTHER", type="custody.destroy", body=destroys)
    assert records(ridden) == []


def test_readings_that_are_not_those_of_the_entry_are_refused(
    ridden: Stage, program: Programs, key: PrivateKey
) -> None:
    sealed(ridden, program, "5.0", "9.9", "5.0")
    (row,) = waiting(program)
    conditions = row["statement"]["body"]["conditions"] | {"state": "IN_RANGE"}
    row["statement"]["body"]["conditions"] = conditions
    problem(hands_in(ridden, program, key, row), 422, "CONDITIONS_DISAGREE")
    assert TrackerLoad.objects.get().recorded == 0


def test_nothing_waits_and_yet_something_is_handed_in(
    ridden: Stage, program: Programs, key: PrivateKey
) -> None:
    sealed(ridden, program, *["5.0"] * 3)
    (row,) = waiting(program)
    TrackerBatch.objects.all().delete()
    problem(hands_in(ridden, program, key, row), 409, "BATCH_OUT_OF_ORDER")


def test_why_nothing_can_be_said_is_told_in_the_list(
    ridden: Stage, program: Programs, key: PrivateKey
) -> None:
    (goods,) = parcels(MAKES, LOT)
    sealed(ridden, program, *["5.0"] * 3)
    TrackerBatch.objects.update(root="00" * 32)
    (row,) = waiting(program)
    assert row["statement"] is None
    assert row["trouble"].startswith("BATCH_CHANGED")
    problem(
        program(MAKES).post(ADDRESS, {"load": row["load"], "entry": "x"}), 400, "ENVELOPE_MALFORMED"
    )
    assert goods.quantity == 100
    assert key.kid


def test_the_command_signs_with_a_key_in_a_file(
    ridden: Stage, program: Programs, key: PrivateKey, tmp_path: Path
) -> None:
    path = tmp_path / "maker.pem"
    path.write_bytes(key.as_pem())
    sealed(ridden, program, *["5.0"] * 3)
    sealed(ridden, program, *["5.1"] * 3)
    out, err = StringIO(), StringIO()
    call_command("sign_batches", MAKES, key=path, stdout=out, stderr=err)
    assert [line.partition(":")[0] for line in out.getvalue().splitlines()] == [
        f"{TRACKER} batch 1",
        f"{TRACKER} batch 2",
    ]
    assert err.getvalue() == ""
    sealed(ridden, program, *["5.1"] * 3)
    TrackerBatch.objects.filter(n=3).update(root="00" * 32)
    call_command("sign_batches", MAKES, key=path, stdout=out, stderr=err)
    assert "BATCH_CHANGED" in err.getvalue()
    with pytest.raises(CommandError, match="KEY"):
        call_command("sign_batches", MAKES, key=tmp_path / "none.pem")


def test_the_command_says_why_a_key_is_no_good(
    ridden: Stage, program: Programs, key: PrivateKey, tmp_path: Path
) -> None:
    del key
    path = tmp_path / "other.pem"
    path.write_bytes(PrivateKey.generate().as_pem())
    sealed(ridden, program, *["5.0"] * 3)
    with pytest.raises(CommandError, match="KEY_UNKNOWN"):
        call_command("sign_batches", MAKES, key=path)
