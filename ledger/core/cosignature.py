"""Cosignatures: what a witness says of a checkpoint (C2SP tlog-cosignature, cosignature/v1).

A witness that cosigns says: at this time, the largest tree of this log that I have seen to be
consistent has this size and this root.
"""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from ledger.core.checkpoint import Checkpoint
from ledger.core.errors import Malformed, Refused
from ledger.core.keys import LogSigner, Signatures
from ledger.core.note import WITNESS_KEY, SignatureLine, Vkey

_TIME_BYTES = 8
_SIGNATURE_BYTES = 64
_MAX_TIME = 253_402_300_799  # 9999-12-31T23:59:59Z, the last second that a datetime holds


def cosign(checkpoint: Checkpoint, *, name: str, key: LogSigner, at: datetime) -> str:
    """Return the line that a witness adds to the note, without its newline; `at` is aware."""
    time = int(at.timestamp())
    signature = key.sign(_message(checkpoint, time))
    return Vkey(name, key.public, WITNESS_KEY).line(time.to_bytes(_TIME_BYTES) + signature)


def cosigned_at(
    checkpoint: Checkpoint,
    lines: Iterable[SignatureLine],
    witnesses: Mapping[str, Vkey],
    signatures: Signatures,
) -> dict[str, datetime]:
    """Return when each of these witnesses cosigned the checkpoint, in UTC.

    Witnesses are named by whoever trusts them; lines by others are ignored. Raises Malformed
    COSIGNATURE_MALFORMED, also when a witness stands there twice, and Refused COSIGNATURE_BAD
    when one of these witnesses did not make what stands under its name.
    """
    known, times = tuple(lines), {}
    for name, vkey in witnesses.items():
        match vkey.of(known):
            case []:
                continue
            case [made]:
                times[name] = _checked(checkpoint, vkey, made, signatures)
            case _:
                raise Malformed("COSIGNATURE_MALFORMED", f"{vkey.name} cosigned twice.")
    return times


def _checked(
    checkpoint: Checkpoint, vkey: Vkey, signature: bytes, signatures: Signatures
) -> datetime:
    if len(signature) != _TIME_BYTES + _SIGNATURE_BYTES:
        message = f"A cosignature of {vkey.name} is not a time and an Ed25519 signature."
        raise Malformed("COSIGNATURE_MALFORMED", message)
    time, made = int.from_bytes(signature[:_TIME_BYTES]), signature[_TIME_BYTES:]
    if time > _MAX_TIME:
        raise Malformed("COSIGNATURE_MALFORMED", f"{vkey.name} cosigned after the year 9999.")
    if not signatures.ed25519(vkey.public, _message(checkpoint, time), made):
        raise Refused("COSIGNATURE_BAD", f"A cosignature is not by {vkey.name}.")
    return datetime.fromtimestamp(time, UTC)


def _message(checkpoint: Checkpoint, time: int) -> bytes:
    return f"cosignature/v1\ntime {time}\n{checkpoint.text}".encode()
