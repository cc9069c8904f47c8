"""Register a lot."""

from collections.abc import Iterator
from typing import Any

from supplychain.admin.desks import Doing
from supplychain.admin.forms import LotForm
from supplychain.admin.signing_pages import Fact, SigningPage
from supplychain.domain.identifiers import Gtin
from supplychain.domain.profiles import PROFILES
from supplychain.queries.organisations import product, products_of
from supplychain.recording.submissions import Recorded
from supplychain.services.register_lot import register_lot
from supplychain.web.wording import day, units


class RegisterLot(SigningPage):
    """A maker brings a lot into the world."""

    doing = Doing.REGISTER
    verb = "Sign and register"
    note = "A lot is born once: number, expiry and quantity are signed and never change."

    def title(self) -> str:
        """The heading."""
        lot = self.request.POST.get("lot", "")[:20]
        return f"Register lot {lot}" if lot else "Register a lot"

    def form(self, data: Any = None, files: Any = None) -> LotForm:
        """With the organisation's own products to choose from."""
        del files
        listed = products_of(self.desk.gln)
        choices = [(one.gtin, f"{one.name} {one.strength}, {one.form}") for one in listed]
        chosen = {"gtin": self.request.GET.get("gtin", "")}
        return LotForm(data, products=choices, initial=chosen)

    def more(self) -> dict[str, Any]:
        """Whether there is a product to choose at all."""
        return {"no_products": not products_of(self.desk.gln)}

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """The lot as it will stand in the ledger."""
        found = product(said["gtin"])
        if found is not None:
            yield Fact("Product", f"{found.name} {found.strength}, {found.form}", strong=True)
            yield Fact("Storage", PROFILES[found.profile].name)
        yield Fact("GTIN", str(Gtin(said["gtin"])))
        yield Fact("Lot number", said["lot"], strong=True)
        yield Fact("Expiry date", day(said["expiry"]), strong=True)
        yield Fact("Units", units(said["quantity"]), strong=True)

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return register_lot(
            party=self.desk.gln,
            gtin=said["gtin"],
            lot=said["lot"],
            quantity=said["quantity"],
            expiry=said["expiry"],
            expiry_zone="+00:00",
            at=self.at,
            nonce=nonce,
        )
