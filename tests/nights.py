"""A night has more time than a change that waits for its answer: `make nightly`."""

import os

NIGHT = bool(os.environ.get("NIGHTLY"))
_MORE = 20


def examples(by_day: int) -> int:
    """How many examples Hypothesis tries of what is slow to try; by night twenty times as many."""
    return by_day * _MORE if NIGHT else by_day
