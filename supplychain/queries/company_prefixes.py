"""Which GS1 company prefixes are known, and whose they are."""

from supplychain.domain.company_prefixes import URN_LENGTHS, CompanyPrefixes
from supplychain.models import CompanyPrefix, Organisation


def prefixes_known() -> CompanyPrefixes:
    """The prefixes of everybody who was admitted, and those that were said of partners."""
    said = dict(CompanyPrefix.objects.values_list("prefix", "gln"))
    return CompanyPrefixes({**said, **prefixes_admitted().known})


def prefixes_admitted() -> CompanyPrefixes:
    """Those in the registry that a URN can have: an authority signed whose they are."""
    rows = Organisation.objects.values_list("gln", "prefixes")
    listed = ((prefix, gln) for gln, prefixes in rows for prefix in prefixes)
    return CompanyPrefixes({prefix: gln for prefix, gln in listed if len(prefix) in URN_LENGTHS})
