"""The scan pages and what stands around them."""

from django.urls import path, re_path

from supplychain.web.bulk import bulk
from supplychain.web.dispensing import dispense, dispensed
from supplychain.web.evidence import evidence, trust_policy
from supplychain.web.legs import leg, leg_data, leg_pdf, lot_pdf
from supplychain.web.log import log_health
from supplychain.web.run_report import run_report
from supplychain.web.scan import digital_link, scan
from supplychain.web.signing_in import SignIn, SignOut
from supplychain.web.start import start

app_name = "web"
urlpatterns = [
    path("", start, name="start"),
    path("scan", scan, name="scan"),
    re_path(r"^0[01]/", digital_link, name="digital-link"),
    path("bulk", bulk, name="bulk"),
    path("bulk/report.pdf", run_report, name="bulk-report"),
    path("dispense", dispense, name="dispense"),
    path("dispensed/<str:entry>", dispensed, name="dispensed"),
    path("evidence/<str:gtin>/<path:lot>", evidence, name="evidence"),
    path("temperature/<str:entry>/readings/<str:gtin>/<path:lot>", leg_data, name="leg-data"),
    path("temperature/<str:entry>/report/<str:gtin>/<path:lot>", leg_pdf, name="leg-pdf"),
    path("temperature/report/<str:gtin>/<path:lot>", lot_pdf, name="lot-pdf"),
    path("temperature/<str:entry>/<str:gtin>/<path:lot>", leg, name="leg"),
    path("policy.json", trust_policy, name="policy"),
    path("log", log_health, name="log"),
    path("sign-in", SignIn.as_view(), name="sign-in"),
    path("sign-out", SignOut.as_view(), name="sign-out"),
]
