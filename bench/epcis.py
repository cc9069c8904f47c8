"""How long a partner's file takes to be read, written and taken over, and how much memory.

    python -m bench.epcis

15,000 packs of one lot, born by the hundred, 100 to a case, 10 cases to a pallet, all shipped; the
same trade as EPCIS 1.2 XML and as 2.0 JSON-LD, with URNs and with Digital Links. Taken over are
files of different lots, each in a process of its own (`bench.importing`) and in one transaction.
"""

import json
import os
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import partial
from typing import Any

from bench import cpu, installation
from bench.figures import Spread, table
from supplychain.domain.company_prefixes import CompanyPrefixes
from supplychain.domain.identifiers import Gln, Gtin, LotNumber, Serial, Sscc, check_digit
from supplychain.domain.lots import LotKey
from supplychain.formats import epc, epcis
from supplychain.formats.epcis_json_writer import write_json
from supplychain.formats.epcis_xml_writer import write_xml
from supplychain.formats.lot_story import plan_lot_story
from supplychain.formats.trade_history import Deed, Goods, History, Step, document_of, urns

MAKER, BUYER = Gln("0614141000012"), Gln("9506000134369")
PRODUCT = Gtin("00614141123452")
CASE = Gtin("50614141123457")
PACKS, IN_A_CASE, ON_A_PALLET = 15_000, 100, 10
START = datetime(2026, 3, 2, 8, tzinfo=UTC)
TIMES, FILES = 7, 3


def history(number: int = 0) -> History:
    """The trade in one lot; each number is another lot, with other packs."""
    lot = LotKey(PRODUCT, LotNumber(f"BENCH{number}"))
    packs = [epc.SerialItem(PRODUCT, Serial(f"{number}{n:08d}"), "0614141") for n in range(PACKS)]
    cases = [packs[n : n + IN_A_CASE] for n in range(0, PACKS, IN_A_CASE)]
    names = [epc.SerialItem(CASE, Serial(f"C{number}-{n}"), "0614141") for n in range(len(cases))]
    pallets = [names[n : n + ON_A_PALLET] for n in range(0, len(names), ON_A_PALLET)]
    ssccs = [_sscc(1000 * number + n) for n in range(len(pallets))]
    born = partial(Deed, step=Step.COMMISSIONED, lot=lot, expiry=date(2028, 2, 29))
    packed = partial(Deed, step=Step.PACKED)
    shipped = partial(Deed, step=Step.SHIPPED, giver=MAKER, receiver=BUYER)
    deeds = [partial(born, goods=Goods(packs=tuple(one))) for one in cases]
    deeds += [
        partial(packed, goods=Goods(packs=tuple(one)), parent=name)
        for name, one in zip(names, cases, strict=True)
    ]
    deeds += [
        partial(packed, goods=Goods(containers=tuple(one)), parent=sscc)
        for sscc, one in zip(ssccs, pallets, strict=True)
    ]
    deeds.append(partial(shipped, goods=Goods(containers=tuple(ssccs))))
    return History(
        deeds=tuple(
            deed(
                at=START + timedelta(minutes=n),
                id=f"urn:uuid:00000000-0000-4000-8000-{n:012d}",
                where=MAKER,
            )
            for n, deed in enumerate(deeds)
        ),
        created=START + timedelta(days=1),
        instance="1",
        sender=MAKER,
        receiver=BUYER,
    )


def _sscc(number: int) -> Sscc:
    body = f"10614141{number:09d}"
    return Sscc(f"{body}{check_digit(body)}")


def measured(work: Callable[[], object]) -> Spread:
    """Milliseconds of the processor, so that others on the machine count little."""
    found = []
    for _ in range(TIMES):
        start = time.process_time()
        work()
        found.append((time.process_time() - start) * 1000)
    return Spread.of(found)


def peak(work: Callable[[], object]) -> float:
    """MB that the work holds at most, besides what was there before."""
    tracemalloc.start()
    work()
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return most / 1e6


def report() -> str:
    """Measure all of it in the installation that is settled; returns Markdown."""
    return f"{_read_and_written()}\n\n{_taken_over()}"


def _read_and_written() -> str:
    urn = urns(CompanyPrefixes({}), 7)
    rows = []
    for words, write, name in (
        ("1.2 XML, URNs", write_xml, urn),
        ("2.0 JSON-LD, URNs", write_json, urn),
        ("2.0 JSON-LD, links", write_json, epc.link),
    ):
        told = document_of(history(), name)
        data = write(told, name)
        document = epcis.read(data)
        read = measured(partial(epcis.read, data))
        story = measured(partial(plan_lot_story, document))
        written = measured(partial(write, told, name))
        held = peak(partial(epcis.read, data))
        rows.append((words, len(data) // 1000, read.p50, story.p50, written.p50, held))
    heads = ("15,000 packs", "kB", "read ms", "lot story ms", "write ms", "peak MB")
    return table(heads, rows)


def _taken_over() -> str:
    """Files one after the other; of each figure the median."""
    _begin()
    runs = [_imported(number) for number in range(FILES)]
    assert all(one["stand"] for one in runs), "some event was refused"
    figures = ("wall_s", "cpu_s", "database_s", "peak_mb")
    medians = [Spread.of([float(one[name]) for one in runs]).p50 for name in figures]
    heads = (
        "a file taken over", "events", "entries", "s", "processor s, ours", "the database's",
        "peak MB",
    )  # fmt: skip
    row = ("1.2 XML, URNs, 15,000 packs", runs[0]["events"], runs[0]["entries"], *medians)
    return table(heads, [row])


def _begin() -> None:
    """Admit who makes and who buys, with keys in our keeping, and put the product in."""
    from ledger.signers import authority_signer  # noqa: PLC0415  Django is set up first
    from supplychain.domain.parties import Party, Role  # noqa: PLC0415
    from supplychain.services.admit_party import admit_party  # noqa: PLC0415
    from supplychain.services.keep_key import keep_key  # noqa: PLC0415
    from supplychain.services.register_product import register_product  # noqa: PLC0415

    authority, at = authority_signer(), datetime.now(UTC)
    for party in (
        Party(MAKER, "Maker", frozenset({Role.MANUFACTURER}), ("0614141",), "US"),
        Party(BUYER, "Buyer", frozenset({Role.WHOLESALER}), (), "US"),
    ):
        admit_party(authority=authority, party=party, email="", at=at, nonce=os.urandom(16))
        keep_key(
            authority=authority,
            party=str(party.gln),
            at=at,
            nonce=os.urandom(16),
            seal_nonce=os.urandom(12),
        )
    register_product(
        party=str(MAKER),
        gtin=str(PRODUCT),
        name="Examplin",
        strength="5 mg",
        form="20 tablets",
        profile="unmonitored/1",
    )


def _imported(number: int) -> dict[str, Any]:
    name = urns(CompanyPrefixes({}), 7)
    file = installation.VAR / f"partner-{number}.xml"
    file.write_bytes(write_xml(document_of(history(number), name), name))
    command = [sys.executable, "-m", "bench.importing", str(file), str(MAKER)]
    database = {"database": installation.postmaster()}
    before = cpu.used(database)["database"]
    done = subprocess.run(
        command, cwd=installation.ROOT, check=True, capture_output=True, text=True
    )
    found: dict[str, Any] = json.loads(done.stdout)
    return {**found, "database_s": cpu.used(database)["database"] - before}


def main() -> None:
    installation.settle()
    print(report())


if __name__ == "__main__":
    main()
