"""Answer a partner's question about a pack."""

import logging
import math
from datetime import datetime
from http import HTTPStatus

from django.conf import settings

from supplychain.domain.guessing import wait_after
from supplychain.domain.identifiers import Gln
from supplychain.domain.verification_answers import answer
from supplychain.domain.verification_replies import VerificationReply
from supplychain.domain.verification_requests import VerificationRequest
from supplychain.queries.responders import responder_here
from supplychain.queries.verifications import (
    Answered,
    guesses_of,
    message_of,
    pack_on_record,
)

log = logging.getLogger(__name__)


def answer_verification(
    *, question: VerificationRequest, asking: str, address: str, at: datetime
) -> Answered:
    """The answer for the organisation `asking` (a GLN), whose program is at this address.

    1. 403 where it asks in another's name.
    2. 429 after too many questions about packs that are none.
    3. 404 where nobody here answers for the product.
    4. 200 with the reply of the product's owner.

    Questions and answers are kept, apart from those of step 2.
    """
    if str(question.requester) != asking:
        return _kept(Answered(HTTPStatus.FORBIDDEN), question, address, at)
    if (wait_s := _wait_s(question.requester, address, at)) is not None:
        log.warning("verification: %s at %s has to wait %s s", asking, address, wait_s)
        return Answered(HTTPStatus.TOO_MANY_REQUESTS, wait_s=wait_s)
    responder = responder_here(question.product.gtin)
    if responder is None:
        return _kept(Answered(HTTPStatus.NOT_FOUND), question, address, at)
    reply = _reply(question, responder, at)
    return _kept(Answered(HTTPStatus.OK, reply), question, address, at)


def _reply(question: VerificationRequest, responder: Gln, at: datetime) -> VerificationReply:
    asked = question.product
    record = pack_on_record(asked.gtin, asked.serial)
    found = answer(asked, record, context=question.context, at=at)
    return VerificationReply(at, responder, found, question.corr_uuid)


def _wait_s(requester: Gln, address: str, at: datetime) -> int | None:
    """How many seconds to wait; None where nobody has to."""
    allowed: int = settings.VERIFICATION_GUESSES_MAX
    found = [
        wait_after(guesses, allowed=allowed, at=at)
        for guesses in guesses_of(requester, address, at, allowed)
    ]
    waits = [math.ceil(wait.total_seconds()) for wait in found if wait is not None]
    return max(waits, default=None)


def _kept(given: Answered, question: VerificationRequest, address: str, at: datetime) -> Answered:
    """The same, with a row about it. Whoever asks in another's name is no guess of that other."""
    row = message_of(question, at)
    row.asked_by_us, row.address, row.status = False, address, given.status
    row.guess = given.status == HTTPStatus.NOT_FOUND
    if given.reply is not None:
        found = given.reply.answer
        row.responder, row.verified = str(given.reply.responder), found.verified
        row.reason, row.info, row.guess = found.reason or "", found.info or "", found.mismatched
    row.save()
    return given
