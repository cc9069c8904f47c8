"""The demonstration's stage: every deed goes through the services, as a person's would.

Nonces come from the deed's name, so that a demonstration that was interrupted goes on where it
stopped: a deed that was recorded is the same entry again.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from ledger.core.keys import Signer
from supplychain.demo.cast import Item
from supplychain.demo.loggers import Weather, calm, logged
from supplychain.domain.containers import Container
from supplychain.domain.identifiers import Gtin, LotNumber, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.domain.parties import Party
from supplychain.queries.containers import inside
from supplychain.queries.stock import InTransit, inbound_to
from supplychain.queries.trackers import trackers_of
from supplychain.recording.conditions import ConditionsInput
from supplychain.services.aggregate_packs import aggregate_packs
from supplychain.services.dispense_units import dispense_units
from supplychain.services.issue_recall import issue_recall
from supplychain.services.load_tracker import load_tracker
from supplychain.services.place_hold import place_hold
from supplychain.services.put_device import put_device
from supplychain.services.receive_containers import receive_containers
from supplychain.services.receive_shipment import receive_shipment
from supplychain.services.register_lot import register_lot
from supplychain.services.release_quality import release_quality
from supplychain.services.ship_containers import ship_containers
from supplychain.services.ship_lot import ship_lot
from supplychain.services.take_readings import take_readings
from supplychain.services.unload_tracker import unload_tracker
from supplychain.services.void_shipment import void_shipment

YEARS_TWO = timedelta(days=730)
BATCH_READINGS = 12
"""A batch of a tracker's readings is sealed when so many wait: three hours of them."""


@dataclass(frozen=True, slots=True)
class Stage:
    """One lot's story. `now` is when the demonstration begins; days are counted back from it."""

    authority: Signer
    now: datetime
    item: Item
    number: str

    @property
    def lot(self) -> LotKey:
        """The lot that the story is about."""
        return LotKey(Gtin.parse(self.item.gtin), LotNumber.parse(self.number))

    def ago(self, days: float) -> datetime:
        """A moment so many days before the beginning, to the second."""
        return (self.now - timedelta(days=days)).replace(microsecond=0)

    def register(
        self,
        maker: Party,
        quantity: int,
        *,
        days: float = 40,
        lasts: timedelta = YEARS_TWO,
        packs: Sequence[Serial] | None = None,
    ) -> None:
        """The maker registers the lot, to expire so long after the beginning."""
        register_lot(
            party=str(maker.gln),
            gtin=self.item.gtin,
            lot=self.number,
            quantity=quantity,
            expiry=(self.now + lasts).date(),
            expiry_zone="+00:00",
            at=self.ago(days),
            nonce=self._nonce("register"),
            packs=packs,
            secret=None if packs is None else 2 * self._nonce("secret"),
        )

    def ship(
        self,
        giver: Party,
        quantity: int,
        receiver: Party,
        *,
        days: float,
        packs: Sequence[Serial] | None = None,
    ) -> None:
        """A dispatch, with the readings of the day in store before it."""
        at, deed = self.ago(days), f"ship {giver.gln} {receiver.gln}"
        ship_lot(
            party=str(giver.gln),
            lot=self.lot,
            quantity=quantity,
            receiver=str(receiver.gln),
            shipment=f"D-{self.number}-{receiver.gln.value[6]}",
            order=f"PO-{self.number}",
            conditions=self._in_store(giver, at),
            at=at,
            nonce=self._nonce(deed),
            salt=self._nonce(f"salt {deed}"),
            packs=packs,
        )

    def receive(
        self,
        receiver: Party,
        received: int,
        *,
        days: float,
        damaged: int = 0,
        weather: Weather | None = calm,
        tracker: str = "",
    ) -> None:
        """A receipt, with the readings of the journey; no `weather`: there was no logger.

        It may rest on the giver's `tracker` instead.
        """
        journey = self._inbound(receiver)
        if journey is None:
            return  # recorded before the demonstration was interrupted
        at = self.ago(days)
        receive_shipment(
            party=str(receiver.gln),
            output=journey.output,
            lot=self.lot,
            received=received,
            damaged=damaged,
            conditions=ConditionsInput(tracker=tracker)
            if tracker
            else self._journey(journey, at, weather),
            note="",
            at=at,
            nonce=self._nonce(f"receive {receiver.gln}"),
        )

    def deliver(
        self,
        giver: Party,
        quantity: int,
        receiver: Party,
        *,
        days: float,
        weather: Weather | None = calm,
        packs: Sequence[Serial] | None = None,
    ) -> None:
        """A dispatch, and eight hours later its receipt in full."""
        self.ship(giver, quantity, receiver, days=days, packs=packs)
        self.receive(receiver, quantity, days=days - 1 / 3, weather=weather)

    def ride(
        self, giver: Party, device: str, receiver: Party, *, days: float, lasts: float = 1 / 3
    ) -> None:
        """The giver's tracker goes with a dispatch, and tells for so many days what it measures."""
        journey, gln = self._inbound(receiver), str(giver.gln)
        if journey is None:
            return  # received before the demonstration was interrupted
        began, ended = self.ago(days), self.ago(days - lasts)
        put_device(
            party=gln,
            name=device,
            model="Live tracker",
            place="With the goods",
            calibrated_on=self.ago(60).date(),
            every_days=365,
            today=self.now.date(),
        )
        if not any(one.row.name == device and one.loads for one in trackers_of(gln)):
            load_tracker(
                party=gln,
                device=device,
                lot=self.lot,
                said_by="maria",
                at=began,
                state=State.IN_TRANSIT,
                outputs=(journey.output,),
                place="Van 3",
            )
        (told,) = logged(self.item, began, ended, device=device).series
        take_readings(party=gln, readings={device: told.readings}, at=ended, most=BATCH_READINGS)

    def alight(self, giver: Party, device: str, *, days: float) -> None:
        """The tracker is with the goods no more."""
        riding = trackers_of(str(giver.gln))
        if any(one.row.name == device and self.lot in one.lots for one in riding):
            unload_tracker(party=str(giver.gln), device=device, lot=self.lot, at=self.ago(days))

    def void(self, giver: Party, receiver: Party, *, days: float) -> None:
        """The giver takes a dispatch back."""
        journey = self._inbound(receiver)
        if journey is not None:
            void_shipment(
                party=str(giver.gln),
                lot=self.lot,
                output=journey.output,
                reason="Loaded on the wrong lorry",
                at=self.ago(days),
                nonce=self._nonce("void"),
            )

    def pack(self, holder: Party, case: Container, packs: Sequence[Serial], *, days: float) -> None:
        """Packs go into a case."""
        aggregate_packs(
            party=str(holder.gln),
            container=case,
            packs={self.lot: packs},
            children=(),
            at=self.ago(days),
            nonce=self._nonce(f"pack {case}"),
        )

    def deliver_case(self, giver: Party, case: Container, receiver: Party, *, days: float) -> None:
        """A case is sent, and eight hours later received by its label."""
        sent, arrived = self.ago(days), self.ago(days - 1 / 3)
        deed = f"ship {case} {giver.gln}"
        ship_containers(
            party=str(giver.gln),
            containers=[case],
            receiver=str(receiver.gln),
            shipment=f"C-{self.number}-{receiver.gln.value[6]}",
            order=f"PO-{self.number}",
            conditions=self._in_store(giver, sent),
            at=sent,
            nonce=self._nonce(deed),
            salt=self._nonce(f"salt {deed}"),
        )
        if all(one.receiver != str(receiver.gln) for one in inside([case])):
            return  # recorded before the demonstration was interrupted
        receive_containers(
            party=str(receiver.gln),
            containers=[case],
            conditions=logged(self.item, sent, arrived, device=f"LOGGER-{receiver.gln.value[6]}"),
            note="",
            at=arrived,
            nonce=self._nonce(f"receive {case} {receiver.gln}"),
        )

    def dispense(
        self,
        pharmacy: Party,
        quantity: int,
        *,
        days: float,
        packs: Sequence[Serial] | None = None,
    ) -> None:
        """Units go to patients."""
        dispense_units(
            party=str(pharmacy.gln),
            lot=self.lot,
            quantity=quantity,
            at=self.ago(days),
            nonce=self._nonce("dispense"),
            packs=packs,
        )

    def release(self, holder: Party, *, days: float) -> None:
        """Quality releases goods that were too warm."""
        deed = "release"
        release_quality(
            party=str(holder.gln),
            lot=self.lot,
            reason="The maker's stability data allow 48 hours at up to 25 °C",
            decided_by="Quinn Ash",
            at=self.ago(days),
            nonce=self._nonce(deed),
            salt=self._nonce(f"salt {deed}"),
        )

    def recall(self, maker: Party, *, days: float) -> None:
        """The maker recalls the lot."""
        issue_recall(
            party=str(maker.gln),
            lot=self.lot,
            recall_class="II",
            reason="Tablets of the wrong strength found in a blister",
            at=self.ago(days),
            nonce=self._nonce("recall"),
        )

    def hold(self, authority: Party, *, days: float) -> None:
        """The authority holds the lot."""
        place_hold(
            party=str(authority.gln),
            lot=self.lot,
            reason="Sample under examination",
            at=self.ago(days),
            nonce=self._nonce("hold"),
        )

    def _in_store(self, giver: Party, at: datetime) -> ConditionsInput:
        device = f"STORE-{giver.gln.value[6]}"
        return logged(self.item, at - timedelta(days=1), at, device=device)

    def _inbound(self, receiver: Party) -> InTransit | None:
        lines = inbound_to(str(receiver.gln))
        return next((line for line in lines if line.lot.key == self.lot), None)

    def _journey(
        self, journey: InTransit, at: datetime, weather: Weather | None
    ) -> ConditionsInput:
        if weather is None:
            return ConditionsInput(none="logger_missing")
        device = f"LOGGER-{journey.receiver[6]}"
        return logged(self.item, journey.dispatched_at, at, device=device, weather=weather)

    def _nonce(self, deed: str) -> bytes:
        return sha256(f"demonstration {self.number} {deed}".encode()).digest()[:16]
