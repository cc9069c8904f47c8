"""The supply chain as a Django application."""

from django.apps import AppConfig


class SupplyChainConfig(AppConfig):
    """Medicines, their parties and their hand-offs."""

    name = "supplychain"
    verbose_name = "Supply chain"

    def ready(self) -> None:
        """Register the system checks and the task queue.

        Celery is imported here and not in the package's ``__init__``, so that the pure domain can
        be imported without it.
        """
        from supplychain import celery, checks  # noqa: F401, PLC0415 - see above
