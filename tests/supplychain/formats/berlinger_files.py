"""Files like those of Berlinger's loggers, signed by an issuer and devices of our own."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import Prehashed, decode_dss_signature

from ledger.core.signatures import PrivateKey
from supplychain.formats.berlinger_signature import Issuers
from tests.ledger.core.examples import KEY, OTHER_KEY

ISSUER, DEVICE = KEY, OTHER_KEY
ISSUERS = Issuers(known=(ISSUER.public,))
BEGAN = datetime(2026, 11, 1, 8, 0)  # noqa: DTZ001 - the device's own clock
CONFIGURED = """Device: Q-tag Fridge-tag 2 L
Vers: 0.5
Fw Vers: 4.0p0o
Conf:
 Serial: 130500000001
 Zone: 0.00
 User String 1: fridge, Serial: 7
 Temp unit: C
 Alarm:
  0:
   T AL: +2.0, t AL: 60
  1:
   T AL: +8.0, t AL: 600
 Logging Interval: 5
 Test Res: 1, Test TS: 2026-02-02 07:00
"""
DAYS = """Hist:
 TS Actv: 2026-11-01 08:00
 TS Report Creation: 2026-11-02 10:14
 1:
  Date: 2026-11-02
  Min T: +4.0, TS Min T: 00:42
  Max T: +9.2, TS Max T: 09:52
  Avrg T: +4.5
  Alarm:
   0:
    t Acc: 0
   1:
    t Acc: 34, TS A: 09:40, C A: 0
  Int Sensor timeout:
   t AccST: 0
  Events: 16
  Checked:
   TS PM: 14:09
   TS AM: 08:01
 2:
  Date: 2026-11-01
  Min T: --.-, TS Min T:
  Max T: --.-, TS Max T:
  Avrg T: --.-
  Int Sensor timeout:
   t AccST: 17, TS ST: 14:04
"""
HEADER = "\tyyyy-MM-dd hh:mm\tT\tOut of limits"


def data_of(rows: Sequence[tuple[datetime, str]]) -> str:
    lines = [f"\t{at:%Y-%m-%d %H:%M}\t{value}" for at, value in rows]
    return "\n".join(["Data:", HEADER, *lines, ""])


def steady(
    count: int, *, minutes: int = 5, value: str = "5.1", start: datetime = BEGAN
) -> list[tuple[datetime, str]]:
    return [(start + n * timedelta(minutes=minutes), value) for n in range(count)]


def signed(text: str, *, issuer: PrivateKey = ISSUER, device: PrivateKey = DEVICE) -> bytes:
    """The text as a device writes it: with CRLF, its certificate and both signatures."""
    body = text.encode().replace(b"\n", b"\r\n")
    x, y = device.public.x, device.public.y
    cert = "Cert:\r\n Vers: 1.0\r\n Lot: 1\r\n Issuer: Example & Co.\r\n Owner: Example & Co.\r\n"
    block = f"{cert} Public Key: {_low_first(x, y)}\r\n".encode()
    body += block + f"Sig Cert: {_signature(issuer, block)}\r\n".encode()
    return body + f"Sig: {_signature(device, body)}\r\n".encode()


def _signature(key: PrivateKey, signed: bytes) -> str:
    way = ec.ECDSA(Prehashed(hashes.SHA256()), deterministic_signing=True)
    r, s = decode_dss_signature(key._key.sign(sha256(signed).digest()[::-1], way))
    return _low_first(r.to_bytes(32), s.to_bytes(32))


def _low_first(*numbers: bytes) -> str:
    return b"".join(number[::-1] for number in numbers).hex()


SMALL = signed(CONFIGURED + DAYS + data_of(steady(6)))
