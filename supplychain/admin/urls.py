"""The pages of the desk."""

from django.urls import path

from supplychain.admin import tables
from supplychain.admin.amendments import Admit, Correct, Extend
from supplychain.admin.ask_maker import ask_maker
from supplychain.admin.captures import capture
from supplychain.admin.containers import OpenContainer, PackContainer, container, lot_packs
from supplychain.admin.devices import device, devices, journeys
from supplychain.admin.disclosures import GrantPage, Revoke, disclosures, open_lot
from supplychain.admin.doubts import doubts, settle
from supplychain.admin.endings import (
    Decommission,
    Destroy,
    Dispense,
    Export,
    Lose,
    Sample,
)
from supplychain.admin.epcis_out import lot_epcis
from supplychain.admin.exceptions import (
    exception,
    exception_message,
    exceptions,
    new_exception,
)
from supplychain.admin.excursions import acknowledge
from supplychain.admin.flags import Hold, Lift, LiftRecall, Recall
from supplychain.admin.journal import journal
from supplychain.admin.journeys import inbound, outbound
from supplychain.admin.legs import leg
from supplychain.admin.lots import lot, lots
from supplychain.admin.notices import notices
from supplychain.admin.on_the_way import LoseOnTheWay, Void
from supplychain.admin.organisation import organisation
from supplychain.admin.partner_files import partner_file, partner_files
from supplychain.admin.products import products, register
from supplychain.admin.proposals import Propose, withdraw
from supplychain.admin.quality import Confirm, Decide, Keep
from supplychain.admin.recall_lists import recall_list
from supplychain.admin.recalls import answer, recall, recall_packs, recalls
from supplychain.admin.receive import Receive
from supplychain.admin.receive_scanned import ReceiveScanned
from supplychain.admin.receive_together import ReceiveTogether
from supplychain.admin.register_lot import RegisterLot
from supplychain.admin.send_back import SendBack
from supplychain.admin.set_aside import Quarantine, Release, Undo
from supplychain.admin.ship import ShipLot, choose
from supplychain.admin.ship_scanned import ShipScanned
from supplychain.admin.ship_together import ShipTogether
from supplychain.admin.signed import signed
from supplychain.admin.tracker_access import revoke_access, tracker_access
from supplychain.admin.trackers import load, unload
from supplychain.admin.transform import Transform

__all__ = ["tables"]  # importing them puts them into the admin

_LOT = "<str:gtin>/<path:lot>"
_OUTPUT = "<str:entry>/<int:n>/<str:gtin>/<path:lot>"

app_name = "desk"
urlpatterns = [
    path("products", products, name="products"),
    path("products/new", register, name="product-new"),
    path("lots", lots, name="lots"),
    path("lots/new", RegisterLot.as_view(), name="lot-new"),
    path(f"epcis/{_LOT}", lot_epcis, name="lot-epcis"),
    path(f"lots/{_LOT}", lot, name="lot"),
    path("legs/<str:entry>/<str:gtin>/<path:lot>", leg, name="leg"),
    path("devices", devices, name="devices"),
    path("devices/one", device, name="device"),
    path("journeys", journeys, name="journeys"),
    path("trackers/access", tracker_access, name="tracker-access"),
    path("trackers/access/revoke", revoke_access, name="tracker-revoke"),
    path("trackers/load", load, name="load-tracker"),
    path("trackers/unload", unload, name="unload-tracker"),
    path("ask", ask_maker, name="ask"),
    path("disclosures", disclosures, name="disclosures"),
    path("disclosures/<str:entry>/revoke", Revoke.as_view(), name="disclosure-revoke"),
    path(f"disclosures/grant/{_LOT}", GrantPage.as_view(), name="disclosure-grant"),
    path(f"disclosures/open/{_LOT}", open_lot, name="disclosure-open"),
    path("doubts", doubts, name="doubts"),
    path("doubts/settle", settle, name="doubt-settle"),
    path(f"packs/{_LOT}", lot_packs, name="lot-packs"),
    path("pack", PackContainer.as_view(), name="pack"),
    path("containers/<path:name>/open", OpenContainer.as_view(), name="container-open"),
    path("containers/<path:name>", container, name="container"),
    path("ship", choose, name="ship"),
    path("ship/together", ShipTogether.as_view(), name="ship-together"),
    path("ship/scanned", ShipScanned.as_view(), name="ship-scanned"),
    path(f"ship/{_LOT}", ShipLot.as_view(), name="ship-lot"),
    path("receive", inbound, name="receive"),
    path("receive/scanned", ReceiveScanned.as_view(), name="receive-scanned"),
    path(
        "receive/shipment/<str:giver>/<path:number>",
        ReceiveTogether.as_view(),
        name="receive-together",
    ),
    path(f"receive/{_OUTPUT}", Receive.as_view(), name="receive-one"),
    path("sent", outbound, name="sent"),
    path(f"void/{_OUTPUT}", Void.as_view(), name="void"),
    path(f"lost-on-the-way/{_OUTPUT}", LoseOnTheWay.as_view(), name="lose-on-the-way"),
    path(f"lose/{_LOT}", Lose.as_view(), name="lose"),
    path(f"dispense/{_LOT}", Dispense.as_view(), name="dispense"),
    path(f"destroy/{_LOT}", Destroy.as_view(), name="destroy"),
    path(f"sample/{_LOT}", Sample.as_view(), name="sample"),
    path(f"export/{_LOT}", Export.as_view(), name="export"),
    path(f"decommission/{_LOT}", Decommission.as_view(), name="decommission"),
    path(f"quarantine/{_LOT}", Quarantine.as_view(), name="quarantine"),
    path(f"release/{_LOT}", Release.as_view(), name="release"),
    path(f"undo/{_LOT}", Undo.as_view(), name="undo"),
    path(f"send-back/{_LOT}", SendBack.as_view(), name="send-back"),
    path(f"transform/{_LOT}", Transform.as_view(), name="transform"),
    path(f"extend/{_LOT}", Extend.as_view(), name="extend"),
    path(f"correct/<str:entry>/{_LOT}", Correct.as_view(), name="correct"),
    path(f"admit/<str:receipt>/{_LOT}", Admit.as_view(), name="admit"),
    path(f"excursions/<str:entry>/{_LOT}", acknowledge, name="excursion"),
    path(f"keep/{_LOT}", Keep.as_view(), name="keep"),
    path(f"decide/{_LOT}", Decide.as_view(), name="decide"),
    path(f"propose/{_LOT}", Propose.as_view(), name="propose"),
    path("proposals/<int:number>/withdraw", withdraw, name="withdraw"),
    path(f"confirm/{_LOT}", Confirm.as_view(), name="confirm"),
    path(f"hold/{_LOT}", Hold.as_view(), name="hold"),
    path(f"lift/<str:entry>/{_LOT}", Lift.as_view(), name="lift"),
    path(f"lift-recall/<str:entry>/{_LOT}", LiftRecall.as_view(), name="lift-recall"),
    path(f"recall/{_LOT}", Recall.as_view(), name="recall"),
    path("recalls", recalls, name="recalls"),
    path("recalls/list", recall_list, name="recall-list"),
    path(f"recalls/<str:entry>/packs/{_LOT}", recall_packs, name="recall-packs"),
    path(f"recalls/<str:entry>/answer/{_LOT}", answer, name="recall-answer"),
    path(f"recalls/<str:entry>/{_LOT}", recall, name="recall-followed"),
    path("files", partner_files, name="partner-files"),
    path("files/captures/<uuid:number>", capture, name="capture"),
    path("files/<str:sha256>", partner_file, name="partner-file"),
    path("exceptions", exceptions, name="exceptions"),
    path("exceptions/new", new_exception, name="exception-new"),
    path("exceptions/<int:number>", exception, name="exception"),
    path("exceptions/<int:number>/message", exception_message, name="exception-message"),
    path("signed/<str:entry>", signed, name="signed"),
    path("organisation", organisation, name="organisation"),
    path("journal", journal, name="journal"),
    path("notices", notices, name="notices"),
]
