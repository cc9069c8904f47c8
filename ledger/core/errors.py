"""The three ways in which the ledger says no.

Every reader of the ledger raises one of these and nothing else, whatever bytes it is given.
"""


class LedgerError(Exception):
    """A refusal with a stable `code` (UPPER_SNAKE) and a plain sentence as `message`."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message

    def __str__(self) -> str:
        return self.message

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.code!r}, {self.message!r})"

    def __reduce__(self) -> tuple[type["LedgerError"], tuple[str, str]]:
        """Let the error cross a process boundary whole (test workers, task queues)."""
        return type(self), (self.code, self.message)


class Malformed(LedgerError):
    """The bytes are not of the format."""


class Refused(LedgerError):
    """Well-formed, but against a rule of the ledger."""


class Conflict(Refused):
    """Refused because it clashes with something that is already there."""
