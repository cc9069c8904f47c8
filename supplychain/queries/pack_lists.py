"""The packs of a lot that an organisation has, sent or was sent, page by page."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet

from ledger.core.entry import stream_id
from supplychain.domain.lots import LotKey
from supplychain.models import Output, Pack


@dataclass(frozen=True, slots=True)
class PackLine:
    """A pack, its state, and the container that it is in."""

    serial: str
    state: str
    holder: str
    receiver: str
    container: str


@dataclass(frozen=True, slots=True)
class PackList:
    """A list that is read where it is looked at, for a lot may have a million packs."""

    packs: QuerySet[Pack]
    outputs: Mapping[UUID, Output]

    def __len__(self) -> int:
        """How many packs there are."""
        return self.packs.count()

    def __getitem__(self, part: slice) -> Sequence[PackLine]:
        """A part of the list."""
        return [self._line(row) for row in self.packs[part]]

    def _line(self, row: Pack) -> PackLine:
        output = self.outputs[row.holding]
        return PackLine(row.serial, output.state, output.holder, output.receiver, row.container)


def packs_of(
    gln: str, lot: LotKey, *, beginning: str = "", states: Collection[str] = ()
) -> PackList:
    """The organisation's packs of a lot whose serial number begins like this, by serial.

    With `states`, only those that it has itself in one of them.
    """
    stream = stream_id(lot.stream)
    mine = Q(holder=gln, state__in=states) if states else Q(holder=gln) | Q(receiver=gln)
    rows = Output.objects.filter(mine, stream_id=stream, spent_by__isnull=True)
    outputs = {row.holding: row for row in rows if row.holding}
    packs = Pack.objects.filter(stream_id=stream, holding__in=outputs)
    return PackList(packs.filter(serial__startswith=beginning).order_by("serial"), outputs)
