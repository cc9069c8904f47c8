"""What witnesses have cosigned, as it is stored: each line was checked before it came here."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import connection

from ledger import signers
from ledger.core.errors import LedgerError
from ledger.core.evidence_parts import COSIGNATURES_MAX
from ledger.core.note import MAX_SIGNATURES, Vkey
from ledger.core.tlog_policy import TlogPolicy
from ledger.models import Cosignature

_CANDIDATES = 64
"""Only where groups stand in groups may a size have lines enough, and not of the right ones."""

_WITNESSED = """
SELECT size, array_agg(witness) FROM ledger_cosignature
    WHERE key_id = ANY(%(keys)s)
    GROUP BY size HAVING count(*) >= %(fewest)s ORDER BY size DESC LIMIT %(most)s
"""
_NEWEST_LINES = """
SELECT first.key_id, coalesce(nullif(again.line, ''), first.line) FROM ledger_cosignature first
    LEFT JOIN ledger_witnessstate again ON again.key_id = first.key_id AND again.size = first.size
    WHERE first.size = %s ORDER BY first.id
"""
_FIRST_LINES = """
SELECT size, line FROM ledger_cosignature WHERE size = ANY(%s::bigint[])
    ORDER BY size DESC, id LIMIT %s
"""
_FIRST_OVER = """
SELECT DISTINCT first.size FROM unnest(%(indices)s::bigint[]) AS index
    CROSS JOIN LATERAL (
        SELECT size FROM ledger_cosignature WHERE size > index AND key_id = ANY(%(keys)s)
        GROUP BY size HAVING count(*) >= %(fewest)s ORDER BY size LIMIT 1
    ) first
"""


def trust() -> TlogPolicy:
    """Whom our own policy trusts; nobody, and nothing asked for, where there is no policy."""
    try:
        return signers.policy().trust
    except LedgerError:
        return TlogPolicy()


def keep(*, size: int, witness: str, vkey: Vkey, line: str, at: datetime) -> None:
    """Keep a line, unless the same key has cosigned this size before."""
    Cosignature.objects.bulk_create(
        [Cosignature(size=size, witness=witness, key_id=vkey.id.hex(), line=line, at=at)],
        ignore_conflicts=True,
    )


def newest_witnessed(policy: TlogPolicy) -> int | None:
    """The largest size at which the quorum is met; None where there is none, or none is asked."""
    if not policy.asks:
        return None
    with connection.cursor() as cursor:
        cursor.execute(
            _WITNESSED, {"keys": _keys(policy), "fewest": policy.fewest, "most": _CANDIDATES}
        )
        found = cursor.fetchall()
    return next((size for size, names in found if policy.is_met_by(names)), None)


def first_over(policy: TlogPolicy, indices: Collection[int]) -> set[int]:
    """The sizes at which each of these indices was first covered by enough cosignatures."""
    keys = _keys(policy)
    if not keys or not indices:
        return set()
    fewest = max(policy.fewest, 1)
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_OVER, {"keys": keys, "indices": list(indices), "fewest": fewest})
        return {size for (size,) in cursor.fetchall()}


def first_lines(sizes: Collection[int]) -> dict[int, tuple[str, ...]]:
    """The first line of each witness at each of these sizes; where too many, of the newest."""
    with connection.cursor() as cursor:
        cursor.execute(_FIRST_LINES, [list(sizes), COSIGNATURES_MAX])
        rows = cursor.fetchall()
    found: dict[int, tuple[str, ...]] = {}
    for size, line in rows:
        found[size] = (*found.get(size, ()), line)
    return found


def newest_lines(size: int) -> Sequence[str]:
    """The newest line of each witness at this size, so many as a note has room for."""
    with connection.cursor() as cursor:
        cursor.execute(_NEWEST_LINES, [size])
        return list(dict(cursor.fetchall()).values())[: MAX_SIGNATURES - 1]


def _keys(policy: TlogPolicy) -> list[str]:
    return [vkey.id.hex() for vkey in policy.witness_keys.values()]
