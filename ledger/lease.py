"""The lease that makes one sequencer the only one.

A lease ends by the clock, which may be wrong, or with the holder's session at the database, which
bears a name made of the holder's: whoever was killed has none, and nobody need wait for the clock.
What keeps a sequencer that was replaced from writing is neither, but the fencing number, which
every transaction of a sequencer checks and locks.
"""

from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from ledger.core.errors import LedgerError

NAME = "log"
LENGTH = timedelta(seconds=5)

_LOCK = """
INSERT INTO ledger_sequencerlease (name, holder, fence, expires_at, sequenced)
     VALUES (%(name)s, '', 0, %(now)s, 0) ON CONFLICT DO NOTHING;
SELECT FROM ledger_sequencerlease WHERE name = %(name)s FOR UPDATE;
SELECT pg_stat_clear_snapshot();
"""
# The session gets its name before the row is let go: nobody sees a new holder without a session.
_TAKE = """
UPDATE ledger_sequencerlease lease
   SET holder = %(holder)s, fence = fence + 1, expires_at = %(until)s
 WHERE name = %(name)s AND (
       expires_at <= %(now)s OR holder = %(holder)s OR NOT EXISTS (
           SELECT FROM pg_stat_activity WHERE datname = current_database()
              AND application_name = 'sequencer ' || md5(lease.holder)))
RETURNING fence, set_config('application_name', 'sequencer ' || md5(holder), false)
"""


class LeaseHeld(LedgerError):  # noqa: N818  named as its kin in the core are
    """Another sequencer is at work; this one waits."""


class LeaseLost(LeaseHeld):
    """Another sequencer has taken over while this one thought that it was the one."""


class Lease:
    """What one sequencer knows about the lease; `holder` names it, `clock` is aware."""

    def __init__(self, holder: str, clock: Callable[[], datetime]) -> None:
        self.holder = holder
        self._clock = clock
        self._fence = 0
        self._expires_at: datetime | None = None

    @property
    def is_ours(self) -> bool:
        """Whether it was ours when we looked last."""
        return self._fence > 0

    @property
    def is_old(self) -> bool:
        """Whether it should be renewed."""
        return self._expires_at is None or self._expires_at - self._clock() < LENGTH / 2

    def acquire(self) -> None:
        """Take the lease if it is free, with the next fencing number; raises `LeaseHeld`."""
        now = self._clock()
        until = now + LENGTH
        values: dict[str, str | datetime] = {
            "name": NAME,
            "holder": self.holder,
            "now": now,
            "until": until,
        }
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(_LOCK, values)
            cursor.execute(_TAKE, values)
            row = cursor.fetchone()
        if row is None:
            raise LeaseHeld("LEASE_HELD", "Another sequencer holds the lease.")
        self._fence, self._expires_at = row[0], until

    def forget(self) -> None:
        """Ask anew before the next step: the session that bore our name may be gone."""
        self._fence = 0

    def check(self, cursor: CursorWrapper) -> None:
        """Lock and renew the lease in the transaction of `cursor`; raises `LeaseLost`."""
        expires_at = self._clock() + LENGTH
        cursor.execute(
            "UPDATE ledger_sequencerlease SET expires_at = %s"
            " WHERE name = %s AND holder = %s AND fence = %s",
            [expires_at, NAME, self.holder, self._fence],
        )
        if cursor.rowcount != 1:
            self._fence = 0
            raise LeaseLost("LEASE_LOST", f"Another sequencer has taken over from {self.holder}.")
        self._expires_at = expires_at

    def release(self) -> None:
        """Give it back, so that the next sequencer need not wait for its end."""
        with connection.cursor() as cursor:
            cursor.execute(
                "UPDATE ledger_sequencerlease SET expires_at = %s"
                " WHERE name = %s AND holder = %s AND fence = %s",
                [self._clock(), NAME, self.holder, self._fence],
            )
        self._fence = 0
