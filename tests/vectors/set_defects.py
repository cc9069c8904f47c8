"""Evidence that shows single members of sets, good and with defects: step 19."""

from collections.abc import Callable
from dataclasses import replace
from hashlib import sha256
from typing import Any

from ledger.core.entry import Entry
from ledger.core.evidence import ElementShown, Evidence, PlaceShown
from ledger.core.index import OPERATOR
from ledger.core.registry_acts import AdmitParty
from ledger.core.set_trees import SetTree
from ledger.core.sets import SetProof, Subset, member_key
from tests.vectors.stories import MAKERS
from tests.vectors.world import MAKER, PHARMACY, World, output

PACKS = [f"09506000134352/{number}" for number in range(40)]
PATH = ("outputs", 0, "packs")
REST = ("outputs", 1, "packs")


def salt(pack: str) -> bytes:
    """The salt of a pack, always the same."""
    return sha256(b"salt " + pack.encode()).digest()[:16]


class Packed:
    """A lot of 40 packs, of which 10 are shipped to the pharmacy."""

    def __init__(self) -> None:
        self.world = World(version=2)
        for party in (OPERATOR, MAKER, PHARMACY):
            self.world.join(party)
        self.tree = SetTree(lambda _: {})
        self.all = self._set(PACKS)
        self.sent, self.rest = self._set(PACKS[:10]), self._set(PACKS[10:])
        self.made = self._say("lot.register", (), self.all)
        self.shipped = self._say("custody.ship", (output(self.made),), self.sent, self.rest)
        self.world.index()

    def _set(self, packs: list[str]) -> Subset:
        return self.tree.of(member_key(pack, salt(pack)) for pack in packs)

    def _say(self, kind: str, consumes: Any, *sets: Subset) -> Entry:
        outputs: Any = [{"packs": one.hash.hex(), "quantity": one.size} for one in sets]
        body = {"outputs": outputs}
        return self.world.say(MAKERS, kind, consumes=consumes, creates=len(sets), body=body)

    def proof(self, subset: Subset, pack: str) -> SetProof:
        """That the pack is in a set, or that it is not."""
        return self.tree.proof(subset, member_key(pack, salt(pack)))

    def evidence(self, pack: str, *places: PlaceShown) -> Evidence:
        """What is shown of a pack that was shipped: the way of its output, and of it."""
        shown = ElementShown(pack, salt(pack), places or self.places(pack))
        return replace(self.world.evidence_of_outputs(output(self.shipped)), sets=(shown,))

    def places(self, pack: str) -> tuple[PlaceShown, ...]:
        """Where the pack is, and where it is not."""
        made, shipped = self.world.place(self.made), self.world.place(self.shipped)
        return (
            PlaceShown(made, PATH, self.proof(self.all, pack)),
            PlaceShown(shipped, PATH, self.proof(self.sent, pack)),
            PlaceShown(shipped, REST, self.proof(self.rest, pack)),
        )


def pack_shown() -> Evidence:
    return Packed().evidence(PACKS[3])


def two_packs_shown() -> Evidence:
    """One that went, and one that stayed."""
    packed = Packed()
    sets = (packed.evidence(pack).sets[0] for pack in (PACKS[3], PACKS[30]))
    return replace(packed.evidence(PACKS[3]), sets=tuple(sets))


def _with_place(change: Callable[[Packed, PlaceShown], PlaceShown]) -> Evidence:
    packed = Packed()
    first, *others = packed.places(PACKS[3])
    return packed.evidence(PACKS[3], change(packed, first), *others)


def pack_that_stayed_shown_as_sent() -> Evidence:
    """Of a pack that stayed, the proof about the whole lot, for the output that went."""
    packed = Packed()
    proof = packed.proof(packed.all, PACKS[30])
    return packed.evidence(PACKS[30], PlaceShown(packed.world.place(packed.shipped), PATH, proof))


def pack_denied() -> Evidence:
    """Of a pack that went, a proof that it is not there: that of the set that stayed."""
    packed = Packed()
    proof = packed.proof(packed.rest, PACKS[3])
    return packed.evidence(PACKS[3], PlaceShown(packed.world.place(packed.shipped), PATH, proof))


def pack_of_another_name() -> Evidence:
    """The salt and the proof of one pack under the name of another."""
    evidence = Packed().evidence(PACKS[3])
    return replace(evidence, sets=(replace(evidence.sets[0], element="09506000134352/FAKE"),))


def pack_with_another_salt() -> Evidence:
    evidence = Packed().evidence(PACKS[3])
    return replace(evidence, sets=(replace(evidence.sets[0], salt=bytes(16)),))


def set_at_no_path() -> Evidence:
    return _with_place(lambda _, place: replace(place, path=("outputs", 1, "packs")))


def set_of_no_entry() -> Evidence:
    return _with_place(lambda _, place: replace(place, index=999))


def set_of_a_registry_entry() -> Evidence:
    """A party's profile has the root: only what is about the lot says what there is of it."""
    packed = Packed()
    act = AdmitParty("9506000444440", {"packs": packed.sent.hash.hex()})
    admitted = packed.world.register(act.TYPE, act.as_body())
    proof = packed.proof(packed.sent, PACKS[3])
    return packed.evidence(
        PACKS[3], PlaceShown(packed.world.place(admitted), ("profile", "packs"), proof)
    )


def set_of_an_entry_in_doubt() -> Evidence:
    evidence = pack_shown()
    items = list(evidence.items)
    at = next(n for n, item in enumerate(items) if item.index == 6)
    items[at] = replace(items[at], proof=())
    return replace(evidence, items=tuple(items))


def set_proof_about_another_place() -> Evidence:
    """The key at the end of the way stands elsewhere: it says nothing of this one."""
    packed = Packed()
    proof = packed.proof(packed.all, PACKS[3])
    other = bytes(b ^ 0xFF for b in member_key(PACKS[3], salt(PACKS[3])))
    wrong = SetProof(proof.siblings, present=False, other=other)
    return _with_place(lambda _, place: replace(place, proof=wrong))
