"""Readings in some three bytes each: the change of the step, then the value.

A chunk is: one byte format (1), the count, the first time, then for each reading its time and its
value. The first time is in seconds since 1970; the time of each later reading is the change of the
step (delta of delta, the step before the first being 0), zigzag so that small changes of either
sign are small. Counts and times are varints, seven bits a byte, low bits first; values are 16 bits,
signed, big-endian. A steady logger thus costs one byte for time and two for the value. Any
slice of a series packs on its own. There is one way to write a series: what could be written
shorter is refused, so that equal readings have equal bytes.
"""

from collections.abc import Iterable, Iterator, Sequence
from hashlib import sha256
from struct import Struct
from typing import Final

FORMAT: Final = 1
VARINT_BYTES_MAX: Final = 9  # 63 bits
AT_LIMIT: Final = 2**53
READINGS_A_CHUNK: Final = 4096  # of a series that is stored; part of the format, for its digest
SEVEN_BITS: Final = 0x7F
MORE: Final = 0x80  # set in each byte of a number but its last

_VALUE: Final = Struct(">h")


def pack(readings: Sequence[tuple[int, int]]) -> bytes:
    """Return one chunk of (seconds since 1970, hundredths of a degree) in increasing time."""
    out = bytearray([FORMAT])
    _write(out, len(readings))
    before, step = 0, 0
    for n, (at, centi_c) in enumerate(readings):
        _write(out, _zigzag(at - before - step) if n else at)
        step = at - before if n else 0
        before = at
        out += _VALUE.pack(centi_c)
    return bytes(out)


def chunks(readings: Sequence[tuple[int, int]]) -> tuple[bytes, ...]:
    """Return a series as it is stored: chunks of 4,096 readings, the last one of what is left."""
    starts = range(0, len(readings), READINGS_A_CHUNK)
    return tuple(pack(readings[start : start + READINGS_A_CHUNK]) for start in starts)


def digest(stored: Iterable[bytes]) -> str:
    """Return the SHA-256 (hex) over the chunks of a series, one behind the other."""
    return sha256(b"".join(stored)).hexdigest()


def unpack(data: bytes, *, count_max: int) -> list[tuple[int, int]]:
    """Return the readings of one chunk; raise ValueError for what `pack` does not write."""
    if data[:1] != bytes([FORMAT]):
        raise ValueError("Unknown format of packed readings")
    octets = iter(data[1:])
    count = _read(octets)
    if count > count_max:
        raise ValueError(f"Expected at most {count_max} packed readings, got {count}")
    readings = list(_readings(octets, count))
    if next(octets, None) is not None:
        raise ValueError("Bytes left over after the last packed reading")
    return readings


def _readings(octets: Iterator[int], count: int) -> Iterator[tuple[int, int]]:
    at, step = 0, 0
    for n in range(count):
        number = _read(octets)
        step = step + _unzigzag(number) if n else 0
        if n and step <= 0:
            raise ValueError("Time does not go forward in packed readings")
        at = at + step if n else number
        if at >= AT_LIMIT:
            raise ValueError("Time is out of range in packed readings")
        yield at, _VALUE.unpack(bytes((_octet(octets), _octet(octets))))[0]


def _zigzag(number: int) -> int:
    return number * 2 if number >= 0 else -number * 2 - 1


def _unzigzag(number: int) -> int:
    return -(number + 1) // 2 if number % 2 else number // 2


def _write(out: bytearray, number: int) -> None:
    while number > SEVEN_BITS:
        out.append(number & SEVEN_BITS | MORE)
        number >>= 7
    out.append(number)


def _read(octets: Iterator[int]) -> int:
    number = 0
    for n in range(VARINT_BYTES_MAX):
        octet = _octet(octets)
        number |= (octet & SEVEN_BITS) << 7 * n
        if octet < MORE:
            if octet == 0 and n:
                raise ValueError("A number is written longer than need be")
            return number
    raise ValueError("A number has more than 63 bits")


def _octet(octets: Iterator[int]) -> int:
    octet = next(octets, None)
    if octet is None:
        raise ValueError("Packed readings end too early")
    return octet
