"""The steps of verification that look at entries; `ledger.core.verification` gives the order.

Every step notes its findings in a `Case` and goes on. A step's cost grows with the evidence and
not with its square, and each entry gets at most one finding of each code from one step: evidence
may come from somebody who would rather see the verifier busy.
"""

from collections.abc import Iterable, Iterator, Sequence

from ledger.core.case import CLOCK_SKEW, Case, Exhibit, shared
from ledger.core.entry import Entry
from ledger.core.errors import Malformed, Refused
from ledger.core.evidence import Item
from ledger.core.findings import CODES
from ledger.core.index import STREAM as INDEX
from ledger.core.index import check_author
from ledger.core.links import OutputRef
from ledger.core.merkle import leaf_hash, verify_inclusion
from ledger.core.registry_acts import STREAM
from ledger.core.suspects import suspect_countersignatures, suspects


def read_entries(case: Case) -> None:
    """4. Each item is a well-formed entry, and no entry appears twice."""
    known: dict[str, Exhibit] = {}
    for item in sorted(case.evidence.items, key=lambda item: item.index):
        try:
            exhibit = _read_item(item)
        except Malformed as fault:
            message = f"The item at index {item.index} is no entry. {fault.message}"
            case.find(4, "ENTRY_MALFORMED", message)
            continue
        first = known.setdefault(exhibit.entry.entry_id, exhibit)
        if first is not exhibit:
            message = f"The entry appears again at index {item.index}."
            case.find(4, "ENTRY_REPEATED", message, first)
    case.exhibits = list(known.values())


def _read_item(item: Item) -> Exhibit:
    try:
        return Exhibit(item, _parse(item.entry, item.disclosures))
    except Malformed as fault:
        return Exhibit(item, _parse(item.entry, ()), closed=fault)


def _parse(jws: str, disclosures: Sequence[str]) -> Entry:
    """Read an entry with its disclosures; no part may hide another one."""
    if any("~" in part for part in (jws, *disclosures)):
        message = "Each disclosure stands by itself, beside its entry."
        raise Malformed("DISCLOSURE_MALFORMED", message)
    return Entry.parse("~".join((jws, *disclosures, "")))


def check_log(case: Case) -> None:
    """5. Each entry is meant for this log."""
    for exhibit in case.exhibits:
        log = exhibit.entry.statement.log
        if log != case.policy.log.name:
            message = f"The entry is meant for the log '{log}', not '{case.policy.log.name}'."
            case.find(5, "LOG_MISMATCH", message, exhibit)


def check_streams(case: Case) -> None:
    """6. Each entry is about the subject, or of the registry or the index."""
    for exhibit in case.exhibits:
        stream = exhibit.entry.statement.stream
        if stream not in (case.evidence.subject, STREAM, INDEX):
            message = f"The entry is about '{stream}', not '{case.evidence.subject}'."
            case.find(6, "STREAM_FOREIGN", message, exhibit)


def check_indices(case: Case) -> None:
    """7. Each index is below the checkpoint's size, and no two entries share one."""
    for exhibit in case.exhibits:
        index = exhibit.item.index
        if case.checkpoint and not 0 <= index < case.checkpoint.size:
            message = f"No index {index} is in a log of {case.checkpoint.size} entries."
            case.find(7, "INDEX_OUTSIDE_LOG", message, exhibit)
    for exhibit, index, other in shared(case.exhibits, lambda one: (one.item.index,)):
        message = f"Index {index} is claimed by entry {other} too."
        case.find(7, "INDEX_REPEATED", message, exhibit)


def check_inclusion(case: Case) -> None:
    """8. Each entry's exact text is in the log at its index."""
    if case.checkpoint is None:
        return
    for exhibit in case.exhibits:
        if not verify_inclusion(
            index=exhibit.item.index,
            size=case.checkpoint.size,
            leaf=leaf_hash(exhibit.entry.envelope.jws.encode()),
            proof=exhibit.item.proof,
            root=case.checkpoint.root,
        ):
            message = f"Its proof does not place the entry at index {exhibit.item.index}."
            case.find(8, "INCLUSION_NOT_PROVEN", message, exhibit)


def check_nonces(case: Case) -> None:
    """9. No key uses a nonce twice."""
    for exhibit, nonce, other in shared(case.exhibits, _nonces):
        message = f"Key {nonce[0]} used the nonce of this entry in entry {other} too."
        case.find(9, "NONCE_REUSED", message, exhibit)


def _nonces(exhibit: Exhibit) -> Iterable[tuple[str, bytes]]:
    return ((exhibit.entry.envelope.kid, exhibit.entry.statement.nonce),)


def check_dates(case: Case) -> None:
    """10. No entry is dated after this moment."""
    for exhibit in case.exhibits:
        at = exhibit.entry.statement.at
        if at - case.at > CLOCK_SKEW:
            message = f"The entry is dated {at.isoformat()}, after {case.at.isoformat()}."
            case.find(10, "CLOCK_AHEAD", message, exhibit)


def check_disclosures(case: Case) -> None:
    """12. Each disclosure opens one sealed member of its entry."""
    for exhibit in case.exhibits:
        if exhibit.closed:
            code = exhibit.closed.code if exhibit.closed.code in CODES else "DISCLOSURE_MALFORMED"
            case.find(12, code, exhibit.closed.message, exhibit)


def replay_registry(case: Case) -> None:
    """13. The registry entries, in the order of indices, are allowed and signed by who may.

    Only a sound entry takes effect, so no key rests on an entry that is itself in doubt.
    """
    for exhibit in case.exhibits:
        if exhibit.entry.statement.stream != STREAM:
            continue
        before, index = case.registry, exhibit.item.index
        try:
            after = before.apply(exhibit.entry, index, case.signatures)
            exhibit.signer = before.author(exhibit.entry.envelope.kid, index)
        except Refused as fault:
            case.find(13, fault.code, fault.message, exhibit)
        else:
            case.registry = after if exhibit.sound else before


def check_signers(case: Case) -> None:
    """14. Each other entry is signed with a key that is valid at its index."""
    for exhibit in case.exhibits:
        if exhibit.entry.statement.stream == STREAM:
            continue
        try:
            exhibit.signer = case.registry.authenticate(
                exhibit.entry, exhibit.item.index, case.signatures
            )
            check_author(exhibit.entry.statement, exhibit.signer.party)
        except Refused as fault:
            case.find(14, fault.code, fault.message, exhibit)


def check_links(case: Case) -> None:
    """15. Each used output is of an earlier, proven entry of its stream, and is used once.

    In the order of indices, so that an entry's parents are judged before it.
    """
    for exhibit, ref, other in shared(case.exhibits, lambda one: one.entry.statement.consumes):
        message = f"Output {ref} is used by entry {other} too."
        case.find(15, "OUTPUT_USED", message, exhibit)
    known = {exhibit.entry.entry_id: exhibit for exhibit in case.exhibits}
    for exhibit in case.exhibits:
        faults: dict[str, OutputRef] = {}
        for ref in exhibit.entry.statement.consumes:
            for code in _link_faults(exhibit, ref, known.get(ref.entry_id)):
                faults.setdefault(code, ref)
        for code, ref in faults.items():
            case.find(15, code, f"The entry uses {ref}: {_LINK_RULES[code]}.", exhibit)


_LINK_RULES = {
    "PARENT_MISSING": "that entry is not in this evidence",
    "PARENT_NOT_BEFORE": "that entry is not logged before this one",
    "OUTPUT_OTHER_STREAM": "that entry is about another stream",
    "OUTPUT_UNKNOWN": "that entry makes no such output",
    "PARENT_NOT_PROVEN": "that entry is not proven itself",
}


def _link_faults(exhibit: Exhibit, ref: OutputRef, parent: Exhibit | None) -> Iterator[str]:
    if parent is None:
        yield "PARENT_MISSING"
        return
    if parent.item.index >= exhibit.item.index:
        yield "PARENT_NOT_BEFORE"
    if parent.entry.statement.stream != exhibit.entry.statement.stream:
        yield "OUTPUT_OTHER_STREAM"
    if ref.n >= parent.entry.statement.creates:
        yield "OUTPUT_UNKNOWN"
    if not parent.sound:
        yield "PARENT_NOT_PROVEN"


def find_suspects(case: Case) -> None:
    """16. No entry was signed with a key after it was stolen; else it is suspect, and still a fact.

    Unless its party stands by it, or another party relied on it before the theft was told. Nor was
    it countersigned with one: that nothing clears.
    """
    for exhibit, told in reversed(list(suspects(case))):
        message = f"At index {told} an authority says that this key was not safe any more."
        case.find(16, "ENTRY_SUSPECT", message, exhibit)
    for exhibit, told in suspect_countersignatures(case):
        message = f"At index {told} an authority says that a key that countersigned was not safe."
        case.find(16, "ENTRY_SUSPECT", message, exhibit)


def check_subject(case: Case) -> None:
    """17. Something is said about the subject."""
    subject = case.evidence.subject
    own = [one.entry for one in case.exhibits if one.entry.statement.stream == subject]
    if not own:
        case.find(17, "NOTHING_ABOUT_SUBJECT", f"No entry is about '{subject}'.")
    made = {entry.entry_id: entry.statement.creates for entry in own}
    for ref in case.evidence.outputs:
        if ref.n >= made.get(ref.entry_id, 0):
            message = f"No entry that is shown makes {ref}, which this is about."
            case.find(17, "SUBJECT_NOT_MADE", message)
