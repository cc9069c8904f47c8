"""Statements that a connection plans once, and from then on only executes.

Half of the database's share of an append was reading and planning the same two questions again;
prepared, a single entry costs it a quarter less. Of its share of a scan planning was two thirds.
What stays in the session is known here by the driver's own connection, so that a new connection
begins anew.
"""

import re
from collections.abc import Mapping
from typing import Any
from weakref import WeakKeyDictionary

from django.conf import settings
from django.db import connection
from django.db.backends.utils import CursorWrapper

# Left to itself PostgreSQL takes each list to have ten members, thinks that a plan for any values
# is dear, and plans anew each time. And a plan is kept while the tables grow from nothing.
_KEEP = "SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL enable_seqscan = off; "
_PLACE = re.compile(r"%\((\w+)\)s")
_prepared: WeakKeyDictionary[object, set[str]] = WeakKeyDictionary()


class Prepared:
    """A statement with named places as the driver writes them, `%(stream)s`.

    It is planned without its values: write it so that one plan is best for all of them.
    """

    def __init__(self, name: str, sql: str) -> None:
        self.name = name
        self.sql = sql
        self._places = list(dict.fromkeys(_PLACE.findall(sql)))

    def text(self, cursor: CursorWrapper, values: Mapping[str, Any]) -> str:
        """Return SQL that executes the statement with these values."""
        if not settings.DATABASE_PREPARED:
            return _quoted(cursor, self.sql, values)
        done = _prepared.setdefault(cursor.connection, set())
        if self.name not in done:
            cursor.execute(f"PREPARE {self.name} AS {self._numbered()}")
            done.add(self.name)
        places = ",".join(f"%({place})s" for place in self._places)
        return _KEEP + _quoted(cursor, f"EXECUTE {self.name}({places})", values)

    def rows(self, values: Mapping[str, Any]) -> list[Any]:
        """Execute it with these values; returns all rows."""
        with connection.cursor() as cursor:
            cursor.execute(self.text(cursor, values))
            return list(cursor.fetchall())

    def _numbered(self) -> str:
        numbered = _PLACE.sub(lambda place: f"${self._places.index(place[1]) + 1}", self.sql)
        return numbered.replace("%%", "%")  # as the driver writes a percent sign beside places


class Planned:
    """A statement that is planned for its values each time.

    For tables that grow by the thousand within a session: a plan that was made while they were
    small, and nothing was known of them, may read all of a stream for a few of its rows.
    """

    def __init__(self, sql: str) -> None:
        self.sql = sql

    def rows(self, values: Mapping[str, Any]) -> list[Any]:
        """Execute it with these values; returns all rows."""
        with connection.cursor() as cursor:
            cursor.execute(self.sql, values)
            return list(cursor.fetchall())


def _quoted(cursor: CursorWrapper, sql: str, values: Mapping[str, Any]) -> str:
    quoted: bytes = cursor.mogrify(sql, values)
    return quoted.decode()
