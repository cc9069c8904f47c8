"""Put a product into the maker's catalogue."""

from supplychain.domain.identifiers import Gtin
from supplychain.domain.products import Product as Described
from supplychain.models import Product
from supplychain.recording.catalogue import put_product


def register_product(
    *, party: str, gtin: str, name: str, strength: str, form: str, profile: str
) -> Product:
    """Register a product under one of the party's own GS1 prefixes; the same twice is one.

    Raises Invalid for a value that is none; RuleBroken PARTY_UNKNOWN, ROLE_MISSING, GTIN_NOT_YOURS,
    PROFILE_UNKNOWN, and PRODUCT_KNOWN when it stands there with other words.
    """
    return put_product(party, Described(Gtin.parse(gtin), name, strength, form, profile))
