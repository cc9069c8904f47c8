"""Put a case into a party's exceptions inbox."""

from datetime import datetime

from supplychain.domain.exception_cases import ExceptionCase
from supplychain.queries.exceptions import case_number
from supplychain.recording.exceptions_noted import Noted, open_cases


def raise_exception_case(*, party: str, case: ExceptionCase, source: str, at: datetime) -> int:
    """Open a case, once for each source, such as `hand:<nonce>`; return its number."""
    open_cases([Noted(party, source, case, at)])
    return case_number(party, source)
