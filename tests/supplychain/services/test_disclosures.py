"""Who may open what a party has sealed, and that each opening is on record before it is shown."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from ledger import signers
from ledger.core.errors import LedgerError
from ledger.core.evidence import Evidence
from ledger.core.signatures import OPENSSL
from ledger.core.verification import verify
from ledger.proofs import evidence_of, sealed_entries
from supplychain.domain.disclosure_statements import Read, stream_of
from supplychain.domain.disclosure_statements import read as read_statement
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln
from supplychain.models import DisclosureGrant, DisclosureRead
from supplychain.queries.disclosures import (
    grants_by,
    grants_to,
    members_of,
    reads_of,
    shown_of,
    standing_grants,
)
from supplychain.services.grant_disclosure import grant_disclosure
from supplychain.services.open_sealed import open_sealed
from supplychain.services.revoke_disclosure import revoke_disclosure
from tests.stages import HEALS, HEALS_TOO, LIES, MAKES, RULES, SELLS, Stage, a_lot

LOT = a_lot()


@pytest.fixture
def sealed(stage: Stage) -> Stage:
    """Maker and wholesaler have each sealed an order number about one lot; there is an operator."""
    stage.register(LOT, 100)
    stage.deliver(MAKES, LOT, 60, SELLS)
    stage.deliver(SELLS, LOT, 20, HEALS)
    stage.log()
    stage.index()
    return stage


def granted(on: Stage, owner: str, to: str, *entries: str) -> str:
    recorded = grant_disclosure(
        party=owner,
        lot=LOT,
        to=to,
        members=["order"],
        entries=entries,
        at=on.later(),
        nonce=on.nonce(),
        salt=on.nonce(),
    )
    on.log()
    return recorded.entry_id


def opened(on: Stage, reader: str) -> Evidence:
    found = open_sealed(party=reader, lot=LOT, at=on.later(), nonces=on.nonce)
    assert found is not None
    on.log()
    return found


def refused(on: Stage, reader: str) -> str:
    before = DisclosureRead.objects.count()
    with pytest.raises((RuleBroken, LedgerError)) as refusal:
        opened(on, reader)
    assert DisclosureRead.objects.count() == before
    return str(getattr(refusal.value, "code", ""))


def orders(evidence: Evidence) -> list[str]:
    """By whom the entries were signed whose order number is open."""
    by = {one.text: one.party for one in sealed_entries(LOT.stream)}
    return [by[item.entry] for item in evidence.items if item.disclosures]


def test_a_stranger_to_the_lot_opens_what_he_was_granted_and_nothing_else(sealed: Stage) -> None:
    assert refused(sealed, LIES) == "NOTHING_TO_OPEN"
    granted(sealed, SELLS, LIES)
    evidence = opened(sealed, LIES)
    assert orders(evidence) == [SELLS]
    assert verify(evidence, signers.policy(), sealed.now, OPENSSL).valid


def test_the_grant_is_about_the_owners_entries_and_nobody_elses(sealed: Stage) -> None:
    """The pharmacy reads in its own hand-off; of the maker's to the wholesaler nothing."""
    granted(sealed, MAKES, HEALS)
    assert orders(opened(sealed, HEALS)) == [MAKES, SELLS]
    (line,) = reads_of(MAKES)
    assert (line.reader, line.grant == "") == (HEALS, False)
    assert reads_of(SELLS) == []


def test_single_entries_are_granted(sealed: Stage) -> None:
    one = sealed.ship(MAKES, LOT, 5, SELLS).entry_id
    sealed.log()
    granted(sealed, MAKES, LIES, one)
    assert len(orders(opened(sealed, LIES))) == 1
    assert reads_of(MAKES)[0].what.entries == (one,)


def test_each_opening_is_signed_by_the_operator_before_it_is_shown(sealed: Stage) -> None:
    grant = granted(sealed, SELLS, LIES)
    opened(sealed, LIES)
    opened(sealed, LIES)
    sealed.log()
    sealed.index()
    found = evidence_of(stream_of(Gln(SELLS))).evidence
    assert found is not None
    facts = verify(found, signers.policy(), sealed.now, OPENSSL)
    assert facts.valid
    assert facts.complete_to is not None
    reads = [fact for fact in facts.facts if fact.entry.statement.type == Read.type]
    assert {fact.signer.party for fact in reads} == {"operator"}
    said = [read_statement(fact.entry) for fact in reads]
    assert [one.grant for one in said if isinstance(one, Read)] == [grant, grant]
    assert [line.reader for line in reads_of(SELLS)] == [LIES, LIES]


def test_an_authority_opens_everything_and_every_owner_is_told(sealed: Stage) -> None:
    assert orders(opened(sealed, RULES)) == [MAKES, SELLS]
    for owner in (MAKES, SELLS):
        assert [(one.reader, one.grant) for one in reads_of(owner)] == [(RULES, "")]


def test_what_no_file_can_show_is_not_put_on_record(
    sealed: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("supplychain.services.open_sealed.OUTPUTS_MAX", 1)
    granted(sealed, MAKES, LIES)
    assert orders(opened(sealed, LIES)) == [MAKES]
    granted(sealed, SELLS, LIES)
    assert refused(sealed, LIES) == "TOO_MUCH_TO_OPEN"
    assert orders(opened(sealed, RULES)) == [MAKES, SELLS]


def test_nothing_is_opened_after_the_revocation(sealed: Stage) -> None:
    grant = granted(sealed, SELLS, LIES)
    opened(sealed, LIES)
    said: dict[str, Any] = {"grant": grant, "reason": "The audit is over", "at": sealed.later()}
    first = revoke_disclosure(party=SELLS, nonce=b"n" * 16, **said)
    assert revoke_disclosure(party=SELLS, nonce=b"n" * 16, **said).known
    assert refused(sealed, LIES) == "NOTHING_TO_OPEN"
    assert standing_grants(Gln(SELLS)) == {}
    assert grants_to(LIES) == []
    assert [one.revoked_by for one in grants_by(SELLS)] == [first.entry_id]
    assert len(reads_of(SELLS)) == 1


def test_a_grant_that_ends_while_it_is_used_opens_nothing(sealed: Stage) -> None:
    """What the tables still said is judged again under the lock, and refused."""
    grant = granted(sealed, SELLS, LIES)
    revoke_disclosure(
        party=SELLS, grant=grant, reason="Over", at=sealed.later(), nonce=sealed.nonce()
    )
    bent = DisclosureGrant.objects.get(entry_id=grant)
    DisclosureGrant.objects.filter(pk=bent.pk).update(revoked_by=None, owner=MAKES)
    assert refused(sealed, LIES) == "GRANT_UNKNOWN"


def test_without_an_operators_key_nothing_is_opened(sealed: Stage) -> None:
    granted(sealed, SELLS, LIES)
    (sealed.folder / signers.OPERATOR_FILE).unlink()
    assert refused(sealed, LIES) == "KEYS_MISSING"


def test_the_same_grant_sent_twice_is_one(sealed: Stage) -> None:
    given: dict[str, Any] = {
        "lot": LOT,
        "to": LIES,
        "members": ["order"],
        "entries": (),
        "salt": b"s" * 16,
    }
    for known in (False, True):
        again = grant_disclosure(party=MAKES, at=sealed.later(), nonce=b"n" * 16, **given)
        assert again.known is known
    assert DisclosureGrant.objects.count() == 1


@pytest.mark.usefixtures("sealed")
def test_what_was_rewritten_in_the_database_opens_nothing() -> None:
    entry = replace(sealed_entries(LOT.stream)[0], disclosures=("not a disclosure",))
    assert members_of(entry) == frozenset()
    assert shown_of(entry, {"order"}) == ()


@pytest.mark.usefixtures("sealed")
def test_the_commands_grant_open_and_revoke(tmp_path: Path) -> None:
    lot, out = f"{LOT.gtin}/{LOT.lot}", tmp_path / "opened.json"
    call_command("disclose", "grant", lot, "--as", SELLS, "--to", HEALS_TOO, "--members", "order")
    call_command("open_sealed", lot, "--as", HEALS_TOO, "--out", str(out))
    assert orders(Evidence.parse(out.read_bytes())) == [SELLS]
    (line,) = grants_by(SELLS)
    ended = ("--grant", line.entry_id, "--reason", "Over")
    call_command("disclose", "revoke", lot, "--as", SELLS, *ended)
    with pytest.raises(CommandError, match="NOTHING_TO_OPEN"):
        call_command("open_sealed", lot, "--as", HEALS_TOO, "--out", str(out))
