"""Four eyes: one person of QA proposes a release, another one confirms it."""

from typing import Any

from django.utils import timezone
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from supplychain.api.answers import ProposalShape
from supplychain.api.documented import READING, WRITING, documented, documented_signing
from supplychain.api.doors import Door, Right, acting_of
from supplychain.api.lists import PAGING, answer_page, page_shape
from supplychain.api.quality import RELEASE, outputs_of
from supplychain.api.shapes import NewConfirmation, NewRelease, NewWithdrawal, checked, lot_of
from supplychain.api.signing import Turn, answer_signed
from supplychain.domain.outputs import State
from supplychain.queries.proposals import Proposal, open_proposals
from supplychain.recording.submissions import Recorded
from supplychain.services.confirm_release import confirm_release
from supplychain.services.propose_release import propose_release
from supplychain.services.withdraw_proposal import withdraw_proposal


class Proposals(Door):
    """What waits for a second person."""

    rights = {"POST": Right.JUDGE}

    @documented(
        "Temperature",
        "List proposed releases",
        answers={200: page_shape(ProposalShape)},
        problems=(400, *READING),
        parameters=PAGING,
    )
    def get(self, request: Request) -> Response:
        """Those that nobody has confirmed, the oldest first."""
        rows = [_as_json(one) for one in open_proposals(acting_of(request).gln)]
        return answer_page(request, rows, ProposalShape, lambda row: (f"{row['id']:019d}",))

    @documented(
        "Temperature",
        "Propose a release",
        request=NewRelease,
        example=RELEASE,
        answers={201: ProposalShape},
        problems=WRITING,
    )
    def post(self, request: Request) -> Response:
        """Nothing is signed until somebody else confirms it; a newer proposal takes its place."""
        given, acting = checked(NewRelease, request), acting_of(request)
        made = propose_release(
            party=acting.gln,
            lot=lot_of(given),
            reason=given["reason"],
            named=given["decided_by"] or acting.name,
            by=acting.name,
            at=timezone.now(),
            state=State(given["state"]),
            outputs=outputs_of(given),
        )
        return Response(ProposalShape(_as_json(made)).data, status.HTTP_201_CREATED)


class Confirmations(Door):
    """A second person's yes."""

    rights = {"POST": Right.JUDGE}

    @documented_signing(
        "Temperature",
        "Confirm a release",
        request=NewConfirmation,
        example={"confirmed_by": "Robin Elm"},
    )
    def post(self, request: Request, proposal: int) -> Response:
        """The release is signed, with both names sealed; who proposed it does not confirm it."""
        given, acting = checked(NewConfirmation, request), acting_of(request)

        def sign(turn: Turn) -> Recorded:
            return confirm_release(
                party=turn.party,
                proposal=proposal,
                named=given["confirmed_by"] or acting.name,
                by=acting.name,
                at=turn.at,
                nonce=turn.nonce,
                salts=(turn.salt, turn.secret[: len(turn.salt)]),
            )

        return answer_signed(request, sign)


class Withdrawals(Door):
    """The end of a proposal that nobody confirms."""

    rights = {"POST": Right.JUDGE}

    @documented(
        "Temperature",
        "Withdraw a proposed release",
        request=NewWithdrawal,
        example={"proposal": 1},
        answers={200: ProposalShape},
        problems=WRITING,
    )
    def post(self, request: Request) -> Response:
        """Who proposed it takes it back, anybody else who judges declines it; nothing is signed."""
        given, party = checked(NewWithdrawal, request), acting_of(request).gln
        closed = withdraw_proposal(party=party, proposal=given["proposal"], at=timezone.now())
        return Response(ProposalShape(_as_json(closed)).data)


def _as_json(one: Proposal) -> dict[str, Any]:
    return {
        "id": one.id,
        "gtin": str(one.lot.gtin),
        "lot": str(one.lot.lot),
        "goods": one.state.value,
        "outputs": [str(ref) for ref in one.outputs],
        "reason": one.reason,
        "decided_by": one.named,
        "at": one.at,
    }
