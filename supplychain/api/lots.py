"""Lots: what an organisation made or had to do with, and the proof of it."""

from functools import partial
from http import HTTPStatus

from django.conf import settings
from django.http import HttpResponse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.views.decorators.gzip import gzip_page
from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from ledger.core.evidence import Evidence
from ledger.proofs import Disclose
from supplychain.api.answers import LotDetailShape, LotShape, PackShape, WhereaboutsShape
from supplychain.api.documented import READING, binary, documented, documented_signing, text
from supplychain.api.doors import Door, Right, acting_of
from supplychain.api.errors import Refusal
from supplychain.api.lists import PAGING, answer_page, choice, number, page_shape
from supplychain.api.log import TakesAnything
from supplychain.api.shapes import NewLot, checked, packs_of
from supplychain.api.signing import Turn, answer_signed
from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gtin, LotNumber, Serial
from supplychain.domain.lots import LotKey
from supplychain.queries.access import own_disclosures
from supplychain.queries.chains import chain_of
from supplychain.queries.deciders import deciders_for
from supplychain.queries.lot_lines import LotLine
from supplychain.queries.lots import lot_detail, lots_of, where_are_units
from supplychain.queries.own_goods import lot_evidence, outputs_about, outputs_for, parts_for
from supplychain.queries.pack_evidence import pack_evidence
from supplychain.queries.packs import packs_with
from supplychain.queries.people import Acting
from supplychain.recording.submissions import Recorded
from supplychain.services.register_lot import register_lot
from supplychain.web.evidence import as_pdf
from supplychain.web.leg_page import one_leg
from supplychain.web.temperature_report import leg_report, lot_report

_EXAMPLE = {
    "gtin": "00614141000012",
    "lot": "A1",
    "quantity": 100,
    "expiry": "2027-12-31",
    "expiry_zone": "+00:00",
}
_FLAGS = ("recalled", "on_hold", "none")


class Lots(Door):
    """Lots of the organisation."""

    rights = {"POST": Right.SIGN}

    @documented(
        "Lots",
        "List lots",
        answers={200: page_shape(LotShape)},
        problems=(400, *READING),
        parameters=[
            *PAGING,
            OpenApiParameter("gtin"),
            OpenApiParameter("lot"),
            OpenApiParameter("flag", enum=_FLAGS),
        ],
    )
    def get(self, request: Request) -> Response:
        """The lots that the organisation made or ever had to do with, by expiry."""
        wanted = {name: request.query_params.get(name, "") for name in ("gtin", "lot")}
        flag = choice(request, "flag", _FLAGS) or ""
        rows = [row for row in lots_of(acting_of(request).gln) if _wanted(row, flag, **wanted)]
        return answer_page(request, rows, LotShape, _words)

    @documented_signing("Lots", "Register a lot", request=NewLot, example=_EXAMPLE)
    def post(self, request: Request) -> Response:
        """The organisation then holds all of it. Raises BORN_TWICE, GTIN_NOT_YOURS, …."""
        given = checked(NewLot, request)
        packs = packs_of(given)

        def sign(turn: Turn) -> Recorded:
            return register_lot(
                party=turn.party,
                at=turn.at,
                nonce=turn.nonce,
                secret=turn.secret,
                **(given | {"packs": packs}),
            )

        return answer_signed(request, sign)


class LotOne(Door):
    """One lot."""

    @documented("Lots", "One lot", answers={200: LotDetailShape})
    def get(self, request: Request, gtin: str, lot: str) -> Response:
        """The lot with the organisation's own trade in it."""
        found = lot_detail(acting_of(request).gln, key_of(gtin, lot))
        if found is None:
            raise no_such_lot()
        return Response(LotDetailShape(found).data)


class LotPacks(Door):
    """The packs of a lot that the organisation has."""

    @documented(
        "Lots",
        "The organisation's packs of a lot",
        answers={200: page_shape(PackShape)},
        problems=(400, *READING),
        parameters=PAGING,
    )
    def get(self, request: Request, gtin: str, lot: str) -> Response:
        """With their salts: who holds packs can work out the sets that its statements sign."""
        found = packs_with(acting_of(request).gln, key_of(gtin, lot))
        return answer_page(request, found, PackShape, lambda row: (row.serial,))


class LotUnits(Door):
    """Where the units of a lot are."""

    @documented("Lots", "Where all units of a lot are", answers={200: WhereaboutsShape})
    def get(self, request: Request, gtin: str, lot: str) -> Response:
        """For the lot's maker only: whoever else asks is told that there is nothing."""
        found = where_are_units(acting_of(request).gln, key_of(gtin, lot))
        if found is None:
            raise no_such_lot()
        return Response(WhereaboutsShape(found).data)


class LotTemperature(Door):
    """The temperature of a lot on paper."""

    content_negotiation_class = TakesAnything

    @documented(
        "Temperature",
        "Report on a lot's temperature",
        answers={200: binary("A PDF with charts, loggers, decisions and how to check it.")},
        problems=(400, *READING),
    )
    def get(self, request: Request, gtin: str, lot: str) -> HttpResponse:
        """For whom the lot's evidence is for. The same facts give the same bytes."""
        key, acting, at = key_of(gtin, lot), acting_of(request), timezone.now()
        outputs = outputs_for(acting.gln, key)
        if outputs is None:
            raise no_such_lot()
        chain = chain_of(key, at, asking=acting.gln, outputs=outputs)
        if chain.lot is None:
            raise no_such_lot()
        names, parts = deciders_for(acting.gln, key), len(parts_for(acting.gln, key))
        made = lot_report(chain, at, settings.SITE_URL, names, whole=parts == 1)
        return as_pdf(made, f"temperature-{key.gtin}-{key.lot}.pdf")


class LegTemperature(Door):
    """The temperature of one leg on paper."""

    content_negotiation_class = TakesAnything

    @documented(
        "Temperature",
        "Report on a leg's temperature",
        answers={200: binary("A PDF with chart, loggers, budget, decisions and how to check it.")},
        problems=(400, *READING),
    )
    def get(self, request: Request, gtin: str, lot: str, entry_id: str) -> HttpResponse:
        """Of the hand-off or stay that this entry tells of, for whom that is evidence for."""
        key, acting, at = key_of(gtin, lot), acting_of(request), timezone.now()
        if outputs_for(acting.gln, key) is None:
            raise no_such_lot()
        outputs = outputs_about(acting.gln, key, entry_id)
        if outputs is None:
            raise _no_such_leg()
        chain = chain_of(key, at, asking=acting.gln, outputs=outputs)
        leg = one_leg(chain, entry_id)
        if leg is None:
            raise _no_such_leg()
        names = deciders_for(acting.gln, key)
        made = leg_report(chain, leg, at, settings.SITE_URL, names)
        return as_pdf(made, f"temperature-{key.gtin}-{key.lot}-{entry_id[:8]}.pdf")


def _no_such_leg() -> Refusal:
    message = "This entry tells of no temperature of yours."
    return Refusal(HTTPStatus.NOT_FOUND, "LEG_UNKNOWN", message)


@method_decorator(gzip_page, name="dispatch")
class LotEvidence(Door):
    """Everything needed to check a lot without this server."""

    content_negotiation_class = TakesAnything

    @documented(
        "Lots",
        "Evidence of a lot",
        answers={200: text("An evidence file: docs/spec/evidence.md.")},
        problems=(400, *READING),
        parameters=[
            OpenApiParameter("serial", description="Of this one pack, and of no other."),
            OpenApiParameter(
                "part", int, description="From 1: a file is about 1,000 outputs at most."
            ),
        ],
    )
    def get(self, request: Request, gtin: str, lot: str) -> HttpResponse:
        """For its maker, authorities and auditors; for others, of the goods they had or were sent.

        `ledger.verifier` checks it. Of one pack: for whom it is with, its maker and authorities.
        Where there are several parts, `Evidence-Parts` says how many, and `Link` which is next.
        """
        key, acting = key_of(gtin, lot), acting_of(request)
        serial, part = request.query_params.get("serial", ""), number(request, "part", 1)
        parts = 1 if serial else len(parts_for(acting.gln, key))
        if serial:
            found = _pack_evidence(acting, key, Serial.parse(serial))
        else:
            found = lot_evidence(acting.gln, key, _opening(acting), part=part)
        if found is None or not found.items:
            raise no_such_lot()
        response = HttpResponse(found.as_bytes(), content_type="application/json")
        response["Evidence-Parts"] = str(parts)
        if part < parts:
            response["Link"] = f'<{request.path}?part={part + 1}>; rel="next"'
        return response


def _pack_evidence(acting: Acting, key: LotKey, serial: Serial) -> Evidence | None:
    return pack_evidence(key, serial, acting.gln, _opening(acting))


def _opening(acting: Acting) -> Disclose:
    """What was sealed in the organisation's own hand-offs."""
    return partial(own_disclosures, gln=acting.gln)


def key_of(gtin: str, lot: str) -> LotKey:
    """The lot that an address names; what names none is not there."""
    try:
        return LotKey(Gtin.parse(gtin), LotNumber.parse(lot))
    except Invalid:
        raise no_such_lot() from None


def no_such_lot() -> Refusal:
    """Nothing there, or nothing that this organisation may see: it is told the same."""
    return Refusal(HTTPStatus.NOT_FOUND, "LOT_UNKNOWN", "There is no such lot in your trade.")


def _wanted(row: LotLine, flag: str, *, gtin: str, lot: str) -> bool:
    named = gtin in ("", str(row.key.gtin)) and lot in ("", str(row.key.lot))
    flagged = {"recalled": row.recalled, "on_hold": row.on_hold, "none": not row.flags}
    return named and (not flag or flagged[flag])


def _words(row: LotLine) -> tuple[str, ...]:
    return (str(row.key.gtin), str(row.key.lot), row.name, row.strength, row.form, row.maker)
