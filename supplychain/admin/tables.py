"""The tables of the supply chain in plain admin: to look at, for who runs the installation."""

from django.contrib import admin
from django.contrib.admin.models import LogEntry

from ledger.admin import ReadOnlyAdmin
from supplychain.models import ApiToken, Lot, Membership, Notice, Organisation, Product


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
