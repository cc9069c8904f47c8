"""The chain of a lot as its evidence proves it, and nothing that only a table says.

Stored bytes go through the same verification that an inspector runs; what passes is played again
by the rules of custody. Tables are asked only where to look.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import connection

from ledger import proofs, signers
from ledger.core.checkpoint import Checkpoint
from ledger.core.entry import stream_id
from ledger.core.errors import LedgerError
from ledger.core.findings import Fact, Finding, Findings, Severity
from ledger.core.links import OutputRef
from ledger.core.registry import Registry
from ledger.core.remembered import RememberedSignatures
from ledger.core.signatures import OPENSSL
from ledger.core.verification import verify
from ledger.proofs import Disclose, StreamEvidence, Tampering
from supplychain.domain.errors import Invalid
from supplychain.domain.facts import LogHealth
from supplychain.domain.histories import Broken, History, replay_all
from supplychain.domain.identifiers import Gln
from supplychain.domain.lot_state import Act
from supplychain.domain.lots import Lot, LotKey
from supplychain.domain.parties import Party
from supplychain.domain.statements import Correction, LotRegister, LotStatement, Ship, read
from supplychain.domain.storage_profile import StorageProfile
from supplychain.queries.profiles import known_profile

_SIGNATURES = RememberedSignatures(OPENSSL)
# What is odd about single entries; everything else that is odd concerns the log as a whole.
_ABOUT_ENTRIES = frozenset(
    {"ENTRY_CHANGED", "ENTRY_MISSING", "ENTRY_NOT_LOGGED", "ENTRY_UNCOUNTED", "TREE_CHANGED"}
)
# That there is nothing about a lot is no flaw of the evidence: the lot is unknown. That witnesses
# are missing is none either, yet: the answer waits for them.
_NO_FLAW = frozenset({"NOTHING_ABOUT_SUBJECT", "WITNESS_QUORUM_NOT_MET"})
_RECEIVERS = """
SELECT DISTINCT receiver FROM supplychain_output
    WHERE stream_id = %(stream)s AND state = 'in_transit'
    AND (%(all)s OR entry_id = ANY(%(entries)s::text[]))
"""
_TOLD = """
SELECT unnest(ARRAY[entry_id, lifted_by]) FROM supplychain_flag WHERE stream_id = %(stream)s
UNION SELECT unnest(ARRAY[entry_id, spent_by]) FROM supplychain_output
    WHERE %(all)s AND stream_id = %(stream)s
"""


@dataclass(frozen=True, slots=True)
class Chain:
    """What is proven about a lot at the checkpoint that is shown.

    `errors` are the codes of what is wrong with the evidence, None where there is no evidence to
    check. `broken` are the custody rules that signed entries break. `pending` are entries that no
    checkpoint covers yet. `parties` are those whose admission is proven. `suspects` are entries
    that may be signed with a stolen key; `custody_of` says of each entry where its key lives.
    """

    key: LotKey
    history: History
    broken: tuple[Broken, ...]
    errors: tuple[str, ...] | None
    findings: tuple[Finding, ...]
    tampering: tuple[Tampering, ...]
    pending: tuple[str, ...]
    health: LogHealth
    checkpoint: Checkpoint | None
    witnessed_at: datetime | None
    index_of: Mapping[str, int]
    custody_of: Mapping[str, str]
    suspects: frozenset[str] | None
    parties: Mapping[str, Party]
    complete_to: int | None = None

    @property
    def lot(self) -> Lot | None:
        """The lot as its maker signed it; None where that is not proven."""
        return self.history.state.lot

    def found(self, code: str) -> bool:
        """Whether verification found this."""
        return any(one.code == code for one in self.findings)

    def involves(self, gln: str) -> bool:
        """Whether the party signed something about the lot or was sent some of it."""
        acts = self.history.acts.values()
        return any(
            gln == str(act.signer.gln)
            or (isinstance(act.statement, Ship) and gln == str(act.statement.to))
            for act in acts
        )


def chain_of(
    key: LotKey,
    at: datetime,
    *,
    asking: str | None = None,
    outputs: Collection[OutputRef] = (),
    disclose: Disclose = lambda _: (),
) -> Chain:
    """Prove the lot's chain; whatever was done to the database, this does not raise for it.

    The admission of the party `asking` is shown as well: what it may see and is told follows from
    the roles that were signed. With `outputs`, only what concerns these: where they come from and
    what is said of the whole lot, with the proof that nobody used them as of `complete_to`.
    `disclose` says which sealed members are read; else none is.
    """
    told = _told(key, outputs)
    found = _evidence(key, outputs, {asking} if asking else set(), disclose)
    shown = _suspicious(found, told)
    health = _health(shown)
    try:
        policy = signers.policy()
    except LedgerError:
        return _unproven(key, shown, LogHealth.UNKNOWN)
    if shown.evidence is None:
        return _unproven(key, shown, health)
    return _proven(key, shown, verify(shown.evidence, policy, at, _SIGNATURES), health)


def _evidence(
    key: LotKey, outputs: Collection[OutputRef], asking: set[str], disclose: Disclose
) -> StreamEvidence:
    if not outputs:
        named = asking | _receivers(key)
        return proofs.evidence_of(key.stream, parties=named, disclose=disclose)
    concerned = proofs.entries_concerning(key.stream, outputs)
    named = asking | _receivers(key, concerned)
    return proofs.evidence_of_outputs(
        key.stream, outputs, parties=named, concerned=concerned, disclose=disclose
    )


def _proven(key: LotKey, shown: StreamEvidence, found: Findings, health: LogHealth) -> Chain:
    parties = dict(_parties(found.registry))
    acts, unread = _acts(key, found, parties)
    history = replay_all(acts)
    return Chain(
        key=key,
        history=history,
        broken=(*unread, *history.broken),
        errors=_errors(found, shown.signs_of_tampering),
        findings=found.findings,
        tampering=shown.signs_of_tampering,
        pending=shown.pending,
        health=LogHealth.ALARM if found.checkpoint is None else health,
        checkpoint=found.checkpoint,
        witnessed_at=found.witnessed_at,
        index_of={fact.entry.entry_id: fact.index for fact in found.facts},
        custody_of={fact.entry.entry_id: fact.signer.custody for fact in found.facts},
        suspects=_suspects(found),
        parties=parties,
        complete_to=found.complete_to,
    )


def _unproven(key: LotKey, shown: StreamEvidence, health: LogHealth) -> Chain:
    signs = _entry_signs(shown.signs_of_tampering)
    return Chain(
        key=key,
        history=replay_all(()),
        broken=(),
        errors=signs or None,
        findings=(),
        tampering=shown.signs_of_tampering,
        pending=shown.pending,
        health=health,
        checkpoint=None,
        witnessed_at=None,
        index_of={},
        custody_of={},
        suspects=None,
        parties={},
    )


def _receivers(key: LotKey, entries: Collection[str] | None = None) -> set[str]:
    """Whom these dispatches, or all, name: their admission has to be shown too."""
    asked: dict[str, Any] = {
        "stream": str(stream_id(key.stream)),
        "all": entries is None,
        "entries": list(entries or ()),
    }
    with connection.cursor() as cursor:
        cursor.execute(_RECEIVERS, asked)
        return {receiver for (receiver,) in cursor.fetchall()}


def _told(key: LotKey, outputs: Collection[OutputRef]) -> set[str]:
    """The entries that the trade's tables speak of, read before the entries themselves.

    Where it is about some outputs, those that speak of the whole lot: whether others are missing
    is the ledger's own question.
    """
    asked: dict[str, Any] = {"stream": str(stream_id(key.stream)), "all": not outputs}
    with connection.cursor() as cursor:
        cursor.execute(_TOLD, asked)
        return {entry_id for (entry_id,) in cursor.fetchall() if entry_id is not None}


def _suspicious(shown: StreamEvidence, told: set[str]) -> StreamEvidence:
    """Add a sign for each entry that a table speaks of and that is not there: it was taken out."""
    signs = tuple(
        Tampering("ENTRY_MISSING", "An entry that changed this lot is not there any more.", one)
        for one in sorted(told - shown.entries)
    )
    return replace(shown, signs_of_tampering=(*shown.signs_of_tampering, *signs))


def _health(shown: StreamEvidence) -> LogHealth:
    whole = [sign for sign in shown.signs_of_tampering if sign.code not in _ABOUT_ENTRIES]
    return LogHealth.ALARM if whole or shown.evidence is None else LogHealth.HEALTHY


def _errors(found: Findings, signs: Iterable[Tampering]) -> tuple[str, ...]:
    flaws = (one for one in found.findings if one.severity is Severity.ERROR)
    codes = {one.code for one in flaws} - _NO_FLAW
    return tuple(sorted(codes | set(_entry_signs(signs))))


def _suspects(found: Findings) -> frozenset[str]:
    about = (one.entry_id for one in found.findings if one.code == "ENTRY_SUSPECT")
    return frozenset(filter(None, about))


def _entry_signs(signs: Iterable[Tampering]) -> tuple[str, ...]:
    return tuple(sorted({sign.code for sign in signs if sign.code in _ABOUT_ENTRIES}))


def _acts(
    key: LotKey, found: Findings, parties: Mapping[str, Party]
) -> tuple[list[Act], list[Broken]]:
    """The proven entries as acts, and those that are no statement of ours."""
    acts, broken = [], []
    signers: dict[str, str] = {}
    profile: StorageProfile | None = None
    for fact in found.facts:
        try:
            said = read(fact.entry)
            if isinstance(said, LotRegister):
                profile = known_profile(said.product.profile)
            acts.append(_act(key, fact, said, found.registry, parties, signers, profile))
            signers[fact.entry.entry_id] = fact.signer.party
        except Invalid as bad:
            broken.append(Broken(fact.entry.entry_id, "R14", bad.code, bad.message))
    return acts, broken


def _act(
    key: LotKey,
    fact: Fact,
    said: LotStatement,
    registry: Registry,
    parties: Mapping[str, Party],
    signers: Mapping[str, str],
    profile: StorageProfile | None,
) -> Act:
    signer = parties.get(fact.signer.party)
    return Act(
        entry_id=fact.entry.entry_id,
        key=key,
        signer=signer or Party.from_profile(fact.signer.party, fact.signer.profile),
        statement=said,
        at=fact.entry.statement.at,
        consumes=fact.entry.statement.consumes,
        receiver=_receiver(said, fact.index, registry),
        author=_author(said, signers),
        monitored=None if profile is None else profile.monitored,
        profile=profile,
        log=fact.entry.statement.log,
    )


def _receiver(said: LotStatement, index: int, registry: Registry) -> Party | None:
    """The party that a dispatch names, when it was admitted before the dispatch."""
    admitted = registry.parties.get(str(said.to)) if isinstance(said, Ship) else None
    if admitted is None or admitted.admitted >= index or not isinstance(said, Ship):
        return None
    return Party.from_profile(str(said.to), admitted.profile)


def _author(said: LotStatement, signers: Mapping[str, str]) -> Gln | None:
    """Who signed the entry that a correction cites."""
    author = signers.get(said.entry) if isinstance(said, Correction) else None
    return None if author is None else Gln.parse(author)


def _parties(registry: Registry) -> Iterable[tuple[str, Party]]:
    for gln, admitted in registry.parties.items():
        try:
            yield gln, Party.from_profile(gln, admitted.profile)
        except Invalid:
            continue
