"""The message that carries an answer: five members of JSON, written and read here alone.

GS1 Lightweight Messaging Standard for Verification of Product Identifiers 1.1. What we write has
just these members, in the standard's order. What others write is read strictly wherever it means
something; members beside that are theirs, and mean nothing here.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Self, TypeVar

from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gln
from supplychain.domain.verification_answers import (
    AdditionalInfo,
    FailureReason,
    VerificationAnswer,
)
from supplychain.domain.verification_requests import prove_uuid_4

BYTES_MAX = 16_384
_INSTANT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]{1,6})?"
    r"(?:Z|[+-][0-9]{2}:[0-9]{2})",
    re.ASCII,
)
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class VerificationReply:
    """An answer, who gave it and when, and the question's own UUID."""

    at: datetime
    responder: Gln
    answer: VerificationAnswer
    corr_uuid: str

    def as_bytes(self) -> bytes:
        """The JSON text."""
        data: dict[str, bool | str] = {"verified": self.answer.verified}
        if self.answer.reason is not None:
            data["verificationFailureReason"] = self.answer.reason.value
        if self.answer.info is not None:
            data["additionalInfo"] = self.answer.info.value
        instant = self.at.astimezone(UTC).isoformat(timespec="milliseconds")
        return _written(
            {
                "verificationTimestamp": instant.replace("+00:00", "Z"),
                "responderGLN": str(self.responder),
                "data": data,
                "corrUUID": self.corr_uuid,
            }
        )

    @classmethod
    def parse(cls, text: bytes, *, asked: str) -> Self:
        """Read a reply to the question of this UUID. Raises Invalid."""
        said = _object(_loads(text), "the reply")
        corr_uuid = _text(said, "corrUUID")
        prove_uuid_4(corr_uuid)
        if corr_uuid.lower() != asked.lower():
            raise Invalid("WRONG_UUID", "corrUUID: this replies to another question.")
        return cls(
            at=_instant(_text(said, "verificationTimestamp")),
            responder=Gln.parse(_text(said, "responderGLN")),
            answer=_answer(_object(said.get("data"), "data")),
            corr_uuid=corr_uuid,
        )


def connectivity(responder: Gln) -> bytes:
    """The JSON text that says who answers for a product."""
    return _written({"responderGLN": str(responder)})


def _answer(data: Mapping[str, object]) -> VerificationAnswer:
    """Verified without a reason, or not verified with one: anything else says nothing."""
    reason = _word(data, "verificationFailureReason", FailureReason)
    if data.get("verified") is not (reason is None):
        raise Invalid("CONTRADICTION", "verified: true without a reason, or false with one.")
    return VerificationAnswer(reason, _word(data, "additionalInfo", AdditionalInfo))


def _word(data: Mapping[str, object], name: str, words: type[Word]) -> Word | None:
    if name not in data:
        return None
    said = _text(data, name)
    if said not in set(words):
        raise Invalid("UNKNOWN_WORD", f"{name}: {said[:40]!r} is no word of the standard.")
    return words(said)


def _instant(text: str) -> datetime:
    wrong = f"verificationTimestamp {text[:40]!r}: expected a moment of RFC 3339."
    if not _INSTANT.fullmatch(text):
        raise Invalid("INVALID_INSTANT", wrong)
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError):
        raise Invalid("INVALID_INSTANT", wrong) from None


def _text(said: Mapping[str, object], name: str) -> str:
    value = said.get(name)
    if not isinstance(value, str):
        raise Invalid("WRONG_SHAPE", f"{name}: expected text.")
    return value


def _object(value: object, name: str) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise Invalid("WRONG_SHAPE", f"{name}: expected an object.")
    return value


def _written(value: Mapping[str, object]) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


def _loads(text: bytes) -> object:
    if len(text) > BYTES_MAX:
        raise Invalid("TOO_LARGE", f"A reply has at most {BYTES_MAX} bytes.")
    try:
        value: object = _DECODER.decode(text.decode())
    except (ValueError, RecursionError):
        raise Invalid("MALFORMED_JSON", "The reply is not JSON.") from None
    return value


def _no_duplicates(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise Invalid("DUPLICATE_KEY", "An object has two members of one name.")
    return found


_DECODER = json.JSONDecoder(object_pairs_hook=_no_duplicates)
