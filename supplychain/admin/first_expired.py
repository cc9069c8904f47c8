"""First expired, first out: which lots fill an amount."""

from collections.abc import Iterable
from dataclasses import dataclass

from supplychain.queries.stock import Stock


@dataclass(frozen=True, slots=True)
class Share:
    """What to take of one lot."""

    line: Stock
    take: int


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Shares that fill the amount, but for `short` units."""

    amount: int
    shares: tuple[Share, ...]
    short: int


def suggestion(ready: Iterable[Stock], gtin: str, amount: int) -> Suggestion:
    """Fill the amount from what may go (first expired first), as far as it reaches."""
    shares, left = [], amount
    for line in ready:
        if left and str(line.lot.key.gtin) == gtin:
            take = min(line.held, left)
            shares.append(Share(line, take))
            left -= take
    return Suggestion(amount, tuple(shares), left)
