"""Goods that come to an end: dispensed, destroyed, lost, sampled, exported, decommissioned."""

from collections.abc import Iterator
from typing import Any, Final

from supplychain.admin.chosen_goods import GoodsForm, GoodsPage, ReasonedForm
from supplychain.admin.desks import Doing
from supplychain.admin.forms import loss_field
from supplychain.admin.signing_pages import Fact
from supplychain.domain.outputs import State
from supplychain.domain.statements import Decommission as DecommissionStatement
from supplychain.domain.statements import Destroy as DestroyStatement
from supplychain.domain.statements import Sample as SampleStatement
from supplychain.domain.stock import TERMS
from supplychain.recording.submissions import Recorded
from supplychain.services.decommission_units import decommission_units
from supplychain.services.destroy_units import destroy_units
from supplychain.services.dispense_units import dispense_units
from supplychain.services.export_units import export_units
from supplychain.services.report_loss import report_loss
from supplychain.services.sample_units import sample_units

KINDS: Final = {"lost": "Lost", "stolen": "Stolen"}


class Dispense(GoodsPage):
    """Units for patients."""

    doing = Doing.DISPENSE
    heading = "Dispense from"
    did = "Dispensed"
    verb = "Sign: dispensed"
    note = "Dispensed units leave the chain for good. No patient is ever named here."
    form_class = GoodsForm

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return dispense_units(**self.told(said, nonce), usable_only=True)


class Destroy(GoodsPage):
    """Units destroyed."""

    doing = Doing.DESTROY
    states = TERMS[DestroyStatement].before
    heading = "Destroy units of"
    did = "Destroyed"
    verb = "Sign: destroyed"
    note = "Destroyed units never come back. Recalled, held and expired goods may be destroyed."
    grave = True

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return destroy_units(**self.told(said, nonce), state=State(said["source"]))


class LossGoodsForm(ReasonedForm):
    """Units lost or stolen."""

    kind = loss_field()
    field_order = ("kind",)


class Lose(GoodsPage):
    """Units of stock that are gone."""

    doing = Doing.LOSE
    heading = "Report a loss of"
    did = "Gone"
    verb = "Sign the report"
    note = "A pack of a lot with stolen units is looked at twice wherever it is scanned."
    grave = True
    form_class = LossGoodsForm

    def further(self, said: dict[str, Any]) -> Iterator[Fact]:
        """Which of the two."""
        yield Fact("What happened", KINDS[said["kind"]], strong=True)

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return report_loss(**self.told(said, nonce), kind=said["kind"])


class Sample(GoodsPage):
    """Units taken as samples."""

    doing = Doing.SAMPLE
    states = TERMS[SampleStatement].before
    heading = "Take samples of"
    did = "Taken as samples"
    verb = "Sign: taken as samples"
    note = "Samples are not given back. For ten days it can be undone."

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return sample_units(**self.told(said, nonce), state=State(said["source"]))


class Export(GoodsPage):
    """Units that leave for a country outside of this record."""

    doing = Doing.EXPORT
    heading = "Export units of"
    did = "Exported"
    verb = "Sign: exported"
    note = "Where these units go, nobody reports here. For ten days it can be undone."

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return export_units(**self.told(said, nonce))


class Decommission(GoodsPage):
    """Units taken out of the trade."""

    doing = Doing.DECOMMISSION
    states = TERMS[DecommissionStatement].before
    heading = "Decommission units of"
    did = "Decommissioned"
    verb = "Sign: decommissioned"
    note = "Every scan of these packs says Stop from now on. For ten days it can be undone."
    grave = True

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return decommission_units(**self.told(said, nonce), state=State(said["source"]))
