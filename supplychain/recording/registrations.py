"""Registry entries: the ledger judges them; here an admitted party becomes an organisation."""

from collections.abc import Callable

from django.db import connection

from ledger.core.entry import Entry
from ledger.core.index import OPERATOR
from ledger.core.registry import KeyHolder
from ledger.core.registry_acts import AdmitParty
from supplychain.domain.device_keys import OwnedDevice, is_device
from supplychain.domain.parties import Party
from supplychain.recording.submissions import Submission

_SQL = """INSERT INTO supplychain_organisation (gln, name, roles, prefixes, country, email)
 VALUES (%s, %s, %s, %s, %s, '') ON CONFLICT (gln) DO NOTHING"""


class RegistryBook:
    """The organisations that registry entries bring."""

    def __init__(self) -> None:
        self._admitted: list[Party] = []

    def judge(
        self, entry: Entry, _holder: KeyHolder, _brought: Submission
    ) -> Callable[[int], None]:
        """Judge an entry; what comes back lets it stand. Raises Invalid for a bad profile."""
        if entry.statement.type != AdmitParty.TYPE:
            return lambda _number: None
        act = AdmitParty.parse(entry.statement.body)
        if act.party == OPERATOR:  # it signs the index and trades in nothing
            return lambda _number: None
        if is_device(act.party):  # it signs batches of readings, beside its owner
            OwnedDevice.from_profile(act.party, act.profile)
            return lambda _number: None
        party = Party.from_profile(act.party, act.profile)
        return lambda _number: self._admitted.append(party)

    def write(self) -> None:
        """Everything is in `sql`."""

    def sql(self) -> str:
        """What writes the organisations."""
        with connection.cursor() as cursor:
            written = [cursor.mogrify(_SQL, _row(party)).decode() for party in self._admitted]
        return ";".join(written)


def _row(party: Party) -> tuple[object, ...]:
    roles = sorted(role.value for role in party.roles)
    return (str(party.gln), party.name, roles, list(party.prefixes), party.country)
