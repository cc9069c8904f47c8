"""The admin with a desk in front of it."""

from django.contrib.admin.apps import AdminConfig


class DeskConfig(AdminConfig):
    """Django's admin, whose first page is the desk of the signed-in member."""

    default_site = "supplychain.admin.site.DeskSite"
