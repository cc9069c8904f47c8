"""One reading, proven to be among those that were signed."""

from http import HTTPStatus

from drf_spectacular.utils import OpenApiParameter
from rest_framework.request import Request
from rest_framework.response import Response

from ledger.core.entry import stream_id
from supplychain.api.answers import ReadingProofShape
from supplychain.api.documented import READING, documented
from supplychain.api.doors import Door, acting_of
from supplychain.api.errors import Refusal
from supplychain.api.lots import key_of, no_such_lot
from supplychain.domain.members import instant
from supplychain.domain.reading_proofs import ReadingProof
from supplychain.queries.access import may_see_lot
from supplychain.queries.own_goods import may_see_entry
from supplychain.queries.readings import series_kept


class ReadingOne(Door):
    """A reading of a lot's temperature."""

    @documented(
        "Temperature",
        "Prove one reading",
        answers={200: ReadingProofShape},
        problems=(400, *READING),
        parameters=[
            OpenApiParameter("at", required=True, description="Its second, `2026-01-21T08:00:00Z`.")
        ],
    )
    def get(self, request: Request, gtin: str, lot: str, entry_id: str, n: int) -> Response:
        """That it is in series `n` of this entry, for whom the entry concerns."""
        key = key_of(gtin, lot)
        gln = acting_of(request).gln
        if not may_see_lot(gln, key):
            raise no_such_lot()
        at = instant(request.query_params.get("at"), "at")
        series = series_kept(stream_id(key.stream), entry_id, n)
        if series is None or not may_see_entry(gln, key, entry_id):
            raise Refusal(HTTPStatus.NOT_FOUND, "SERIES_UNKNOWN", "This entry has no such series.")
        proof = ReadingProof.of(series, int(at.timestamp()))
        answer = {"entry": entry_id, "series": n, "series_root": series.root.hex()}
        return Response(answer | {"proof": proof.as_json()})
