"""The laws of sealed members, in the hands of owners, readers and operators honest and not.

After each step a plain model says the same: what is granted is what its owner granted and nobody
revoked, and nothing was opened that was not granted then, but to an authority. What was refused has
changed nothing. `UNBROKEN_LAW_STEPS=50000` is for a night.
"""

import os
from dataclasses import dataclass, field
from random import Random
from typing import TypeVar

import pytest

from ledger.core.index import OPERATOR
from supplychain.domain.disclosing import DisclosureAct, Grants, decide
from supplychain.domain.disclosure_statements import (
    Disclosing,
    Grant,
    Read,
    Revoke,
    Sealed,
    SealedMember,
)
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import LotNumber
from supplychain.domain.lots import LotKey
from tests.people import EVERYONE, MAKER, REGULATOR
from tests.supplychain.domain.lot_story import GTIN

STEPS = int(os.environ.get("UNBROKEN_LAW_STEPS", "4000"))
OWNER = MAKER.gln
LOTS = tuple(LotKey(GTIN, LotNumber(name)) for name in ("A", "B"))
OWN = tuple(f"{n:064x}" for n in range(4))
FOREIGN = tuple(f"{n:064x}" for n in range(4, 6))
AUTHORS = dict.fromkeys(OWN, str(OWNER)) | dict.fromkeys(FOREIGN, str(REGULATOR.gln))
SIGNERS = (OPERATOR, OPERATOR, str(OWNER), str(OWNER), *(str(one.gln) for one in EVERYONE))
Choice = TypeVar("Choice")


@dataclass
class Stream:
    """One owner's stream, and what a plain mind would remember of it."""

    random: Random
    grants: Grants = field(default_factory=dict)
    model: dict[str, Grant] = field(default_factory=dict)
    opened: list[Read] = field(default_factory=list)
    made: list[str] = field(default_factory=list)

    def pick(self, some: tuple[Choice, ...] | list[Choice]) -> Choice:
        return self.random.choice(some)

    def some_of(self, all_: tuple[Choice, ...], least: int) -> tuple[Choice, ...]:
        return tuple(self.random.sample(all_, self.random.randint(least, len(all_))))

    def sealed(self, least: int) -> Sealed:
        members = self.some_of(tuple(SealedMember), 1)
        entries = OWN if self.random.random() < 0.8 else OWN + FOREIGN
        return Sealed(self.pick(LOTS), members, self.some_of(entries, least))

    def statement(self) -> Disclosing:
        cited = self.pick([*self.made[-6:], "ab" * 32])
        reader = self.pick([*(one.gln for one in EVERYONE), None])
        kind = self.random.random()
        if kind < 0.3:
            return Grant(self.sealed(0), reader)
        if kind < 0.4:
            return Revoke(cited, "R")
        standing = self.model.get(cited)
        if standing is not None and self.random.random() < 0.7:
            of = standing.what
            entries = (of.entries or OWN)[: self.random.randint(1, 4)]
            return Read(Sealed(of.lot, of.members[:1], entries), cited, standing.to)
        return Read(self.sealed(1), self.pick([cited, None]), reader)

    def step(self, number: int) -> bool:
        act = DisclosureAct(
            entry_id=f"{number:064x}",
            owner=OWNER,
            signer=self.pick(SIGNERS),
            statement=self.statement(),
            authors=AUTHORS,
            parties=frozenset(one.gln for one in EVERYONE),
            authorities=frozenset({REGULATOR.gln}),
        )
        before = dict(self.grants)
        try:
            self.grants = decide(self.grants, act)
        except RuleBroken:
            assert self.grants == before
            return False
        self._remember(act)
        return True

    def _remember(self, act: DisclosureAct) -> None:
        match act.statement:
            case Grant() as grant:
                assert act.signer == str(OWNER) != str(grant.to)
                assert set(grant.what.entries) <= set(OWN)
                self.model[act.entry_id] = grant
                self.made.append(act.entry_id)
            case Revoke(grant=cited):
                assert act.signer == str(OWNER)
                del self.model[cited]
            case Read() as opened:
                assert act.signer == OPERATOR
                assert set(opened.what.entries) <= set(OWN)
                self._prove_granted(opened)
                self.opened.append(opened)

    def _prove_granted(self, opened: Read) -> None:
        if opened.grant is None:
            assert opened.reader == REGULATOR.gln
            return
        grant = self.model[opened.grant]  # it stands: nobody revoked it
        assert (grant.to, grant.what.lot) == (opened.reader, opened.what.lot)
        assert set(opened.what.members) <= set(grant.what.members)
        assert set(opened.what.entries) <= set(grant.what.entries or OWN)


@pytest.mark.parametrize("seed", range(3))
def test_nothing_is_opened_that_nobody_granted(seed: int) -> None:
    stream = Stream(Random(seed))
    stood = 0
    for number in range(100, 100 + STEPS):
        stood += stream.step(number)
        assert stream.grants == stream.model
    assert stood > STEPS // 20
    assert {one.grant is None for one in stream.opened} == {True, False}
    assert len(stream.model) < len(stream.made)
