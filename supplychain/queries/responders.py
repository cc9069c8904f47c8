"""Who answers for a product: somebody here, or somebody elsewhere."""

from supplychain.domain.identifiers import Gln, Gtin
from supplychain.models import Lot, Product, Responder

_PREFIX_LENGTHS = range(4, 13)


def responder_here(gtin: Gtin) -> Gln | None:
    """The party that answers for a product here: its owner; None where nobody knows it."""
    owners = Product.objects.filter(gtin=str(gtin)).values_list("owner", flat=True)
    makers = Lot.objects.filter(gtin=str(gtin)).values_list("maker", flat=True)
    found = owners.first() or makers.first()
    return Gln(found) if found else None


def responder_elsewhere(gtin: Gtin) -> Responder | None:
    """Who answers for a product elsewhere: the longest prefix knows best."""
    digits = str(gtin)[1:]
    prefixes = [digits[:length] for length in _PREFIX_LENGTHS]
    found = Responder.objects.filter(company_prefix__in=prefixes)
    return max(found, key=lambda one: len(one.company_prefix), default=None)
