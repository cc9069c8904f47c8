"""Four eyes: a party may ask that nothing is released by one person of its quality alone.

That is a setting of this installation and no rule of the log: who is who, and of which rank, is
known here only. Both names are sealed in the statement, for whoever may read them later.
"""

from supplychain.domain.errors import RuleBroken
from supplychain.domain.statements import LotStatement, QualityRelease
from supplychain.queries.proposals import asks_for_four_eyes


def prove_two_people(party: str, statement: LotStatement) -> None:
    """That two people signed for it, where the party asks for two. Raises SECOND_PERSON_NEEDED."""
    if not isinstance(statement, QualityRelease) or not asks_for_four_eyes(party):
        return
    if statement.decided_by is None or statement.confirmed_by is None:
        message = "Propose it: you ask for a second person who confirms what quality releases."
        raise RuleBroken("R15", "SECOND_PERSON_NEEDED", message)
