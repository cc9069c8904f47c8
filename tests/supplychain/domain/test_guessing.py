"""Who guesses waits; who waited may go on."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from supplychain.domain.guessing import WINDOW, wait_after

AT = datetime(2026, 11, 21, 8, tzinfo=UTC)
MOMENTS = st.lists(st.integers(0, 1200).map(lambda s: AT - timedelta(seconds=s)), max_size=12)


def ago(*minutes: float) -> list[datetime]:
    return [AT - timedelta(minutes=one) for one in minutes]


def test_a_few_errors_are_human() -> None:
    assert wait_after(ago(1, 2), allowed=3, at=AT) is None


def test_the_wait_ends_when_the_oldest_guess_that_counts_is_ten_minutes_old() -> None:
    assert wait_after(ago(1, 2, 4), allowed=3, at=AT) == timedelta(minutes=6)
    assert wait_after(ago(8, 1, 4, 2), allowed=3, at=AT) == timedelta(minutes=6)


def test_old_guesses_are_forgotten() -> None:
    assert wait_after(ago(1, 2, 10), allowed=3, at=AT) is None


@given(MOMENTS, st.integers(1, 5))
def test_whoever_waits_so_long_may_try_again_and_no_sooner(
    guesses: list[datetime], allowed: int
) -> None:
    wait = wait_after(guesses, allowed=allowed, at=AT)
    if wait is None:
        return
    assert timedelta() < wait <= WINDOW
    assert wait_after(guesses, allowed=allowed, at=AT + wait) is None
    sooner = AT + wait - timedelta(microseconds=1)
    assert wait_after(guesses, allowed=allowed, at=sooner) is not None
