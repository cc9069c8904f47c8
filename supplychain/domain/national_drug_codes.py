"""National Drug Codes of packages, as the FDA's lists name products, and their GTINs.

A package's code has ten digits in three parts (labeler 4 or 5, product 3 or 4, package 1 or 2).
Its GTIN is `003`, those ten digits, and GS1's check digit.
"""

import re

from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gtin, check_digit

_PACKAGE = re.compile(r"[0-9]{4}-[0-9]{4}-[0-9]{2}|[0-9]{5}-(?:[0-9]{3}-[0-9]{2}|[0-9]{4}-[0-9])")


def gtin_of(package: str) -> Gtin:
    """The GTIN of a package. Raises Invalid INVALID_NDC.

    >>> str(gtin_of("0069-4200-30"))
    '00300694200305'
    """
    if _PACKAGE.fullmatch(package) is None:
        message = f"Invalid NDC {package[:40]!r}: expected ten digits as 4-4-2, 5-3-2 or 5-4-1."
        raise Invalid("INVALID_NDC", message)
    body = f"003{package.replace('-', '')}"
    return Gtin(f"{body}{check_digit(body)}")
