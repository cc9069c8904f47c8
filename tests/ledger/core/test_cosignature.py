"""Cosignatures: what witnesses say, when, and how often it counts."""

from datetime import UTC, datetime

import pytest

from ledger.core.checkpoint import Checkpoint
from ledger.core.cosignature import cosign, cosigned_at
from ledger.core.errors import LedgerError
from ledger.core.merkle import leaf_hash
from ledger.core.note import WITNESS_KEY, SignatureLine, Vkey, split_note
from ledger.core.signatures import OPENSSL
from ledger.verifier.ecdsa_signatures import EcdsaSignatures
from tests.ledger.core.examples import LOG_KEY, ORIGIN
from tests.vectors.world import a_log_key

STATE = Checkpoint(ORIGIN, 7, leaf_hash(b"seven"))
AT = datetime(2026, 3, 2, 8, 0, 5, tzinfo=UTC)
NAME = "witness.example/w1"
KEY = a_log_key(NAME)
VKEY = Vkey(NAME, KEY.public, WITNESS_KEY)
LINE = cosign(STATE, name=NAME, key=KEY, at=AT)

# The example of C2SP tlog-cosignature: the line as it stands there.
SPECIFIED = (
    "\u2014 witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dl"
    "rDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA=="
)


def opened(*lines: str, state: Checkpoint = STATE) -> dict[str, datetime]:
    parsed = [SignatureLine.parse(line) for line in lines]
    return cosigned_at(state, parsed, {"w": VKEY}, OPENSSL)


def code_of(*lines: str, state: Checkpoint = STATE) -> str:
    with pytest.raises(LedgerError) as refusal:
        opened(*lines, state=state)
    return refusal.value.code


def test_a_witness_says_when_it_cosigned() -> None:
    assert opened(LINE) == {"w": AT}


def test_both_verifiers_read_it() -> None:
    line = SignatureLine.parse(LINE)
    assert cosigned_at(STATE, [line], {"w": VKEY}, EcdsaSignatures()) == {"w": AT}


def test_the_signed_bytes_are_those_of_the_specification() -> None:
    made = SignatureLine.parse(LINE).signature
    seconds = int(AT.timestamp())
    assert made[:8] == seconds.to_bytes(8)
    message = f"cosignature/v1\ntime {seconds}\n{STATE.text}".encode()
    assert OPENSSL.ed25519(KEY.public, message, made[8:])


def test_the_line_of_the_specification_is_read_with_its_time() -> None:
    line = SignatureLine.parse(SPECIFIED)
    assert (line.name, line.key_id.hex()) == ("witness.example.com/w1", "8d66cf3f")
    assert int.from_bytes(line.signature[:8]) == 1679315147
    assert len(line.signature) == 72


def test_lines_of_strangers_are_ignored() -> None:
    other = cosign(STATE, name="w.example/2", key=a_log_key("w.example/2"), at=AT)
    assert opened(other, SPECIFIED) == {}


def test_one_witness_does_not_count_twice() -> None:
    later = cosign(STATE, name=NAME, key=KEY, at=datetime(2026, 4, 1, tzinfo=UTC))
    assert code_of(LINE, later) == "COSIGNATURE_MALFORMED"


def test_a_cosignature_of_another_state_is_bad() -> None:
    other = Checkpoint(ORIGIN, 8, STATE.root)
    assert code_of(LINE, state=other) == "COSIGNATURE_BAD"


def test_a_cosignature_with_another_time_is_bad() -> None:
    made = SignatureLine.parse(LINE).signature
    moved = VKEY.line((int(AT.timestamp()) - 3600).to_bytes(8) + made[8:])
    assert code_of(moved) == "COSIGNATURE_BAD"


@pytest.mark.parametrize("length", [1, 64, 71, 73])
def test_a_cosignature_is_a_time_and_a_signature(length: int) -> None:
    assert code_of(VKEY.line(bytes(length))) == "COSIGNATURE_MALFORMED"


def test_a_time_beyond_all_calendars_is_refused() -> None:
    assert code_of(VKEY.line(b"\xff" * 8 + bytes(64))) == "COSIGNATURE_MALFORMED"


def test_the_log_cannot_be_its_own_witness_by_the_key_of_its_checkpoints() -> None:
    """The types keep the two apart: a signature over a checkpoint is never a cosignature."""
    assert Vkey(ORIGIN, LOG_KEY.public).id != Vkey(ORIGIN, LOG_KEY.public, WITNESS_KEY).id


def test_a_vkey_of_a_witness_is_no_log_and_the_other_way_round() -> None:
    assert Vkey.parse(str(VKEY), WITNESS_KEY) == VKEY
    for text, kind in ((str(VKEY), 1), (str(Vkey(ORIGIN, LOG_KEY.public)), WITNESS_KEY)):
        with pytest.raises(LedgerError, match="Expected <name>"):
            Vkey.parse(text, kind)


def test_a_key_of_an_unknown_type_is_not_made() -> None:
    with pytest.raises(LedgerError, match="0x06"):
        Vkey(NAME, KEY.public, 6)


@pytest.mark.parametrize("name", ["", "a b", "a+b", "a\nb", "\ud800", "x" * 257])
def test_the_name_of_a_key_has_no_space_and_no_plus(name: str) -> None:
    with pytest.raises(LedgerError, match="name"):
        Vkey(name, KEY.public)


def test_a_name_may_be_of_any_script() -> None:
    vkey = Vkey("zeuge.example/zürich", KEY.public, WITNESS_KEY)
    assert Vkey.parse(str(vkey), WITNESS_KEY) == vkey


def test_a_note_with_more_than_sixteen_lines_is_not_read() -> None:
    assert len(split_note("text\n\n" + f"{LINE}\n" * 16)[1]) == 16
    with pytest.raises(LedgerError, match="at most 16"):
        split_note("text\n\n" + f"{LINE}\n" * 17)
