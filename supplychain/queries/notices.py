"""What organisations were told."""

from supplychain.models import Notice


def notices_of(gln: str, newest: int = 100) -> list[Notice]:
    """The newest notices to an organisation."""
    return list(Notice.objects.filter(gln=gln).order_by("-made_at", "-id")[:newest])
