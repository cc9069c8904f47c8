"""What comes in by the one road, and what is answered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal, Self

from ledger.core.sets import Subset
from ledger.core.statement import Attachment
from supplychain.domain.conditions import Series
from supplychain.domain.identifiers import Serial


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


Named = tuple[bytes, tuple[Serial, ...]]  # packs, and the secret of their lot


@dataclass(frozen=True, slots=True)
class WorkedOut:
    """The keys of packs, and their set with its nodes: all follows from packs and secret alone."""

    keys: tuple[bytes, ...]
    whole: Subset
    nodes: Mapping[bytes, bytes]


@dataclass(frozen=True, slots=True)
class PackLists:
    """The packs that go into each output, by its number; one may go without, and has the rest.

    `containers` are the packs that go into or out of each container that a statement about packing
    lists, `over` those that a receipt found too much. `secret` is the lot's, 32 random bytes, given
    when its packs are born. `worked_out` is what was worked out when the entry was signed here, by
    secret and packs, so that its judge need not do it again.
    """

    serials: Mapping[int, tuple[Serial, ...]] = field(default_factory=dict)
    containers: Mapping[int, tuple[Serial, ...]] = field(default_factory=dict)
    secret: bytes | None = field(default=None, repr=False)
    over: tuple[Serial, ...] = ()
    worked_out: dict[Named, WorkedOut] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def first(cls, packs: Sequence[Serial] | None) -> Self:
        """These packs go into the first output, the rest stays where it is; None names none."""
        return cls() if packs is None else cls({0: tuple(packs)})


NO_PACKS = PackLists()


@dataclass(frozen=True, slots=True)
class Submission:
    """A signed entry as received, with the readings, files and packs that its statement cites."""

    text: str = field(repr=False)
    readings: tuple[Series, ...] = ()
    files: tuple[File, ...] = ()
    packs: PackLists = NO_PACKS


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
