"""What a scan is answered with, and who scanned what before."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256

from ledger.core.checkpoint import Checkpoint
from ledger.core.findings import Finding
from ledger.prepared import Planned
from ledger.proofs import Tampering
from supplychain.domain.barcodes import ScanFault, Scanned
from supplychain.domain.containers import Container
from supplychain.domain.identifiers import Gtin, LotNumber
from supplychain.domain.keyboards import lookalikes
from supplychain.domain.lot_state import Act
from supplychain.domain.lots import Lot
from supplychain.domain.parties import MAKING, Party, Role
from supplychain.domain.verdicts import Verdict, VerdictCode
from supplychain.models import Lot as LotRow
from supplychain.models import Organisation
from supplychain.queries.chains import Chain
from supplychain.queries.forebears import Elder
from supplychain.queries.readings import LegReadings

_SEEN_HERE = Planned(
    """
SELECT DISTINCT code FROM supplychain_sighting WHERE gln = %(gln)s
    AND code = ANY(%(codes)s::text[]) AND at > %(after)s AND at <= %(until)s AND verdict = %(good)s
""",
)
AGAIN_WITHIN = timedelta(minutes=10)
_PREFIX_LENGTHS = range(4, 13)
_PICTURES = {control: chr(0x2400 + control) for control in range(0x20)}


@dataclass(frozen=True, slots=True)
class PackStory:
    """A pack whose way is proven. For who has nothing to do with it, only that there is one.

    `held`: it is in the asker's stock. `by_label`: it was last received by the label of its
    container, and nobody read the pack itself; None where it was never handed on. `container` is
    the one that it is packed in, by the tables.
    """

    held: bool = False
    by_label: bool | None = None
    container: Container | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScanResult:
    """The answer to a scan, and what it rests on.

    `lot` is what the maker signed. `acts` are the entries that the answer depends on, in the log's
    order, with `index_of` their places and `custody_of` where the keys live that signed them.
    `elders` are the lots that it was made of.
    `named`: the asking party may read who the parties are and take the evidence; otherwise only
    their roles are for its eyes.
    """

    text: str
    at: datetime
    verdict: Verdict
    scanned: Scanned | None = None
    lot: Lot | None = None
    acts: tuple[Act, ...] = ()
    index_of: Mapping[str, int]
    custody_of: Mapping[str, str] = field(default_factory=dict)
    legs: tuple[LegReadings, ...] = ()
    elders: tuple[Elder, ...] = ()
    findings: tuple[Finding, ...] = ()
    tampering: tuple[Tampering, ...] = ()
    checkpoint: Checkpoint | None = None
    complete_to: int | None = None
    witnessed_at: datetime | None = None
    pack: PackStory | None = None
    named: bool = False
    evidence_available: bool = False

    @property
    def read_back(self) -> str:
        """What was read, with control characters as Unicode pictures them: GS as ␝."""
        return pictured(self.text)


def pictured(text: str) -> str:
    r"""A scan as plain text, control characters as Unicode pictures them.

    >>> pictured("10A1\x1d21X")
    '10A1␝21X'
    """
    return text.translate(_PICTURES)


def asking_party(gln: str | None) -> Party | None:
    """The admitted party that asks; None for anybody else."""
    row = Organisation.objects.filter(gln=gln).first() if gln else None
    if row is None:
        return None
    words = {name: getattr(row, name) for name in ("name", "roles", "prefixes", "country")}
    return Party.from_profile(row.gln, words)


def proven(asking: Party | None, chain: Chain) -> Party | None:
    """The asking party as the registry admitted it: a role that only a table gives is none."""
    if asking is None:
        return None
    return chain.parties.get(str(asking.gln), replace(asking, roles=frozenset()))


def sees_all(party: Party) -> bool:
    """Whether the party is shown every lot: an authority or an auditor."""
    return bool(party.roles & {Role.AUTHORITY, Role.AUDITOR})


def maker_connected(gtin: Gtin) -> bool:
    """Whether a maker that this GTIN can be of takes part here."""
    digits = str(gtin)[1:]
    prefixes = [digits[:length] for length in _PREFIX_LENGTHS]
    making = sorted(role.value for role in MAKING)
    makers = Organisation.objects.filter(roles__overlap=making, prefixes__overlap=prefixes)
    return makers.exists()


def lookalike(gtin: Gtin, lot: LotNumber) -> ScanFault | None:
    """The keyboard's fault by which a known lot may have been read as this unknown one."""
    faults = dict(lookalikes(lot))
    known = LotRow.objects.filter(gtin=str(gtin), lot__in=[str(one) for one in faults])
    numbers = set(known.values_list("lot", flat=True))
    return next((fault for one, fault in faults.items() if str(one) in numbers), None)


def code_of(scanned: Scanned) -> str:
    """What a pack is kept under in sightings: the SHA-256 (hex) of its GTIN, serial and lot.

    One serial with two lots is not the same pack seen again: one of the two is false.
    """
    return sha256(f"{scanned.gtin}/{scanned.serial}/{scanned.lot}".encode()).hexdigest()


def seen_here(gln: str, codes: Collection[str], at: datetime) -> set[str]:
    """Of which of these packs the site had a good answer a moment ago."""
    times = {"after": at - AGAIN_WITHIN, "until": at}
    asked = {"gln": gln, "codes": list(codes), **times, "good": VerdictCode.OK.value}
    return {code for (code,) in _SEEN_HERE.rows(asked)}
