"""The vandal: a superuser who rewrites a row of the ledger, triggers or not.

Part of the demonstration, because only what was done can be seen to be found out.
"""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from uuid import UUID

from django.db import connection, transaction


def rewrite_quantity(stream: UUID, type_: str, before: int, after: int) -> str:
    """Change a quantity inside a signed entry of this type; returns the id of the entry.

    The column keeps its length, the entry its id, and the database notices nothing.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT entry_id, jws FROM ledger_entry WHERE stream_id = %s AND type = %s"
            " ORDER BY number LIMIT 1",
            [stream, type_],
        )
        row = cursor.fetchone()
        if row is None:
            raise LookupError(f"No {type_} stands in stream {stream}.")
        entry_id, jws = row
        cursor.execute("ALTER TABLE ledger_entry DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE ledger_entry SET jws = %s WHERE stream_id = %s AND entry_id = %s",
            [_rewritten(bytes(jws), before, after), stream, entry_id],
        )
        cursor.execute(_TRIGGERS)
        for (trigger,) in cursor.fetchall():
            cursor.execute(f'ALTER TABLE ledger_entry ENABLE ALWAYS TRIGGER "{trigger}"')
    return str(entry_id)


_TRIGGERS = (
    "SELECT tgname FROM pg_trigger WHERE tgrelid = 'ledger_entry'::regclass AND NOT tgisinternal"
)


def _rewritten(jws: bytes, before: int, after: int) -> bytes:
    header, payload, signature = jws.split(b".")
    said = urlsafe_b64decode(payload + b"=" * (-len(payload) % 4))
    forged = said.replace(b'"quantity":%d' % before, b'"quantity":%d' % after, 1)
    return b".".join((header, urlsafe_b64encode(forged).rstrip(b"="), signature))
