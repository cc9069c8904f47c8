"""Every door of the house and where it leads."""

from django.contrib import admin
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.templatetags.static import static
from django.urls import include, path, re_path
from django.views.decorators.csrf import csrf_exempt
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from ledger.urls import doors
from supplychain.api.verification_messages import Verification
from supplychain.domain.verification_requests import asks_for_verification
from supplychain.web.log_readers import may_read_entries
from supplychain.web.scan import digital_link

verification = Verification.as_view()


@csrf_exempt
def page_or_answer(request: HttpRequest) -> HttpResponseBase:
    """A Digital Link leads people to a page; a program that asks by `linkType` gets an answer."""
    asks = asks_for_verification(request.META.get("QUERY_STRING", ""))
    return verification(request) if asks else digital_link(request)


urlpatterns = [
    path("admin/desk/", include("supplychain.admin.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("supplychain.api.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="api-docs"),
    path("favicon.ico", RedirectView.as_view(url=static("icons/favicon.svg"))),
    path("log/", include(doors(may_read_entries))),
    path("", include("supplychain.api.gs1_urls")),
    re_path("^01/", page_or_answer),
    path("", include("supplychain.web.urls")),
]
