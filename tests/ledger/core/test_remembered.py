from dataclasses import dataclass, field

import pytest

from ledger.core import remembered
from ledger.core.keys import PublicKey
from ledger.core.remembered import RememberedSignatures
from ledger.core.signatures import OPENSSL
from tests.ledger.core.examples import KEY, LOG_KEY, OTHER_KEY

MESSAGE = b"two cartons"
GOOD = KEY.sign(MESSAGE)
GOOD_OF_LOG = LOG_KEY.sign(MESSAGE)


@dataclass
class Asked:
    """OpenSSL, and how often it was asked."""

    times: list[bytes] = field(default_factory=list)

    def es256(self, key: PublicKey, message: bytes, signature: bytes) -> bool:
        self.times.append(signature)
        return OPENSSL.es256(key, message, signature)

    def ed25519(self, key: bytes, message: bytes, signature: bytes) -> bool:
        self.times.append(signature)
        return OPENSSL.ed25519(key, message, signature)


def test_a_good_signature_is_checked_once() -> None:
    asked = Asked()
    known = RememberedSignatures(asked)
    assert all(known.es256(KEY.public, MESSAGE, GOOD) for _ in range(3))
    assert all(known.ed25519(LOG_KEY.public, MESSAGE, GOOD_OF_LOG) for _ in range(3))
    assert asked.times == [GOOD, GOOD_OF_LOG]


def test_whatever_differs_in_one_bit_is_asked_anew_and_refused() -> None:
    known = RememberedSignatures(OPENSSL)
    assert known.es256(KEY.public, MESSAGE, GOOD)
    assert known.ed25519(LOG_KEY.public, MESSAGE, GOOD_OF_LOG)
    for at in range(len(GOOD)):
        bent = bytes([*GOOD[:at], GOOD[at] ^ 1, *GOOD[at + 1 :]])
        assert not known.es256(KEY.public, MESSAGE, bent)
    assert not known.es256(KEY.public, MESSAGE + b"s", GOOD)
    assert not known.es256(OTHER_KEY.public, MESSAGE, GOOD)
    assert not known.ed25519(LOG_KEY.public, MESSAGE + b"s", GOOD_OF_LOG)
    assert not known.ed25519(LOG_KEY.public, MESSAGE, GOOD)


def test_a_bad_signature_is_not_remembered() -> None:
    asked = Asked()
    known = RememberedSignatures(asked)
    assert not any(known.es256(OTHER_KEY.public, MESSAGE, GOOD) for _ in range(3))
    assert len(asked.times) == 3


def test_no_more_are_remembered_than_there_is_room_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "GOOD_MAX", 2)
    asked = Asked()
    known = RememberedSignatures(asked)
    signed = {message: KEY.sign(message) for message in (b"1", b"2", b"3")}
    for _ in range(2):
        assert all(known.es256(KEY.public, *one) for one in signed.items())
    assert len(asked.times) > len(signed)
