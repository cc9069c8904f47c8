"""Evidence files: how large, and how long the check takes, by the number of steps.

    python -m bench.evidence

One lot of 5, 20 or 100 entries by six parties in a log of 100,000; each signer had seen a state of
his own, a witness cosigned the first state over each entry, and an index of 20,000 keys counts all
of it. Everything is made here from nothing: no database, no server.
"""

import random
import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bench.figures import Spread, table
from ledger.core.checkpoint import Checkpoint, Vkey, sign_checkpoint
from ledger.core.cosignature import cosign
from ledger.core.entry import Entry, sign
from ledger.core.evidence import Earlier, Evidence, Item
from ledger.core.index import ALL, OPERATOR, TYPE, WHOLE, IndexLeaf, IndexRoot, keys_of
from ledger.core.index_count import IndexCount, IndexTree, counted
from ledger.core.keys import Signatures
from ledger.core.links import OutputRef
from ledger.core.merkle import (
    EMPTY_ROOT,
    Subtree,
    consistency_proof,
    inclusion_proof,
    leaf_hash,
    node_hash,
    tree_root,
)
from ledger.core.note import WITNESS_KEY
from ledger.core.policy import Policy
from ledger.core.registry_acts import AddKey, AdmitParty, possession_message
from ledger.core.signatures import OPENSSL, LogKey, PrivateKey
from ledger.core.statement import Seen, Statement
from ledger.core.tlog_policy import Known, TlogPolicy
from ledger.core.verification import verify
from ledger.verifier.ecdsa_signatures import EcdsaSignatures

ORIGIN = "log.example/bench"
LOT = "lot:09506000134352/BENCH"
SIZE = 100_000
KEYS = 20_000
PARTIES = 6
WITNESS = "witness.example/bench"
START = datetime(2026, 3, 2, 8, tzinfo=UTC)


def nodes(leaves: list[bytes]) -> Subtree:
    """The tree over these leaf hashes, every complete node computed once."""
    rows = [leaves]
    while len(rows[-1]) > 1:
        below = rows[-1]
        rows.append([node_hash(*pair) for pair in zip(below[::2], below[1::2], strict=False)])
    return lambda level, index: rows[level][index]


@dataclass
class Log:
    """A log of other people's leaves, into which one lot's story is strewn."""

    steps: int
    chance: random.Random = field(default_factory=lambda: random.Random(7))
    texts: dict[int, str] = field(default_factory=dict)
    seen_at: dict[int, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.leaves = [self.chance.randbytes(32) for _ in range(SIZE)]
        self.keys = [PrivateKey.generate() for _ in range(PARTIES)]
        self.authority, self.operator = PrivateKey.generate(), PrivateKey.generate()
        self.key, self.witness = LogKey.generate(), LogKey.generate()
        self._register()
        self._tell()
        self._index()

    @property
    def policy(self) -> Policy:
        witness = Known(Vkey(WITNESS, self.witness.public, WITNESS_KEY))
        log = Known(Vkey(ORIGIN, self.key.public))
        return Policy(TlogPolicy((log,), {"w": witness}, {}, "w"), (self.authority.public,))

    def evidence(self) -> Evidence:
        tree = nodes(self.leaves)
        root = tree_root(SIZE, tree)
        state = Checkpoint(ORIGIN, SIZE, root)
        note = sign_checkpoint(state, self.key) + self._cosigned(state) + "\n"
        items = tuple(
            Item(text.rstrip("~"), index, tuple(inclusion_proof(index, SIZE, tree)))
            for index, text in sorted(self.texts.items())
        )
        keys = {LOT}.union(*(keys_of(Entry.parse(text)) for text in self.texts.values()))
        index = tuple(self.indexed.proof(key) for key in sorted(keys))
        within = (self.within.proof(ALL),)
        return Evidence(LOT, note, items, self._history(tree), index, within=within)

    def narrowed(self, whole: Evidence) -> Evidence:
        """The same evidence, about what the last entry made: all of this lot are its ancestors."""
        said = [Entry.parse(self.texts[index]) for index in sorted(self.seen_at)]
        ref = OutputRef(said[-1].entry_id, 0)
        used = {ref, *(one for entry in said for one in entry.statement.consumes)}
        within = tuple(self.within.proof(key) for key in sorted({WHOLE, *map(str, used)}))
        return replace(whole, outputs=(ref,), within=within)

    def _register(self) -> None:
        for number, key in enumerate((*self.keys, self.operator)):
            party = OPERATOR if key is self.operator else f"party-{number}"
            proof = key.sign(possession_message(ORIGIN, party, key.kid))
            for act in (
                AdmitParty(party, {"name": party}),
                AddKey(party, key.public, "file", proof),
            ):
                index = 10 + len(self.texts)
                self._say(index, self.authority, act.TYPE, "registry", body=act.as_body())

    def _tell(self) -> None:
        """The lot's entries, each using up what the one before made."""
        consumes: tuple[OutputRef, ...] = ()
        for step in range(self.steps):
            index = (step + 1) * (SIZE - 1_000) // (self.steps + 1)
            seen = index - 5
            self.seen_at[index] = seen
            self._say(
                index,
                self.keys[step % PARTIES],
                "custody.ship",
                LOT,
                seen=Seen(seen, tree_root(seen, nodes(self.leaves[:seen]))),
                consumes=consumes,
                creates=1,
                body={"shipment": f"S-{step}", "to": "9506000020013", "note": "x" * 300},
            )
            consumes = (OutputRef(Entry.parse(self.texts[index]).entry_id, 0),)

    def _index(self) -> None:
        size, count = SIZE - 100, IndexCount()
        for index, text in sorted(self.texts.items()):
            count.add(index, self.leaves[index], counted(Entry.parse(text)))
        others = (IndexLeaf(self.chance.randbytes(32), 1, 1, bytes(32)) for _ in range(KEYS))
        leaves = sorted([*count.leaves(), *others], key=lambda leaf: leaf.key)
        self.indexed, self.within = IndexTree(leaves), IndexTree(count.within(LOT))
        body = IndexRoot(size, self.indexed.keys, self.indexed.root).as_body()
        self._say(SIZE - 50, self.operator, TYPE, "index", body=body)

    def _say(
        self, index: int, signer: PrivateKey, kind: str, stream: str, **members: object
    ) -> None:
        common: dict[str, object] = {"seen": Seen(0, EMPTY_ROOT), "consumes": (), "creates": 0}
        statement = Statement(
            log=ORIGIN,
            stream=stream,
            type=kind,
            at=START + timedelta(minutes=index),
            nonce=self.chance.randbytes(16),
            **{**common, **members},  # type: ignore[arg-type]  # the members of a statement
        )
        self.texts[index] = sign(statement, signer)
        self.leaves[index] = leaf_hash(self.texts[index].rstrip("~").encode())

    def _cosigned(self, state: Checkpoint) -> str:
        at = START + timedelta(minutes=state.size)
        return cosign(state, name=WITNESS, key=self.witness, at=at)

    def _history(self, tree: Subtree) -> tuple[Earlier, ...]:
        states = []
        for index, seen in self.seen_at.items():
            for size, witnessed in ((seen, False), (index + 1, True)):
                root = tree_root(size, tree)
                line = (self._cosigned(Checkpoint(ORIGIN, size, root)),) if witnessed else ()
                proof = tuple(consistency_proof(size, SIZE, tree))
                states.append(Earlier(size, root, proof, line))
        return tuple(sorted(states, key=lambda one: one.size))


def measure(data: bytes, policy: Policy, signatures: Signatures, times: int) -> Spread:
    took = []
    for _ in range(times):
        start = time.perf_counter()
        found = verify(Evidence.parse(data), policy, datetime(2027, 1, 1, tzinfo=UTC), signatures)
        took.append(1000 * (time.perf_counter() - start))
        if not found.valid or found.complete_to is None:
            raise RuntimeError(str([one for one in found if one.severity == "error"][:3]))
    return Spread.of(took)


def report() -> str:
    """The table, in Markdown."""
    rows = []
    for steps in (5, 20, 100):
        log = Log(steps)
        whole = log.evidence()
        for what, evidence in (("the lot", whole), ("one output", log.narrowed(whole))):
            data = evidence.as_bytes()
            by_openssl = measure(data, log.policy, OPENSSL, 20)
            by_ecdsa = measure(data, log.policy, EcdsaSignatures(), 3)
            rows.append((f"{steps}", what, len(data) // 1000, by_openssl.p50, by_ecdsa.p50))
    heads = ("steps", "about", "file kB", "check by OpenSSL, p50 ms", "by `ecdsa`, p50 ms")
    words = (
        f"\n\nIn a log of {SIZE:,} entries and an index of {KEYS:,} keys; one witness, every entry "
        "placed in time, complete. Most of the time with `ecdsa` are the witness' signatures: "
        "Ed25519 in pure Python."
    )
    return table(heads, rows) + words


if __name__ == "__main__":
    print(report())
