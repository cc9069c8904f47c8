"""From judged entries to rows: outputs, flags, legs and readings, written in one round trip."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import chain
from typing import Any

from django.db import connection

from ledger.core.entry import stream_id
from ledger.core.links import OutputRef
from supplychain.domain.conditions import Series
from supplychain.domain.conditions_claim import ClaimedState, ConditionsClaim
from supplychain.domain.facts import LegState
from supplychain.domain.lot_state import Act, LotState
from supplychain.domain.outputs import Output, State
from supplychain.domain.sales import NO_SALE
from supplychain.domain.statements import (
    ConditionsRecord,
    ExpiryExtend,
    HoldLift,
    HoldPlace,
    LotRegister,
    RecallIssue,
    RecallLift,
    Receive,
    Ship,
    SourceClaim,
    Surplus,
    Transform,
)
from supplychain.models import ASKING
from supplychain.recording.pack_book import PackBook, Sets
from supplychain.recording.submissions import NO_PACKS, PackLists

_LOT = """INSERT INTO supplychain_lot (stream_id, entry_id, gtin, lot, expiry, expiry_zone, maker,
 quantity, name, strength, form, profile, registered_at) VALUES """
_OUTPUT = """INSERT INTO supplychain_output (stream_id, entry_id, n, number, made_by, made_as,
 state, quantity, holder, receiver, dispatch, dispatched_at, ended_at, sent_back, way, shipment,
 packs, holding, questions, spent, unchecked, load, at, spent_by) VALUES """
_FLAG = """INSERT INTO supplychain_flag (stream_id, entry_id, number, kind, recall_class, by,
 reason, at, lifted_by) VALUES """
_OVER = """INSERT INTO supplychain_overreceipt (stream_id, entry_id, giver, receiver, quantity,
 packs, serials, at, admitted_by) VALUES """
_ADMITTED = """UPDATE supplychain_overreceipt SET admitted_by = %s
 WHERE stream_id = %s AND entry_id = %s"""
_TRADE = "INSERT INTO supplychain_trade (stream_id, gln) VALUES "
_LEG = """INSERT INTO supplychain_leg (stream_id, entry_id, made_as, giver, receiver, seller, buyer,
 state, reason, starts_at, ends_at, at) VALUES """
_SERIES = """INSERT INTO supplychain_series (stream_id, entry_id, n, root, count, first_at, last_at,
 device, file) VALUES """
_CHUNK = "INSERT INTO supplychain_serieschunk (stream_id, root, chunk, packed) VALUES "
_SPENT = """UPDATE supplychain_output SET spent_by = used.by
 FROM (VALUES %s) AS used (entry_id, n, by)
 WHERE stream_id = %%s AND supplychain_output.entry_id = used.entry_id
   AND supplychain_output.n = used.n"""
_LIFTED = "UPDATE supplychain_flag SET lifted_by = %s WHERE stream_id = %s AND entry_id = %s"

_TRANSFORMED = """INSERT INTO supplychain_transformation (stream_id, entry_id, into_stream,
 operation, by, uses, makes, at) VALUES """
_DESCENT = """INSERT INTO supplychain_descent (stream_id, ancestor)
 SELECT %s::uuid, source FROM unnest(%s::uuid[]) AS source (source) UNION
 SELECT %s::uuid, ancestor FROM supplychain_descent WHERE stream_id = ANY(%s::uuid[])"""
_EXTENDED = """UPDATE supplychain_lot SET extended_from = coalesce(extended_from, expiry),
 expiry = %s, expiry_zone = %s WHERE stream_id = %s"""

Row = list[Any]


@dataclass(frozen=True, slots=True)
class Judged:
    """An act that custody allows, the lot's state before and after it, its readings and packs."""

    act: Act
    before: LotState
    after: LotState
    readings: tuple[Series, ...] = ()
    lists: PackLists = NO_PACKS
    sets: Sets | None = None


@dataclass(slots=True)
class Projection:
    """The rows of one stream that judged acts make and change."""

    stream: str  # its id: the driver quotes a text faster than a UUID
    shipments: dict[OutputRef, str]
    packs: PackBook
    _new: dict[str, list[Row]] = field(default_factory=dict)
    _outputs: dict[OutputRef, Row] = field(default_factory=dict)
    _spent: list[tuple[str, int, str]] = field(default_factory=list)
    _lifted: list[tuple[str, str]] = field(default_factory=list)
    _sources: list[SourceClaim] = field(default_factory=list)
    _admitted: list[tuple[str, str]] = field(default_factory=list)
    _extended: list[tuple[date, str]] = field(default_factory=list)
    _traders: set[str] = field(default_factory=set)

    def add(self, judged: Judged, number: int) -> None:
        """Take the rows of one act; acts come in the order of the stream, `number` is its place."""
        for ref in judged.act.consumes:
            self._spend(ref, judged.act.entry_id)
        act = judged.act
        self.packs.take(
            act.statement,
            entry_id=act.entry_id,
            consumes=act.consumes,
            lists=judged.lists,
            sets=judged.sets,
        )
        self._make(judged, number)
        match judged.act.statement:
            case LotRegister(origin=origin):
                self._register(judged)
                self._sources = [] if origin is None else list(origin.sources)
            case Transform() as made_into:
                self._transform(judged, made_into)
            case ExpiryExtend() as said:
                self._extended.append((said.expiry.on, said.expiry.zone))
            case RecallIssue() | RecallLift() | HoldPlace() | HoldLift():
                self._flag(judged, number)
            case Ship() | Receive() | ConditionsRecord() as speaking:
                self._leg(judged, speaking)
                self._exceed(judged, speaking)
            case Surplus(receipt=receipt):
                self._admitted.append((act.entry_id, receipt))
            case _:
                pass  # the outputs say it all

    def sql(self) -> str:
        """What writes everything, quoted by the driver; empty when there is nothing."""
        sql: list[str] = []
        parameters: list[Any] = []
        for statement, rows, tail in self._inserts():
            sql.append(statement + _places(len(rows), len(rows[0])) + tail)
            parameters += chain.from_iterable(rows)
        if self._spent:
            sql.append(_SPENT % _places(len(self._spent), 3))
            parameters += [*chain.from_iterable(self._spent), self.stream]
        for by, entry_id in self._lifted:
            sql.append(_LIFTED)
            parameters += [by, self.stream, entry_id]
        if self._sources:
            streams = [str(stream_id(one.key.stream)) for one in self._sources]
            sql.append(_DESCENT)
            parameters += [self.stream, streams, self.stream, streams]
        for by, receipt in self._admitted:
            sql.append(_ADMITTED)
            parameters += [by, self.stream, receipt]
        for extended in self._extended:
            sql.append(_EXTENDED)
            parameters += [*extended, self.stream]
        with connection.cursor() as cursor:
            quoted = cursor.mogrify(";\n".join(sql), parameters).decode() if sql else ""
        return ";\n".join(filter(None, (quoted, self.packs.sql())))

    def _inserts(self) -> list[tuple[str, Sequence[Row], str]]:
        rows = self._new | {
            _OUTPUT: list(self._outputs.values()),
            _TRADE: [[self.stream, gln] for gln in sorted(self._traders)],
        }
        return [(sql, rows[sql], tail) for sql, tail in _ORDER if rows.get(sql)]

    def _row(self, sql: str, *values: object) -> None:
        self._new.setdefault(sql, []).append([self.stream, *values])

    def _spend(self, ref: OutputRef, by: str) -> None:
        made_just_now = self._outputs.get(ref)
        if made_just_now is None:
            self._spent.append((ref.entry_id, ref.n, by))
        else:
            made_just_now[-1] = by

    def _make(self, judged: Judged, number: int) -> None:
        act = judged.act
        for n in range(len(act.statement.outputs)):
            ref = OutputRef(act.entry_id, n)
            output = judged.after.outputs[ref]
            shipment = self._shipment(act, output)
            self.shipments[ref] = shipment
            self._traders |= {str(act.signer.gln), str(output.holder)}
            self._traders |= {str(output.to)} if output.to else set()
            self._outputs[ref] = [
                self.stream,
                act.entry_id,
                n,
                number,
                str(act.signer.gln),
                act.statement.type,
                output.state.value,
                output.quantity,
                str(output.holder),
                str(output.to or ""),
                output.dispatch or "",
                output.dispatched_at,
                output.ended_at,
                output.sent_back.value if output.sent_back else "",
                "/".join(",".join(sorted(map(str, givers))) for givers in output.way),
                shipment,
                output.packs or "",
                self._holding(ref),
                ",".join(sorted(output.questions)),
                output.spent.as_text(),
                output.unchecked,
                output.load.as_text(),
                output.made_at,
                None,
            ]

    def _holding(self, ref: OutputRef) -> str | None:
        holding = self.packs.holdings.get(ref)
        return None if holding is None else str(holding)

    def _shipment(self, act: Act, output: Output) -> str:
        if isinstance(act.statement, Ship | Receive):
            return act.statement.shipment
        inherited = (self.shipments.get(ref, "") for ref in act.consumes)
        return next(inherited, "") if output.state is State.IN_TRANSIT else ""

    def _register(self, judged: Judged) -> None:
        lot = judged.after.born()
        product = lot.product
        self._row(
            _LOT,
            judged.act.entry_id,
            str(lot.key.gtin),
            str(lot.key.lot),
            lot.expiry.on,
            lot.expiry.zone,
            str(lot.maker),
            lot.quantity,
            product.name,
            product.strength,
            product.form,
            product.profile,
            lot.born_at,
        )

    def _flag(self, judged: Judged, number: int) -> None:
        act, said = judged.act, judged.act.statement
        if isinstance(said, HoldLift | RecallLift):
            lifted = said.hold if isinstance(said, HoldLift) else said.recall
            self._lifted.append((act.entry_id, lifted))
        elif isinstance(said, RecallIssue | HoldPlace):
            recall = said.recall_class.value if isinstance(said, RecallIssue) else ""
            kind, by = "recall" if recall else "hold", str(act.signer.gln)
            place = (act.entry_id, number)
            self._row(_FLAG, *place, kind, recall, by, said.reason, act.at, None)

    def _leg(self, judged: Judged, said: Ship | Receive | ConditionsRecord) -> None:
        act = judged.act
        giver, receiver = _ends(judged)
        state, reason, start, end = _conditions(said.conditions)
        asks = act.entry_id in judged.after.outputs[OutputRef(act.entry_id, 0)].questions
        if asks and state not in ASKING:  # what it took of the budget was not there any more (C6)
            state = ClaimedState.EXCURSION.value
        sale = NO_SALE if isinstance(said, ConditionsRecord) else said.sale
        owners = [str(party or "") for party in (sale.seller, sale.buyer)]
        self._traders |= {party for party in owners if party}
        head = (act.entry_id, said.type, giver, receiver, *owners)
        self._row(_LEG, *head, state, reason, start, end, act.at)
        for n, series in enumerate(judged.readings):
            self._series(act.entry_id, n, series)

    def _transform(self, judged: Judged, said: Transform) -> None:
        by, at = str(judged.act.signer.gln), judged.act.at
        for one in said.into:
            head = (judged.act.entry_id, str(stream_id(one.key.stream)), said.operation, by)
            self._row(_TRANSFORMED, *head, one.uses, one.makes, at)

    def _exceed(self, judged: Judged, said: Ship | Receive | ConditionsRecord) -> None:
        if not isinstance(said, Receive) or said.over is None:
            return
        giver, receiver = _ends(judged)
        over, serials = said.over, [str(serial) for serial in judged.lists.over]
        head = (judged.act.entry_id, giver, receiver, over.quantity, over.packs or "")
        self._row(_OVER, *head, serials, judged.act.at, None)

    def _series(self, entry_id: str, n: int, series: Series) -> None:
        root, ends = series.root.hex(), (series.first, series.last)
        head = (entry_id, n, root, len(series.readings))
        self._row(_SERIES, *head, *ends, series.device, series.file or "")
        for chunk, packed in enumerate(series.chunks):
            self._row(_CHUNK, root, chunk, packed)


def _places(rows: int, columns: int) -> str:
    """Places for values, row by row. Tuples would be quoted by Python code, one by one."""
    row = f"({', '.join(['%s'] * columns)})"
    return ", ".join([row] * rows)


def _ends(judged: Judged) -> tuple[str, str]:
    act = judged.act
    if isinstance(act.statement, Ship):
        return str(act.signer.gln), str(act.statement.to)
    goods = judged.before.outputs[act.consumes[0]]
    if isinstance(act.statement, ConditionsRecord) and goods.to:
        return str(goods.holder), str(goods.to)
    return str(goods.holder), str(act.signer.gln)


def _conditions(claim: ConditionsClaim) -> tuple[str, str, datetime | None, datetime | None]:
    if (told := claim.tracker) is not None:
        state = LegState.TRACKED if told.whole else LegState.DATA_GAP
        return state.value, told.device, told.covers.start, told.covers.end
    if claim.readings is None:
        return "NO_DATA", str(claim.none), None, None
    covers = claim.readings.covers
    return claim.readings.state.value, "", covers.start, covers.end


# Parties trade in a lot more than once, and the same readings may be cited twice.
_AGAIN = " ON CONFLICT DO NOTHING"
_ORDER = (
    (_LOT, ""),
    (_OUTPUT, ""),
    (_TRADE, _AGAIN),
    (_FLAG, ""),
    (_LEG, ""),
    (_OVER, ""),
    (_TRANSFORMED, ""),
    (_SERIES, ""),
    (_CHUNK, _AGAIN),
)
