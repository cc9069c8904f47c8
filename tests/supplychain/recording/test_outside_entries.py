"""Entries that a party signs by itself, good and bad, on the one road."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import timedelta
from types import MappingProxyType

import pytest
from django.conf import settings
from django.db import connection

from ledger import proofs
from ledger.core.canonical import Json
from ledger.core.encoding import b64u
from ledger.core.entry import Entry, sign
from ledger.core.links import OutputRef
from ledger.core.registry_acts import possession_message
from ledger.core.signatures import PrivateKey
from ledger.core.statement import Statement
from supplychain.domain.conditions_claim import ConditionsClaim, NoReadings
from supplychain.domain.excursions import METHOD, METHOD_1, METHOD_2, as_conditions, judge
from supplychain.domain.identifiers import Gln
from supplychain.domain.lots import Expiry, LotKey
from supplychain.domain.products import Product
from supplychain.domain.profiles import profile
from supplychain.domain.statements import (
    Dispense,
    Lose,
    LossKind,
    LotRegister,
    LotStatement,
    Receive,
    Ship,
)
from supplychain.queries.stock import inbound_to, parcels, stock_of
from supplychain.recording.submissions import Answer, Recorded, Refusal, Submission
from supplychain.services.add_key import add_key
from supplychain.services.record_entries import record_entries
from supplychain.services.revoke_key import revoke_key
from tests.stages import (
    GOOD_UNTIL,
    HEALS,
    INSULIN,
    LIES,
    MAKES,
    SELLS,
    Stage,
    a_lot,
    readings,
)

LOT = a_lot()
NONE = ConditionsClaim(none=NoReadings.NOT_REQUIRED)


@pytest.fixture
def key(stage: Stage) -> PrivateKey:
    """The wholesaler's own key, in its own file; 100 tablets are at the wholesaler's."""
    mine = PrivateKey.generate()
    add_key(
        authority=stage.authority,
        party=SELLS,
        key=mine.public,
        custody="file",
        proof=mine.sign(possession_message(settings.LOG_ORIGIN, SELLS, mine.kid)),
        at=stage.later(),
        nonce=stage.nonce(),
    )
    stage.register(LOT, 200)
    stage.deliver(MAKES, LOT, 100, SELLS)
    stage.log()
    return mine


def state(
    stage: Stage, said: LotStatement, consumes: tuple[OutputRef, ...] = (), lot: LotKey = LOT
) -> Statement:
    return Statement(
        log=settings.LOG_ORIGIN,
        stream=lot.stream,
        type=said.type,
        at=stage.later(),
        nonce=stage.nonce(),
        seen=proofs.latest_seen(),
        consumes=consumes,
        creates=len(said.outputs),
        body=said.as_body(),
    )


def held(gln: str = SELLS) -> OutputRef:
    return parcels(gln, LOT)[0].ref


def dispatch(quantity: int = 40, rest: int = 60, to: str = HEALS, giver: str = SELLS) -> Ship:
    return Ship.of(
        giver=Gln(giver),
        receiver=Gln(to),
        quantity=quantity,
        rest=rest,
        shipment="S",
        conditions=NONE,
    )


def post(stage: Stage, *texts: str) -> list[Answer]:
    return record_entries(submissions=[Submission(text) for text in texts], at=stage.now)


def refusal(stage: Stage, text: str) -> str:
    """Post one entry that is refused and changes no row of any table; return the code."""
    before = rows()
    (answer,) = post(stage, text)
    assert isinstance(answer, Refusal), answer
    assert rows() == before
    return answer.code


def rows() -> dict[str, str]:
    """A digest of each table."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            cursor.execute(
                f'SELECT md5(string_agg(t::text, chr(10) ORDER BY t::text)) FROM "{table}" t'
            )
            found[table] = str(cursor.fetchone())
    return found


def test_an_entry_signed_elsewhere_takes_the_same_road(stage: Stage, key: PrivateKey) -> None:
    (answer,) = post(stage, sign(state(stage, dispatch(), (held(),)), key))
    assert isinstance(answer, Recorded)
    assert (answer.known, answer.state, answer.stream) == (False, "accepted", LOT.stream)
    assert [line.quantity for line in inbound_to(HEALS)] == [40]
    assert [line.held for line in stock_of(SELLS)] == [60]


def test_the_same_entry_again_is_answered_like_the_first_time(
    stage: Stage, key: PrivateKey
) -> None:
    text = sign(state(stage, dispatch(), (held(),)), key)
    (first,) = post(stage, text)
    before = rows()
    answers = [*post(stage, text), *post(stage, text, text)]
    assert isinstance(first, Recorded)
    assert answers == [replace(first, known=True)] * 3
    assert rows() == before


def test_twice_in_one_request_is_once(stage: Stage, key: PrivateKey) -> None:
    text = sign(state(stage, dispatch(), (held(),)), key)
    first, second = post(stage, text, text)
    assert isinstance(first, Recorded)
    assert isinstance(second, Recorded)
    assert (first.known, second.known) == (False, True)


def test_a_whole_day_comes_in_one_request(stage: Stage, key: PrivateKey) -> None:
    texts, last = [], held()
    for rest in (99, 98, 97):
        text = sign(state(stage, dispatch(1, rest), (last,)), key)
        texts.append(text)
        last = OutputRef(Entry.parse(text).entry_id, 1)
    assert all(isinstance(answer, Recorded) for answer in post(stage, *texts))
    assert [line.held for line in stock_of(SELLS)] == [97]


def test_one_refused_entry_leaves_those_behind_it_alone(stage: Stage, key: PrivateKey) -> None:
    too_much = sign(state(stage, dispatch(101, 0), (held(),)), key)
    good = sign(state(stage, dispatch(), (held(),)), key)
    again = sign(state(stage, dispatch(), (held(),)), key)
    answers = post(stage, "nonsense", too_much, good, again)
    codes = [getattr(answer, "code", "recorded") for answer in answers]
    assert codes == ["ENVELOPE_MALFORMED", "MASS_IMBALANCE", "recorded", "OUTPUT_USED"]


def test_entries_of_many_lots_are_answered_in_the_order_they_came(stage: Stage) -> None:
    mine = PrivateKey.generate()
    add_key(
        authority=stage.authority,
        party=MAKES,
        key=mine.public,
        custody="file",
        proof=mine.sign(possession_message(settings.LOG_ORIGIN, MAKES, mine.kid)),
        at=stage.later(),
        nonce=stage.nonce(),
    )
    lots = [a_lot(f"N{n}") for n in range(6)]
    answers = post(stage, *(sign(state(stage, birth(lot), lot=lot), mine) for lot in lots))
    assert [getattr(one, "stream", "") for one in answers] == [lot.stream for lot in lots]


def birth(lot: LotKey, maker: str = MAKES) -> LotRegister:
    product = Product(lot.gtin, "Paracetamol", "500 mg", "20 pieces", "unmonitored/1")
    return LotRegister.of(
        maker=Gln(maker), lot=lot.lot, product=product, expiry=Expiry(GOOD_UNTIL), quantity=10
    )


def test_101_of_100_are_refused(stage: Stage, key: PrivateKey) -> None:
    assert refusal(stage, sign(state(stage, dispatch(101, 0), (held(),)), key)) == "MASS_IMBALANCE"


def test_units_out_of_nothing_are_refused(stage: Stage, key: PrivateKey) -> None:
    assert refusal(stage, sign(state(stage, dispatch(60, 60), (held(),)), key)) == "MASS_IMBALANCE"
    assert refusal(stage, sign(state(stage, dispatch(), ()), key)) == "CONSUMES_NOTHING"


def test_what_somebody_else_holds_is_refused(stage: Stage, key: PrivateKey) -> None:
    text = sign(state(stage, dispatch(), (held(MAKES),)), key)
    assert refusal(stage, text) == "NOT_HOLDER"


def test_what_was_sent_to_another_is_not_received(stage: Stage, key: PrivateKey) -> None:
    stage.ship(MAKES, LOT, 10, HEALS)
    sent = stage.inbound(HEALS, LOT).output
    said = Receive.of(
        giver=Gln(MAKES),
        receiver=Gln(SELLS),
        accepted=10,
        damaged=0,
        missing=0,
        shipment="S",
        conditions=NONE,
    )
    assert refusal(stage, sign(state(stage, said, (sent,)), key)) == "NOT_RECEIVER"


def test_who_is_no_dispenser_does_not_dispense(stage: Stage, key: PrivateKey) -> None:
    said = Dispense.of(holder=Gln(SELLS), quantity=100, rest=0)
    assert refusal(stage, sign(state(stage, said, (held(),)), key)) == "ROLE_MISSING"


def test_who_is_no_maker_registers_no_lot(stage: Stage, key: PrivateKey) -> None:
    lot = a_lot("X")
    text = sign(state(stage, birth(lot, SELLS), lot=lot), key)
    assert refusal(stage, text) == "ROLE_MISSING"


def test_an_unknown_receiver_is_refused(stage: Stage, key: PrivateKey) -> None:
    said = dispatch(to="9506000010014")
    assert refusal(stage, sign(state(stage, said, (held(),)), key)) == "RECEIVER_UNKNOWN"


@pytest.mark.usefixtures("key")
def test_an_unknown_key_is_refused(stage: Stage) -> None:
    stranger = PrivateKey.generate()
    assert refusal(stage, sign(state(stage, dispatch(), (held(),)), stranger)) == "KEY_UNKNOWN"


def test_a_revoked_key_is_refused(stage: Stage, key: PrivateKey) -> None:
    revoke_key(
        signer=stage.authority, kid=key.kid, reason="lost", at=stage.later(), nonce=stage.nonce()
    )
    assert refusal(stage, sign(state(stage, dispatch(), (held(),)), key)) == "KEY_REVOKED"


def test_another_statement_under_the_same_signature_is_refused(
    stage: Stage, key: PrivateKey
) -> None:
    one = sign(state(stage, dispatch(40, 60), (held(),)), key)
    other = sign(state(stage, dispatch(41, 59), (held(),)), key)
    head, payload, _ = one.rstrip("~").split(".")
    signature = other.rstrip("~").split(".")[2]
    assert refusal(stage, f"{head}.{payload}.{signature}~") == "SIGNATURE_BAD"


def test_a_nonce_is_used_once(stage: Stage, key: PrivateKey) -> None:
    first = state(stage, dispatch(40, 60), (held(),))
    post(stage, sign(first, key))
    said = dispatch(10, 50)
    again = replace(first, body=said.as_body(), consumes=(held(),))
    assert refusal(stage, sign(again, key)) == "NONCE_REUSED"


def test_an_entry_for_another_log_is_refused(stage: Stage, key: PrivateKey) -> None:
    elsewhere = replace(state(stage, dispatch(), (held(),)), log="elsewhere.example/log")
    assert refusal(stage, sign(elsewhere, key)) == "LOG_MISMATCH"


def test_an_entry_from_the_future_is_refused(stage: Stage, key: PrivateKey) -> None:
    early = replace(state(stage, dispatch(), (held(),)), at=stage.now + timedelta(minutes=6))
    assert refusal(stage, sign(early, key)) == "CLOCK_AHEAD"


def test_an_entry_dated_before_its_goods_were_made_is_refused(
    stage: Stage, key: PrivateKey
) -> None:
    late = replace(state(stage, dispatch(), (held(),)), at=stage.now - timedelta(days=1))
    assert refusal(stage, sign(late, key)) == "DATED_BEFORE_PARENT"


def test_a_statement_moved_to_another_lot_is_refused(stage: Stage, key: PrivateKey) -> None:
    other = a_lot("B2")
    stage.register(other, 5)
    text = sign(state(stage, dispatch(), (held(),), other), key)
    assert refusal(stage, text) == "OUTPUT_UNKNOWN"


def test_a_stream_that_is_no_lot_is_refused(stage: Stage, key: PrivateKey) -> None:
    odd = replace(state(stage, dispatch(), (held(),)), stream="lot:123/A")
    assert refusal(stage, sign(odd, key)) == "INVALID_STREAM"


def test_a_party_signs_no_registry_entry_but_for_its_own_keys(
    stage: Stage, key: PrivateKey
) -> None:
    profile: Json = {
        "name": "Me too",
        "roles": ["manufacturer"],
        "prefixes": ["95"],
        "country": "SE",
    }
    said = replace(
        state(stage, dispatch()),
        stream="registry",
        type="registry.party.admit",
        creates=0,
        body={"party": LIES, "profile": profile},
    )
    assert refusal(stage, sign(said, key)) == "NOT_PERMITTED"


HEADER = '{"alg":"ES256","kid":"%s","typ":"unbroken-entry+sd-jwt"}'


def reheaded(text: str, change: Callable[[str], str], kid: str) -> str:
    _, payload, signature = text.split(".")
    return f"{b64u(change(HEADER % kid).encode())}.{payload}.{signature}"


@pytest.mark.parametrize(
    "change",
    [
        lambda header: header.replace("ES256", "none"),
        lambda header: header.replace("ES256", "HS256"),
        lambda header: header.replace('"kid"', '"jku":"https://x","kid"'),
        lambda header: header.replace(",", ", "),
    ],
)
def test_another_header_is_refused(
    stage: Stage, key: PrivateKey, change: Callable[[str], str]
) -> None:
    text = sign(state(stage, dispatch(), (held(),)), key)
    assert refusal(stage, reheaded(text, change, key.kid)) == "HEADER_REFUSED"


def test_a_key_that_stands_twice_in_the_json_is_refused(stage: Stage, key: PrivateKey) -> None:
    payload = state(stage, dispatch(), (held(),)).as_payload()
    twice = payload.replace(b'{"at"', b'{"at":"2026-03-02T12:00:00Z","at"', 1)
    text = f"{b64u((HEADER % key.kid).encode())}.{b64u(twice)}.{b64u(bytes([1] * 64))}~"
    assert refusal(stage, text) == "DUPLICATE_KEY"


def test_a_statement_of_a_megabyte_is_refused(stage: Stage, key: PrivateKey) -> None:
    large = base64.urlsafe_b64encode(b"x" * 2**20).decode()
    text = f"{b64u((HEADER % key.kid).encode())}.{large}.{b64u(bytes([1] * 64))}~"
    assert refusal(stage, text) == "TOO_LARGE"


@pytest.fixture
def cold(stage: Stage) -> tuple[Stage, PrivateKey, LotKey]:
    """Ten packs of insulin at the maker's, whose key is its own."""
    mine, lot = PrivateKey.generate(), a_lot("F1", INSULIN)
    add_key(
        authority=stage.authority,
        party=MAKES,
        key=mine.public,
        custody="hsm",
        proof=mine.sign(possession_message(settings.LOG_ORIGIN, MAKES, mine.kid)),
        at=stage.later(),
        nonce=stage.nonce(),
    )
    stage.register(lot, 10)
    return stage, mine, lot


NOTHING: Mapping[str, object] = MappingProxyType({})


def cold_dispatch(
    stage: Stage, lot: LotKey, wrong: Mapping[str, object] = NOTHING, method: str = METHOD
) -> tuple[Statement, Submission]:
    brought = readings(stage.now - timedelta(hours=2), stage.now, 500, 700)
    limits = profile("refrigerated-2-8/1")
    judgement = judge(brought.series, limits, None, method=method)
    conditions = as_conditions(brought.series, limits, judgement, method=method)
    said = Ship.of(
        giver=Gln(MAKES),
        receiver=Gln(SELLS),
        quantity=10,
        rest=0,
        shipment="S",
        conditions=ConditionsClaim.decode({**conditions, **wrong}),
    )
    statement = state(stage, said, (parcels(MAKES, lot)[0].ref,), lot)
    return statement, Submission("", brought.series)


def test_readings_come_with_the_entry_that_cites_them(
    cold: tuple[Stage, PrivateKey, LotKey],
) -> None:
    stage, mine, lot = cold
    statement, submission = cold_dispatch(stage, lot)
    text = sign(statement, mine)
    assert refusal(stage, text) == "READINGS_MISSING"
    (answer,) = record_entries(submissions=[replace(submission, text=text)], at=stage.now)
    assert isinstance(answer, Recorded)


def test_a_root_of_other_readings_is_refused(cold: tuple[Stage, PrivateKey, LotKey]) -> None:
    stage, mine, lot = cold
    statement, _ = cold_dispatch(stage, lot)
    others = readings(stage.now - timedelta(hours=2), stage.now, 300)
    submission = Submission(sign(statement, mine), others.series)
    (answer,) = record_entries(submissions=[submission], at=stage.now)
    assert isinstance(answer, Refusal)
    assert answer.code == "READINGS_MISSING"


@pytest.mark.parametrize(
    "wrong",
    [{"state": "EXCURSION"}, {"profile": "below-25/1"}],
    ids=["judged otherwise", "by other limits"],
)
def test_a_claim_that_its_readings_do_not_bear_out_is_refused(
    cold: tuple[Stage, PrivateKey, LotKey], wrong: dict[str, object]
) -> None:
    stage, mine, lot = cold
    statement, submission = cold_dispatch(stage, lot, wrong)
    signed = replace(submission, text=sign(statement, mine))
    (answer,) = record_entries(submissions=[signed], at=stage.now)
    assert isinstance(answer, Refusal)
    assert answer.code == "CONDITIONS_DISAGREE"


@pytest.mark.parametrize("method", [METHOD_1, METHOD_2])
def test_no_new_entry_is_judged_by_a_method_of_the_past(
    cold: tuple[Stage, PrivateKey, LotKey], method: str
) -> None:
    stage, mine, lot = cold
    statement, submission = cold_dispatch(stage, lot, method=method)
    signed = replace(submission, text=sign(statement, mine))
    (answer,) = record_entries(submissions=[signed], at=stage.now)
    assert isinstance(answer, Refusal)
    assert answer.code == "METHOD_OLD"


def test_readings_that_nobody_cites_are_refused(stage: Stage, key: PrivateKey) -> None:
    text = sign(state(stage, dispatch(), (held(),)), key)
    extra = readings(stage.now - timedelta(hours=1), stage.now, 500)
    (answer,) = record_entries(submissions=[Submission(text, extra.series)], at=stage.now)
    assert isinstance(answer, Refusal)
    assert answer.code == "READINGS_UNASKED"


def test_a_fridge_product_needs_readings_or_a_reason(
    cold: tuple[Stage, PrivateKey, LotKey],
) -> None:
    stage, mine, lot = cold
    said = Ship.of(
        giver=Gln(MAKES),
        receiver=Gln(SELLS),
        quantity=10,
        rest=0,
        shipment="S",
        conditions=NONE,
    )
    text = sign(state(stage, said, (parcels(MAKES, lot)[0].ref,), lot), mine)
    assert refusal(stage, text) == "CONDITIONS_REQUIRED"


def test_goods_that_are_lost_stay_lost(stage: Stage, key: PrivateKey) -> None:
    said = Lose.of(
        signer=Gln(SELLS),
        holder=Gln(SELLS),
        quantity=100,
        rest=0,
        kind=LossKind.STOLEN,
        reason="Break-in",
    )
    text = sign(state(stage, said, (held(),)), key)
    post(stage, text)
    gone = OutputRef(Entry.parse(text).entry_id, 0)
    assert refusal(stage, sign(state(stage, dispatch(), (gone,)), key)) == "FINAL_IS_FINAL"


def test_a_program_posts_its_own_partys_entries_only(stage: Stage, key: PrivateKey) -> None:
    text = sign(state(stage, dispatch(), (held(),)), key)
    (answer,) = record_entries(submissions=[Submission(text)], at=stage.now, signer=HEALS)
    assert isinstance(answer, Refusal)
    assert answer.code == "NOT_YOUR_ENTRY"
    (answer,) = record_entries(submissions=[Submission(text)], at=stage.now, signer=SELLS)
    assert isinstance(answer, Recorded)
