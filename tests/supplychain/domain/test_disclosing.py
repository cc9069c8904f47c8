"""Sealed members are opened by leave of their owner, and each opening is on record (R14)."""

from dataclasses import replace
from typing import Any

import pytest

from ledger.core.entry import Entry, sign
from ledger.core.envelope import seal
from ledger.core.index import OPERATOR
from ledger.core.links import OutputRef
from ledger.core.signatures import OPENSSL
from ledger.core.verification import verify
from supplychain.domain.disclosing import DisclosureAct, Grants, decide
from supplychain.domain.disclosure_statements import (
    ENTRIES_MAX,
    TYPES,
    Disclosing,
    Grant,
    Read,
    Revoke,
    Sealed,
    SealedMember,
    owner_of,
    parts,
    read,
    stream_of,
)
from supplychain.domain.errors import Invalid, RuleBroken
from supplychain.domain.identifiers import LotNumber
from supplychain.domain.lots import LotKey
from supplychain.domain.statements import SEALABLE
from tests.people import MAKER, PHARMACY, REGULATOR, WHOLESALER
from tests.supplychain.domain.lot_story import GTIN, KEY
from tests.supplychain.domain.wrong_members import each_wrong, is_named
from tests.vectors.trade_of_disclosures import every_statement_about_disclosures
from tests.vectors.world import AT, World, a_key

OWN, FOREIGN, GRANT, OTHER = ("1" * 64, "2" * 64, "3" * 64, "4" * 64)
BOTH = (SealedMember.ORDER, SealedMember.DECIDED_BY)
ALL_OF_IT = Sealed(KEY, BOTH)
ORDER = Sealed(KEY, (SealedMember.ORDER,), (OWN,))
TO_PHARMACY = Grant(ALL_OF_IT, PHARMACY.gln)
STANDING: Grants = {GRANT: TO_PHARMACY}
BY_GRANT = Read(ORDER, GRANT, PHARMACY.gln)
REVOKE = Revoke(GRANT, "The inspection is over")


def act(statement: Disclosing, signer: str = str(MAKER.gln), **changes: Any) -> DisclosureAct:
    known: dict[str, Any] = {
        "entry_id": OTHER,
        "owner": MAKER.gln,
        "signer": signer,
        "statement": statement,
        "authors": {OWN: str(MAKER.gln), FOREIGN: str(WHOLESALER.gln)},
        "parties": frozenset({MAKER.gln, PHARMACY.gln, REGULATOR.gln}),
        "authorities": frozenset({REGULATOR.gln}),
    }
    return DisclosureAct(**(known | changes))


def refused(of: DisclosureAct, standing: Grants = STANDING) -> str:
    before = dict(standing)
    with pytest.raises(RuleBroken) as refusal:
        decide(standing, of)
    assert standing == before
    assert refusal.value.rule == "R14"
    return refusal.value.code


def test_the_owner_lets_a_party_open_what_it_signed() -> None:
    assert decide({}, act(TO_PHARMACY)) == {OTHER: TO_PHARMACY}
    assert decide(STANDING, act(Grant(ORDER, PHARMACY.gln))).keys() == {GRANT, OTHER}


def test_nobody_else_lets_anybody_open_it() -> None:
    for stranger in (str(WHOLESALER.gln), str(REGULATOR.gln), OPERATOR):
        assert refused(act(TO_PHARMACY, stranger)) == "NOT_THE_OWNER"
        assert refused(act(REVOKE, stranger)) == "NOT_THE_OWNER"


def test_what_another_party_signed_is_not_the_owners_to_open() -> None:
    for entry in (FOREIGN, OTHER):
        of_others = replace(ORDER, entries=(OWN, entry))
        assert refused(act(Grant(of_others, PHARMACY.gln))) == "NOT_THE_OWNERS_ENTRY"
        read_of_others = Read(of_others, GRANT, PHARMACY.gln)
        assert refused(act(read_of_others, OPERATOR)) == "NOT_THE_OWNERS_ENTRY"


def test_a_grant_is_to_an_admitted_party_whom_we_are_told_of() -> None:
    for nobody in (None, WHOLESALER.gln):
        assert (
            refused(act(Grant(ALL_OF_IT, nobody), parties=frozenset({PHARMACY.gln})))
            == "GRANTEE_UNKNOWN"
        )
    assert refused(act(Grant(ALL_OF_IT, MAKER.gln))) == "TO_YOURSELF"


def test_a_revoked_grant_opens_nothing_more() -> None:
    after = decide(STANDING, act(REVOKE))
    assert after == {}
    assert refused(act(BY_GRANT, OPERATOR), after) == "GRANT_UNKNOWN"
    assert refused(act(REVOKE), after) == "GRANT_UNKNOWN"


def test_the_operator_alone_says_what_was_opened() -> None:
    assert decide(STANDING, act(BY_GRANT, OPERATOR)) == STANDING
    for party in (MAKER, PHARMACY, REGULATOR):
        assert refused(act(BY_GRANT, str(party.gln))) == "NOT_THE_OPERATOR"


@pytest.mark.parametrize(
    ("grant", "opened"),
    [
        (TO_PHARMACY, replace(BY_GRANT, reader=WHOLESALER.gln)),
        (TO_PHARMACY, replace(BY_GRANT, reader=None)),
        (TO_PHARMACY, Read(replace(ORDER, lot=LotKey(GTIN, LotNumber("X"))), GRANT, PHARMACY.gln)),
        (Grant(ORDER, PHARMACY.gln), Read(replace(ORDER, members=BOTH), GRANT, PHARMACY.gln)),
        (
            Grant(replace(ORDER, entries=(FOREIGN,)), PHARMACY.gln),
            Read(ORDER, GRANT, PHARMACY.gln),
        ),
    ],
)
def test_nothing_is_opened_beyond_a_grant(grant: Grant, opened: Read) -> None:
    assert refused(act(opened, OPERATOR), {GRANT: grant}) == "BEYOND_THE_GRANT"


def test_an_authority_needs_no_grant_and_others_do() -> None:
    assert decide({}, act(Read(ORDER, None, REGULATOR.gln), OPERATOR)) == {}
    for reader in (PHARMACY.gln, None):
        assert refused(act(Read(ORDER, None, reader), OPERATOR)) == "NO_GRANT"


# --- as they are written ----------------------------------------------------------------------


def signed(said: Disclosing, **changes: Any) -> Entry:
    salts = [b"sixteen bytes ok"][: len(said.sealed())]
    digests, disclosures = seal(said.sealed(), salts)
    members: dict[str, Any] = {"body": said.as_body(), "sealed": digests, **changes}
    kind = str(members.pop("kind", said.type))
    statement = World().state(kind, stream=stream_of(MAKER.gln), **members)
    return Entry.parse(sign(statement, a_key("x"), disclosures))


@pytest.mark.parametrize(
    "said",
    [TO_PHARMACY, Grant(ORDER, PHARMACY.gln), REVOKE, BY_GRANT, Read(ORDER, None, MAKER.gln)],
)
def test_what_is_read_is_what_was_written(said: Disclosing) -> None:
    assert read(signed(said)) == said


def test_whom_it_is_about_is_sealed() -> None:
    for said in (TO_PHARMACY, BY_GRANT):
        assert str(PHARMACY.gln) not in str(said.as_body())
        closed = signed(said, kind=said.type)
        bare = Entry.parse(closed.envelope.jws + "~")
        assert str(PHARMACY.gln) not in str(read(bare))


def test_a_statement_of_another_form_is_refused() -> None:
    def code(entry: Entry) -> str:
        with pytest.raises(Invalid) as refusal:
            read(entry)
        return refusal.value.code

    body = TO_PHARMACY.as_body()
    assert code(signed(TO_PHARMACY, kind="disclosure.other")) == "TYPE_UNKNOWN"
    assert code(signed(REVOKE, creates=1)) == "MOVES_GOODS"
    assert code(signed(REVOKE, consumes=(OutputRef(OWN, 0),))) == "MOVES_GOODS"
    open_to = {**body, "to": str(PHARMACY.gln)}
    assert code(signed(Grant(ALL_OF_IT), body=open_to)) == "SEALED_MEMBER"
    assert code(signed(Grant(ALL_OF_IT), body={**body, "more": 1})) == "MEMBER_UNKNOWN"
    for member in body:
        less = {name: value for name, value in body.items() if name != member}
        assert code(signed(Grant(ALL_OF_IT), body=less)) == "MEMBER_MISSING"
    twice = {**body, "members": ["order", "order"]}
    assert code(signed(Grant(ALL_OF_IT), body=twice)) == "NAMED_TWICE"
    other = {**body, "members": ["quantity"]}
    assert code(signed(Grant(ALL_OF_IT), body=other)) == "NOT_A_CHOICE"
    with pytest.raises(Invalid) as refusal:
        Read(ALL_OF_IT, None, MAKER.gln)
    assert refusal.value.code == "MEMBER_MISSING"


@pytest.mark.parametrize(
    ("said", "member"), [(REVOKE, "grant"), (REVOKE, "reason"), (BY_GRANT, "grant")]
)
def test_none_is_made_of_what_would_not_be_read(said: Disclosing, member: str) -> None:
    with pytest.raises(Invalid, match=rf"\b{member}\b"):
        replace(said, **{member: "\n"})  # type: ignore[arg-type]  # any of its texts


@pytest.mark.parametrize("said", [Grant(ORDER, PHARMACY.gln), REVOKE, BY_GRANT])
def test_a_refusal_names_the_member_that_is_wrong(said: Disclosing) -> None:
    for name, document in each_wrong({**said.as_body(), **said.sealed()}):
        with pytest.raises(Invalid) as invalid:
            type(said).decode(document)
        assert is_named(name, invalid.value.message)


def test_one_statement_is_about_a_hundred_entries_at_most() -> None:
    named = [f"{n:064x}" for n in range(101)]
    body = ORDER.as_json()
    assert Sealed.decode({**body, "entries": named[:100]}).entries == tuple(named[:100])
    with pytest.raises(Invalid, match="entries"):
        Sealed.decode({**body, "entries": named})


def test_the_members_that_may_be_opened_are_those_that_are_sealed() -> None:
    assert {one.value for one in SealedMember} == frozenset().union(*SEALABLE.values())


def test_a_stream_names_its_owner() -> None:
    assert owner_of(stream_of(MAKER.gln)) == MAKER.gln
    for stream in (KEY.stream, "disclosure:", "disclosure:123"):
        with pytest.raises(Invalid):
            owner_of(stream)


def test_many_entries_go_into_several_statements() -> None:
    many = tuple(f"{n:064x}" for n in range(2 * ENTRIES_MAX + 1))
    cut = parts(replace(ORDER, entries=many))
    assert [len(one.entries) for one in cut] == [ENTRIES_MAX, ENTRIES_MAX, 1]
    assert sum((one.entries for one in cut), ()) == many


def test_the_golden_stream_says_everything_and_keeps_the_rules() -> None:
    found = verify(every_statement_about_disclosures(), World().policy, AT, OPENSSL)
    assert found.valid
    assert {fact.entry.statement.type for fact in found.facts} == set(TYPES)
    assert found.complete_to == max(fact.index for fact in found.facts) + 1
    grants: Grants = {}
    for fact in found.facts:
        said = read(fact.entry)
        cited = () if isinstance(said, Revoke) else said.what.entries
        grants = decide(
            grants,
            act(
                said,
                fact.signer.party,
                entry_id=fact.entry.entry_id,
                authors=dict.fromkeys(cited, str(MAKER.gln)),
                parties=frozenset({WHOLESALER.gln}),
            ),
        )
    assert grants == {}
