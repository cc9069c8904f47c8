"""Put a product into the maker's catalogue."""

from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gtin
from supplychain.domain.parties import Party
from supplychain.domain.products import Product as Described
from supplychain.domain.profiles import profile as storage_profile
from supplychain.models import Organisation, Product


def register_product(
    *, party: str, gtin: str, name: str, strength: str, form: str, profile: str
) -> Product:
    """Register a product under one of the party's own GS1 prefixes; the same twice is one.

    Raises Invalid for a value that is none; RuleBroken PARTY_UNKNOWN, ROLE_MISSING, GTIN_NOT_YOURS,
    PROFILE_UNKNOWN, and PRODUCT_KNOWN when it stands there with other words.
    """
    described = Described(Gtin.parse(gtin), name, strength, form, profile)
    storage_profile(profile)
    _prove_maker(party, described.gtin)
    words = {"owner": party, "name": name, "strength": strength, "form": form, "profile": profile}
    found, _ = Product.objects.get_or_create(gtin=gtin, defaults=words)
    if any(getattr(found, name) != value for name, value in words.items()):
        message = f"GTIN {gtin} is in the catalogue already, as {found}."
        raise RuleBroken("R1", "PRODUCT_KNOWN", message, conflict=True)
    return found


def _prove_maker(gln: str, gtin: Gtin) -> None:
    row = Organisation.objects.filter(gln=gln).first()
    if row is None:
        raise RuleBroken("R2", "PARTY_UNKNOWN", f"{gln} is not an admitted party.")
    profile = {name: getattr(row, name) for name in ("name", "roles", "prefixes", "country")}
    maker = Party.from_profile(gln, profile)
    if not maker.may_make:
        raise RuleBroken("R1", "ROLE_MISSING", f"{gln} is neither manufacturer nor repackager.")
    if not maker.owns(gtin):
        message = f"GTIN {gtin} is under none of the prefixes of {gln}."
        raise RuleBroken("R1", "GTIN_NOT_YOURS", message)
