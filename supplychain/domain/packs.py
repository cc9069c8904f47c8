"""Packs: GTIN and serial, under one lot; and the sets of them that outputs commit to.

A set is committed to by its root (``ledger.core.sets``), so that one statement serves any number of
packs and shows none. The salts of a lot's packs come from one secret of the lot.
"""

import hmac
from dataclasses import dataclass
from hashlib import sha256

from ledger.core.sets import KEY_BYTES, SALT_BYTES, member_key
from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gtin, Serial

SECRET_BYTES = 32
PACKS_MAX = 1_000_000
"""How many packs one lot may have: what is born in one entry is held in memory once."""


@dataclass(frozen=True, order=True, slots=True)
class Pack:
    """What names a pack."""

    gtin: Gtin
    serial: Serial

    def __str__(self) -> str:
        """The name under which it is a member of a set.

        >>> str(Pack(Gtin("00614141123452"), Serial("12345")))
        '00614141123452/12345'
        """
        return f"{self.gtin.value}/{self.serial.value}"

    def salt(self, secret: bytes) -> bytes:
        """The pack's salt: 16 bytes, from its lot's secret of 32."""
        return _salt(str(self), secret)

    def key(self, secret: bytes) -> bytes:
        """The pack's key in sets of its lot."""
        name = str(self)
        return member_key(name, _salt(name, secret))


def _salt(name: str, secret: bytes) -> bytes:
    if len(secret) != SECRET_BYTES:
        message = f"The secret of a lot has {SECRET_BYTES} bytes, not {len(secret)}."
        raise Invalid("PACK_SECRET_WRONG", message)
    return hmac.digest(secret, name.encode(), sha256)[:SALT_BYTES]


@dataclass(frozen=True, slots=True)
class PackSet:
    """A set of packs: its root as 64 hex digits, and how many they are (none: no output has it)."""

    root: str
    count: int

    def __post_init__(self) -> None:
        """Prove the sizes; whether such a set exists is another question."""
        if len(self.root) != 2 * KEY_BYTES or self.count < 0:
            raise Invalid("PACK_SET_WRONG", "A set of packs has a root and counts its packs.")
