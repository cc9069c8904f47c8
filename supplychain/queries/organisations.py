"""Organisations and their catalogues."""

from collections.abc import Collection

from supplychain.domain.parties import HOLDING
from supplychain.models import Organisation, Product


def organisation(gln: str) -> Organisation | None:
    """The admitted organisation of this GLN."""
    return Organisation.objects.filter(gln=gln).first()


def names_of(glns: Collection[str]) -> dict[str, str]:
    """The names of these organisations; one that is not admitted is left out."""
    return dict(Organisation.objects.filter(gln__in=glns).values_list("gln", "name"))


def receivers_for(gln: str) -> list[Organisation]:
    """Everybody else to whom goods may be handed, by name."""
    holding = sorted(role.value for role in HOLDING)
    return list(Organisation.objects.filter(roles__overlap=holding).exclude(gln=gln))


def partners_of(gln: str) -> list[Organisation]:
    """Every other organisation, by name."""
    return list(Organisation.objects.exclude(gln=gln))


def products_of(gln: str) -> list[Product]:
    """The organisation's catalogue, by name."""
    return list(Product.objects.filter(owner=gln))


def product(gtin: str) -> Product | None:
    """The catalogue's product of this GTIN."""
    return Product.objects.filter(gtin=gtin).first()
