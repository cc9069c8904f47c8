"""A key is stolen: what a thief may have signed is doubted, and what was accepted stands."""

import pytest
from django.db import connection

from ledger.core.errors import LedgerError
from ledger.models import Key, Leaf
from ledger.signers import custodial_signer
from supplychain.domain.verdicts import TickState, VerdictCode
from supplychain.queries.scans import ScanResult
from supplychain.services.affirm_entries import affirm_entries
from supplychain.services.keep_key import keep_key
from supplychain.services.reinstate_party import reinstate_party
from supplychain.services.revoke_key import revoke_key
from supplychain.services.rotate_kept_key import rotate_kept_key
from supplychain.services.suspend_party import suspend_party
from supplychain.services.verify_scan import verify_scan
from tests.stages import HEALS, HEALS_TOO, MAKES, SELLS, TABLETS, Stage, a_lot

LOT = a_lot()
CODE = f"(01){TABLETS}(10)A1"


def scan(stage: Stage, asking: str | None = HEALS) -> ScanResult:
    return verify_scan(scanned=CODE, at=stage.later(), asking=asking)


@pytest.fixture
def sold(stage: Stage) -> Stage:
    """100 made, 60 received by the wholesaler, 20 of these by the pharmacy, 10 sent to another."""
    stage.register(LOT, 100)
    stage.deliver(MAKES, LOT, 60, SELLS)
    stage.deliver(SELLS, LOT, 20, HEALS)
    stage.ship(SELLS, LOT, 10, HEALS_TOO)
    stage.log()
    return stage


def key_of(party: str) -> str:
    return Key.objects.get(party_id=party, revoked_by=[]).kid


def index_of(entry_type: str, number: int = 0) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT l.index FROM ledger_leaf l JOIN ledger_entry e USING (stream_id, entry_id)"
            " WHERE e.type = %s ORDER BY l.index OFFSET %s LIMIT 1",
            [entry_type, number],
        )
        (index,) = cursor.fetchone()
    return int(index)


def steal(stage: Stage, party: str, since: int) -> str:
    """The authority learns that the party's key was stolen; the party gets a new one."""
    kid = key_of(party)
    revoke_key(
        signer=stage.authority,
        kid=kid,
        reason="compromised",
        from_index=since,
        at=stage.later(),
        nonce=stage.nonce(),
    )
    keep_key(
        authority=stage.authority,
        party=party,
        at=stage.later(),
        nonce=stage.nonce(),
        seal_nonce=stage.nonce()[:12],
    )
    stage.log()
    return kid


def test_attack_24_a_revocation_does_not_undo_a_hand_off_that_was_accepted(sold: Stage) -> None:
    steal(sold, SELLS, index_of("custody.ship", 1))
    result = scan(sold)
    assert result.verdict.code is VerdictCode.OK
    assert "ENTRY_SUSPECT" in {one.code for one in result.findings}


def test_attack_16_what_was_signed_with_a_stolen_key_is_told_with_caution(sold: Stage) -> None:
    steal(sold, SELLS, index_of("custody.ship", 2))
    result = scan(sold, HEALS_TOO)
    assert result.verdict.code is VerdictCode.CAUTION
    assert "SUSPECT_KEY" in result.verdict.codes
    assert result.verdict.genuine is TickState.WARN
    assert scan(sold, None).verdict.codes == ("SUSPECT_KEY",)


def test_attack_17_nothing_is_signed_with_a_stolen_key_whatever_date_it_bears(
    sold: Stage,
) -> None:
    thief = custodial_signer(SELLS)
    kid = steal(sold, SELLS, index_of("custody.ship", 2))
    with pytest.raises(LedgerError) as refused:
        affirm_entries(signer=thief, kid=kid, entries=["0" * 64], at=sold.now, nonce=sold.nonce())
    assert refused.value.code == "KEY_REVOKED"


def test_a_party_stands_by_what_is_true_and_the_caution_ends(sold: Stage) -> None:
    kid = steal(sold, SELLS, index_of("custody.ship", 2))
    entry = Leaf.objects.get(index=index_of("custody.ship", 2)).entry_id
    affirm_entries(
        signer=custodial_signer(SELLS),
        kid=kid,
        entries=[entry],
        at=sold.later(),
        nonce=sold.nonce(),
    )
    sold.log()
    assert scan(sold, HEALS_TOO).verdict.codes == ("NOT_RECEIVED_YET",)
    assert scan(sold, None).verdict.code is VerdictCode.OK


def test_a_suspended_party_hands_nothing_on_until_it_is_reinstated(sold: Stage) -> None:
    suspend_party(
        authority=sold.authority,
        party=SELLS,
        reason="Licence withdrawn",
        at=sold.later(),
        nonce=sold.nonce(),
    )
    with pytest.raises(LedgerError) as refused:
        sold.ship(SELLS, LOT, 5, HEALS)
    assert refused.value.code == "PARTY_SUSPENDED"
    sold.log()
    assert scan(sold).verdict.code is VerdictCode.OK
    reinstate_party(authority=sold.authority, party=SELLS, at=sold.later(), nonce=sold.nonce())
    sold.deliver(SELLS, LOT, 5, HEALS)
    sold.log()
    assert scan(sold).verdict.code is VerdictCode.OK


def test_a_key_is_rotated_and_the_trade_goes_on(sold: Stage) -> None:
    old = key_of(SELLS)
    rotate_kept_key(party=SELLS, at=sold.later(), nonce=sold.nonce(), seal_nonce=sold.nonce()[:12])
    assert key_of(SELLS) != old
    sold.deliver(SELLS, LOT, 5, HEALS)
    sold.log()
    result = scan(sold)
    assert result.verdict.code is VerdictCode.OK
    assert set(result.custody_of.values()) == {"custodial"}


def test_a_stolen_key_takes_along_what_it_was_rotated_to(sold: Stage) -> None:
    """Attack 16 again: the thief rotates the key to one of his own before anybody knows."""
    stolen = key_of(SELLS)
    rotate_kept_key(party=SELLS, at=sold.later(), nonce=sold.nonce(), seal_nonce=sold.nonce()[:12])
    sold.ship(SELLS, LOT, 5, HEALS)
    sold.log()
    revoke_key(
        signer=sold.authority,
        kid=stolen,
        reason="compromised",
        from_index=index_of("custody.ship", 2),
        at=sold.later(),
        nonce=sold.nonce(),
    )
    sold.log()
    assert scan(sold, None).verdict.codes == ("SUSPECT_KEY",)
    with pytest.raises(LedgerError) as refused:
        sold.ship(SELLS, LOT, 1, HEALS)
    assert refused.value.code == "NO_CUSTODIAL_KEY"
