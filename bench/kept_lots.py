"""Lots of a refrigerated product, kept for long, and their pages opened."""

import os
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import partial

from django.contrib.auth.models import User
from django.test import Client
from django.urls import reverse

from bench.costs import Cost, cost_of
from bench.installation import wait_until_logged
from bench.stories import Author, with_check_digit
from ledger.signers import authority_signer
from supplychain.domain.conditions import Reading, Series
from supplychain.domain.excursions import judge
from supplychain.domain.identifiers import Gtin, LotNumber
from supplychain.domain.lots import LotKey
from supplychain.domain.parties import Role
from supplychain.domain.profiles import profile
from supplychain.domain.readings_csv import read_csv
from supplychain.models import Leg, Membership
from supplychain.recording.conditions import ConditionsInput
from supplychain.services.admit_party import admit_party
from supplychain.services.keep_key import keep_key
from supplychain.services.record_conditions import record_conditions
from supplychain.services.register_lot import register_lot
from supplychain.services.register_product import register_product
from supplychain.web.chart import chart

MAKER = Author.of(1101, Role.MANUFACTURER)
GTIN = Gtin(with_check_digit(f"0{MAKER.party.prefixes[0]}00002"))
PROFILE = "refrigerated-2-8/2"
SINCE = datetime(2012, 1, 1, tzinfo=UTC)
_EXPIRY = date(2040, 12, 31)


def admit() -> None:
    """Admit the maker, with a key in our keeping and somebody at its desk, and its product."""
    authority, at, gln = authority_signer(), datetime.now(UTC), str(MAKER.gln)
    admit_party(authority=authority, party=MAKER.party, email="", at=at, nonce=os.urandom(16))
    keep_key(authority=authority, party=gln, at=at, nonce=os.urandom(16), seal_nonce=os.urandom(12))
    register_product(
        party=gln, gtin=str(GTIN), name="Vaccine", strength="1 ml", form="vial", profile=PROFILE
    )
    user = User.objects.create_user("bench-keeper", is_staff=True)
    Membership.objects.create(user=user, gln=gln, role="signer")


def cost(act: Callable[[], object]) -> Cost:
    """What one act costs."""
    return cost_of(act)[1]


def of_a_file(
    readings: int, every: timedelta, times: int
) -> Iterator[tuple[str, Sequence[Callable[[], object]]]]:
    """What is done with one logger's file, several times."""
    series = _series(SINCE, readings, every)
    text = "time,temperature_c\n" + "".join(
        f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ},{c / 100:.2f}\n"
        for at, c in series.readings
    )
    data, at, storage = text.encode(), datetime.now(UTC), profile(PROFILE)
    lots = [_born(f"F{n}") for n in range(times)]
    judgement = judge((series,), storage)
    yield "read from a CSV", [lambda: read_csv(data, at=at, device="L-1")] * times
    yield "judged, signed and kept", [_keeping(lot, SINCE, readings, every) for lot in lots]
    yield "drawn", [lambda: chart((series,), storage, judgement=judgement, width=960)] * times


def kept(readings: int, a_stay: int, every: timedelta) -> tuple[LotKey, int]:
    """A lot with so many readings, and the number of its stays."""
    lot, stays, since = _born(f"K{readings}"), -(-readings // a_stay), SINCE
    for _ in range(stays):
        _keeping(lot, since, a_stay, every)()
        since += a_stay * every
    wait_until_logged()
    return lot, stays


def opened(lot: LotKey, times: int) -> Iterator[list[Cost]]:
    """The lot's page, its scan, and of its last leg the page, the data and the report."""
    client, where = Client(), (str(lot.gtin), str(lot.lot))
    client.force_login(User.objects.get(username="bench-keeper"))
    last = Leg.objects.order_by("-starts_at").values_list("entry_id", flat=True)[0]
    scan = f"/scan?code=01{lot.gtin}17{_EXPIRY:%y%m%d}10{lot.lot}"
    of_leg = (last, *where)
    for address in (
        reverse("desk:lot", args=where),
        scan,
        reverse("desk:leg", args=of_leg),
        reverse("web:leg-data", args=of_leg),
        reverse("web:leg-pdf", args=of_leg),
    ):
        _get(client, address)  # once to warm up
        yield [cost(partial(_get, client, address)) for _ in range(times)]


def _get(client: Client, address: str) -> None:
    answer = client.get(address, headers={"host": "127.0.0.1"})
    assert answer.status_code == 200, f"{answer.status_code} for {address}"


def _born(number: str) -> LotKey:
    lot = LotKey(GTIN, LotNumber(number))
    register_lot(
        party=str(MAKER.gln),
        gtin=str(GTIN),
        lot=number,
        quantity=1_000,
        expiry=_EXPIRY,
        expiry_zone="+00:00",
        at=datetime.now(UTC),
        nonce=os.urandom(16),
        secret=os.urandom(32),
    )
    return lot


def _keeping(lot: LotKey, since: datetime, readings: int, every: timedelta) -> Callable[[], object]:
    """Sign and keep a stay; the readings are made before the clock starts."""
    conditions = ConditionsInput(series=(_series(since, readings, every),))
    return lambda: record_conditions(
        party=str(MAKER.gln),
        lot=lot,
        conditions=conditions,
        covers=(since, since + (readings - 1) * every),
        at=datetime.now(UTC),
        nonce=os.urandom(16),
        place="Cold room 1",
    )


def _series(since: datetime, readings: int, every: timedelta) -> Series:
    first, step = int(since.timestamp()), int(every.total_seconds())
    rows = [Reading(first + n * step, 500 + n * 37 % 151 - 75) for n in range(readings)]
    return Series.of("L-1", rows)
