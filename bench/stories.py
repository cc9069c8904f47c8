"""Signed entries, made outside and before the clock starts: what parties would post."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property

from ledger.core.entry import entry_id, sign
from ledger.core.links import OutputRef
from ledger.core.merkle import EMPTY_ROOT
from ledger.core.signatures import PrivateKey
from ledger.core.statement import Seen, Statement
from supplychain.domain.conditions_claim import ConditionsClaim, NoReadings
from supplychain.domain.identifiers import Gln, Gtin, LotNumber
from supplychain.domain.lots import Expiry, LotKey
from supplychain.domain.parties import Party, Role
from supplychain.domain.products import Product
from supplychain.domain.statements import Dispense, LotRegister, LotStatement, Receive, Ship

ORIGIN = "unbroken.example/bench"
UNITS = 1_000_000
NO_READINGS = ConditionsClaim(none=NoReadings.NOT_REQUIRED)


def with_check_digit(digits: str) -> str:
    """GS1's modulo 10: weights 3 and 1 from the right."""
    total = sum(int(digit) * (3, 1)[place % 2] for place, digit in enumerate(reversed(digits)))
    return digits + str(-total % 10)


@dataclass(frozen=True)
class Author:
    """A party with a key in its own file."""

    party: Party
    key: PrivateKey

    @classmethod
    def of(cls, number: int, *roles: Role) -> "Author":
        prefix = f"950{number:04d}"
        gln = Gln(with_check_digit(f"{prefix}00001"))
        party = Party(gln, f"Party {number}", frozenset(roles), (prefix,), "DE")
        return cls(party, PrivateKey.generate())

    @property
    def gln(self) -> Gln:
        return self.party.gln

    @cached_property
    def product(self) -> Product:
        gtin = Gtin(with_check_digit(f"0{self.party.prefixes[0]}00001"))
        return Product(gtin, "Paracetamol", "500 mg", "20 tablets", "unmonitored/1")

    def lot(self, number: int) -> LotKey:
        return LotKey(self.product.gtin, LotNumber(f"L{number}"))


@dataclass(frozen=True)
class Written:
    """A signed entry."""

    text: str
    stream: str

    @cached_property
    def entry_id(self) -> str:
        return entry_id(self.text.rstrip("~").rpartition(".")[0].encode())

    def output(self, n: int) -> OutputRef:
        return OutputRef(self.entry_id, n)


def write(
    author: Author, lot: LotKey, said: LotStatement, consumes: Sequence[OutputRef] = ()
) -> Written:
    """Sign a statement; it has seen the empty log."""
    statement = Statement(
        log=ORIGIN,
        stream=lot.stream,
        type=said.type,
        at=_AT,
        nonce=os.urandom(16),
        seen=Seen(0, EMPTY_ROOT),
        consumes=tuple(consumes),
        creates=len(said.outputs),
        body=said.as_body(),
    )
    return Written(sign(statement, author.key), lot.stream)


def born(maker: Author, lot: LotKey) -> Written:
    said = LotRegister.of(
        maker=maker.gln,
        lot=lot.lot,
        product=maker.product,
        expiry=Expiry(date(2099, 12, 31)),
        quantity=UNITS,
    )
    return write(maker, lot, said)


def dispatches(maker: Author, lot: LotKey, receiver: Author, count: int) -> list[Written]:
    """A lot's birth and then dispatches, each out of what the one before left over."""
    written = [born(maker, lot)]
    rest, left = written[0].output(0), UNITS
    while len(written) < count:
        left -= 10
        written.append(_dispatch(maker, lot, receiver, 10, left, rest))
        rest = written[-1].output(1)
    return written


def journey(
    maker: Author, lot: LotKey, wholesaler: Author, pharmacies: Sequence[Author]
) -> list[Written]:
    """A lot's way from maker to patients: 20 entries by six parties."""
    written = [born(maker, lot)]
    written.append(_dispatch(maker, lot, wholesaler, 1000, UNITS - 1000, written[0].output(0)))
    written.append(_receipt(maker, lot, wholesaler, 1000, written[1].output(0)))
    rest, left = written[-1].output(0), 1000
    for pharmacy in pharmacies:
        left -= 100
        sent = _dispatch(wholesaler, lot, pharmacy, 100, left, rest)
        taken = _receipt(wholesaler, lot, pharmacy, 100, sent.output(0))
        written += [sent, taken]
        rest = sent.output(1)
        held, mine = taken.output(0), 100
        for _ in range(2 if pharmacy is not pharmacies[-1] else 3):
            mine -= 1
            said = Dispense.of(holder=pharmacy.gln, quantity=1, rest=mine)
            written.append(write(pharmacy, lot, said, (held,)))
            held = written[-1].output(1)
    return written


def _dispatch(
    giver: Author, lot: LotKey, receiver: Author, units: int, left: int, used: OutputRef
) -> Written:
    said = Ship.of(
        giver=giver.gln,
        receiver=receiver.gln,
        quantity=units,
        rest=left,
        shipment="S-1",
        conditions=NO_READINGS,
    )
    return write(giver, lot, said, (used,))


def _receipt(giver: Author, lot: LotKey, receiver: Author, units: int, used: OutputRef) -> Written:
    said = Receive.of(
        giver=giver.gln,
        receiver=receiver.gln,
        accepted=units,
        damaged=0,
        missing=0,
        shipment="S-1",
        conditions=NO_READINGS,
        note="",
    )
    return write(receiver, lot, said, (used,))


_AT = datetime.now(UTC).replace(microsecond=0)
