"""A tracker signs its own batches: its word goes with the goods, and no other passes for it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command

from ledger import auditing, proofs
from ledger.auditing import Opinions
from ledger.core.countersignatures import countersigned_message
from ledger.core.encoding import b64u
from ledger.core.entry import sign
from ledger.core.errors import LedgerError
from ledger.core.evidence import Evidence
from ledger.core.keys import PublicKey, Signatures, Signer
from ledger.core.registry_acts import RevokeKey, possession_message
from ledger.core.signatures import OPENSSL, PrivateKey
from ledger.core.statement import Statement
from ledger.core.verification import verify
from ledger.signers import custodial_signer, policy, signs_itself
from ledger.verifier.ecdsa_signatures import EcdsaSignatures
from supplychain.domain.batches import Batch
from supplychain.domain.conditions import Reading, Series
from supplychain.domain.device_keys import OwnedDevice
from supplychain.domain.identifiers import Gln
from supplychain.domain.statements import ConditionsRecord, Destroy
from supplychain.models import Organisation, Tracker, TrackerLoad
from supplychain.queries.chains import chain_of
from supplychain.queries.stock import parcels
from supplychain.services.add_key import add_key
from supplychain.services.admit_device import admit_device
from supplychain.services.affirm_entries import affirm_entries
from supplychain.services.revoke_key import revoke_key
from supplychain.services.seal_batches import seal_batches
from tests.stages import INSULIN, MAKES, RULES, SELLS, Stage, a_lot
from tests.supplychain.api.conftest import (
    Program,
    Programs,
    now,
    own_key_of,
    problem,
    program,
    statement,
)

__all__ = ["now", "program"]

LOT = a_lot("Q1", INSULIN)
ABOUT = {"gtin": INSULIN, "lot": "Q1"}
NAME = "TRK-7"
PARTY = f"{MAKES}:{NAME}"


@dataclass
class Device:
    """The tracker itself: it counts its batches, links them, and signs each."""

    stage: Stage
    send: Program
    key: PrivateKey = field(default_factory=PrivateKey.generate)
    party: str = PARTY
    n: int = 0
    digest: str = ""

    def batch(self, *values: int) -> dict[str, Any]:
        """The next batch, a reading each five minutes as time goes on."""
        readings = []
        for value in values:
            readings.append(Reading(int(self.stage.now.timestamp()), value))
            self.stage.later(timedelta(minutes=5))
        root = Series.of(NAME, readings).root.hex()
        made = Batch(NAME, self.n + 1, root, self.digest)
        self.n, previous, self.digest = made.n, self.digest, made.digest(settings.LOG_ORIGIN, MAKES)
        return self.signed(
            {"device": NAME, "n": made.n, "previous": previous, "readings": readings}, self.digest
        )

    def signed(self, said: dict[str, Any], digest: str) -> dict[str, Any]:
        message = countersigned_message(
            log=settings.LOG_ORIGIN, party=self.party, kid=self.key.kid, digest=digest
        )
        return said | {"kid": self.key.kid, "sig": b64u(self.key.sign(message))}

    def post(self, said: dict[str, Any]) -> Any:
        return self.send.post("trackers/batches", said)


def admitted(stage: Stage) -> None:
    admit_device(
        authority=stage.authority,
        device=OwnedDevice(Gln.parse(MAKES), NAME),
        at=stage.later(),
        nonce=stage.nonce(),
    )


def with_key(stage: Stage, device: Device) -> None:
    proof = device.key.sign(possession_message(settings.LOG_ORIGIN, PARTY, device.key.kid))
    add_key(
        authority=stage.authority,
        party=PARTY,
        key=device.key.public,
        custody="hsm",
        proof=proof,
        at=stage.later(),
        nonce=stage.nonce(),
    )
    stage.log()


@pytest.fixture
def device(now: Stage, program: Programs) -> Device:
    """A tracker whose key the registry has, with a hundred packs of insulin."""
    now.register(LOT, 100)
    owner = program(MAKES)
    owner.post("trackers", {"device": NAME})
    assert owner.post("trackers/loads", {**ABOUT, "device": NAME}).status_code == 201
    admitted(now)
    made = Device(now, program(MAKES, "tracker"))
    with_key(now, made)
    return made


def worker(stage: Stage) -> int:
    made = seal_batches(at=stage.later(), most=256, after=timedelta(0))
    stage.log()
    return made


def records(stage: Stage) -> list[ConditionsRecord]:
    acts = chain_of(LOT, stage.now).history.acts.values()
    return [act.statement for act in acts if isinstance(act.statement, ConditionsRecord)]


def test_a_devices_own_word_on_its_batches_is_checked_offline_by_both_verifiers(
    device: Device, program: Programs
) -> None:
    stage = device.stage
    for n in (1, 2):
        answer = device.post(device.batch(500, 510, 520))
        assert answer.status_code == 200, answer.content
        assert answer.json() == {"n": n, "digest": device.digest, "known": False}
        assert worker(stage) == 1
    told = [one.countersigned for one in records(stage)]
    assert [one.party for one in told if one] == [PARTY, PARTY]
    stage.index()
    evidence = proofs.evidence_of(LOT.stream).evidence
    assert evidence is not None
    for signatures in (OPENSSL, EcdsaSignatures()):
        found = verify(evidence, policy(), stage.now, signatures)
        assert found.valid, found.findings
        assert found.complete_to
    scanned = program(MAKES).get("verify", code=f"01{INSULIN}10Q1").json()
    assert scanned["reasons"] == []
    assert not Organisation.objects.filter(gln__contains=":").exists()


class Doubting:
    """A library that accepts no countersignature."""

    def es256(self, key: PublicKey, message: bytes, signature: bytes) -> bool:
        accepted = not message.startswith(b"unbroken-countersignature")
        return accepted and OPENSSL.es256(key, message, signature)

    def ed25519(self, key: bytes, message: bytes, signature: bytes) -> bool:
        return OPENSSL.ed25519(key, message, signature)


@pytest.mark.parametrize(
    ("first", "second", "code"),
    [
        (OPENSSL, EcdsaSignatures(), None),
        (OPENSSL, Doubting(), "SECOND_OPINION_DIFFERS"),
        (Doubting(), OPENSSL, "COUNTERSIGNATURE_BAD"),
    ],
)
def test_an_audit_asks_both_libraries_about_a_devices_word(
    device: Device, first: Signatures, second: Signatures, code: str | None
) -> None:
    device.post(device.batch(500, 510))
    worker(device.stage)
    file = Path(settings.CHECKPOINT_FILE)
    result = auditing.audit(Opinions(first, second), policy=policy(), file=file)
    assert {one.code for one in result.findings} == ({code} if code else set())


def test_a_batch_sent_again_is_the_same_and_another_one_is_told(device: Device) -> None:
    said = device.batch(500)
    device.post(said)
    assert device.post(said).json()["known"] is True
    device.n, device.digest = 0, ""
    problem(device.post(device.batch(900)), 409, "BATCH_FORKED")
    assert "one of the two is false" in Tracker.objects.get().trouble


def test_a_batch_left_out_or_put_before_another_is_refused(device: Device) -> None:
    device.batch(500)  # it never arrives
    refused = problem(device.post(device.batch(510)), 409, "BATCH_OUT_OF_ORDER")
    assert "Expected batch 1" in refused["detail"]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        (lambda said: said | {"readings": [[at, c + 1] for at, c in said["readings"]]}, 422, None),
        (lambda said: said | {"readings": said["readings"][:-1]}, 422, None),
        (lambda said: said | {"n": said["n"] + 1, "previous": "ab" * 32}, 422, None),
        (lambda said: said | {"sig": "A" * 86}, 422, None),
        (lambda said: said | {"kid": "u" * 43}, 422, "KEY_UNKNOWN"),
        (lambda said: said | {"sig": "!" * 86}, 400, "MALFORMED_BASE64"),
        (lambda said: said | {"readings": said["readings"][::-1]}, 400, "TIME_ORDER"),
        (lambda said: said | {"readings": [[1, 2, 3]]}, 400, "INVALID_REQUEST"),
        (lambda said: said | {"previous": "ab" * 32}, 400, "BATCH_UNLINKED"),
        (lambda said: said | {"device": "a device"}, 400, "DEVICE_NAME"),
        (lambda said: said | {"device": "TRK-8"}, 422, None),
    ],
)
def test_what_the_device_did_not_sign_is_refused(
    device: Device, change: Callable[[dict[str, Any]], Any], status: int, code: str | None
) -> None:
    answer = device.post(change(device.batch(500, 510)))
    problem(answer, status, code or "COUNTERSIGNATURE_BAD")


def test_another_key_signs_for_no_device_that_is_not_its_own(
    device: Device, program: Programs
) -> None:
    """The wholesaler has a device of the same name, and its own token."""
    program(SELLS).post("trackers", {"device": NAME})
    device.send = program(SELLS, "tracker")
    problem(device.post(device.batch(500)), 422, "COUNTERSIGNATURE_BAD")


def test_nobody_sends_readings_in_the_name_of_a_device_that_signs(device: Device) -> None:
    at = device.stage.now.isoformat()
    readings = [{"time": at, "value": "5.0", "unit": "C"}]
    answer = device.send.post("trackers/readings", {"device": NAME, "readings": readings})
    problem(answer, 422, "DEVICE_SIGNS")


def test_a_revoked_key_signs_nothing_any_more(device: Device) -> None:
    stage = device.stage
    device.post(device.batch(500))
    said = device.batch(510)
    revoke_key(
        signer=stage.authority,
        kid=device.key.kid,
        reason="lost",
        from_index=None,
        at=stage.later(),
        nonce=stage.nonce(),
    )
    problem(device.post(said), 422, "KEY_REVOKED")
    assert worker(stage) == 0
    assert records(stage) == []


def test_a_batch_that_its_revoked_key_keeps_from_the_goods_is_told_and_holds_up_no_other(
    device: Device, program: Programs
) -> None:
    stage = device.stage
    device.post(device.batch(500, 510))
    revoke_key(
        signer=stage.authority,
        kid=device.key.kid,
        reason="lost",
        from_index=None,
        at=stage.later(),
        nonce=stage.nonce(),
    )
    device.key = PrivateKey.generate()
    with_key(stage, device)
    assert device.post(device.batch(520, 530)).status_code == 200
    assert worker(stage) == 1
    (told,) = records(stage)
    assert told.batch is not None
    assert told.batch.n == 2
    (line,) = program(MAKES).get("trackers").json()["results"]
    assert line["trouble"].startswith("Batch 1 is signed for no goods")
    assert TrackerLoad.objects.get().trouble == ""
    assert worker(stage) == 0


def test_what_a_stolen_device_signed_is_told_by_both_verifiers_and_each_scan(
    device: Device, program: Programs
) -> None:
    stage = device.stage

    def scanned() -> set[str]:
        answer = program(MAKES).get("verify", code=f"01{INSULIN}10Q1").json()
        return {one["code"] for one in answer["reasons"]}

    device.post(device.batch(500, 510, 520))
    worker(stage)
    assert scanned() == set()
    (entry,) = [act.entry_id for act in chain_of(LOT, stage.now).history.acts.values()][1:]
    (since,) = proofs.position_of([entry]).values()
    revoke_key(
        signer=stage.authority,
        kid=device.key.kid,
        reason="compromised",
        from_index=since,
        at=stage.later(),
        nonce=stage.nonce(),
    )
    stage.log()
    evidence = proofs.evidence_of(LOT.stream).evidence
    assert evidence is not None
    for signatures in (OPENSSL, EcdsaSignatures()):
        found = verify(evidence, policy(), stage.now, signatures)
        assert [one.entry_id for one in found.findings if one.code == "ENTRY_SUSPECT"] == [entry]
    assert scanned() == {"SUSPECT_KEY"}
    stolen, listed = device.key.kid, StringIO()
    call_command("affirm_entries", PARTY, "--", stolen, stdout=listed)
    assert listed.getvalue().split()[:2] == [str(since), entry]

    def affirmed_by(signer: Signer, about: str = entry) -> None:
        affirm_entries(
            signer=signer, kid=stolen, entries=[about], at=stage.later(), nonce=stage.nonce()
        )

    with pytest.raises(LedgerError) as refused:
        affirmed_by(custodial_signer(MAKES))
    assert refused.value.code == "NOT_PERMITTED"
    device.key = PrivateKey.generate()
    with_key(stage, device)
    (birth,) = [act.entry_id for act in chain_of(LOT, stage.now).history.acts.values()][:1]
    with pytest.raises(LedgerError) as refused:
        affirmed_by(device.key, birth)
    assert refused.value.code == "AFFIRMED_UNKNOWN"
    affirmed_by(device.key)
    stage.log()
    assert scanned() == set()


def test_an_owner_ends_the_key_of_its_device(
    device: Device, program: Programs, tmp_path: Path
) -> None:
    stage = device.stage
    device.post(device.batch(500))
    worker(stage)
    act = RevokeKey(device.key.kid, "lost", None)

    def stated(by: PrivateKey) -> str:
        said = Statement(
            log=settings.LOG_ORIGIN,
            stream="registry",
            type=act.TYPE,
            at=stage.later(),
            nonce=stage.nonce(),
            seen=proofs.latest_seen(),
            consumes=(),
            creates=0,
            body=act.as_body(),
        )
        return sign(said, by)

    theirs, own = own_key_of(stage, SELLS), own_key_of(stage, MAKES)
    refused = program(SELLS).post("entries", {"entry": stated(theirs)})
    assert refused.json()["code"] == "NOT_PERMITTED"
    pem = tmp_path / "own.pem"
    pem.write_bytes(own.as_pem())
    with pytest.raises(CommandError, match="NOT_PERMITTED"):
        call_command("revoke_key", "--reason", "lost", "--by", SELLS, "--", device.key.kid)
    taken = program(MAKES).post("entries", {"entry": stated(own)})
    assert taken.status_code == 201, taken.content
    problem(device.post(device.batch(510)), 422, "KEY_REVOKED")
    evidence = evidence_now(stage)
    for signatures in (OPENSSL, EcdsaSignatures()):
        assert verify(evidence, policy(), stage.now, signatures).valid
    device.key = PrivateKey.generate()
    with_key(stage, device)
    call_command("revoke_key", "--reason", "left", "--key", str(pem), "--", device.key.kid)
    assert not signs_itself(PARTY)


def evidence_now(stage: Stage) -> Evidence:
    stage.log()
    evidence = proofs.evidence_of(LOT.stream).evidence
    assert evidence is not None
    return evidence


def test_a_devices_key_alone_moves_nothing(device: Device, program: Programs) -> None:
    (goods,) = parcels(MAKES, LOT)
    said = Destroy.of(holder=Gln.parse(MAKES), quantity=100, rest=0, reason="So it says")
    entry = sign(statement(device.stage, said, (goods.ref,), LOT), device.key)
    problem(program(MAKES).post("entries", {"entry": entry}), 403, "NOT_YOUR_ENTRY")
    assert program(RULES).post("entries", {"entry": entry}).status_code == 400


def test_what_was_sent_before_it_had_a_key_comes_first(now: Stage, program: Programs) -> None:
    program(MAKES).post("trackers", {"device": NAME})
    made = Device(now, program(MAKES, "tracker"))
    readings = [{"time": now.now.isoformat(), "value": "5.0", "unit": "C"}]
    made.send.post("trackers/readings", {"device": NAME, "readings": readings})
    admitted(now)
    with_key(now, made)
    refused = problem(made.post(made.batch(510)), 409, "BATCH_OUT_OF_ORDER")
    assert "Expected batch 2 after " in refused["detail"]
    made.n, made.digest = 1, refused["detail"].rpartition(" ")[2].rstrip(".")
    assert made.post(made.batch(510)).status_code == 200


def test_readings_out_of_time_are_refused_whoever_signed_them(device: Device) -> None:
    stage, then = device.stage, device.stage.now
    stage.now = then + timedelta(hours=1)
    ahead = device.batch(500)
    stage.now = then
    problem(device.post(ahead), 400, "TIME_AHEAD")
    device.n, device.digest, stage.now = 0, "", then - timedelta(days=31)
    late = device.batch(500)
    stage.now = then
    problem(device.post(late), 400, "TOO_LATE")
    device.n, device.digest, stage.now = 0, "", then - timedelta(days=2)
    long = device.batch(*[500] * 300)
    stage.now = then
    problem(device.post(long), 400, "BATCH_TOO_LONG")


@pytest.mark.usefixtures("now")
def test_an_operator_admits_a_device(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("admit_device", MAKES, NAME)
    assert capsys.readouterr().out.startswith(f"admitted {PARTY} by entry ")


@pytest.mark.usefixtures("now")
@pytest.mark.parametrize(("gln", "name"), [("1", NAME), (MAKES, "a b"), (MAKES, "x" * 51)])
def test_what_is_no_device_is_not_admitted(gln: str, name: str) -> None:
    with pytest.raises(CommandError):
        call_command("admit_device", gln, name)
