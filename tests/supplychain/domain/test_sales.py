"""Who owns goods is said, sealed, only where that is not who has them."""

import pytest

from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gln
from supplychain.domain.sales import NO_SALE, Sale
from tests.people import CARRIER, MAKER, PHARMACY, WHOLESALER

A, B, C, D = MAKER.gln, WHOLESALER.gln, PHARMACY.gln, CARRIER.gln


@pytest.mark.parametrize(
    ("before", "after", "sale"),
    [
        (A, C, NO_SALE),  # sold and handed over
        (A, B, Sale(buyer=B)),  # a drop shipment: B bought it, C gets it
        (B, C, Sale(seller=B)),  # the same as C says it: bought from B, got from A
        (A, A, Sale(buyer=A)),  # into keeping: it stays A's
        (D, B, Sale(seller=D, buyer=B)),  # A keeps it for D
    ],
)
def test_only_what_giver_and_receiver_do_not_say_is_said(
    before: Gln, after: Gln, sale: Sale
) -> None:
    assert Sale.between(before, after, giver=A, receiver=C) == sale
    assert Sale.decode(sale.sealed()) == sale


def test_where_no_owner_is_named_none_is_said() -> None:
    assert Sale.between(None, None, giver=A, receiver=C) == NO_SALE
    assert NO_SALE.sealed() == {}


def test_an_owner_is_a_party() -> None:
    for wrong in ("123", 5, str(A)[:-1] + "0"):
        with pytest.raises(Invalid):
            Sale.decode({"buyer": wrong})
