"""Who owns goods that go from one hand to the next, where that is not who has them."""

from collections.abc import Iterator
from typing import Any, Final

from django import forms

from supplychain.admin.forms import offer, partners
from supplychain.admin.signing_pages import Fact
from supplychain.domain.identifiers import Gln
from supplychain.domain.sales import NO_SALE, Sale
from supplychain.queries.organisations import names_of, partners_of

OWNERS: Final = ("seller", "buyer")


class OwnersForm(forms.Form):
    """The owners before and after; empty where they are giver and receiver."""

    seller = forms.ChoiceField(required=False)
    buyer = forms.ChoiceField(required=False)

    def offer_owners(self, gln: str, *, giver: str, receiver: str) -> None:
        """Say for the empty choice who is meant by it, and offer every other organisation."""
        others, own = partners(partners_of(gln)), (gln, "You")
        for name, usual, label in (
            ("seller", giver, "Owned until now by"),
            ("buyer", receiver, "Owned from now on by"),
        ):
            field = self.fields[name]
            field.label = label
            offer(field, [("", usual), *([] if usual == "You" else [own]), *others])


def said_sale(said: dict[str, Any], *, giver: str = "", receiver: str = "") -> Sale:
    """What a form says of owners, beside who gives and who receives, as far as that is known."""
    seller, buyer = (Gln.parse(said[name]) if said.get(name) else None for name in OWNERS)
    before = Gln.parse(giver) if giver else None
    after = Gln.parse(receiver) if receiver else None
    return Sale(
        seller=None if seller == before else seller, buyer=None if buyer == after else buyer
    )


def owner_facts(sale: Sale) -> Iterator[Fact]:
    """The owners as a review tells them."""
    glns = [str(one) for one in (sale.seller, sale.buyer) if one]
    names = names_of(glns)
    for label, one in (("Owned until now by", sale.seller), ("From now on by", sale.buyer)):
        if one is not None:
            yield Fact(label, f"{names.get(str(one), one)} ({one})", sealed=True)


def owners_of(sale: Sale = NO_SALE) -> dict[str, str]:
    """What a form says before anybody said anything: as the dispatch has it."""
    return {"seller": str(sale.seller or ""), "buyer": str(sale.buyer or "")}
