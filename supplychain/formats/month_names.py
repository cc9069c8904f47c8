"""Names of months in the languages that loggers' programs write, as the numbers that they are.

English, German, French, Spanish, Italian, Portuguese and Dutch, short or in full: a name that two
of them have is the same month in both. Names of other languages are not guessed at.
"""

import re
from typing import Final

_NAMES: Final = (
    "jan january januar janv janvier ene enero gen gennaio janeiro januari",
    "feb february februar févr fevr février fevrier febrero febbraio fev fevereiro februari",
    "mar march mär mrz märz mars marzo março marco mrt maart",
    "apr april avr avril abr abril aprile",
    "may mai mayo mag maggio maio mei",
    "jun june juni juin junio giu giugno junho",
    "jul july juli juil juillet julio lug luglio julho",
    "aug august août aout ago agosto augustus",
    "sep sept september septembre septiembre set settembre setembro",
    "oct october okt oktober octobre octubre ott ottobre out outubro",
    "nov november novembre noviembre novembro",
    "dec december dez dezember déc decembre décembre dic diciembre dicembre dezembro",
)
MONTHS: Final = {name: n for n, names in enumerate(_NAMES, 1) for name in names.split()}

_NAME: Final = r"(?P<name>[^\W\d_]{3,10})\.?"
_BESIDE: Final = r"(?:[-/.]|[ ,]{1,2})"
_IN_THE_MIDDLE: Final = re.compile(
    rf"(?P<first>[0-9]{{1,4}})\.?{_BESIDE}{_NAME}{_BESIDE}(?P<last>[0-9]{{2,4}})(?=[T ,]|$)"
)
_IN_FRONT: Final = re.compile(
    rf"{_NAME}{_BESIDE}(?P<first>[0-9]{{1,2}}){_BESIDE}(?P<last>[0-9]{{2,4}})(?=[T ,]|$)"
)


def numbered(text: str) -> tuple[str, int | None]:
    """The date at the start of a text with its month as a number, and where the month stands.

    The place is 0 or 1, None where no name of a month stands there: then the text is as it was.

    >>> numbered("21-Nov-2026 08:05")
    ('21-11-2026 08:05', 1)
    >>> numbered("Dez. 24, 2026 8:05 PM")
    ('12-24-2026 8:05 PM', 0)
    """
    for form, place in ((_IN_THE_MIDDLE, 1), (_IN_FRONT, 0)):
        match = form.match(text)
        month = MONTHS.get(match["name"].lower()) if match else None
        if match and month:
            parts = [match["first"], match["last"]]
            parts.insert(place, str(month))
            return "-".join(parts) + text[match.end() :], place
    return text, None
