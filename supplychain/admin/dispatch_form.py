"""What every dispatch says: to whom, under which number, for which order, and whose it is."""

from typing import Any

from django import forms

from supplychain.admin.forms import offer
from supplychain.admin.owners import OwnersForm
from supplychain.admin.temperature import TemperatureForm


class DispatchForm(OwnersForm, TemperatureForm):
    """The part that the forms for one lot, several lots and scanned goods share."""

    receiver = forms.ChoiceField(label="To")
    shipment = forms.CharField(
        label="Shipment number", max_length=100, help_text="The receiver sees it."
    )
    order = forms.CharField(
        label="Order number",
        max_length=100,
        required=False,
        help_text="Sealed: signed along, and not readable by later holders.",
    )

    def __init__(self, *args: Any, receivers: list[tuple[str, str]], gln: str, **more: Any) -> None:
        super().__init__(*args, gln=gln, **more)
        offer(self.fields["receiver"], [("", "Choose the receiver"), *receivers])
        self.offer_owners(gln, giver="You", receiver="The receiver")
