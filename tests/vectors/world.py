"""A small log with people in it, always the same down to the byte: for vectors and for tests.

Keys come from names, nonces and salts from counting, times from a fixed morning. An operator
here is as honest as the test wants: `log` writes whatever it is given.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from ledger.core import merkle
from ledger.core.approvals import approval_message, approve
from ledger.core.canonical import Json
from ledger.core.checkpoint import Checkpoint, Vkey, sign_checkpoint
from ledger.core.closure import closure
from ledger.core.cosignature import cosign
from ledger.core.entry import Entry, sign
from ledger.core.envelope import Disclosure
from ledger.core.evidence import Earlier, Evidence, Item
from ledger.core.index import (
    ALL,
    OPERATOR,
    TYPE,
    WHOLE,
    IndexLeaf,
    IndexRoot,
    KeyProof,
    keys_of,
)
from ledger.core.index_count import IndexCount, IndexTree, counted
from ledger.core.keys import ORDER
from ledger.core.links import OutputRef
from ledger.core.policy import Policy
from ledger.core.registry_acts import (
    AddKey,
    AdmitParty,
    AffirmEntries,
    ReinstateParty,
    RevokeKey,
    RotateKey,
    SuspendParty,
    possession_message,
)
from ledger.core.signatures import LogKey, PrivateKey
from ledger.core.statement import Seen, Statement

ORIGIN = "log.example/vectors"
MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
AT = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
LOT = "lot:09506000134352/A1"
OTHER_LOT = "lot:09506000134352/B2"
MAKER, WHOLESALER, PHARMACY = "9506000111112", "9506000222228", "9506000333334"
WITNESS = "witness.example/w1"
NAMES = {MAKER: "Maker Ltd", WHOLESALER: "Wholesaler AG", PHARMACY: "Pharmacy Ćirić"}


def a_key(name: str) -> PrivateKey:
    """The P-256 key of this name."""
    scalar = int.from_bytes(sha256(b"p256 " + name.encode()).digest()) % (ORDER - 1) + 1
    return PrivateKey(ec.derive_private_key(scalar, ec.SECP256R1()))


def a_log_key(name: str) -> LogKey:
    """The Ed25519 key of this name."""
    seed = sha256(b"ed25519 " + name.encode()).digest()
    return LogKey(Ed25519PrivateKey.from_private_bytes(seed))


@dataclass
class World:
    """An authority, a log, and everything that was logged."""

    origin: str = ORIGIN
    authority: PrivateKey = field(default_factory=lambda: a_key("authority"))
    log_key: LogKey = field(default_factory=lambda: a_log_key("log"))
    texts: list[str] = field(default_factory=list)
    cosigned: dict[int, list[str]] = field(default_factory=dict)
    """Lines of witnesses by the size of the state that they cosigned."""
    indexed: int | None = None
    """How many entries the newest index is over."""
    lies: dict[str, IndexLeaf] = field(default_factory=dict)
    """What a lying operator puts into the index, by key."""
    lies_within: dict[str, list[IndexLeaf]] = field(default_factory=dict)
    """What he says the leaves of streams' own indexes are, by stream."""
    version: int = 1
    """Of the index that the operator signs, and of the evidence."""

    @property
    def policy(self) -> Policy:
        """Trust in this world's log and authority."""
        return Policy.trusting(Vkey(self.origin, self.log_key.public), self.authority.public)

    @property
    def size(self) -> int:
        """How many entries are logged."""
        return len(self.texts)

    def state(self, kind: str, **changes: Any) -> Statement:
        """A statement about the lot, with whatever else the test wants."""
        members: dict[str, Any] = {
            "log": self.origin,
            "stream": LOT,
            "type": kind,
            "at": MORNING + timedelta(minutes=10 * self.size),
            "nonce": sha256(b"nonce %d" % self.size).digest()[:16],
            "seen": Seen(0, merkle.EMPTY_ROOT),
            "consumes": (),
            "creates": 0,
            "body": {},
        }
        return Statement(**(members | changes))

    def log(self, text: str) -> Entry:
        """Write an SD-JWT into the log."""
        self.texts.append(text)
        return Entry.parse(text)

    def say(
        self,
        signer: PrivateKey,
        kind: str,
        disclosures: Sequence[Disclosure] = (),
        **changes: Any,
    ) -> Entry:
        """Sign a statement and log it."""
        return self.log(sign(self.state(kind, **changes), signer, disclosures))

    def register(
        self,
        kind: str,
        body: Mapping[str, Json],
        *,
        by: PrivateKey | None = None,
        **changes: Any,
    ) -> Entry:
        """Log a registry entry, signed by the authority unless said otherwise."""
        members: dict[str, Any] = {"stream": "registry", "body": body, **changes}
        return self.say(by or self.authority, kind, **members)

    def admit(self, party: str, *, by: PrivateKey | None = None) -> Entry:
        """Admit a party."""
        profile: dict[str, Json] = {"name": NAMES.get(party, party), "country": "CH"}
        return self.register(AdmitParty.TYPE, AdmitParty(party, profile).as_body(), by=by)

    def add_key(self, party: str, key: PrivateKey, *, by: PrivateKey | None = None) -> Entry:
        """Add a key to a party, with the key's own proof."""
        return self.register(AddKey.TYPE, self.key_body(party, key), by=by)

    def key_body(self, party: str, key: PrivateKey) -> dict[str, Json]:
        """The body that adds a key."""
        proof = key.sign(possession_message(self.origin, party, key.kid))
        return AddKey(party, key.public, "file", proof).as_body()

    def revoke(
        self, key: PrivateKey, *, since: int | None = None, by: PrivateKey | None = None
    ) -> Entry:
        """Revoke a key."""
        return self.register(RevokeKey.TYPE, RevokeKey(key.kid, "lost", since).as_body(), by=by)

    def suspend(self, party: str, *, by: PrivateKey | None = None) -> Entry:
        """Suspend a party."""
        act = SuspendParty(party, "Licence withdrawn")
        return self.register(act.TYPE, act.as_body(), by=by)

    def reinstate(self, party: str, *, by: PrivateKey | None = None) -> Entry:
        """Reinstate a party."""
        return self.register(ReinstateParty.TYPE, ReinstateParty(party).as_body(), by=by)

    def rotate(
        self, party: str, old: PrivateKey, new: PrivateKey, *, by: PrivateKey | None = None
    ) -> Entry:
        """Let a key give way to another one."""
        proof = new.sign(possession_message(self.origin, party, new.kid))
        act = RotateKey(old.kid, new.public, "file", proof)
        return self.register(act.TYPE, act.as_body(), by=by or old)

    def affirm(self, key: PrivateKey, *entries: Entry, by: PrivateKey) -> Entry:
        """Stand by entries that a revoked key signed."""
        act = AffirmEntries(key.kid, tuple(sorted(entry.entry_id for entry in entries)))
        return self.register(act.TYPE, act.as_body(), by=by)

    def approved(
        self,
        kind: str,
        body: Mapping[str, Json],
        *approvers: PrivateKey,
        by: PrivateKey | None = None,
    ) -> dict[str, Json]:
        """The body with approvals of what the authority, or `by`, logs next."""
        statement = self.state(kind)
        message = approval_message(
            log=self.origin,
            signer=(by or self.authority).kid,
            kind=kind,
            nonce=statement.nonce,
            body=body,
        )
        signed = dict(body)
        for approver in approvers:
            signed = approve(signed, approver, message)
        return signed

    def join(self, party: str) -> PrivateKey:
        """Admit a party and add its key."""
        self.admit(party)
        key = a_key(party)
        self.add_key(party, key)
        return key

    def root(self, size: int | None = None) -> bytes:
        """The root of the log, or of its first entries."""
        return merkle.root(self._leaves()[:size])

    def state_at(self, size: int) -> Checkpoint:
        """What the log was when it had this size."""
        return Checkpoint(self.origin, size, self.root(size))

    def place(self, entry: Entry) -> int:
        """The index of an entry in the log."""
        return [one.entry_id for one in self.entries()].index(entry.entry_id)

    def seen(self) -> Seen:
        """What somebody sees who looks now."""
        return Seen(self.size, self.root())

    def witness(self, at: datetime, *, name: str = WITNESS, key: LogKey | None = None) -> None:
        """Have a witness cosign what is logged."""
        line = cosign(self.state_at(self.size), name=name, key=key or a_log_key(name), at=at)
        self.cosigned.setdefault(self.size, []).append(line)

    def note(self) -> str:
        """The signed checkpoint of all that is logged, with what witnesses said of it."""
        note = sign_checkpoint(self.state_at(self.size), self.log_key)
        return note + "".join(f"{line}\n" for line in self.cosigned.get(self.size, ()))

    def index(self, **changes: Any) -> Entry:
        """Log the root of the index over all that is logged; the operator signs."""
        tree = IndexTree(self._index(self.size))
        self.indexed = self.size
        body = IndexRoot(self.size, tree.keys, tree.root, self.version).as_body()
        members: dict[str, Any] = {"stream": "index", "body": body, **changes}
        return self.say(a_key(OPERATOR), TYPE, **members)

    def item(self, index: int) -> Item:
        """The logged entry at an index, with its proof and all its disclosures."""
        jws, *disclosures = self.texts[index].removesuffix("~").split("~")
        leaves = self._leaves()
        proof = merkle.inclusion_proof(index, self.size, subtree(leaves))
        return Item(jws, index, tuple(proof), tuple(disclosures))

    def earlier(self, size: int) -> Earlier:
        """The log's state of a size, with its proof and what witnesses said of it."""
        proof = merkle.consistency_proof(size, self.size, subtree(self._leaves()))
        lines = tuple(self.cosigned.get(size, ()))
        return Earlier(size, self.root(size), tuple(proof), lines)

    def key_proof(self, key: str) -> KeyProof:
        """What the newest index says of a key."""
        return IndexTree(self._index(self.indexed)).proof(key)

    def within(self, key: str, stream: str = LOT) -> KeyProof:
        """What the stream's own index says of a key, as of the newest index."""
        leaves = self.lies_within.get(stream) or self._count(self.indexed).within(stream)
        return IndexTree(leaves).proof(key)

    def evidence(self, subject: str = LOT) -> Evidence:
        """What an honest server shows about a stream: its entries, the registry's, the index's."""
        entries = self.entries()
        own = [i for i, entry in enumerate(entries) if entry.statement.stream == subject]
        shown = self._shown(subject, own, entries)
        if self.version == 1 or self.indexed is None:
            return shown
        return replace(shown, within=(self.within(ALL, subject),))

    def evidence_of_outputs(self, *outputs: OutputRef, subject: str = LOT) -> Evidence:
        """What an honest server shows about outputs: ancestors, users, words about the whole."""
        entries = self.entries()
        own = {
            entry.entry_id: entry.statement.consumes
            for entry in entries
            if entry.statement.stream == subject
        }
        wanted = closure(own, outputs)
        shown = [i for i, entry in enumerate(entries) if entry.entry_id in wanted]
        used = {ref for one in wanted for ref in own[one]}
        keys = sorted({WHOLE} | {str(ref) for ref in used.union(outputs)})
        return replace(
            self._shown(subject, shown, entries),
            outputs=tuple(sorted(outputs, key=str)),
            within=tuple(self.within(key, subject) for key in keys),
        )

    def entries(self) -> list[Entry]:
        """All that is logged."""
        return [Entry.parse(text) for text in self.texts]

    def _shown(self, subject: str, own: list[int], entries: list[Entry]) -> Evidence:
        """These entries of the subject, the whole registry, and the newest index."""
        streams = [entry.statement.stream for entry in entries]
        shown = [*own, *(i for i, one in enumerate(streams) if one == "registry" != subject)]
        seen = {entries[i].statement.seen.size for i in own}
        states = {size for size in seen | set(self.cosigned) if 0 < size < self.size}
        keys: set[str] = set()
        if self.indexed is not None:
            shown.append(max(i for i, stream in enumerate(streams) if stream == "index"))
            keys = {subject}.union(*(keys_of(entries[i]) for i in shown))
        return Evidence(
            subject,
            self.note(),
            tuple(self.item(index) for index in sorted(shown)),
            tuple(self.earlier(size) for size in sorted(states)),
            tuple(self.key_proof(key) for key in sorted(keys)),
            version=self.version,
        )

    def _index(self, size: int | None) -> list[IndexLeaf]:
        leaves = {leaf.key: leaf for leaf in self._count(size).leaves()}
        lies = {leaf.key: leaf for leaf in self.lies.values()}
        return sorted((leaves | lies).values(), key=lambda leaf: leaf.key)

    def _count(self, size: int | None) -> IndexCount:
        count = IndexCount(self.version)
        for index, logged in enumerate(self._leaves()[:size]):
            entry = Entry.parse(self.texts[index])
            count.add(index, logged, counted(entry, self.version))
        return count

    def _leaves(self) -> list[bytes]:
        return [merkle.leaf_hash(text.split("~")[0].encode()) for text in self.texts]


def subtree(hashes: Sequence[bytes]) -> merkle.Subtree:
    """The tree over these leaf hashes, for provers."""
    return lambda level, at: merkle.root(hashes[at << level : (at + 1) << level])


def with_item(evidence: Evidence, number: int, **changes: Any) -> Evidence:
    """The same evidence with one item changed."""
    items = list(evidence.items)
    items[number] = replace(items[number], **changes)
    return replace(evidence, items=tuple(items))


def without_item(evidence: Evidence, number: int) -> Evidence:
    """The same evidence with one item left out."""
    items = evidence.items[:number] + evidence.items[number + 1 :]
    return replace(evidence, items=items)


def output(entry: Entry, n: int = 0) -> OutputRef:
    """An output of an entry."""
    return OutputRef(entry.entry_id, n)
