"""The tables of the supply chain in plain admin: to look at, for who runs the installation."""

from typing import TYPE_CHECKING, Any

from django import forms
from django.contrib import admin
from django.contrib.admin.models import LogEntry

from ledger.admin import ReadOnlyAdmin
from ledger.bounded_call import check_prefix
from ledger.core.errors import Malformed
from supplychain.domain.identifiers import Gln
from supplychain.models import (
    ApiToken,
    Lot,
    Membership,
    Notice,
    Organisation,
    Product,
    Responder,
    VerificationMessage,
)

if TYPE_CHECKING:
    _Admin = admin.ModelAdmin[Any]
    _Form = forms.ModelForm[Any]
else:
    _Admin, _Form = admin.ModelAdmin, forms.ModelForm  # not subscriptable while it runs
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


@admin.register(Organisation)
class OrganisationAdmin(ReadOnlyAdmin):
    """Admitted organisations."""

    list_display = ("name", "gln", "roles", "country")
    search_fields = ("name", "gln")


@admin.register(Product)
class ProductAdmin(ReadOnlyAdmin):
    """The makers' catalogues."""

    list_display = ("name", "strength", "gtin", "owner", "profile")
    search_fields = ("name", "gtin")


@admin.register(Lot)
class LotAdmin(ReadOnlyAdmin):
    """Registered lots."""

    list_display = ("gtin", "lot", "name", "expiry", "maker", "quantity")
    search_fields = ("gtin", "lot", "name")


@admin.register(Membership)
class MembershipAdmin(ReadOnlyAdmin):
    """Who may act for whom; made by `manage.py create_user`."""

    list_display = ("user", "gln", "role")
    list_filter = ("role",)


@admin.register(ApiToken)
class ApiTokenAdmin(ReadOnlyAdmin):
    """Programs' ways in: only hashes."""

    list_display = ("name", "gln", "role", "created_at", "revoked_at")
    fields = ("name", "gln", "role", "created_at", "revoked_at")


@admin.register(LogEntry)
class JournalAdmin(ReadOnlyAdmin):
    """Who did what at a desk or in these tables."""

    list_display = ("action_time", "user", "object_repr", "object_id")
    list_filter = ("action_time",)


@admin.register(Notice)
class NoticeAdmin(ReadOnlyAdmin):
    """The outbox."""

    list_display = ("made_at", "kind", "gln", "subject", "sent_at", "attempts")
    list_filter = ("kind",)


@admin.register(VerificationMessage)
class VerificationMessageAdmin(ReadOnlyAdmin):
    """Who asked whom about which pack."""

    list_display = ("at", "requester", "gtin", "serial", "status", "verified", "reason", "info")
    list_filter = ("asked_by_us", "verified", "reason")
    search_fields = ("gtin", "serial", "requester", "corr_uuid")


class ResponderForm(_Form):
    """Whom to ask: only what can be asked, and not in the clear over a network."""

    class Meta:
        model = Responder
        fields = ("company_prefix", "gln", "address")

    def clean_gln(self) -> str:
        """A GLN with its check digit."""
        try:
            return str(Gln.parse(self.cleaned_data["gln"]))
        except Malformed as bad:
            raise forms.ValidationError(bad.message) from None

    def clean_address(self) -> str:
        """What stands before `/verify/gtin/…`."""
        address: str = self.cleaned_data["address"]
        try:
            parts = check_prefix(address)
        except Malformed as bad:
            raise forms.ValidationError(bad.message) from None
        if parts.scheme != "https" and parts.hostname not in _LOOPBACK:
            raise forms.ValidationError("Expected https: a token travels with each question.")
        return address


@admin.register(Responder)
class ResponderAdmin(_Admin):
    """Who answers for whose products elsewhere; kept by who runs the installation."""

    form = ResponderForm
    list_display = ("company_prefix", "gln", "address")
    search_fields = ("company_prefix", "gln")
