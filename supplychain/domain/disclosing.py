"""Who may open what a party has sealed: one statement judged on what the owner has granted."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from ledger.core.index import OPERATOR
from supplychain.domain.disclosure_statements import Disclosing, Grant, Read, Revoke
from supplychain.domain.errors import RuleBroken
from supplychain.domain.identifiers import Gln

Grants = Mapping[str, Grant]


@dataclass(frozen=True, slots=True, kw_only=True)
class DisclosureAct:
    """One signed statement about what `owner` has sealed, and what must be known to judge it.

    `signer` is a party's GLN or the operator. `authors` says who signed the entries about the lot
    that it names; one that the lot does not have is missing. `parties` are those admitted of whom
    it names, and `authorities` those among them that are one.
    """

    entry_id: str
    owner: Gln
    signer: str
    statement: Disclosing
    authors: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    parties: frozenset[Gln] = frozenset()
    authorities: frozenset[Gln] = frozenset()


def decide(standing: Grants, act: DisclosureAct) -> Grants:
    """The grants that stand after the act, by their entries. Raises RuleBroken (R14)."""
    match act.statement:
        case Grant() as grant:
            _prove_owner(act)
            _prove_grantee(act, grant)
            _prove_own_entries(act, grant.what.entries)
            return MappingProxyType({**standing, act.entry_id: grant})
        case Revoke(grant=cited):
            _prove_owner(act)
            _standing(standing, cited)
            return MappingProxyType({one: of for one, of in standing.items() if one != cited})
        case opened:
            _prove_opened(standing, act, opened)
            return standing


def _prove_owner(act: DisclosureAct) -> None:
    if act.signer != str(act.owner):
        message = f"{act.signer} does not dispose of what {act.owner} has sealed."
        raise RuleBroken("R14", "NOT_THE_OWNER", message)


def _prove_grantee(act: DisclosureAct, grant: Grant) -> None:
    if grant.to is None or grant.to not in act.parties:
        message = "Whom the grant names, sealed and disclosed to us, is no admitted party."
        raise RuleBroken("R14", "GRANTEE_UNKNOWN", message)
    if grant.to == act.owner:
        raise RuleBroken("R14", "TO_YOURSELF", "What is your own is open to you.")


def _prove_own_entries(act: DisclosureAct, entries: tuple[str, ...]) -> None:
    for entry in entries:
        if act.authors.get(entry) != str(act.owner):
            message = f"Entry {entry} is none that {act.owner} signed about this lot."
            raise RuleBroken("R14", "NOT_THE_OWNERS_ENTRY", message)


def _standing(standing: Grants, cited: str) -> Grant:
    found = standing.get(cited)
    if found is None:
        message = f"Entry {cited} is no grant of this owner that stands."
        raise RuleBroken("R14", "GRANT_UNKNOWN", message)
    return found


def _prove_opened(standing: Grants, act: DisclosureAct, opened: Read) -> None:
    """The operator alone says what was opened, by a grant that covers it or to an authority."""
    if act.signer != OPERATOR:
        message = f"{act.signer} does not say what was opened: the operator does."
        raise RuleBroken("R14", "NOT_THE_OPERATOR", message)
    _prove_own_entries(act, opened.what.entries)
    if opened.grant is None:
        if opened.reader is None or opened.reader not in act.authorities:
            message = "Without a grant members are opened to authorities only."
            raise RuleBroken("R14", "NO_GRANT", message)
        return
    grant = _standing(standing, opened.grant)
    if grant.to != opened.reader or not grant.what.covers(opened.what):
        message = f"Grant {opened.grant} is to another party, or of other members or entries."
        raise RuleBroken("R14", "BEYOND_THE_GRANT", message)
