"""Every address of the API, version 1."""

from django.urls import URLPattern, URLResolver, path, re_path

from supplychain.api.acknowledged import ExcursionAnswers, RecallAnswers
from supplychain.api.amendments import Corrections, Expiries, Surpluses
from supplychain.api.attention import Needs, Receivers
from supplychain.api.capture import CaptureOne, Captures
from supplychain.api.changes import (
    Decommissions,
    Exports,
    Quarantines,
    Releases,
    Samples,
    Undos,
)
from supplychain.api.containers import (
    ContainerContents,
    ContainerReceipts,
    ContainerShipments,
    Packings,
    Unpackings,
)
from supplychain.api.disclosures import Grants, Openings, Reads, Revocations
from supplychain.api.doors import Nowhere
from supplychain.api.doubts import Doubts, Settlements
from supplychain.api.entries import Entries, EntryState
from supplychain.api.epcis import LotEpcis
from supplychain.api.exceptions import (
    ExceptionClosings,
    ExceptionMessage,
    ExceptionOne,
    Exceptions,
)
from supplychain.api.flags import Holds, Lifts, RecallLifts, Recalls
from supplychain.api.hooks import TrackerHooks
from supplychain.api.log import LogCheckpoint, LogPolicy
from supplychain.api.loggers import LoggerPreviews
from supplychain.api.lots import (
    LegTemperature,
    LotEvidence,
    LotOne,
    LotPacks,
    Lots,
    LotTemperature,
    LotUnits,
)
from supplychain.api.products import Products
from supplychain.api.profiles import ProfileDocument, Profiles
from supplychain.api.proposals import Confirmations, Proposals, Withdrawals
from supplychain.api.quality import Decisions, Stays
from supplychain.api.readings import ReadingOne
from supplychain.api.runs import Runs
from supplychain.api.shipments import Receipts, Returns, Shipments, Voids
from supplychain.api.tracker_signatures import TrackerSignatures
from supplychain.api.trackers import (
    TrackerBatches,
    TrackerLoads,
    TrackerReadings,
    Trackers,
    TrackerUnloads,
)
from supplychain.api.transformations import Transformations
from supplychain.api.units import Destructions, Dispenses, Losses, Stock
from supplychain.api.verifications import Verifications
from supplychain.api.verifying import Verify

app_name = "api"
_LOT = "lots/<str:gtin>/<path:lot>"

urlpatterns: list[URLPattern | URLResolver] = [
    path("entries", Entries.as_view(), name="entries"),
    path("entries/<str:entry_id>", EntryState.as_view(), name="entry"),
    path("profiles", Profiles.as_view(), name="profiles"),
    path("profiles/<str:profile_id>", ProfileDocument.as_view(), name="profile"),
    path("products", Products.as_view(), name="products"),
    path("lots", Lots.as_view(), name="lots"),
    # A lot's number may hold a slash. One that ends in "/packs", "/units" and so on has no
    # page of its own; the list of lots finds it.
    path(f"{_LOT}/packs", LotPacks.as_view(), name="lot-packs"),
    path(f"{_LOT}/units", LotUnits.as_view(), name="lot-units"),
    path(f"{_LOT}/readings/<str:entry_id>/<int:n>", ReadingOne.as_view(), name="lot-reading"),
    path(
        f"{_LOT}/legs/<str:entry_id>/temperature.pdf",
        LegTemperature.as_view(),
        name="leg-temperature",
    ),
    path(f"{_LOT}/temperature.pdf", LotTemperature.as_view(), name="lot-temperature"),
    path(f"{_LOT}/epcis", LotEpcis.as_view(), name="lot-epcis"),
    path(f"{_LOT}/evidence", LotEvidence.as_view(), name="lot-evidence"),
    path(_LOT, LotOne.as_view(), name="lot"),
    path("capture", Captures.as_view(), name="captures"),
    path("capture/<uuid:capture>", CaptureOne.as_view(), name="capture"),
    path("containers", Packings.as_view(), name="packings"),
    path("containers/unpacked", Unpackings.as_view(), name="unpackings"),
    path("containers/shipments", ContainerShipments.as_view(), name="container-shipments"),
    path("containers/receipts", ContainerReceipts.as_view(), name="container-receipts"),
    path("containers/<path:container>", ContainerContents.as_view(), name="container"),
    path("shipments", Shipments.as_view(), name="shipments"),
    path("receipts", Receipts.as_view(), name="receipts"),
    path("loggers/previews", LoggerPreviews.as_view(), name="logger-previews"),
    path("trackers", Trackers.as_view(), name="trackers"),
    path("trackers/readings", TrackerReadings.as_view(), name="tracker-readings"),
    path("trackers/batches", TrackerBatches.as_view(), name="tracker-batches"),
    path("trackers/hooks/<str:hook>", TrackerHooks.as_view(), name="tracker-hooks"),
    path("trackers/loads", TrackerLoads.as_view(), name="tracker-loads"),
    path("trackers/signatures", TrackerSignatures.as_view(), name="tracker-signatures"),
    path("trackers/unloads", TrackerUnloads.as_view(), name="tracker-unloads"),
    path("stays", Stays.as_view(), name="stays"),
    path("quality-releases", Decisions.as_view(), name="quality-releases"),
    path("quality-proposals", Proposals.as_view(), name="quality-proposals"),
    path(
        "quality-proposals/<int:proposal>/confirmation",
        Confirmations.as_view(),
        name="quality-confirmation",
    ),
    path("quality-withdrawals", Withdrawals.as_view(), name="quality-withdrawals"),
    path("voids", Voids.as_view(), name="voids"),
    path("returns", Returns.as_view(), name="returns"),
    path("surpluses", Surpluses.as_view(), name="surpluses"),
    path("quarantines", Quarantines.as_view(), name="quarantines"),
    path("releases", Releases.as_view(), name="releases"),
    path("samples", Samples.as_view(), name="samples"),
    path("exports", Exports.as_view(), name="exports"),
    path("decommissions", Decommissions.as_view(), name="decommissions"),
    path("undos", Undos.as_view(), name="undos"),
    path("transformations", Transformations.as_view(), name="transformations"),
    path("expiries", Expiries.as_view(), name="expiries"),
    path("corrections", Corrections.as_view(), name="corrections"),
    path("dispenses", Dispenses.as_view(), name="dispenses"),
    path("destructions", Destructions.as_view(), name="destructions"),
    path("losses", Losses.as_view(), name="losses"),
    path("disclosures", Grants.as_view(), name="disclosures"),
    path("disclosures/revocations", Revocations.as_view(), name="disclosure-revocations"),
    path("disclosures/openings", Openings.as_view(), name="disclosure-openings"),
    path("disclosures/readings", Reads.as_view(), name="disclosure-readings"),
    path("recalls", Recalls.as_view(), name="recalls"),
    path("recalls/lifts", RecallLifts.as_view(), name="recall-lifts"),
    path("recalls/answers", RecallAnswers.as_view(), name="recall-answers"),
    path("excursions/answers", ExcursionAnswers.as_view(), name="excursion-answers"),
    path("holds", Holds.as_view(), name="holds"),
    path("holds/lifts", Lifts.as_view(), name="lifts"),
    path("doubts", Doubts.as_view(), name="doubts"),
    path("doubts/settled", Settlements.as_view(), name="doubts-settled"),
    path("exceptions", Exceptions.as_view(), name="exceptions"),
    path("exceptions/<int:number>", ExceptionOne.as_view(), name="exception"),
    path("exceptions/<int:number>/closing", ExceptionClosings.as_view(), name="exception-closing"),
    path("exceptions/<int:number>/message", ExceptionMessage.as_view(), name="exception-message"),
    path("stock", Stock.as_view(), name="stock"),
    path("needs-you-now", Needs.as_view(), name="needs-you-now"),
    path("receivers", Receivers.as_view(), name="receivers"),
    path("verifications", Verifications.as_view(), name="verifications"),
    path("verify/bulk", Runs.as_view(), name="verify-bulk"),
    path("verify", Verify.as_view(), name="verify"),
    path("log/checkpoint", LogCheckpoint.as_view(), name="checkpoint"),
    path("log/policy", LogPolicy.as_view(), name="policy"),
    re_path("", Nowhere.as_view()),
]
