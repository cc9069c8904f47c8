"""One question to a witness (C2SP tlog-witness, add-checkpoint)."""

from ledger.bounded_call import Bounds, Said, call

TIMEOUT_S = 3.0
ANSWER_BYTES_MAX = 16_384
_HEADERS = {"Content-Type": "text/plain; charset=utf-8", "User-Agent": "unbroken"}


def add_checkpoint(prefix: str, body: bytes, *, timeout_s: float = TIMEOUT_S) -> Said:
    """Ask the witness behind this prefix; raises `CallFailed` and Malformed URL_MALFORMED."""
    bounds = Bounds(timeout_s=timeout_s, bytes_max=ANSWER_BYTES_MAX)
    return call("POST", prefix, "/add-checkpoint", headers=_HEADERS, bounds=bounds, body=body)
