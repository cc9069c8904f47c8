"""Products: what a GTIN stands for, as its maker says it when a lot is registered."""

from dataclasses import dataclass

from supplychain.domain.identifiers import Gtin
from supplychain.domain.members import text

_NAME_MAX = 200
_SHORT_MAX = 100


@dataclass(frozen=True, slots=True)
class Product:
    """A medicine in one strength, form and pack; `profile` is the id of its storage profile."""

    gtin: Gtin
    name: str
    strength: str
    form: str
    profile: str

    def __post_init__(self) -> None:
        """Prove that every text is there and bounded."""
        text(self.name, "product.name", _NAME_MAX)
        text(self.strength, "product.strength", _SHORT_MAX)
        text(self.form, "product.form", _SHORT_MAX)
        text(self.profile, "profile", _SHORT_MAX)
