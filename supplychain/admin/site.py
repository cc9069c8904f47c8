"""The admin's site: its index is the member's desk, its door the one sign-in page."""

from typing import Any

from django.contrib.admin import AdminSite
from django.contrib.auth.models import User
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest
from django.urls import reverse

from supplychain.admin.desks import desk_of, without_desk
from supplychain.admin.home import home

SIGN_IN = "web:sign-in"


class DeskSite(AdminSite):
    """Django's admin; members see what needs them first, superusers the tables behind it."""

    site_header = "Unbroken"
    site_title = "Unbroken"
    index_title = "Desk"
    site_url = "/"
    enable_nav_sidebar = False

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:
        """The desk of a member; the tables for who runs the installation; else a plain word."""
        desk = desk_of(request)
        if desk is not None:
            return home(request, desk)
        if isinstance(request.user, User) and request.user.is_superuser:
            return super().index(request, extra_context)
        return without_desk(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> Any:  # noqa: ARG002  Django's form
        """Everybody signs in at the same page."""
        wanted = request.GET.get("next") or reverse("admin:index")
        return redirect_to_login(wanted, reverse(SIGN_IN))
