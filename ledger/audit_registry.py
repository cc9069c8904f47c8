"""An audit's registry: told by its entries alone, and held against the tables that repeat it."""

from collections.abc import Iterator, Mapping
from typing import Any

from ledger import audit_rows
from ledger.audit_seen import SeenCheck
from ledger.core.entry import Entry
from ledger.core.errors import LedgerError
from ledger.core.policy import Policy
from ledger.core.registry import Key, Registry
from ledger.recomputing import (
    REGISTRY_ID,
    AuditFinding,
    Examined,
    Opinions,
    StoredRow,
    StreamCheck,
    examine,
    place,
)


class RegistryWalk:
    """Follows the registry from its first entry; afterwards `registry` is the last one."""

    def __init__(self, policy: Policy, opinions: Opinions) -> None:
        self.registry = Registry(policy.terms)
        self.nonces: dict[bytes, StoredRow] = {}
        """Nonces of its entries: no stream may use them again."""
        self.seen = SeenCheck()
        self.entries = 0
        self.second_opinions = 0
        self._origin = policy.log.name
        self._opinions = opinions

    def follow(self) -> Iterator[AuditFinding]:
        """Follow it to its end, and give what is wrong with it."""
        check: StreamCheck | None = None
        for part in audit_rows.read_stream(REGISTRY_ID):
            check = check or StreamCheck(part.stream)
            answers = self.seen.checked([self._examine(row) for row in part.rows])
            for row, examined in zip(part.rows, answers, strict=True):
                check.follow(row, examined)
        if check:
            yield from check.finish()
        yield from changes(self.registry)

    def _examine(self, row: StoredRow) -> Examined:
        examined = examine(row, self.registry, self._opinions, self._origin)
        self.entries += row.entry_number is not None
        self.second_opinions += examined.asked_again
        if examined.consumes is None:
            return examined
        self.nonces.setdefault(examined.nonce, row)
        try:
            entry = Entry.parse(row.jws.decode("ascii"))
            self.registry = self.registry.apply(entry, place(row), self._opinions.first)
        except LedgerError as fault:
            return examined.with_fault(fault.code, fault.message)
        return examined


def changes(registry: Registry) -> Iterator[AuditFinding]:
    """Give what the tables of parties and keys have otherwise than the registry."""
    parties = {
        name: (dict(party.profile), party.suspended) for name, party in registry.parties.items()
    }
    keys = {kid: _row(key) for kid, key in registry.keys.items()}
    yield from _differing("party", parties, audit_rows.parties())
    yield from _differing("key", keys, audit_rows.keys())


def _row(key: Key) -> tuple[Any, ...]:
    """What the table of keys says of a key."""
    revoked, successor = key.revoked is not None, key.successor or ""
    point = (key.public.x, key.public.y)
    return (*point, key.party, key.custody, successor, key.suspect_from, revoked)


def _differing(
    what: str, signed: Mapping[str, Any], stored: Mapping[str, Any]
) -> Iterator[AuditFinding]:
    for name in sorted(signed.keys() | stored.keys()):
        if signed.get(name) != stored.get(name):
            message = f"The table's {what} '{name}' is not what the registry says."
            yield AuditFinding("REGISTRY_CHANGED", f"{what} {name}"[:128], message)
