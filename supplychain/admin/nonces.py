"""A form's own nonce, made when it is first shown: the same form sent twice is one entry."""

import secrets
from typing import Final

from django.core.signing import BadSignature, Signer

BYTES: Final = 16
_SALT: Final = "supplychain.admin.nonces"


def fresh(user_id: int) -> str:
    """A new nonce as a hidden field carries it, good for this user only."""
    return Signer(salt=f"{_SALT}.{user_id}").sign(secrets.token_hex(BYTES))


def read(text: str, user_id: int) -> bytes | None:
    """The 16 bytes of a field that `fresh` made for this user; None for anything else."""
    try:
        return bytes.fromhex(Signer(salt=f"{_SALT}.{user_id}").unsign(text))
    except BadSignature:
        return None
