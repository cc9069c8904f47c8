"""Evidence of every release verifies for ever, and is said the same of."""

from tests.vectors.freeze import frozen, lines


def test_frozen_files_are_as_they_were_and_so_is_what_is_expected_of_them() -> None:
    """Add vectors; change none. That what is expected is found, the golden tests say."""
    assert len(frozen()) > 90
    assert set(frozen()) <= set(lines())


def test_each_name_is_frozen_once() -> None:
    names = [line.split()[2] for line in frozen()]
    assert len(set(names)) == len(names)
