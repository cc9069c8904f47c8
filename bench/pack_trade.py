"""A lot's packs on their way: from its maker over four wholesalers to a pharmacy, in parts."""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime
from io import StringIO
from typing import TypeVar

from django.core.management import call_command

from bench.costs import Cost, cost_of
from bench.stories import Author
from ledger.core.envelope import SALT_BYTES
from ledger.indexing import is_set_up
from ledger.signers import authority_signer
from supplychain.domain.containers import Container
from supplychain.domain.identifiers import LotNumber, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.parties import Role
from supplychain.queries.stock import inbound_to
from supplychain.recording.conditions import ConditionsInput
from supplychain.services.admit_party import admit_party
from supplychain.services.aggregate_packs import aggregate_packs
from supplychain.services.keep_key import keep_key
from supplychain.services.receive_shipment import receive_shipment
from supplychain.services.register_lot import register_lot
from supplychain.services.register_product import register_product
from supplychain.services.ship_lot import ship_lot

T = TypeVar("T")
MAKER = Author.of(1001, Role.MANUFACTURER)
PHARMACY = Author.of(1006, Role.DISPENSER)
WAY = [MAKER, *(Author.of(number, Role.WHOLESALER) for number in range(1002, 1006)), PHARMACY]
"""The six parties, in the order of the hand-offs."""
_NO_READINGS = ConditionsInput(none="not_required")


def admit() -> None:
    """Admit all of them, with keys in our keeping, and register the maker's product.

    The operator too, where he is not known yet: he signs the index.
    """
    if not is_set_up():
        call_command("admit_operator", stdout=StringIO())
    authority, at = authority_signer(), datetime.now(UTC)
    for author in WAY:
        admit_party(authority=authority, party=author.party, email="", at=at, nonce=os.urandom(16))
        keep_key(
            authority=authority,
            party=str(author.gln),
            at=at,
            nonce=os.urandom(16),
            seal_nonce=os.urandom(12),
        )
    product = MAKER.product
    register_product(
        party=str(MAKER.gln),
        gtin=str(product.gtin),
        name=product.name,
        strength=product.strength,
        form=product.form,
        profile=product.profile,
    )


def lot_of(packs: int) -> LotKey:
    """The lot of so many packs."""
    return LotKey(MAKER.product.gtin, LotNumber(f"P{packs}"))


def born(lot: LotKey, serials: Sequence[Serial]) -> Cost:
    """Register the lot with its packs."""
    return _cost(
        lambda: register_lot(
            party=str(MAKER.gln),
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
    )


def shipped(lot: LotKey, part: Sequence[Serial], giver: Author, receiver: Author) -> Cost:
    """Dispatch these packs."""
    return _cost(
        lambda: ship_lot(
            party=str(giver.gln),
            lot=lot,
            quantity=len(part),
            receiver=str(receiver.gln),
            shipment="S-1",
            order=None,
            conditions=_NO_READINGS,
            at=datetime.now(UTC),
            nonce=os.urandom(16),
            salt=os.urandom(SALT_BYTES),
            packs=part,
        )
    )


def received(lot: LotKey, receiver: Author) -> Cost:
    """Receive what is on the way to a party: one dispatch."""
    (line,) = inbound_to(str(receiver.gln))
    return _cost(
        lambda: receive_shipment(
            party=str(receiver.gln),
            output=line.output,
            lot=lot,
            received=line.quantity,
            damaged=0,
            conditions=_NO_READINGS,
            note="",
            at=datetime.now(UTC),
            nonce=os.urandom(16),
        )
    )


def packed(lot: LotKey, part: Sequence[Serial], case: Container) -> None:
    """Put packs that the pharmacy has into a case."""
    aggregate_packs(
        party=str(PHARMACY.gln),
        container=case,
        packs={lot: part},
        children=(),
        at=datetime.now(UTC),
        nonce=os.urandom(16),
    )


def _cost(act: Callable[[], object]) -> Cost:
    return cost_of(act)[1]
