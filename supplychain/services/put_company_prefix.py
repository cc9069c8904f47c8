"""Say how long a partner's GS1 company prefix is, which its keys do not show."""

from datetime import datetime

from django.db import transaction

from supplychain.domain.company_prefixes import company_prefix
from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gln
from supplychain.models import CompanyPrefix
from supplychain.queries.company_prefixes import prefixes_known


def put_company_prefix(*, prefix: str, party: str, at: datetime) -> CompanyPrefix:
    """Keep the prefix for the partner of this GLN; it takes the place of one that it contradicts.

    Raises Invalid for what is no prefix or GLN, and PREFIX_OVERLAPS where it contradicts one of
    another company, or one that the partner was admitted with: of two prefixes none begins another.
    """
    company, given = str(Gln.parse(party)), company_prefix(prefix)
    with transaction.atomic():
        ours = CompanyPrefix.objects.filter(gln=company)
        ours.filter(prefix__in=prefixes_known().against(given)).delete()
        _prove_apart(given, company)
        words = {"gln": company, "said_at": at}
        kept, _ = CompanyPrefix.objects.update_or_create(prefix=given, defaults=words)
    return kept


def _prove_apart(prefix: str, company: str) -> None:
    found = prefixes_known()
    others = found.against(prefix)
    if found.known.get(prefix, company) != company:
        others = [prefix]
    if others:
        message = f"{prefix} is not told from {others[0]}, which is of {found.known[others[0]]}."
        raise Invalid("PREFIX_OVERLAPS", message)
