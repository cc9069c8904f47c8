"""A vendor's cloud posts readings: whom it is taken from, and from whom it is not."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from supplychain.api.hooks import RefusedThrottle
from supplychain.domain.errors import Invalid, RuleBroken
from supplychain.models import TrackerHook, TrackerReading
from supplychain.queries.hooks import signature_of
from supplychain.services.issue_hook import issue_hook
from supplychain.services.put_device import put_device
from supplychain.services.revoke_hook import revoke_hook
from tests.stages import HEALS, SELLS, Stage
from tests.supplychain.api.conftest import Programs, problem

SECRET = b"a secret of the vendor's cloud, and long enough"
NUMBER = "5e" * 16


@dataclass
class Cloud:
    """A vendor's cloud that posts to a hook."""

    stage: Stage
    number: str = NUMBER
    secret: bytes = SECRET
    client: Client = field(default_factory=lambda: Client(raise_request_exception=False))

    def post(
        self,
        body: bytes,
        *,
        off: timedelta = timedelta(0),
        environ: dict[str, Any] | None = None,
        **headers: str,
    ) -> Any:
        timestamp = str(int((self.stage.now + off).timestamp()))
        said = {
            "Unbroken-Timestamp": timestamp,
            "Unbroken-Signature": signature_of(self.secret, timestamp, body),
        }
        return self.client.post(
            f"/api/v1/trackers/hooks/{self.number}",
            body,
            content_type="application/json",
            headers=said | {name.replace("_", "-"): text for name, text in headers.items()},
            **(environ or {}),
        )


def readings(stage: Stage, *posted: tuple[str, str]) -> bytes:
    """A value for each device, a second apart."""
    listed = [
        {
            "device": device,
            "time": (stage.now + timedelta(seconds=n)).isoformat(),
            "value": value,
            "unit": "C",
        }
        for n, (device, value) in enumerate(posted)
    ]
    return json.dumps({"readings": listed}).encode()


def opened(stage: Stage, party: str = SELLS, number: str = NUMBER) -> TrackerHook:
    return issue_hook(
        number=number,
        party=party,
        name="vendor",
        secret=SECRET,
        nonce=stage.nonce()[:12],
        at=stage.now,
    )


@pytest.fixture
def cloud(now: Stage) -> Cloud:
    opened(now)
    for device in ("TRK-7", "TRK-8"):
        put_device(
            party=SELLS,
            name=device,
            model="",
            place="",
            calibrated_on=None,
            every_days=365,
            today=now.now.date(),
        )
    return Cloud(now)


def test_what_a_cloud_signs_is_taken_and_counts_once_when_it_is_replayed(cloud: Cloud) -> None:
    body = readings(cloud.stage, ("TRK-7", "5.0"), ("TRK-8", "4.0"), ("TRK-7", "5.1"))
    answer = cloud.post(body)
    assert (answer.status_code, answer.json()) == (200, {"new": 3, "known": 0})
    assert cloud.post(body).json() == {"new": 0, "known": 3}
    assert set(TrackerReading.objects.values_list("gln", "device", "centi_c")) == {
        (SELLS, "TRK-7", 500),
        (SELLS, "TRK-8", 400),
        (SELLS, "TRK-7", 510),
    }


def test_a_body_or_a_time_that_was_not_signed_is_refused(cloud: Cloud) -> None:
    body, later = readings(cloud.stage, ("TRK-7", "5.0")), cloud.stage.now + timedelta(seconds=9)
    signed = str(int(cloud.stage.now.timestamp()))
    for refused in (
        cloud.post(body.replace(b"5.0", b"4.9"), Unbroken_Signature=_sign(body, signed)),
        cloud.post(body, Unbroken_Timestamp=str(int(later.timestamp()))),
        cloud.post(body, Unbroken_Signature=_sign(body, signed).upper()),
        cloud.post(body, Unbroken_Signature=_sign(body, signed).removeprefix("v1=")),
        cloud.post(body, Unbroken_Signature=""),
        cloud.post(body, Unbroken_Signature="v1=" + "é" * 64),
        cloud.post(body, Unbroken_Timestamp=""),
        cloud.post(body, Unbroken_Timestamp="٣" * 10),
        Cloud(cloud.stage, secret=b"another secret that is just as long").post(body),
        Cloud(cloud.stage, number="00" * 16).post(body),
        Cloud(cloud.stage, number="no number").post(body),
    ):
        problem(refused, 401, "HOOK_SIGNATURE_INVALID")
    assert not TrackerReading.objects.exists()


def _sign(body: bytes, timestamp: str) -> str:
    return signature_of(SECRET, timestamp, body)


@pytest.mark.parametrize(("seconds", "status"), [(-301, 401), (-300, 200), (300, 200), (301, 401)])
def test_what_was_signed_long_ago_is_not_taken_any_more(
    cloud: Cloud, seconds: int, status: int
) -> None:
    answer = cloud.post(readings(cloud.stage, ("TRK-7", "5.0")), off=timedelta(seconds=seconds))
    assert answer.status_code == status
    if status == 401:
        problem(answer, 401, "HOOK_TIMESTAMP_OLD")


def test_a_hook_that_was_closed_takes_nothing(cloud: Cloud) -> None:
    assert revoke_hook(party=SELLS, name="vendor", at=cloud.stage.now) == 1
    answer = cloud.post(readings(cloud.stage, ("TRK-7", "5.0")))
    problem(answer, 401, "HOOK_SIGNATURE_INVALID")
    assert answer["WWW-Authenticate"] == "Unbroken-Signature"


def test_a_secret_opens_in_its_own_row_only(cloud: Cloud) -> None:
    """Somebody in the database gives his own hook to another organisation."""
    TrackerHook.objects.update(gln=HEALS)
    answer = cloud.post(readings(cloud.stage, ("TRK-7", "5.0")))
    assert answer.status_code == 422
    assert answer.json()["code"] == "SECRET_NOT_OPENED"


def test_no_token_passes_for_a_signature(cloud: Cloud, program: Programs) -> None:
    answer = program(SELLS).send(
        f"trackers/hooks/{NUMBER}", readings(cloud.stage, ("TRK-7", "5.0"))
    )
    problem(answer, 401, "HOOK_SIGNATURE_INVALID")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "INVALID_REQUEST"),
        (b"{", "MALFORMED_JSON"),
        (b"\xff", "MALFORMED_JSON"),
        (b'{"readings":[],"readings":[]}', "DUPLICATE_KEY"),
        (b'{"readings":[]}', "INVALID_REQUEST"),
        (b"[" * 100_000, "TOO_DEEP"),
        (b'{"readings":[{"device":"TRK-7"}]}', "INVALID_REQUEST"),
        (b'{"readings":[1]}', "INVALID_REQUEST"),
    ],
)
def test_what_is_signed_and_no_reading_is_refused(cloud: Cloud, body: bytes, code: str) -> None:
    problem(cloud.post(body), 400, code)


def test_a_body_that_is_too_large_is_not_even_read(cloud: Cloud) -> None:
    problem(cloud.post(b" " * (1024 * 1024 + 1)), 413, "TOO_LARGE")
    assert cloud.post(b" " * (1024 * 1024)).status_code == 400


class Unread:
    """A body that nobody may read."""

    def read(self, *_args: Any) -> bytes:
        raise AssertionError

    readline = read


def test_who_often_posts_what_no_hook_signed_is_not_read_any_more(
    cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(RefusedThrottle, "rate", "2/min")
    body = readings(cloud.stage, ("TRK-7", "5.0"))
    assert [cloud.post(body).status_code for _ in range(3)] == [200] * 3
    for _ in range(2):
        problem(cloud.post(body, Unbroken_Signature=""), 401, "HOOK_SIGNATURE_INVALID")
    refused = cloud.post(body, environ={"wsgi.input": Unread()})
    problem(refused, 429, "TOO_MANY_REQUESTS")
    assert int(refused["Retry-After"]) > 0
    assert cloud.post(body, environ={"REMOTE_ADDR": "192.0.2.7"}).status_code == 200


def test_one_unknown_device_refuses_all(cloud: Cloud) -> None:
    answer = cloud.post(readings(cloud.stage, ("TRK-7", "5.0"), ("TRK-9", "5.0")))
    problem(answer, 422, "DEVICE_UNKNOWN")
    assert not TrackerReading.objects.exists()


def test_a_hook_is_an_admitted_partys_and_its_secret_is_long(now: Stage) -> None:
    with pytest.raises(RuleBroken, match="admitted"):
        opened(now, party="9506000099996")
    with pytest.raises(Invalid) as invalid:
        issue_hook(
            number=NUMBER, party=SELLS, name="v", secret=b"x" * 31, nonce=b"n" * 12, at=now.now
        )
    assert invalid.value.code == "SECRET_SHORT"


@pytest.mark.usefixtures("now")
def test_the_commands_open_and_close_a_hook(capsys: pytest.CaptureFixture[str]) -> None:
    call_command("create_tracker_hook", "vendor", party=SELLS)
    address, secret = capsys.readouterr().out.split()
    hook = TrackerHook.objects.get()
    assert address.endswith(f"/api/v1/trackers/hooks/{hook.pk}")
    assert secret.encode() not in bytes(hook.ciphertext)
    call_command("revoke_tracker_hook", "vendor", party=SELLS)
    assert capsys.readouterr().out == "closed 1\n"
    with pytest.raises(CommandError, match="no open hook"):
        call_command("revoke_tracker_hook", "vendor", party=SELLS)
    with pytest.raises(CommandError, match="PARTY_UNKNOWN"):
        call_command("create_tracker_hook", "vendor", party="9506000099996")
