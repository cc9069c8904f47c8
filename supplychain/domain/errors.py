"""The domain's two kinds of bad news: a value that is none, and a rule that was broken."""

from collections.abc import Callable
from functools import partial

from ledger.core.errors import Malformed


class Invalid(Malformed):
    """A value is not of its format: an identifier, a member of a statement, a party's profile.

    `code` is stable (UPPER_SNAKE); `message` gives value, expectation and finding.
    """


class RuleBroken(Exception):  # noqa: N818 - named for what happened, as the trade says it
    """A well-formed statement breaks a rule of custody, and changes nothing.

    `rule` is the rule's number ("R4"), `code` the stable code beside it, `message` one sentence.
    `conflict` is true where the statement clashes with something that already stands.
    """

    def __init__(self, rule: str, code: str, message: str, *, conflict: bool = False) -> None:
        super().__init__(message)
        self.rule = rule
        self.code = code
        self.message = message
        self.conflict = conflict

    def __reduce__(self) -> tuple[Callable[..., "RuleBroken"], tuple[str, str, str]]:
        """Let it cross a process boundary whole (test workers, task queues)."""
        return partial(RuleBroken, conflict=self.conflict), (self.rule, self.code, self.message)
