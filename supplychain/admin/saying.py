"""What was refused, as who sits at the desk reads it: names, days, and what to do now.

The rules speak to programs too: of parties by their GLN, of moments as ISO 8601 writes them, of
entries by their ids. Their sentences stay as they are; only what a person sees is put into words.
"""

import re
from datetime import UTC, datetime
from re import Match
from typing import Final

from supplychain.admin.stories import state_in_words
from supplychain.domain.outputs import State
from supplychain.queries.organisations import names_of
from supplychain.web.wording import moment

TO_DO: Final = {
    "BORN_TWICE": "Look at the lot, or correct its number.",
    "CONTAINER_EMPTY": "Scan its packs one by one, or ask who packed it.",
    "CONTAINER_ELSEWHERE": "Receive it first, or scan its packs one by one.",
    "DATED_BEFORE_DISPATCH": "Correct the time of arrival.",
    "EXPIRED": "Set it aside, send it back or destroy it.",
    "MASS_IMBALANCE": "Correct the amount.",
    "NOT_HOLDER": "Look at the lot: they may have gone, or wait to be received.",
    "NOT_INSIDE": "Take it out of the list, or unpack what it is in.",
    "NOT_IN_TRANSIT": "Look at the lot's page for what became of them.",
    "NOT_RECEIVER": "Ask the sender to take the dispatch back and to send it to you.",
    "NO_CUSTODIAL_KEY": "Ask who runs this installation to keep a key for you.",
    "ON_HOLD": "Wait until the hold is lifted, or send it back.",
    "PACKED": "Scan its case, or open the case first.",
    "PACKS_NOT_NAMED": "Scan the packs, or tick them.",
    "PACK_NOT_HERE": "Receive the packs first, or take them out of the list.",
    "PRINTED_OTHERWISE": "Set it aside and ask its maker.",
    "RECALLED": "Set it aside, and send it back or destroy it.",
    "RECEIVER_MAY_NOT_HOLD": "Choose another receiver.",
    "RETURN_NOT_CHECKED": "Check what came back on the lot's page.",
    "SECOND_PERSON_NEEDED": "Somebody else of your QA confirms it then.",
    "STATES_MIXED": "Do it once for each of them.",
    "TEMPERATURE_UNDECIDED": "Your QA decides on the lot's page.",
    "TOO_MANY_PARTS": "Do it in smaller amounts.",
}
_GLN: Final = re.compile(r"(?<![\d(])\d{13}(?!\d)")
_MOMENT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)")
_ID: Final = re.compile(r"\b([0-9a-f]{8})[0-9a-f]{56}\b(?:#\d+)?")
_STATE: Final = re.compile(rf"\b(?:{'|'.join(one.value for one in State if '_' in one.value)})\b")


def said_of(refusal: Exception) -> str:
    """A refusal as a form says it: what is wrong, what to do, and the stable code behind it."""
    code = getattr(refusal, "code", "")
    told = f"{in_words(str(getattr(refusal, 'message', refusal)))} {TO_DO.get(code, '')}".strip()
    return f"{told} ({code})" if code else told


def in_words(message: str) -> str:
    """A rule's sentence with names beside GLNs, days for moments, and no long ids."""
    names = names_of(set(_GLN.findall(message)))

    def named(found: Match[str]) -> str:
        gln = found.group()
        return f"{names[gln]} ({gln})" if gln in names else gln

    words = _MOMENT.sub(_day, _GLN.sub(named, message))
    return _STATE.sub(_state, _ID.sub(r"\1…", words)).replace("`", "")


def _day(found: Match[str]) -> str:
    try:
        return moment(datetime.fromisoformat(found.group()).astimezone(UTC))
    except (ValueError, OverflowError):  # it only looks like one
        return found.group()


def _state(found: Match[str]) -> str:
    return state_in_words(found.group())
