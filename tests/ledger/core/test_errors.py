import pickle

import pytest

from ledger.core.errors import Conflict, LedgerError, Malformed, Refused


def test_an_error_shows_its_sentence_to_people_and_its_code_to_programs() -> None:
    error = Refused("KEY_UNKNOWN", "No such key.")
    assert str(error) == "No such key."
    assert (error.code, error.message) == ("KEY_UNKNOWN", "No such key.")
    assert error.args == ("No such key.",)
    assert repr(error) == "Refused('KEY_UNKNOWN', 'No such key.')"


def test_a_conflict_is_a_refusal_and_a_malformed_text_is_not() -> None:
    assert issubclass(Conflict, Refused)
    assert issubclass(Refused, LedgerError)
    assert not issubclass(Malformed, Refused)


@pytest.mark.parametrize("kind", [LedgerError, Malformed, Refused, Conflict])
def test_an_error_crosses_to_another_process_whole(kind: type[LedgerError]) -> None:
    error = pickle.loads(pickle.dumps(kind("CODE", "A sentence.")))  # noqa: S301  our own bytes
    assert (type(error), error.code, error.message) == (kind, "CODE", "A sentence.")
