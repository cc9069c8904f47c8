"""Ask the maker of a pack, who answers elsewhere, whether it is his."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from http import HTTPStatus

from django.conf import settings

from ledger.bounded_call import Bounds, CallFailed, Said, call
from ledger.core.errors import Malformed, Refused
from supplychain.domain.identifiers import Gln
from supplychain.domain.verification_replies import BYTES_MAX, VerificationReply
from supplychain.domain.verification_requests import VerificationRequest
from supplychain.models import Responder
from supplychain.queries.responders import responder_elsewhere
from supplychain.queries.verifications import Asked, message_of

TIMEOUT_S = 5.0
_BOUNDS = Bounds(timeout_s=TIMEOUT_S, bytes_max=BYTES_MAX + 1)
_NO_ANSWER = 0
_TROUBLE: Mapping[int, str] = {
    HTTPStatus.BAD_REQUEST: "The responder does not understand the question.",
    HTTPStatus.UNAUTHORIZED: "The responder does not know us: see VERIFICATION_TOKENS.",
    HTTPStatus.FORBIDDEN: "The responder does not answer us.",
    HTTPStatus.NOT_FOUND: "The responder does not know the product.",
    HTTPStatus.TOO_MANY_REQUESTS: "The responder has had too many questions: ask later.",
}


def ask_verification(*, question: VerificationRequest, at: datetime) -> Asked:
    """Put the question to who answers for the product elsewhere, and keep both.

    Takes five seconds at most. An answer that is none (an error, a redirection, a text that says
    nothing clear or is somebody else's) is told as trouble, and never as a yes or a no. Raises
    Refused RESPONDER_UNKNOWN.
    """
    responder = responder_elsewhere(question.product.gtin)
    if responder is None:
        raise Refused("RESPONDER_UNKNOWN", "Nobody is known who answers for this product.")
    status, asked = _put(responder, question)
    _keep(asked, question, status, at)
    return asked


def _put(responder: Responder, question: VerificationRequest) -> tuple[int, Asked]:
    asked = Asked(Gln(responder.gln))
    try:
        said = _call(responder, question.as_address())
    except CallFailed:
        return _NO_ANSWER, replace(asked, trouble="The responder does not answer.")
    except Malformed as bad:
        return _NO_ANSWER, replace(asked, trouble=f"The responder's address: {bad}")
    if said.status != HTTPStatus.OK:
        trouble = _TROUBLE.get(said.status, f"The responder answers {said.status}.")
        return said.status, replace(asked, trouble=trouble)
    return said.status, _read(asked, said, question)


def _call(responder: Responder, path: str) -> Said:
    token = settings.VERIFICATION_TOKENS.get(responder.gln)
    headers = {"Accept": "application/json", "User-Agent": "unbroken"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    return call("GET", responder.address, path, headers=headers, bounds=_BOUNDS)


def _read(asked: Asked, said: Said, question: VerificationRequest) -> Asked:
    try:
        reply = VerificationReply.parse(said.body, asked=question.corr_uuid)
    except Malformed as bad:
        return replace(asked, trouble=f"The responder's answer cannot be read: {bad}")
    if reply.responder != asked.responder:
        return replace(asked, trouble=f"Somebody else answers: {reply.responder}.")
    return replace(asked, reply=reply)


def _keep(asked: Asked, question: VerificationRequest, status: int, at: datetime) -> None:
    row = message_of(question, at)
    row.asked_by_us, row.responder, row.status = True, str(asked.responder), status
    if asked.reply is not None:
        found = asked.reply.answer
        row.verified, row.reason, row.info = found.verified, found.reason or "", found.info or ""
    row.save()
