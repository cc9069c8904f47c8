"""What comes in by the one road, and what is answered."""

from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal

from ledger.core.statement import Attachment
from supplychain.domain.conditions import Series


@dataclass(frozen=True, slots=True)
class File:
    """A file that belongs to an entry, kept untouched and found by its hash."""

    content: bytes = field(repr=False)
    media: str

    @property
    def sha256(self) -> str:
        """The SHA-256 of the content, in hex."""
        return sha256(self.content).hexdigest()

    def as_attachment(self) -> Attachment:
        """What a statement says of the file. Raises Malformed for a media type that is none."""
        return Attachment(self.sha256, self.media, len(self.content))


@dataclass(frozen=True, slots=True)
class Submission:
    """A signed entry as received, with the readings and files that its statement cites."""

    text: str = field(repr=False)
    readings: tuple[Series, ...] = ()
    files: tuple[File, ...] = ()


@dataclass(frozen=True, slots=True)
class Recorded:
    """The entry stands: it is durable and its links are settled. `known`: it stood before."""

    entry_id: str
    stream: str
    known: bool
    state: Literal["accepted"] = "accepted"


@dataclass(frozen=True, slots=True)
class Refusal:
    """The entry was refused and nothing changed; `error` says why and is safe to show."""

    error: Exception
    entry_id: str | None = None

    @property
    def code(self) -> str:
        """The stable code of the broken rule."""
        return str(getattr(self.error, "code", "INTERNAL"))

    @property
    def message(self) -> str:
        """One sentence for a person."""
        return str(getattr(self.error, "message", self.error))


Answer = Recorded | Refusal
