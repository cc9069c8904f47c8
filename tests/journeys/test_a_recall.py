"""A recall: signed at one desk, and the next scan at every site says STOP at once (D19)."""

from time import perf_counter

from supplychain.queries.recalls import recall_of
from supplychain.services.acknowledge_recall import acknowledge_recall
from supplychain.services.follow_checkpoints import follow_checkpoints
from supplychain.services.issue_recall import issue_recall
from supplychain.services.verify_scan import verify_scan
from tests.stages import HEALS, HEALS_TOO, MAKES, SELLS, Stage, a_lot, serials

LOT = a_lot("P1")
ALL = serials(*range(40))
AT_ONCE_S = 5.0


def scan(stage: Stage, pack: int, asking: str) -> str:
    text = f"(01){LOT.gtin}(17)271231(10){LOT.lot}(21){ALL[pack]}"
    return verify_scan(scanned=text, at=stage.later(), asking=asking).verdict.code


def test_the_next_scan_at_two_sites_says_stop_within_five_seconds(stage: Stage) -> None:
    stage.register(LOT, 40, packs=ALL)
    stage.deliver(MAKES, LOT, 30, SELLS, packs=ALL[:30])
    stage.deliver(SELLS, LOT, 10, HEALS, packs=ALL[:10])
    stage.deliver(SELLS, LOT, 10, HEALS_TOO, packs=ALL[10:20])
    stage.log()
    sites = ((1, HEALS), (11, HEALS_TOO))
    assert [scan(stage, *site) for site in sites] == ["OK", "OK"]
    began = perf_counter()
    entry = issue_recall(
        party=MAKES,
        lot=LOT,
        recall_class="I",
        reason="Glass",
        at=stage.later(),
        nonce=stage.nonce(),
    ).entry_id
    stage.log()
    assert [scan(stage, *site) for site in sites] == ["STOP", "STOP"]
    assert perf_counter() - began < AT_ONCE_S
    follow_checkpoints(at=stage.later())
    for gln in (HEALS, HEALS_TOO, SELLS):
        acknowledge_recall(party=gln, lot=LOT, recall=entry, found=10, note="", at=stage.later())
    found = recall_of(LOT, entry)
    assert found is not None
    assert not any(one.waiting for one in found.reach.parties)
