import hashlib
import json
import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS
from sd_jwt.verifier import SDJWTVerifier

from ledger.core.encoding import b64u, unb64u
from ledger.core.entry import Entry, entry_id, sign, stream_id
from ledger.core.envelope import Disclosure, seal
from ledger.core.errors import Malformed
from ledger.core.signatures import OPENSSL
from tests.ledger.core.examples import (
    BODY,
    DIGESTS,
    DISCLOSURES,
    KEY,
    a_sealed_entry,
    a_statement,
    an_entry,
    high_low_twin,
)

ORDER, PRICE = DISCLOSURES


def _good(entry: Entry) -> bool:
    envelope = entry.envelope
    return OPENSSL.es256(KEY.public, envelope.signing_input, envelope.signature)


def test_a_signed_statement_is_read_as_it_was_said() -> None:
    text = an_entry()
    entry = Entry.parse(text)
    assert entry.statement == a_statement()
    assert entry.envelope.text == text
    assert entry.opened == BODY
    assert _good(entry)


def test_a_text_that_is_read_again_says_the_same_however_long_it_is() -> None:
    for note in ("x", "x" * 8_000):
        text = sign(a_statement(body={"note": note}), KEY)
        assert Entry.parse(text) == Entry.parse(str(text))
        assert Entry.parse(text).statement.body == {"note": note}


def test_the_name_of_an_entry_is_the_hash_that_the_specification_says() -> None:
    entry = Entry.parse(an_entry())
    signed = entry.envelope.jws.rpartition(".")[0]
    assert entry.entry_id == hashlib.sha256(b"unbroken-entry/v1\n" + signed.encode()).hexdigest()


def test_the_other_signature_makes_no_second_entry() -> None:
    entry = Entry.parse(an_entry())
    signed = entry.envelope.signing_input.decode()
    twin = Entry.parse(f"{signed}.{b64u(high_low_twin(entry.envelope.signature))}")
    assert twin.envelope != entry.envelope
    assert _good(twin)
    assert twin.entry_id == entry.entry_id


def test_every_member_of_a_statement_is_bound_by_the_name() -> None:
    changes: list[dict[str, Any]] = [
        *({"log": "other.example"}, {"stream": "lot:1/2"}, {"type": "custody.lose"}),
        *({"nonce": bytes(16)}, {"creates": 1}, {"consumes": ()}, {"body": {}}),
        {"sealed": DIGESTS},
    ]
    names = {Entry.parse(an_entry(**change)).entry_id for change in [{}, *changes]}
    assert len(names) == len(changes) + 1


@given(st.sampled_from([an_entry(), a_sealed_entry(*DISCLOSURES)]), st.data())
def test_a_change_of_one_byte_is_refused_or_breaks_the_signature_or_changes_nothing(
    text: str, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(text) - 1))
    changed = (
        text[:place] + chr(ord(text[place]) ^ data.draw(st.integers(1, 127))) + text[place + 1 :]
    )
    try:
        entry = Entry.parse(changed)
    except Malformed:
        return
    original = Entry.parse(text)
    assert not _good(entry) or (entry.entry_id, entry.opened) == (
        original.entry_id,
        original.opened,
    )


@given(st.text(max_size=80))
def test_any_text_is_refused_without_a_crash(text: str) -> None:
    with pytest.raises(Malformed):
        Entry.parse(text)


def test_what_is_disclosed_is_in_the_opened_body_and_the_rest_is_not() -> None:
    assert Entry.parse(a_sealed_entry()).opened == BODY
    assert Entry.parse(a_sealed_entry(ORDER)).opened == {**BODY, "order": "PO-77"}
    both = Entry.parse(a_sealed_entry(PRICE, ORDER)).opened
    assert both == {**BODY, "order": "PO-77", "price": 1250}


def test_disclosures_change_neither_name_nor_signature() -> None:
    closed, open_ = Entry.parse(a_sealed_entry()), Entry.parse(a_sealed_entry(*DISCLOSURES))
    assert closed.entry_id == open_.entry_id
    assert closed.envelope.jws == open_.envelope.jws


def _code(text: str) -> str:
    with pytest.raises(Malformed) as refusal:
        Entry.parse(text)
    return refusal.value.code


def test_a_disclosure_of_another_entry_is_refused() -> None:
    _, (foreign,) = seal({"order": "PO-78"}, [b"c" * 16])
    assert _code(a_sealed_entry() + foreign.text + "~") == "DISCLOSURE_UNMATCHED"
    assert _code(an_entry() + ORDER.text + "~") == "DISCLOSURE_UNMATCHED"


def test_a_disclosure_twice_is_refused() -> None:
    assert _code(a_sealed_entry() + f"{ORDER.text}~" * 2) == "DISCLOSURE_REPEATED"


def test_a_guess_with_another_salt_is_refused() -> None:
    guess = Disclosure(b"z" * 16, "order", "PO-77")
    assert _code(a_sealed_entry() + guess.text + "~") == "DISCLOSURE_UNMATCHED"


def test_a_disclosure_may_not_overwrite_an_open_member_or_another() -> None:
    digests, (note,) = seal({"note": "three cartons"}, [b"c" * 16])
    with pytest.raises(Malformed) as refusal:
        sign(a_statement(sealed=digests), KEY, [note])
    assert refusal.value.code == "DISCLOSURE_CLASHES"
    closed = sign(a_statement(sealed=digests), KEY)
    assert _code(closed + note.text + "~") == "DISCLOSURE_CLASHES"
    first, second = Disclosure(b"d" * 16, "order", 1), Disclosure(b"e" * 16, "order", 2)
    twice = a_statement(sealed=tuple(sorted((first.digest, second.digest))))
    with pytest.raises(Malformed):
        sign(twice, KEY, [first, second])


def test_one_disclosure_is_not_sent_along_twice() -> None:
    with pytest.raises(Malformed) as refusal:
        sign(a_statement(sealed=DIGESTS), KEY, [ORDER, ORDER])
    assert refusal.value.code == "DISCLOSURE_CLASHES"


def test_a_disclosure_that_is_not_of_the_statement_is_not_sent_along() -> None:
    with pytest.raises(Malformed) as refusal:
        sign(a_statement(), KEY, [ORDER])
    assert refusal.value.code == "DISCLOSURE_UNMATCHED"


def test_a_signed_text_that_is_no_statement_is_no_entry() -> None:
    header, _, signature = an_entry().removesuffix("~").split(".")
    assert _code(f"{header}.{b64u(b'[]')}.{signature}") == "STATEMENT_MALFORMED"


def test_a_stream_has_a_uuid_that_anybody_can_compute() -> None:
    space = uuid.uuid5(uuid.NAMESPACE_URL, "unbroken-stream/v1")
    assert stream_id("registry") == uuid.uuid5(space, "registry")
    assert stream_id("lot:1/A") != stream_id("lot:1/a")


def test_an_outside_jose_library_verifies_our_entry() -> None:
    entry = Entry.parse(an_entry())
    token = JWS()
    token.deserialize(entry.envelope.jws, JWK(**KEY.public.as_jwk()))
    assert token.is_valid
    assert token.payload == entry.envelope.payload


def test_an_entry_made_with_an_outside_jose_library_is_accepted() -> None:
    header = json.dumps(
        {"alg": "ES256", "kid": KEY.kid, "typ": "unbroken-entry+sd-jwt"}, separators=(",", ":")
    )
    token = JWS(a_statement().as_payload())
    token.add_signature(JWK.from_pem(KEY.as_pem()), alg="ES256", protected=header)
    entry = Entry.parse(token.serialize(compact=True))
    assert _good(entry)
    assert entry.entry_id == Entry.parse(an_entry()).entry_id


@pytest.mark.parametrize("shown", [(), (ORDER,), (PRICE, ORDER)], ids=["none", "one", "both"])
def test_an_outside_sd_jwt_library_verifies_and_opens_what_we_disclose(
    shown: tuple[Disclosure, ...],
) -> None:
    text = a_sealed_entry(*shown)
    outside = SDJWTVerifier(text, lambda _issuer, _header: JWK(**KEY.public.as_jwk()))
    assert outside.get_verified_payload()["body"] == Entry.parse(text).opened


def test_the_name_of_an_entry_is_computed_from_what_is_signed_alone() -> None:
    entry = Entry.parse(a_sealed_entry(*DISCLOSURES))
    assert entry_id(entry.envelope.signing_input) == entry.entry_id
    assert unb64u(entry.envelope.jws.split(".")[1]) == entry.envelope.payload
