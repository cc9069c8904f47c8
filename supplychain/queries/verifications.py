"""What questions about packs are answered from, and what was asked and answered before."""

from dataclasses import dataclass
from datetime import datetime

from supplychain.domain.guessing import WINDOW
from supplychain.domain.identifiers import Gln, Gtin, Serial
from supplychain.domain.outputs import State
from supplychain.domain.verification_answers import PackRecord
from supplychain.domain.verification_replies import VerificationReply
from supplychain.domain.verification_requests import VerificationRequest
from supplychain.models import VerificationMessage
from supplychain.queries.descent import made_of
from supplychain.queries.lot_lines import lot_line
from supplychain.queries.packs import PackLine, pack_line
from supplychain.queries.sightings import doubts_about, stay_by


@dataclass(frozen=True, slots=True)
class Answered:
    """What a question comes to: a status of HTTP, and a reply with 200 only.

    `wait_s` goes with 429: how many seconds to wait.
    """

    status: int
    reply: VerificationReply | None = None
    wait_s: int = 0


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of asking somebody else: his reply, or why there is none that can be used."""

    responder: Gln
    reply: VerificationReply | None = None
    trouble: str = ""


def pack_on_record(gtin: Gtin, serial: Serial) -> PackRecord | None:
    """What is on record of a pack; None where no pack has this serial.

    What stands against a lot that its own was made of stands against it too (R11).
    """
    line = pack_line(gtin, serial)
    if line is None:
        return None
    older = (lot_line(key) for key in made_of(line.lot.key))
    lots = [line.lot, *filter(None, older)]
    return PackRecord(
        lot=line.lot.key.lot,
        expiry=line.lot.expiry,
        extended_from=line.lot.extended_from,
        state=State(line.state),
        recalled=any(lot.recalled for lot in lots),
        doubted=any(lot.on_hold for lot in lots) or _doubted(line),
    )


def _doubted(line: PackLine) -> bool:
    """Whether there seem to be two packs of its number (R13)."""
    found = doubts_about(line.pack.gtin, line.pack.serial, [stay_by(line)])
    return any(one.grave for one in found)


def guesses_of(requester: Gln, address: str, at: datetime, newest: int) -> list[list[datetime]]:
    """When this asker, and when anybody at this address, last asked for packs that are none."""
    guessed = VerificationMessage.objects.filter(guess=True, at__gt=at - WINDOW).order_by("-at")
    asker = guessed.filter(requester=str(requester))
    here = guessed.filter(address=address) if address else guessed.none()
    return [list(rows.values_list("at", flat=True)[:newest]) for rows in (asker, here)]


def message_of(question: VerificationRequest, at: datetime) -> VerificationMessage:
    """The row of a question, to be saved with what comes of it."""
    asked = question.product
    return VerificationMessage(
        at=at,
        gtin=str(asked.gtin),
        lot=str(asked.lot),
        serial=str(asked.serial),
        expiry=asked.expiry,
        requester=str(question.requester),
        context=question.context,
        corr_uuid=question.corr_uuid,
    )
