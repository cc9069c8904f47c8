"""A change of authorities: from which index of the log on others have the last word.

Their keys stand in the verifiers' policies and in no entry. The new policy is written while nothing
can be said in the registry, and after all that was said is logged: so that every word of the old
ones lies below the index at which the new ones begin, and every word of theirs at it or above.
"""

from collections.abc import Callable, Sequence
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper

from ledger import durable_files, signers
from ledger.core.entry import stream_id
from ledger.core.errors import Refused
from ledger.core.keys import PublicKey
from ledger.core.policy import Policy
from ledger.core.registry_acts import STREAM
from ledger.models import Key

TRIES = 100
_LOCK = "SELECT FROM ledger_stream WHERE stream_id = %s FOR UPDATE"
_WAITING = "SELECT count(*) FROM ledger_inbox WHERE stream_id = %s"
_SIZE = "SELECT coalesce(max(index), -1) + 1 FROM ledger_leaf"


def change_authorities(
    keys: Sequence[PublicKey], quorum: int, *, pause: Callable[[], None]
) -> Policy:
    """Write and return the policy under which these are the authorities from the next index on.

    `pause` is called between looks at whether all that the old ones said is logged. Raises
    `Refused` REGISTRY_NOT_LOGGED where it is not after 100 of them, and KEY_KNOWN for a key of a
    party; `Malformed` for keys or a quorum that no policy has, and where nothing was logged since
    the last change.
    """
    file = Path(settings.KEYS_DIR) / signers.POLICY_FILE
    with durable_files.locked(file), transaction.atomic(), connection.cursor() as cursor:
        registry = stream_id(STREAM)
        cursor.execute(_LOCK, [registry])
        for _ in range(TRIES):
            if not _number(cursor, _WAITING, [registry]):
                break
            pause()
        else:
            message = "What the authorities said is not logged: does the sequencer run?"
            raise Refused("REGISTRY_NOT_LOGGED", message)
        _prove_nobodys(keys)
        policy = signers.policy().succeeded(tuple(keys), quorum, _number(cursor, _SIZE))
        durable_files.replace(file, policy.as_bytes())
    return policy


def _prove_nobodys(keys: Sequence[PublicKey]) -> None:
    """That no party ever had one of the keys: the entry that gave it that key would be bad."""
    taken = Key.objects.filter(kid__in=[key.kid for key in keys]).first()
    if taken is not None:
        message = f"Key {taken.kid} is one of {taken.party_id}: an authority has keys of its own."
        raise Refused("KEY_KNOWN", message)


def _number(cursor: CursorWrapper, sql: str, values: Sequence[UUID] = ()) -> int:
    cursor.execute(sql, values)
    row = cursor.fetchone()
    return int(row[0]) if row else 0
