"""What a run of packs, scan after scan, is answered with."""

from dataclasses import dataclass
from datetime import datetime

from supplychain.domain.barcodes import Scanned
from supplychain.domain.containers import Container
from supplychain.domain.lots import Lot
from supplychain.domain.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class RunLine:
    """One code of a run as it was read, and its verdict; `lot` is as its maker signed it.

    Of a case or pallet there is a line for each pack inside that the asker may know of, and one for
    the `container` itself where these do not say all that is wrong.
    """

    text: str
    verdict: Verdict
    scanned: Scanned | None = None
    lot: Lot | None = None
    container: Container | None = None


@dataclass(frozen=True, slots=True)
class RunResult:
    """The lines in the order of the scans, and the verdict on all of them together."""

    at: datetime
    verdict: Verdict
    lines: tuple[RunLine, ...]
