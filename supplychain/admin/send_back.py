"""Goods that go back to a supplier."""

from collections.abc import Iterator
from typing import Any

from django import forms
from django.http import Http404

from supplychain.admin.chosen_goods import GoodsPage, ReasonedForm
from supplychain.admin.desks import Doing
from supplychain.admin.forms import offer
from supplychain.admin.judged import judged
from supplychain.admin.signing_pages import Fact
from supplychain.admin.temperature import TemperatureForm
from supplychain.domain.handoff_statements import KEPT
from supplychain.domain.outputs import State
from supplychain.queries.profiles import profile_of
from supplychain.queries.stock import suppliers_of
from supplychain.recording.submissions import Recorded
from supplychain.services.return_units import return_units
from supplychain.web.pages import LegPlot


class SendBackForm(ReasonedForm, TemperatureForm):
    """What goes back to whom, and how it was kept."""

    supplier = forms.ChoiceField(label="Back to")
    shipment = forms.CharField(
        label="Shipment number", max_length=100, help_text="The supplier sees it."
    )

    def __init__(self, *args: Any, suppliers: dict[str, str], **more: Any) -> None:
        super().__init__(*args, **more)
        offer(
            self.fields["supplier"], [(gln, f"{name} ({gln})") for gln, name in suppliers.items()]
        )


class SendBack(GoodsPage):
    """A return."""

    doing = Doing.SEND_BACK
    states = KEPT
    template = "send_back"
    heading = "Send back units of"
    did = "Sent back"
    verb = "Sign the return"
    note = "Recalled, held and expired goods may go back. The supplier checks them before it sells."
    form_class = SendBackForm

    suppliers: dict[str, str]

    def find(self, **address: Any) -> None:
        """Raises Http404 for goods that nobody supplied."""
        super().find(**address)
        self.suppliers = suppliers_of(self.desk.gln, self.line.key)
        if not self.suppliers:
            raise Http404

    def asked(self) -> dict[str, Any]:
        """From whom the goods came, and how they have to be kept."""
        return {
            "suppliers": self.suppliers,
            "profile": profile_of(self.line.profile),
            "at": self.at,
            "gln": self.desk.gln,
        }

    def more(self) -> dict[str, Any]:
        """How they have to be kept."""
        return super().more() | {"storage": profile_of(self.line.profile)}

    def further(self, said: dict[str, Any]) -> Iterator[Fact]:
        """To whom."""
        supplier = said["supplier"]
        yield Fact("Back to", f"{self.suppliers[supplier]} ({supplier})", strong=True)
        yield Fact("Shipment number", said["shipment"])

    def plot(self, said: dict[str, Any]) -> LegPlot:
        """What the readings say."""
        return judged(said["conditions"], self.line.profile, None, said.get("loggers", ()))

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return return_units(
            **self.told(said, nonce),
            supplier=said["supplier"],
            shipment=said["shipment"],
            conditions=said["conditions"],
            state=State(said["source"]),
        )
