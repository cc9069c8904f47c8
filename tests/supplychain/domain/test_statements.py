"""Statements: bodies are read strictly, and what is read is written again the same."""

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.core import canonical
from ledger.core.canonical import Json
from ledger.core.entry import Entry, sign
from ledger.core.envelope import seal
from ledger.core.links import OutputRef
from ledger.core.merkle import EMPTY_ROOT
from ledger.core.signatures import PrivateKey
from ledger.core.statement import Seen, Statement
from supplychain.domain.batches import Batch
from supplychain.domain.conditions_claim import ConditionsClaim
from supplychain.domain.containers import Container
from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import LotNumber
from supplychain.domain.lots import Expiry, Printed
from supplychain.domain.outputs import Over, State
from supplychain.domain.packing_statements import Contents
from supplychain.domain.quality_statements import same_person
from supplychain.domain.sales import Sale
from supplychain.domain.statements import (
    SEALABLE,
    TYPES,
    Aggregate,
    ConditionsRecord,
    Correction,
    Decommission,
    Destroy,
    Disaggregate,
    Dispense,
    ExpiryExtend,
    Export,
    HoldLift,
    HoldPlace,
    Lose,
    LossKind,
    LotStatement,
    Origin,
    OutputClaim,
    QualityRelease,
    Quarantine,
    RecallClass,
    RecallIssue,
    RecallLift,
    Receive,
    Release,
    Return,
    Sample,
    Ship,
    SourceClaim,
    Surplus,
    Transform,
    TransformKind,
    Undo,
    Void,
    decode,
    read,
)
from supplychain.domain.tallies import Tally
from supplychain.domain.transform_statements import Into
from tests.people import MAKER, PHARMACY, WHOLESALER
from tests.supplychain.domain.lot_story import (
    EXPIRY,
    LOGGER_MISSING,
    NONE_NEEDED,
    birth,
    entry_id,
)
from tests.supplychain.domain.lot_story import KEY as LOT
from tests.supplychain.domain.test_conditions_claim import CONDITIONS
from tests.supplychain.domain.wrong_members import each_wrong, is_named

SHIP = Ship.of(
    giver=MAKER.gln,
    receiver=WHOLESALER.gln,
    quantity=40,
    rest=60,
    shipment="S-1",
    conditions=NONE_NEEDED,
)
RECEIVE = Receive.of(
    giver=MAKER.gln,
    receiver=WHOLESALER.gln,
    accepted=30,
    damaged=6,
    missing=4,
    shipment="S-1",
    conditions=LOGGER_MISSING,
    note="Two boxes wet",
)
KEPT = ConditionsRecord.of(
    holder=WHOLESALER.gln,
    quantity=9,
    state=State.QUARANTINED,
    conditions=ConditionsClaim.decode(CONDITIONS),
)
TRACKED = replace(
    KEPT,
    outputs=(OutputClaim(State.IN_TRANSIT, MAKER.gln, 9, WHOLESALER.gln),),
    batch=Batch(KEPT.readings.series[0].device, 2, KEPT.readings.series[0].root, "ab" * 32),
)
PEOPLE = {"decided_by", "confirmed_by"}
DECIDED = QualityRelease.of(
    holder=WHOLESALER.gln,
    quantity=9,
    state=State.HELD,
    entries=(entry_id(2), entry_id(4)),
    reason="Stable for days",
)
SOLD = Sale(seller=PHARMACY.gln, buyer=MAKER.gln)
CASE = Contents(Container("00/106141412345678908"), entry_id(3), 4)
EACH: tuple[LotStatement, ...] = (
    birth(),
    SHIP,
    replace(SHIP, order="PO-77"),
    replace(SHIP, order="PO-77", sale=SOLD),
    replace(RECEIVE, sale=SOLD),
    Return.back(
        holder=PHARMACY.gln,
        supplier=WHOLESALER.gln,
        quantity=1,
        rest=2,
        shipment="R-1",
        reason="Too many",
        conditions=NONE_NEEDED,
        state=State.QUARANTINED,
    ),
    RECEIVE,
    replace(RECEIVE, outputs=(OutputClaim(State.RETURNED, WHOLESALER.gln, 3),)),
    replace(RECEIVE, note=""),
    replace(RECEIVE, over=Over(3)),
    replace(RECEIVE, over=Over(3, "ab" * 32)),
    Surplus.of(
        giver=MAKER.gln,
        receiver=WHOLESALER.gln,
        quantity=3,
        rest=4,
        receipt=entry_id(3),
        reason="Miscounted",
    ),
    Void.of(giver=MAKER.gln, dispatch=entry_id(1), quantity=4, reason="Never arrived"),
    Dispense.of(holder=PHARMACY.gln, quantity=1, rest=0),
    Destroy.of(holder=PHARMACY.gln, quantity=1, rest=2, reason="Wet", state=State.QUARANTINED),
    Undo.of(holder=PHARMACY.gln, quantity=1, rest=2, reason="Not fetched"),
    replace(Undo.of(holder=PHARMACY.gln, quantity=1, rest=0, reason="Fetched"), supplied=True),
    replace(
        birth(),
        origin=Origin(
            "OP-1",
            (
                SourceClaim(LOT, entry_id(1), 7, Tally(above_s=60)),
                SourceClaim(LOT, entry_id(2), 1),
            ),
        ),
    ),
    Transform.of(
        holder=MAKER.gln,
        operation="OP-1",
        kind=TransformKind.REPACK,
        reason="Smaller packs",
        into=(Into(replace(LOT, lot=LotNumber("NEW")), 2, 6), Into(LOT, 1, 3)),
        lost=1,
        rest=4,
    ),
    RecallLift(entry_id(2), "Settled"),
    ExpiryExtend(Expiry(EXPIRY.on, "+01:00"), "Stability study"),
    Correction(entry_id(2), "It was box 7"),
    Sample.of(holder=PHARMACY.gln, quantity=1, rest=0, reason="Asked for"),
    Export.of(holder=WHOLESALER.gln, quantity=1, rest=3, reason="To Norway"),
    Decommission.of(
        holder=PHARMACY.gln, quantity=1, rest=1, reason="Gone", state=State.QUARANTINED
    ),
    Quarantine.of(holder=PHARMACY.gln, quantity=1, rest=9, reason="Seal"),
    Release(
        "Checked",
        (
            OutputClaim(State.HELD, WHOLESALER.gln, 2),
            OutputClaim(State.RETURNED, WHOLESALER.gln, 1),
        ),
        Printed(LOT, EXPIRY.on),
    ),
    Release.of(holder=PHARMACY.gln, quantity=1, rest=8, reason="Good", state=State.QUARANTINED),
    Lose.of(
        signer=WHOLESALER.gln,
        holder=MAKER.gln,
        quantity=1,
        rest=2,
        kind=LossKind.STOLEN,
        reason="Lorry",
        to=WHOLESALER.gln,
    ),
    KEPT,
    TRACKED,
    replace(KEPT, place="Fridge 2"),
    DECIDED,
    replace(DECIDED, decided_by="Quinn Ash"),
    replace(DECIDED, decided_by="Quinn Ash", confirmed_by="Robin Elm"),
    RecallIssue(RecallClass.III, "Wrong label"),
    HoldPlace("Complaint"),
    HoldLift(entry_id(2), "Settled"),
    Aggregate.of(holder=MAKER.gln, quantity=4, containers=(CASE,)),
    Disaggregate.of(holder=MAKER.gln, quantity=4, containers=(CASE,)),
)


def whole(statement: LotStatement) -> dict[str, Json]:
    """The body with its sealed members open."""
    sealed = statement.sealed() if isinstance(statement, Ship | Receive | QualityRelease) else {}
    return statement.as_body() | sealed


SEALED = frozenset().union(*SEALABLE.values())


def test_every_type_is_known_and_tried_here() -> None:
    assert {statement.type for statement in EACH} == set(TYPES)
    assert all(kind.type == name for name, kind in TYPES.items())


@pytest.mark.parametrize("statement", EACH, ids=lambda one: one.type)
def test_a_statement_is_written_and_read_back(statement: LotStatement) -> None:
    body = canonical.loads(canonical.dumps(whole(statement)))
    assert isinstance(body, dict)
    assert decode(statement.type, body) == statement


OPTIONAL = {"note", "order", "printed", "over", "origin", "place", "batch", *PEOPLE}


@pytest.mark.parametrize("statement", EACH, ids=lambda one: one.type)
def test_a_missing_member_is_refused(statement: LotStatement) -> None:
    body = whole(statement)
    for name in body.keys() - OPTIONAL - SEALED:
        with pytest.raises(Invalid) as invalid:
            decode(statement.type, {key: body[key] for key in body if key != name})
        assert invalid.value.code == "MEMBER_MISSING"


@pytest.mark.parametrize("statement", EACH, ids=lambda one: one.type)
def test_an_unknown_member_is_refused(statement: LotStatement) -> None:
    with pytest.raises(Invalid) as invalid:
        decode(statement.type, whole(statement) | {"packs": "00"})
    assert invalid.value.code == "MEMBER_UNKNOWN"


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=6,
)


@pytest.mark.parametrize("statement", EACH, ids=lambda one: one.type)
@given(data=st.data())
def test_a_member_of_any_other_shape_is_refused_or_read_whole(
    statement: LotStatement, data: st.DataObject
) -> None:
    body: dict[str, Any] = dict(whole(statement))
    name = data.draw(st.sampled_from(sorted(body)))
    body[name] = data.draw(JUNK)
    try:
        found = decode(statement.type, body)
    except Invalid:
        return
    assert whole(found) == body


@pytest.mark.parametrize("statement", EACH, ids=lambda one: one.type)
def test_a_refusal_names_the_member_that_is_wrong(statement: LotStatement) -> None:
    for name, body in each_wrong(whole(statement)):
        with pytest.raises(Invalid) as invalid:
            decode(statement.type, body)
        assert is_named(name, invalid.value.message)


@pytest.mark.parametrize("statement", EACH, ids=lambda one: one.type)
def test_no_statement_is_made_of_what_would_not_be_read(statement: LotStatement) -> None:
    said = {one.name: getattr(statement, one.name) for one in fields(statement)}
    texts = [name for name, value in said.items() if type(value) is str and name != "place"]
    for name in texts:
        with pytest.raises(Invalid, match=rf"\b{name}\b"):
            replace(statement, **{name: "\n"})  # type: ignore[arg-type]  # any statement


@pytest.mark.parametrize("member", ["decided_by", "confirmed_by"])
@pytest.mark.parametrize("name", ["", "\n", "x" * 101])
def test_who_decides_has_a_name(member: str, name: str) -> None:
    with pytest.raises(Invalid, match=member):
        replace(DECIDED, **{member: name})  # type: ignore[arg-type]  # either of two names


@pytest.mark.parametrize("second", ["Quinn Ash", "quinn  ash ", "QUINN ASH"])
def test_one_person_is_not_two(second: str) -> None:
    with pytest.raises(Invalid) as invalid:
        replace(DECIDED, decided_by="Quinn Ash", confirmed_by=second)
    assert invalid.value.code == "NAMES_SAME"
    assert same_person("Quinn Ash", second)
    assert not same_person("Robin Elm", second)
    alone = replace(DECIDED, confirmed_by=second)
    assert alone.sealed() == {"confirmed_by": second}


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(Invalid) as invalid:
        decode("custody.teleport", {})
    assert invalid.value.code == "TYPE_UNKNOWN"


HELD = OutputClaim(State.HELD, MAKER.gln, 1)
AWAY = OutputClaim(State.IN_TRANSIT, MAKER.gln, 1, WHOLESALER.gln)
ASIDE = OutputClaim(State.QUARANTINED, MAKER.gln, 1)


@pytest.mark.parametrize(
    "outputs",
    [(), (HELD,), (HELD, AWAY), (AWAY, AWAY), (AWAY, AWAY, HELD), (AWAY, HELD, HELD, HELD)],
)
def test_a_dispatch_sends_and_keeps_in_this_order(outputs: tuple[OutputClaim, ...]) -> None:
    with pytest.raises(Invalid) as invalid:
        Ship("S-1", WHOLESALER.gln, outputs, NONE_NEEDED)
    assert invalid.value.code == "OUTPUTS_WRONG"


def test_what_holds_for_a_dispatch_holds_for_goods_that_go_back() -> None:
    with pytest.raises(Invalid) as invalid:
        Return("R-1", WHOLESALER.gln, (HELD,), NONE_NEEDED, reason="Too many")
    assert invalid.value.code == "OUTPUTS_WRONG"


def test_a_dispatch_names_one_receiver() -> None:
    with pytest.raises(Invalid, match="two receivers") as invalid:
        Ship("S-1", PHARMACY.gln, (AWAY,), NONE_NEEDED)
    assert invalid.value.code == "OUTPUTS_WRONG"


@pytest.mark.parametrize(
    "outputs",
    [(), (AWAY,), (AWAY, HELD), (ASIDE, HELD), (HELD, HELD), (HELD, ASIDE, AWAY, AWAY)],
)
def test_a_receipt_accepts_refuses_and_misses_in_this_order(
    outputs: tuple[OutputClaim, ...],
) -> None:
    with pytest.raises(Invalid) as invalid:
        Receive("S-1", outputs, NONE_NEEDED)
    assert invalid.value.code == "OUTPUTS_WRONG"


def test_a_receipt_of_nothing_is_no_receipt() -> None:
    with pytest.raises(Invalid) as invalid:
        Receive.of(
            giver=MAKER.gln,
            receiver=WHOLESALER.gln,
            accepted=0,
            damaged=0,
            missing=10,
            shipment="S-1",
            conditions=NONE_NEEDED,
        )
    assert invalid.value.code == "OUTPUTS_WRONG"


@pytest.mark.parametrize("made", [SHIP, replace(SHIP, order="PO-77"), RECEIVE])
@pytest.mark.parametrize("member", ["shipment", "order"])
def test_a_shipment_and_an_order_have_a_number_of_a_hundred_characters_at_most(
    made: LotStatement, member: str
) -> None:
    if getattr(made, member, None):
        replace(made, **{member: "x" * 100})  # type: ignore[arg-type]  # either of two numbers
        with pytest.raises(Invalid, match=rf"^{member}:"):
            replace(made, **{member: "x" * 101})  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("entry", "makes", "wrong"), [("x", 1, "entry"), (entry_id(1), 0, "makes")]
)
def test_a_source_is_an_entry_and_a_quantity(entry: str, makes: int, wrong: str) -> None:
    with pytest.raises(Invalid, match=rf"^source\.{wrong}:"):
        SourceClaim(LOT, entry, makes)


@pytest.mark.parametrize("outputs", [(), (AWAY,), (HELD, HELD)])
def test_a_void_brings_back_one_output(outputs: tuple[OutputClaim, ...]) -> None:
    with pytest.raises(Invalid) as invalid:
        Void(entry_id(1), "Wrong address", outputs)
    assert invalid.value.code == "OUTPUTS_WRONG"


@pytest.mark.parametrize("outputs", [(), (AWAY,), (HELD, HELD)])
def test_what_stays_is_one_output(outputs: tuple[OutputClaim, ...]) -> None:
    for statement in (KEPT, DECIDED):
        if statement is KEPT and outputs == (AWAY,):
            continue  # of goods on the way there may be readings, and no decision
        with pytest.raises(Invalid) as invalid:
            replace(statement, outputs=outputs)
        assert invalid.value.code == "OUTPUTS_WRONG"


def test_a_record_of_a_batch_has_the_series_of_that_batch() -> None:
    (series,) = KEPT.readings.series
    shown = Batch(series.device, 1, series.root)
    assert replace(KEPT, batch=shown).batch == shown
    for other in (replace(shown, root="cd" * 32), replace(shown, device="another")):
        with pytest.raises(Invalid) as invalid:
            replace(KEPT, batch=other)
        assert invalid.value.code == "BATCH_UNSHOWN"


def test_a_record_without_readings_is_no_record() -> None:
    body = KEPT.as_body() | {"conditions": LOGGER_MISSING.as_json()}
    with pytest.raises(Invalid) as invalid:
        decode(ConditionsRecord.type, body)
    assert invalid.value.code == "READINGS_NEEDED"


@pytest.mark.parametrize("place", ["\n", "x" * 101])
def test_a_record_of_a_place_that_has_no_name_is_none(place: str) -> None:
    with pytest.raises(Invalid, match="place"):
        replace(KEPT, place=place)


def test_a_decision_is_on_a_hundred_entries_at_most() -> None:
    named = [entry_id(n) for n in range(101)]
    body = DECIDED.as_body() | {"entries": named[:100]}
    assert decode(QualityRelease.type, body).as_body() == body
    with pytest.raises(Invalid, match=r"\bentries\b"):
        decode(QualityRelease.type, body | {"entries": named})


@pytest.mark.parametrize("entries", [(), (entry_id(1), entry_id(1))])
def test_a_decision_names_each_entry_once(entries: tuple[str, ...]) -> None:
    with pytest.raises(Invalid) as invalid:
        replace(DECIDED, entries=entries)
    assert invalid.value.code == "ENTRIES_WRONG"


def test_negative_quantities_are_not_dropped_as_if_they_were_zero() -> None:
    with pytest.raises(Invalid) as invalid:
        Dispense.of(holder=PHARMACY.gln, quantity=101, rest=-1)
    assert invalid.value.code == "OUT_OF_BOUNDS"


def test_goods_in_transit_name_a_receiver_and_others_do_not() -> None:
    for state, to in ((State.HELD, WHOLESALER.gln), (State.IN_TRANSIT, None)):
        with pytest.raises(Invalid) as invalid:
            OutputClaim(state, MAKER.gln, 1, to)
        assert invalid.value.code == "TO_MISPLACED"


def test_an_output_is_read_strictly() -> None:
    good: dict[str, object] = {"state": "held", "holder": str(MAKER.gln), "quantity": 1}
    assert OutputClaim.decode(good) == HELD
    for changed in ({"state": "gone"}, {"holder": "1"}, {"quantity": 0}, {"packs": "x"}):
        with pytest.raises(Invalid):
            OutputClaim.decode(good | changed)


# Whole entries

KEY = PrivateKey.generate()
SALT = bytes(range(16))


def signed(
    statement: LotStatement,
    *,
    body: Mapping[str, Json] | None = None,
    secret: Mapping[str, Json] | None = None,
    show: bool = True,
    creates: int | None = None,
) -> Entry:
    names = secret or {}
    salts = [bytes([n]) + SALT[1:] for n in range(len(names))]
    digests, disclosures = seal(names, salts)
    written = Statement(
        log="unbroken.example/test",
        stream="lot:00614141123452/A123",
        type=statement.type,
        at=datetime(2026, 11, 21, 8, tzinfo=UTC),
        nonce=SALT,
        seen=Seen(0, EMPTY_ROOT),
        consumes=(OutputRef(entry_id(1), 0),),
        creates=len(statement.outputs) if creates is None else creates,
        body=statement.as_body() if body is None else body,
        sealed=tuple(digests),
    )
    return Entry.parse(sign(written, KEY, disclosures if show else ()))


def test_an_entry_is_read_with_and_without_its_sealed_order() -> None:
    order: dict[str, Json] = {"order": "PO-77"}
    assert read(signed(SHIP)) == SHIP
    assert read(signed(SHIP, secret=order)) == replace(SHIP, order="PO-77")
    assert read(signed(SHIP, secret=order, show=False)) == SHIP


@pytest.mark.parametrize("creates", [0, 1, 3])
def test_an_entry_creates_as_many_outputs_as_it_says(creates: int) -> None:
    with pytest.raises(Invalid) as invalid:
        read(signed(SHIP, creates=creates))
    assert invalid.value.code == "CREATES_MISMATCH"


def test_what_rules_need_is_not_sealed() -> None:
    body = SHIP.as_body()
    outputs = {"outputs": body.pop("outputs")}
    with pytest.raises(Invalid) as invalid:
        read(signed(SHIP, body=body, secret=outputs))
    assert invalid.value.code == "SEALED_MEMBER"


def test_what_must_be_sealed_does_not_stand_open() -> None:
    with pytest.raises(Invalid) as invalid:
        read(signed(SHIP, body=SHIP.as_body() | {"order": "PO-77"}))
    assert invalid.value.code == "SEALED_MEMBER"


def test_nothing_is_sealed_that_is_never_shown() -> None:
    hold = HoldPlace("Complaint")
    with pytest.raises(Invalid) as invalid:
        read(signed(hold, secret={"gossip": "none"}, show=False))
    assert invalid.value.code == "SEALED_MEMBER"


def test_sealable_members_are_optional_ones() -> None:
    assert {
        "custody.ship": {"order", "seller", "buyer"},
        "custody.receive": {"seller", "buyer"},
        "quality.release": PEOPLE,
    } == SEALABLE
    for statement in EACH:
        assert not statement.as_body().keys() & SEALABLE.get(statement.type, set())


def test_readings_travel_in_a_dispatch() -> None:
    body = SHIP.as_body() | {"conditions": CONDITIONS}
    found = decode(SHIP.type, body)
    assert isinstance(found, Ship)
    assert found.as_body() == body
    assert found.conditions.readings is not None
