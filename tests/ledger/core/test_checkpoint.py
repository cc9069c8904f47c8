import base64
import hashlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core.checkpoint import Checkpoint, Vkey, open_checkpoint, sign_checkpoint
from ledger.core.errors import LedgerError, Malformed, Refused
from ledger.core.merkle import EMPTY_ROOT
from ledger.core.signatures import OPENSSL, LogKey
from tests.ledger.core.examples import LOG_KEY, ORIGIN

ROOT = hashlib.sha256(b"some tree").digest()
CHECKPOINT = Checkpoint(ORIGIN, 70_000, ROOT)
VKEY = Vkey(ORIGIN, LOG_KEY.public)
NOTE = sign_checkpoint(CHECKPOINT, LOG_KEY)
TEXT, _, LINE = NOTE.rpartition("\n\n")
OTHER_LINE = sign_checkpoint(Checkpoint("witness.example", 1, ROOT), LogKey.generate())
OTHER_LINE = OTHER_LINE.rpartition("\n\n")[2]


def _open(note: str) -> Checkpoint:
    return open_checkpoint(note, VKEY, OPENSSL)


def _code(note: str) -> str:
    with pytest.raises(LedgerError) as refusal:
        _open(note)
    return refusal.value.code


def test_a_checkpoint_is_three_lines() -> None:
    assert CHECKPOINT.text == f"{ORIGIN}\n70000\n{base64.b64encode(ROOT).decode()}\n"


@given(st.integers(1, 2**53 - 1), st.binary(min_size=32, max_size=32))
def test_a_checkpoint_comes_back_from_its_text_and_from_its_note(size: int, root: bytes) -> None:
    checkpoint = Checkpoint(ORIGIN, size, root)
    assert Checkpoint.parse(checkpoint.text) == checkpoint
    assert _open(sign_checkpoint(checkpoint, LOG_KEY)) == checkpoint


@pytest.mark.parametrize("size", [-1, 2**53])
def test_no_tree_has_such_a_size(size: int) -> None:
    with pytest.raises(LedgerError) as refusal:
        Checkpoint(ORIGIN, size, ROOT)
    assert refusal.value.code == "CHECKPOINT_MALFORMED"


def test_the_checkpoint_of_an_empty_log_has_the_root_of_nothing() -> None:
    empty = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    assert _open(sign_checkpoint(empty, LOG_KEY)) == empty


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n\n",
        TEXT.removesuffix("\n"),
        TEXT + "\n" + "extension\n",
        TEXT + "\n\n",
        "\n" + TEXT + "\n",
        TEXT.replace("70000", "070000") + "\n",
        TEXT.replace("70000", "+70000") + "\n",
        TEXT.replace("70000", "-1") + "\n",
        TEXT.replace("70000", "7_0") + "\n",
        TEXT.replace("70000", " 7") + "\n",
        TEXT.replace("70000", "٧") + "\n",
        TEXT.replace("70000", "") + "\n",
        TEXT.replace("70000", "00") + "\n",
        TEXT.replace("70000", "0") + "\n",
        TEXT.replace("70000", "9007199254740992") + "\n",
        TEXT.replace("70000", "9" * 5000) + "\n",
        TEXT.replace(ORIGIN, "") + "\n",
        TEXT.replace(ORIGIN, "log example") + "\n",
        TEXT.replace(ORIGIN, "log+example") + "\n",
        TEXT.replace(ORIGIN, "lög") + "\n",
        TEXT.replace(ORIGIN, "x" * 129) + "\n",
        TEXT.replace("\n", "\r\n") + "\r\n",
        f"{ORIGIN}\n1\nAAAA\n",
        f"{ORIGIN}\n1\n{base64.urlsafe_b64encode(bytes([255]) * 32).decode()}\n",
        f"{ORIGIN}\n1\n{base64.b64encode(ROOT).decode().rstrip('=')}\n",
        f"{ORIGIN}\n1\n{base64.b64encode(ROOT + b'x').decode()}\n",
    ],
)
def test_a_checkpoint_in_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        Checkpoint.parse(text)


@pytest.mark.parametrize(("size", "root"), [(-1, ROOT), (2**53, ROOT), (1, b""), (0, ROOT)])
def test_no_checkpoint_can_be_made_that_could_not_be_read(size: int, root: bytes) -> None:
    with pytest.raises(Malformed):
        Checkpoint(ORIGIN, size, root)


def test_the_key_id_is_the_one_of_the_signed_note_standard() -> None:
    expected = hashlib.sha256(ORIGIN.encode() + b"\n\x01" + LOG_KEY.public).digest()[:4]
    assert VKEY.id == expected
    encoded = base64.b64encode(b"\x01" + LOG_KEY.public).decode()
    assert str(VKEY) == f"{ORIGIN}+{expected.hex()}+{encoded}"


def test_the_example_key_of_the_go_note_package_is_read() -> None:
    # "PeterNeumann" is the verifier key in the documentation of golang.org/x/mod/sumdb/note.
    text = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    assert str(Vkey.parse(text)) == text


def test_a_vkey_comes_back_from_its_text() -> None:
    assert Vkey.parse(str(VKEY)) == VKEY


def _vkey(
    name: str = ORIGIN, key_id: str = VKEY.id.hex(), key: bytes = b"\x01" + VKEY.public
) -> str:
    return f"{name}+{key_id}+{base64.b64encode(key).decode()}"


@pytest.mark.parametrize(
    "text",
    [
        *("", "+", "++", ORIGIN, f"{ORIGIN}+{VKEY.id.hex()}", str(VKEY) + "\n", " " + str(VKEY)),
        *(str(VKEY) + "=", str(VKEY)[:-1], str(VKEY).upper(), "lög" + str(VKEY)),
        *(_vkey(name="other.example"), _vkey(name="a b"), _vkey(name="")),
        *(_vkey(key_id="00000000"), _vkey(key_id=VKEY.id.hex().upper()), _vkey(key_id="0")),
        *(_vkey(key=b"\x04" + VKEY.public), _vkey(key=VKEY.public), _vkey(key=b"")),
        *(_vkey(key=b"\x01"), _vkey(key=b"\x01" + VKEY.public[1:]), _vkey(key=b"\x01" + bytes(33))),
    ],
)
def test_a_vkey_in_any_other_form_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        Vkey.parse(text)


def test_a_note_is_the_text_an_empty_line_and_the_signature() -> None:
    signature = base64.b64encode(VKEY.id + LOG_KEY.sign(CHECKPOINT.text.encode())).decode()
    assert f"{CHECKPOINT.text}\n\u2014 {ORIGIN} {signature}\n" == NOTE


def test_signatures_of_strangers_are_ignored() -> None:
    assert _open(f"{TEXT}\n\n{OTHER_LINE}{LINE}") == CHECKPOINT
    assert _open(f"{TEXT}\n\n{LINE}{OTHER_LINE}") == CHECKPOINT
    namesake = sign_checkpoint(CHECKPOINT, LogKey.generate()).rpartition("\n\n")[2]
    assert _open(f"{TEXT}\n\n{namesake}{LINE}") == CHECKPOINT
    unknown = f"\u2014 wïtness {base64.b64encode(bytes(3000)).decode()}\n"
    assert _open(f"{TEXT}\n\n{unknown}{LINE}") == CHECKPOINT


def test_our_signature_under_another_name_is_a_strangers() -> None:
    assert _code(NOTE.replace(f"\u2014 {ORIGIN}", "\u2014 other.example")) == "NOTE_UNSIGNED"


def test_a_note_of_strangers_only_is_unsigned() -> None:
    assert _code(f"{TEXT}\n\n{OTHER_LINE}") == "NOTE_UNSIGNED"


def test_a_bad_signature_by_the_known_key_rejects_the_note_even_beside_a_good_one() -> None:
    bad = sign_checkpoint(Checkpoint(ORIGIN, 1, ROOT), LOG_KEY).rpartition("\n\n")[2]
    assert _code(f"{TEXT}\n\n{bad}") == "NOTE_SIGNATURE_BAD"
    assert _code(f"{TEXT}\n\n{LINE}{bad}") == "NOTE_SIGNATURE_BAD"
    assert _code(f"{TEXT}\n\n{bad}{LINE}") == "NOTE_SIGNATURE_BAD"
    short = base64.b64encode(VKEY.id + b"x").decode()
    assert _code(f"{TEXT}\n\n\u2014 {ORIGIN} {short}\n") == "NOTE_SIGNATURE_BAD"


def test_the_checkpoint_of_another_log_is_refused_though_the_key_is_known() -> None:
    text = Checkpoint("other.example", 5, ROOT).text
    signature = base64.b64encode(VKEY.id + LOG_KEY.sign(text.encode())).decode()
    assert _code(f"{text}\n\u2014 {ORIGIN} {signature}\n") == "ORIGIN_MISMATCH"


def test_a_signed_text_that_is_no_checkpoint_is_refused() -> None:
    text = f"{CHECKPOINT.text}extension\n"
    signature = base64.b64encode(VKEY.id + LOG_KEY.sign(text.encode())).decode()
    assert _code(f"{text}\n\u2014 {ORIGIN} {signature}\n") == "CHECKPOINT_MALFORMED"


@pytest.mark.parametrize(
    "note",
    [
        "",
        "\n\n",
        TEXT,
        TEXT + "\n\n",
        TEXT + "\n" + LINE,
        NOTE.removesuffix("\n"),
        NOTE.removesuffix("\n") + "x",
        NOTE + "\n",
        NOTE + "x",
        NOTE + "x\n",
        NOTE.replace("\n", "\r\n"),
        "\ufeff" + NOTE,
        NOTE.replace("\u2014", "-"),
        NOTE.replace("\u2014 ", "\u2014"),
        NOTE.replace(f"{ORIGIN} ", f"{ORIGIN}  "),
        NOTE.replace("\u2014 log", "\u2014 log\u00a0"),
        NOTE.replace("\u2014 log", "\u2014 log+"),
        NOTE.replace("\u2014 log", "\u2014 log\t"),
        NOTE.replace("\u2014 log", "\u2014 \ud800"),
        f"{TEXT}\n\n{LINE}\u2014 x AAAAAA==\n",
        f"{TEXT}\n\n{LINE}\u2014 x AAAA\n",
        f"{TEXT}\n\n{LINE}\u2014 x ====\n",
        f"{TEXT}\n\n{LINE * 17}",
        f"{TEXT}\n\n{LINE}\u2014 x {'A' * 65_536}\n",
        "\ud800" + NOTE,
    ],
)
def test_what_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(Malformed):
        _open(note)


def test_sixteen_signatures_are_read() -> None:
    assert _open(f"{TEXT}\n\n{OTHER_LINE * 15}{LINE}") == CHECKPOINT


@given(st.data())
def test_a_change_of_one_character_is_refused(data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(NOTE) - 1))
    character = data.draw(st.characters() | st.sampled_from("\n +=A0"))
    changed = NOTE[:place] + character + NOTE[place + 1 :]
    try:
        assert _open(changed) == CHECKPOINT
        assert changed == NOTE
    except LedgerError as error:
        assert isinstance(error, (Malformed, Refused))  # noqa: PT017  which of them is not the point


@given(st.text(max_size=100))
def test_any_text_is_refused_without_a_crash(text: str) -> None:
    with pytest.raises(Malformed):
        _open(text)
    with pytest.raises(Malformed):
        Vkey.parse(text)


def test_a_note_may_come_from_any_signer_of_checkpoints() -> None:
    class Safe:
        public = LOG_KEY.public

        def sign(self, message: bytes) -> bytes:
            return LOG_KEY.sign(message)

    signer: Any = Safe()
    assert sign_checkpoint(CHECKPOINT, signer) == NOTE
