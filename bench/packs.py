"""Measure packs: what is born, shipped and scanned when a lot has very many of them.

    python -m bench.packs [--packs 1000 10000 100000 1000000] [--parts 100]

A lot is registered with so many packs; parts of 100 go to pharmacies, with a dispatch and a receipt
each; then packs are scanned at random where they are.
"""

import argparse
import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, TypeVar

from bench import installation

T = TypeVar("T")
A_PART = 100
SCANS = 100


@dataclass(frozen=True)
class Measured:
    packs: int
    born_s: float
    ship_ms: float
    receive_ms: float
    scan_p50_ms: float
    scan_p99_ms: float
    nodes_mb: float


def main(argv: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m bench.packs", description=__doc__)
    parser.add_argument("--packs", type=int, nargs="+", default=[1_000, 10_000, 100_000, 1_000_000])
    parser.add_argument("--parts", type=int, default=10)
    options = parser.parse_args(argv)
    installation.settle()
    print(report(options.packs, options.parts))


def report(sizes: Sequence[int], parts: int) -> str:
    """Measure a lot of each size; returns Markdown."""
    from bench.figures import table  # noqa: PLC0415  Django is set up first

    _begin()
    with installation.serving():
        rows = [_measured(packs, parts) for packs in sizes]
    heads = (
        "packs", "born s", "ship 100, ms", "receive 100, ms", "scan p50 ms", "p99 ms", "nodes MB",
    )  # fmt: skip
    words = [
        (one.packs, one.born_s, one.ship_ms, one.receive_ms, one.scan_p50_ms, one.scan_p99_ms,
         one.nodes_mb)
        for one in rows
    ]  # fmt: skip
    return f"{parts} parts of {A_PART} packs, {SCANS} scans.\n\n" + table(heads, words)


def _begin() -> None:
    """Admit a maker and a pharmacy, with keys in our keeping."""
    from bench.stories import Author  # noqa: PLC0415  Django is set up first
    from ledger.signers import authority_signer  # noqa: PLC0415
    from supplychain.domain.parties import Role  # noqa: PLC0415
    from supplychain.services.admit_party import admit_party  # noqa: PLC0415
    from supplychain.services.keep_key import keep_key  # noqa: PLC0415
    from supplychain.services.register_product import register_product  # noqa: PLC0415

    authority, at = authority_signer(), datetime.now(UTC)
    for author in (Author.of(1, Role.MANUFACTURER), Author.of(200, Role.DISPENSER)):
        admit_party(authority=authority, party=author.party, email="", at=at, nonce=os.urandom(16))
        keep_key(
            authority=authority,
            party=str(author.gln),
            at=at,
            nonce=os.urandom(16),
            seal_nonce=os.urandom(12),
        )
    maker = Author.of(1, Role.MANUFACTURER)
    register_product(
        party=str(maker.gln),
        gtin=str(maker.product.gtin),
        name="Bench",
        strength="1 mg",
        form="1 piece",
        profile="unmonitored/1",
    )


def _measured(packs: int, parts: int) -> Measured:
    from bench.figures import Spread  # noqa: PLC0415  Django is set up first
    from bench.stories import Author  # noqa: PLC0415
    from supplychain.domain.identifiers import LotNumber, Serial  # noqa: PLC0415
    from supplychain.domain.lots import LotKey  # noqa: PLC0415
    from supplychain.domain.parties import Role  # noqa: PLC0415

    maker, pharmacy = Author.of(1, Role.MANUFACTURER), Author.of(200, Role.DISPENSER)
    lot = LotKey(maker.product.gtin, LotNumber(f"P{packs}"))
    serials = [Serial(f"{packs}-{n}") for n in range(packs)]
    giver, receiver = str(maker.gln), str(pharmacy.gln)
    born_s = _born(giver, lot, serials)
    going = random.Random(7).sample(serials, min(packs, parts * A_PART))
    starts = range(0, len(going), A_PART)
    handed = [_handed_on(giver, receiver, lot, going[at : at + A_PART]) for at in starts]
    installation.wait_until_logged()
    scanned = random.Random(8).choices(going, k=SCANS)
    scans = Spread.of([_scan(lot, one, receiver) for one in scanned])
    return Measured(
        packs,
        born_s,
        1000 * Spread.of([shipped for shipped, _ in handed]).p50,
        1000 * Spread.of([received for _, received in handed]).p50,
        scans.p50,
        scans.p99,
        _nodes_mb(),
    )


def _born(giver: str, lot: Any, serials: Sequence[Any]) -> float:
    from supplychain.services.register_lot import register_lot  # noqa: PLC0415  Django is set up

    return _timed(
        lambda: register_lot(
            party=giver,
            gtin=str(lot.gtin),
            lot=str(lot.lot),
            quantity=len(serials),
            expiry=date(2030, 12, 31),
            expiry_zone="+00:00",
            at=datetime.now(UTC),
            nonce=os.urandom(16),
            packs=serials,
            secret=os.urandom(32),
        )
    )[1]


def _handed_on(giver: str, receiver: str, lot: Any, part: Sequence[Any]) -> tuple[float, float]:
    """Seconds for the dispatch of these packs, and for their receipt."""
    from supplychain.queries.stock import inbound_to  # noqa: PLC0415  Django is set up first
    from supplychain.recording.conditions import ConditionsInput  # noqa: PLC0415
    from supplychain.services.receive_shipment import receive_shipment  # noqa: PLC0415
    from supplychain.services.ship_lot import ship_lot  # noqa: PLC0415

    none = ConditionsInput(none="not_required")
    _, shipped = _timed(
        lambda: ship_lot(
            party=giver,
            lot=lot,
            quantity=len(part),
            receiver=receiver,
            shipment="S-1",
            order=None,
            conditions=none,
            at=datetime.now(UTC),
            nonce=os.urandom(16),
            salt=os.urandom(16),
            packs=part,
        )
    )
    (line,) = inbound_to(receiver)
    _, received = _timed(
        lambda: receive_shipment(
            party=receiver,
            output=line.output,
            lot=lot,
            received=line.quantity,
            damaged=0,
            conditions=none,
            note="",
            at=datetime.now(UTC),
            nonce=os.urandom(16),
        )
    )
    return shipped, received


def _scan(lot: object, serial: object, asking: str) -> float:
    from supplychain.services.verify_scan import verify_scan  # noqa: PLC0415  Django is set up first

    code = f"(01){lot.gtin}(10){lot.lot}(21){serial}"  # type: ignore[attr-defined] # a LotKey
    result, took = _timed(lambda: verify_scan(scanned=code, at=datetime.now(UTC), asking=asking))
    if result.verdict.code not in ("OK", "ALREADY_SCANNED_HERE"):
        raise RuntimeError(f"{result.verdict.code}: {result.verdict.codes}")
    return 1000 * took


def _nodes_mb() -> float:
    from django.db import connection  # noqa: PLC0415  Django is set up first

    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_total_relation_size('supplychain_packnode') / 1e6")
        row = cursor.fetchone()
    return float(row[0]) if row else 0.0


def _timed(act: Callable[[], T]) -> tuple[T, float]:
    start = time.perf_counter()
    found = act()
    return found, time.perf_counter() - start


if __name__ == "__main__":
    main()
