"""The addresses that GS1's standard for verification messages gives its doors."""

from django.urls import URLPattern, path, re_path

from supplychain.api.verification_messages import CheckConnectivity, Misaddressed, Verification

app_name = "gs1"

urlpatterns: list[URLPattern] = [
    path("checkConnectivity", CheckConnectivity.as_view(), name="connectivity"),
    path(
        "verify/gtin/<str:gtin>/lot/<path:lot>/ser/<path:serial>",
        Verification.as_view(),
        name="verification",
    ),
    re_path("^verify(?:/|$)", Misaddressed.as_view()),
]
