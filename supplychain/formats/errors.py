"""The one way in which a partner's file fails to be read."""

from supplychain.domain.errors import Invalid


class FormatError(Invalid):
    """A file is not of its format, or beyond what is read; nothing of it was taken.

    `code` is stable, `message` says what was found and what to do, `line` is the line of the file
    (1 is the first, 0 the file as a whole).
    """

    def __init__(self, code: str, message: str, *, line: int = 0) -> None:
        """Put the line before the message."""
        super().__init__(code, f"Line {line}: {message}" if line else message)
        self.line = line
