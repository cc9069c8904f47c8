"""Serial numbers in a row: a prefix, and numbers of one width that count up."""

from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import TEXT_LENGTH_MAX, Serial, is_digits


def serial_range(prefix: str, first: str, count: int) -> tuple[Serial, ...]:
    """So many serial numbers from `first`, which keeps its width: zeros in front count.

    Raises Invalid RANGE_FIRST, RANGE_FULL (the width does not hold that many) or INVALID_SERIAL.

    >>> [str(one) for one in serial_range("K7-", "098", 3)]
    ['K7-098', 'K7-099', 'K7-100']
    """
    if not is_digits(first) or len(first) > TEXT_LENGTH_MAX:
        raise Invalid("RANGE_FIRST", f"The first number {first[:40]!r}: expected digits.")
    start = int(first)
    if len(str(start + count - 1)) > len(first):
        message = f"{count} numbers from {first} do not fit into {len(first)} digits: add zeros."
        raise Invalid("RANGE_FULL", message)
    return tuple(Serial(f"{prefix}{start + n:0{len(first)}}") for n in range(count))
