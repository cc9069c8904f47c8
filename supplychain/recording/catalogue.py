"""The makers' catalogue of products."""

from supplychain.domain.errors import RuleBroken
from supplychain.domain.parties import Party
from supplychain.domain.products import Product as Described
from supplychain.models import Organisation, Product
from supplychain.queries.profiles import profile_of


def put_product(owner: str, product: Described) -> Product:
    """Put a product under one of the owner's own GS1 prefixes; the same twice is one.

    Raises RuleBroken PARTY_UNKNOWN, ROLE_MISSING, GTIN_NOT_YOURS, PROFILE_UNKNOWN, and
    PRODUCT_KNOWN when it stands there with other words.
    """
    profile_of(product.profile)
    _prove_maker(owner, product)
    words = {
        "owner": owner,
        "name": product.name,
        "strength": product.strength,
        "form": product.form,
        "profile": product.profile,
    }
    found, _ = Product.objects.get_or_create(gtin=str(product.gtin), defaults=words)
    if any(getattr(found, name) != value for name, value in words.items()):
        message = f"GTIN {product.gtin} is in the catalogue already, as {found}."
        raise RuleBroken("R1", "PRODUCT_KNOWN", message, conflict=True)
    return found


def _prove_maker(gln: str, product: Described) -> None:
    row = Organisation.objects.filter(gln=gln).first()
    if row is None:
        raise RuleBroken("R2", "PARTY_UNKNOWN", f"{gln} is not an admitted party.")
    words = {name: getattr(row, name) for name in ("name", "roles", "prefixes", "country")}
    maker = Party.from_profile(gln, words)
    if not maker.may_make:
        raise RuleBroken("R1", "ROLE_MISSING", f"{gln} is neither manufacturer nor repackager.")
    if not maker.owns(product.gtin):
        message = f"GTIN {product.gtin} is under none of the prefixes of {gln}."
        raise RuleBroken("R1", "GTIN_NOT_YOURS", message)
