"""Forget who asked what about packs, when the law asks for it no more."""

from datetime import datetime, timedelta

from django.conf import settings

from supplychain.models import VerificationMessage

ADDRESS_KEPT = timedelta(days=30)


def sweep_verifications(*, at: datetime) -> int:
    """Delete messages older than VERIFICATION_KEPT_DAYS; return how many.

    From which address somebody asked is forgotten after 30 days: it serves to stop guessing.
    """
    kept = timedelta(days=settings.VERIFICATION_KEPT_DAYS)
    deleted, _ = VerificationMessage.objects.filter(at__lt=at - kept).delete()
    known = VerificationMessage.objects.filter(at__lt=at - ADDRESS_KEPT).exclude(address="")
    known.update(address="")
    return deleted
