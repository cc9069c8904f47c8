"""Who owns goods, where that is not who has them: drop shipments, and stock kept for others.

A hand-off says where goods are, and custody rests on that alone. Ownership goes along, unless the
hand-off says otherwise, in members that are sealed: no rule needs them and no verdict knows them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from ledger.core.canonical import Json
from supplychain.domain.identifiers import Gln
from supplychain.domain.members import text

SALE_MEMBERS: Final[tuple[str, ...]] = ("seller", "buyer")


@dataclass(frozen=True, slots=True)
class Sale:
    """The owners before and after: `seller` if not the giver, `buyer` if not the receiver.

    A buyer who is the owner before says that nothing was sold. None where it was not said, or is
    not disclosed to the reader.
    """

    seller: Gln | None = None
    buyer: Gln | None = None

    @classmethod
    def between(
        cls, before: Gln | None, after: Gln | None, *, giver: Gln | None, receiver: Gln | None
    ) -> Self:
        """What has to be said of these owners, beside giver and receiver."""
        return cls(
            seller=None if before == giver else before, buyer=None if after == receiver else after
        )

    @classmethod
    def decode(cls, found: Mapping[str, object]) -> Self:
        """Read the members of a body, as far as they are there. Raises Invalid."""
        said = {name: Gln.parse(text(found[name], name)) for name in SALE_MEMBERS if name in found}
        return cls(**said)

    def sealed(self) -> dict[str, Json]:
        """The members that go into a statement as salted digests."""
        both = (("seller", self.seller), ("buyer", self.buyer))
        return {name: str(party) for name, party in both if party is not None}


NO_SALE: Final = Sale()
