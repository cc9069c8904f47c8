"""Lots made of lots."""

from rest_framework.request import Request
from rest_framework.response import Response

from supplychain.api.change_shapes import NewTransformation
from supplychain.api.documented import documented_signing
from supplychain.api.doors import Door, Right
from supplychain.api.shapes import checked, lot_of, packs_of
from supplychain.api.signing import Turn, answer_signed
from supplychain.domain.statements import TransformKind
from supplychain.domain.transform_statements import Into
from supplychain.recording.submissions import Recorded
from supplychain.services.transform_lot import transform_lot

_EXAMPLE = {
    "gtin": "00614141000012",
    "lot": "A1",
    "kind": "repack",
    "operation": "OP-1",
    "into": [{"gtin": "00614141000012", "lot": "A1-S", "uses": 19, "makes": 57}],
    "lost": 1,
    "reason": "Smaller packs; one fell down.",
}


class Transformations(Door):
    """Units that become units of other lots."""

    rights = {"POST": Right.SIGN}

    @documented_signing("Lots", "Transform a lot", request=NewTransformation, example=_EXAMPLE)
    def post(self, request: Request) -> Response:
        """Repack, split, merge or relabel; what is lost in it is declared (R4).

        One request for each lot that goes in, with the same operation; then register what it makes.
        """
        given = checked(NewTransformation, request)
        lot = lot_of(given)
        into = tuple(Into(lot_of(one), one["uses"], one["makes"]) for one in given["into"])

        def sign(turn: Turn) -> Recorded:
            return transform_lot(
                party=turn.party,
                lot=lot,
                operation=given["operation"],
                kind=TransformKind(given["kind"]),
                into=into,
                lost=given["lost"],
                reason=given["reason"],
                at=turn.at,
                nonce=turn.nonce,
                packs=packs_of(given),
                lost_packs=packs_of(given, "lost_packs"),
            )

        return answer_signed(request, sign)
