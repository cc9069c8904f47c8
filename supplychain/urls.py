"""Every door of the house and where it leads."""

from django.contrib import admin
from django.templatetags.static import static
from django.urls import include, path
from django.views.generic import RedirectView
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from ledger.urls import doors
from supplychain.web.log_readers import may_read_entries

urlpatterns = [
    path("admin/desk/", include("supplychain.admin.urls")),
    path("admin/", admin.site.urls),
    path("api/v1/", include("supplychain.api.urls")),
    path("api/schema/", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerSplitView.as_view(url_name="schema"), name="api-docs"),
    path("favicon.ico", RedirectView.as_view(url=static("icons/favicon.svg"))),
    path("log/", include(doors(may_read_entries))),
    path("", include("supplychain.web.urls")),
]
