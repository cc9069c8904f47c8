"""The one way in which a partner's file fails to be read."""

from typing import Self

from supplychain.domain.errors import Invalid


class FormatError(Invalid):
    """A file is not of its format, or beyond what is read; nothing of it was taken.

    `code` is stable, `message` says what was found and what to do, `place` where: "Line 12" of XML,
    a JSON pointer (RFC 6901) such as "/epcisBody/eventList/0/action", "" for the file as a whole.
    """

    def __init__(self, code: str, message: str, *, place: str = "") -> None:
        """Put the place before the message."""
        super().__init__(code, f"{place}: {message}" if place else message)
        self.place = place

    def at(self, place: str) -> Self:
        """Return the same fault with its place, unless it has one already."""
        return self if self.place else type(self)(self.code, self.message, place=place)
