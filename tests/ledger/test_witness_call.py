"""The call to a witness: only to plain addresses, and with an end."""

from datetime import UTC, datetime, timedelta

import pytest

from ledger.bounded_call import CallFailed, check_prefix
from ledger.core.errors import Malformed
from ledger.witness_call import add_checkpoint
from tests.ledger.witnesses import SOON_S, Witnesses

pytestmark = pytest.mark.enable_socket


@pytest.mark.parametrize(
    "url",
    ["", "w.example", "ftp://w.example", "file:///etc/passwd", "http://", "http://u:p@w.example",
     "http://w.example/?q", "http://w.example/#f", "http://[", "http://w.example:0/",
     "http://w.example:x/"],
)  # fmt: skip
def test_only_plain_addresses_of_http_are_called(url: str) -> None:
    with pytest.raises(Malformed) as refusal:
        check_prefix(url)
    assert refusal.value.code == "URL_MALFORMED"


def test_an_answer_that_drips_is_cut_off(witnesses: Witnesses) -> None:
    """Each byte comes in time; the whole never does."""
    dripping = witnesses.drip()
    began = datetime.now(UTC)
    with pytest.raises(CallFailed):
        add_checkpoint(dripping, b"", timeout_s=SOON_S)
    assert datetime.now(UTC) - began < timedelta(seconds=3)
