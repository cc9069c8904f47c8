"""The last step of verification: whether anything was left out, by the index of the log.

As in `ledger.core.steps`, it notes its findings in a `Case`.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence

from ledger.core.case import Case
from ledger.core.countersignatures import countersigners
from ledger.core.errors import Refused
from ledger.core.index import ALL, WHOLE, IndexLeaf, IndexRoot, KeyProof, grown, is_counted
from ledger.core.index import STREAM as INDEX
from ledger.core.index_count import Counted, counted
from ledger.core.links import OutputRef
from ledger.core.merkle import leaf_hash
from ledger.core.registry_acts import AUTHORITY

_Shown = tuple[Counted, int, bytes]
"""Under what an entry counts, its index, and its leaf hash in the log."""


def check_completeness(case: Case) -> None:
    """18. The index of the log counts no other entries than those that are shown."""
    found = _index(case)
    proven = found is not None and is_counted(case.evidence.subject) and _is_all_there(case)
    if not proven:
        message = "This evidence does not prove that nothing newer was left out."
        case.find(18, "COMPLETENESS_NOT_PROVEN", message)
    if found is None:
        return
    agree = list(_judge(case, found))
    if proven and all(agree):
        case.complete_to = found.size


def _index(case: Case) -> IndexRoot | None:
    """The newest sound root of an index that is shown, of the version that goes with the file."""
    roots = [one for one in case.exhibits if one.entry.statement.stream == INDEX]
    for exhibit in reversed(roots):
        try:
            found = IndexRoot.read(exhibit.entry.statement)
        except Refused as fault:
            case.find(18, fault.code, fault.message, exhibit)
            continue
        if found.size > exhibit.item.index:
            message = f"An index over {found.size} entries cannot stand at {exhibit.item.index}."
            case.find(18, "INDEX_MALFORMED", message, exhibit)
        elif found.version > case.evidence.version:
            message = "A file of version 1 has no index of a later one."
            case.find(18, "INDEX_MALFORMED", message, exhibit)
        elif exhibit.sound and found.version == case.evidence.version:
            return found
    return None


def _is_all_there(case: Case) -> bool:
    """Whether each key is shown by which something could have been left out, and each ancestor."""
    evidence = case.evidence
    keys, within = ({one.key for one in proofs} for proofs in (evidence.index, evidence.within))
    makers = {ref.entry_id for ref in _refs(case)}
    return (
        keys.issuperset(_wanted(case))
        and within.issuperset(_wanted_within(case))
        and makers <= {exhibit.entry.entry_id for exhibit in case.exhibits}
    )


def _wanted(case: Case) -> Iterator[str]:
    """The keys whose entries must all be there: the subject, and who signed what is shown."""
    yield case.evidence.subject
    for exhibit in case.exhibits:
        if exhibit.signer and exhibit.signer.party != AUTHORITY:
            yield f"kid:{exhibit.signer.key.kid}"
            yield f"party:{exhibit.signer.party}"
            for one in countersigners(exhibit.entry.statement.body):
                yield f"kid:{one.kid}"
                yield f"party:{one.party}"


def _wanted_within(case: Case) -> Iterator[str]:
    """The keys of the stream's own index whose entries must all be there."""
    if case.evidence.outputs:
        yield WHOLE
        yield from map(str, _refs(case))
    elif case.evidence.version > 1:
        yield ALL


def _refs(case: Case) -> set[OutputRef]:
    """The outputs that this is about, and all that the entries shown use; none for a whole stream.

    Nobody else may use any of them. Of other outputs nothing is claimed.
    """
    evidence = case.evidence
    if not evidence.outputs:
        return set()
    own = (one.entry.statement for one in case.exhibits)
    used = (said.consumes for said in own if said.stream == evidence.subject)
    return set(evidence.outputs).union(*used)


def _judge(case: Case, index: IndexRoot) -> Iterator[bool]:
    """Hold what the index says of each key that is shown against the entries that are shown."""
    subject, entries = case.evidence.subject, list(_counted(case, index))
    shown = _leaves((where.keys, at, logged) for where, at, logged in entries)
    for proof in case.evidence.index:
        if index.version > 1 and proof.key == subject and is_counted(subject):
            yield from _judge_within(case, proof, index, entries)
        else:
            yield _agrees(case, proof, index, shown.get(proof.key))


def _judge_within(
    case: Case, subject: KeyProof, index: IndexRoot, entries: Iterable[_Shown]
) -> Iterator[bool]:
    """Do the same for the subject's own index, whose root is in the subject's leaf."""
    try:
        stream = index.of_stream(subject.leaf_in(index))
    except Refused as fault:
        case.find(18, fault.code, fault.message)
        yield False
        return
    own = (one for one in entries if one[0].stream == subject.key)
    shown = _leaves((where.within, at, logged) for where, at, logged in own)
    for proof in case.evidence.within:
        yield _agrees(case, proof, stream, shown.get(proof.key))


def _counted(case: Case, index: IndexRoot) -> Iterator[_Shown]:
    """The entries shown, as far as this index counts them."""
    for one in case.exhibits:
        if one.item.index < index.size:
            logged = leaf_hash(one.entry.envelope.jws.encode())
            yield counted(one.entry, index.version), one.item.index, logged


def _leaves(entries: Iterable[tuple[Sequence[str], int, bytes]]) -> Mapping[str, IndexLeaf]:
    """The leaves that entries give: each by its keys, its index, and its leaf hash in the log."""
    leaves: dict[str, IndexLeaf] = {}
    for keys, index, logged in entries:
        for key in keys:
            leaves[key] = grown(leaves.get(key), key, index, logged)
    return leaves


def _agrees(case: Case, proof: KeyProof, index: IndexRoot, shown: IndexLeaf | None) -> bool:
    """Hold what the index says of a key against the entries that are shown."""
    try:
        told = proof.leaf_in(index)
    except Refused as fault:
        case.find(18, fault.code, fault.message)
        return False
    if told == shown:
        return True
    count, counts = (shown.count if shown else 0), (told.count if told else 0)
    about = f"about '{proof.key}' below index {index.size}"
    if count < counts:
        message = f"The index has {counts} entries {about}; {count} are shown."
        case.find(18, "ENTRIES_LEFT_OUT", message)
    else:
        message = f"The index has {counts} entries {about}, and others than the {count} shown."
        case.find(18, "INDEX_CONTRADICTED", message)
    return False
