"""What senders have to say: lots are born, shipped and destroyed, each step upon the last."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from random import Random

from ledger.core.entry import Entry, sign
from ledger.core.links import OutputRef
from ledger.core.merkle import EMPTY_ROOT, leaf_hash
from ledger.core.signatures import PrivateKey
from ledger.core.statement import Seen, Statement
from supplychain.domain.conditions_claim import ConditionsClaim, NoReadings
from supplychain.domain.identifiers import Gln, Gtin, LotNumber
from supplychain.domain.lots import Expiry, LotKey
from supplychain.domain.products import Product
from supplychain.domain.statements import Destroy, LotRegister, LotStatement, Ship

PRODUCT = Product(Gtin("00614141000012"), "Saline", "0.9 %", "solution", "unmonitored/1")
EXPIRY = Expiry(date(2099, 12, 31), "+00:00")
UNITS = 1000
STEPS_MAX = 30
NOTHING_SEEN = Seen(0, EMPTY_ROOT)


@dataclass(frozen=True)
class Signed:
    """An entry as it is sent, and what must be found of it afterwards."""

    text: str
    entry_id: str
    leaf: bytes


@dataclass(frozen=True)
class Author:
    """The maker's own signing device, outside the house."""

    key: PrivateKey
    log: str
    maker: Gln
    buyer: Gln

    def sign(
        self, lot: LotKey, said: LotStatement, uses: tuple[OutputRef, ...], nonce: bytes
    ) -> Signed:
        """Sign a statement of this moment."""
        statement = Statement(
            log=self.log,
            stream=lot.stream,
            type=said.type,
            at=datetime.now(UTC).replace(microsecond=0),
            nonce=nonce,
            seen=NOTHING_SEEN,
            consumes=uses,
            creates=len(said.outputs),
            body=said.as_body(),
        )
        entry = Entry.parse(sign(statement, self.key))
        return Signed(entry.envelope.text, entry.entry_id, leaf_hash(entry.envelope.jws.encode()))


class Story:
    """One lot from its birth through a number of steps; each uses up what the last one left."""

    def __init__(self, author: Author, name: str, chance: Random) -> None:
        self._author = author
        self._lot = LotKey(PRODUCT.gtin, LotNumber(name))
        self._chance = chance
        self._steps = chance.randint(1, STEPS_MAX)
        self._rest = UNITS
        self._held: tuple[OutputRef, ...] = ()

    @property
    def is_told(self) -> bool:
        """Whether there is nothing more to say about this lot."""
        return self._steps == 0

    def tell(self) -> Signed:
        """Sign the next step."""
        said = self._next() if self._held else self._birth()
        signed = self._author.sign(self._lot, said, self._held, self._chance.randbytes(16))
        self._held = (OutputRef(signed.entry_id, len(said.outputs) - 1),)  # the rest comes last
        self._steps -= 1
        return signed

    def _birth(self) -> LotStatement:
        maker = self._author.maker
        return LotRegister.of(
            maker=maker, lot=self._lot.lot, product=PRODUCT, expiry=EXPIRY, quantity=UNITS
        )

    def _next(self) -> LotStatement:
        units = self._chance.randint(1, UNITS // STEPS_MAX)
        self._rest -= units
        return self._chance.choice((self._shipment, self._destruction))(units)

    def _shipment(self, units: int) -> LotStatement:
        return Ship.of(
            giver=self._author.maker,
            receiver=self._author.buyer,
            quantity=units,
            rest=self._rest,
            shipment=f"S-{self._steps}",
            conditions=ConditionsClaim(none=NoReadings.NOT_REQUIRED),
        )

    def _destruction(self, units: int) -> LotStatement:
        maker = self._author.maker
        return Destroy.of(holder=maker, quantity=units, rest=self._rest, reason="broken glass")
