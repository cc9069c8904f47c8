"""Signatures that were found good are known to be good: for whoever checks the same ones often.

Sound, because what a signature is worth follows from three byte strings and from nothing else: the
key, the message, the signature. Only good ones are remembered, by all three of them (the message by
its SHA-256), and never by the name of an entry or what a table says: whoever changes a bit of any
of them has another question, which is asked anew. Whether a key was valid, or revoked, is no part
of it.
"""

from hashlib import sha256

from ledger.core.keys import PublicKey, Signatures

GOOD_MAX = 16_384
"""Some megabytes; then all are forgotten."""


class RememberedSignatures:
    """`Signatures` by another one, which is asked once about each that it finds good."""

    def __init__(self, by: Signatures) -> None:
        self._by = by
        self._good: set[tuple[PublicKey | bytes, bytes, bytes]] = set()

    def es256(self, key: PublicKey, message: bytes, signature: bytes) -> bool:
        """Say whether `signature` is by `key`; False for anything bad."""
        asked = key, sha256(message).digest(), signature
        return asked in self._good or self._learn(asked, self._by.es256(key, message, signature))

    def ed25519(self, key: bytes, message: bytes, signature: bytes) -> bool:
        """Say whether `signature` is by `key`; False for anything bad."""
        asked = key, sha256(message).digest(), signature
        return asked in self._good or self._learn(asked, self._by.ed25519(key, message, signature))

    def _learn(self, asked: tuple[PublicKey | bytes, bytes, bytes], good: bool) -> bool:  # noqa: FBT001  the answer
        if good:
            if len(self._good) >= GOOD_MAX:
                self._good.clear()
            self._good.add(asked)
        return good
