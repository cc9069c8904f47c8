"""Open what others have sealed about a lot, and put it on record that it was opened."""

from collections.abc import Callable
from datetime import datetime

from ledger import signers
from ledger.core.evidence import OUTPUTS_MAX, Evidence
from ledger.core.evidence_parts import ITEMS_MAX
from ledger.proofs import StoredEntry
from supplychain.domain.disclosure_statements import Read, parts
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln
from supplychain.domain.lots import LotKey
from supplychain.queries.access import is_authority, own_disclosures
from supplychain.queries.disclosures import Opening, named_by, openings_for, shown_of
from supplychain.queries.own_goods import lot_evidence
from supplychain.recording.signing import sign_disclosure


def open_sealed(
    *, party: str, lot: LotKey, at: datetime, nonces: Callable[[], bytes]
) -> Evidence | None:
    """The lot's evidence with all that the party may open in it; by a grant, or as an authority.

    For each owner an entry is recorded first: nothing is opened that is not on record. `nonces`
    gives 16 random bytes at each call. None before the first checkpoint. Raises RuleBroken
    (NOTHING_TO_OPEN, TOO_MUCH_TO_OPEN, and GRANT_UNKNOWN where it was revoked meanwhile) or
    LedgerError (KEYS_MISSING where this installation has no operator's key).
    """
    authority = is_authority(party)
    openings = openings_for(party, lot, authority=authority)
    named = named_by(openings)
    _prove_some(len(named), most=ITEMS_MAX if authority else OUTPUTS_MAX)
    for one in openings:
        _put_on_record(one, Gln.parse(party), at, nonces)

    def disclose(entry: StoredEntry) -> tuple[str, ...]:
        return own_disclosures(entry, party) or shown_of(entry, named.get(entry.entry_id, ()))

    return lot_evidence(party, lot, disclose, also=named)


def _prove_some(entries: int, *, most: int) -> None:
    if not entries:
        raise RuleBroken("R14", "NOTHING_TO_OPEN", "Nobody lets you open anything about this lot.")
    if entries > most:
        message = f"{entries} entries are more than one file shows; have at most {most} granted."
        raise RuleBroken("R14", "TOO_MUCH_TO_OPEN", message)


def _put_on_record(
    opening: Opening, reader: Gln, at: datetime, nonces: Callable[[], bytes]
) -> None:
    signer = signers.operator_signer()
    for what in parts(opening.what):
        said = Read(what, opening.grant, reader)
        sign_disclosure(opening.owner, said, signer=signer, at=at, nonce=nonces(), salt=nonces())
