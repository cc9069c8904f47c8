"""Packages' National Drug Codes and their GTINs."""

import pytest

from supplychain.domain.errors import Invalid
from supplychain.domain.national_drug_codes import gtin_of


@pytest.mark.parametrize("package", ["0069-4200-30", "00694-200-30", "00694-2003-0"])
def test_all_three_ways_to_part_ten_digits_are_read(package: str) -> None:
    assert str(gtin_of(package)) == "00300694200305"


@pytest.mark.parametrize(
    "package", ["", "0069420030", "0069-4200-3", "069-4200-30", "0069-4200-30 ", "٠٠٦٩-4200-30"]
)
def test_anything_else_is_none(package: str) -> None:
    with pytest.raises(Invalid, match="expected ten digits") as bad:
        gtin_of(package)
    assert bad.value.code == "INVALID_NDC"
