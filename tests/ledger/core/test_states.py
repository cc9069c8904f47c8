"""What is known of the log's past: roots by sizes, and when witnesses saw them."""

from datetime import UTC, datetime, timedelta

from ledger.core.states import States

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def hour(n: int) -> datetime:
    return NOON + timedelta(hours=n)


def three() -> States:
    """Cosigned at sizes 10 and 20, and proven at 15 without a witness."""
    states = States()
    for size, at in ((20, hour(2)), (10, hour(1)), (15, None)):
        states.add(size, bytes([size]) * 32, at)
    return states


def test_a_root_is_known_of_just_these_sizes() -> None:
    states = three()
    assert states.root(15) == b"\x0f" * 32
    assert states.root(14) is None


def test_below_a_size_the_largest_state_counts_that_somebody_saw() -> None:
    seen = [three().cosigned_below(size) for size in (10, 11, 20, 21, 99)]
    assert seen == [None, hour(1), hour(1), hour(2), hour(2)]


def test_above_a_size_the_smallest_state_counts_that_somebody_saw() -> None:
    seen = [three().cosigned_above(size) for size in (0, 9, 10, 19, 20)]
    assert seen == [hour(1), hour(1), hour(2), hour(2), None]
