"""Cases and pallets: what is in what, packed and opened at the desk; and the packs of a lot."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_safe

from supplychain.admin.desks import Desk, Doing, desk_page, lot_of, show
from supplychain.admin.listing import as_csv, page_of, query_without_page, searched, wants_csv
from supplychain.admin.scanning import lines_of, scanned, scans_field, told_of, with_faults
from supplychain.admin.seeing import detail_seen
from supplychain.admin.ship_scanned import NOT_IN_STOCK
from supplychain.admin.signing_pages import Fact, SigningPage
from supplychain.admin.stories import state_in_words
from supplychain.domain.containers import Container, Nesting
from supplychain.domain.errors import Invalid
from supplychain.domain.lots import LotKey
from supplychain.domain.scan_lists import read_scans
from supplychain.queries.containers import Packed, above, below, inside
from supplychain.queries.lot_lines import LotLine
from supplychain.queries.pack_lists import packs_of
from supplychain.queries.scanned_goods import Goods, PackAt, those_of
from supplychain.queries.scans import sees_all
from supplychain.recording.submissions import Recorded
from supplychain.services.aggregate_packs import aggregate_packs
from supplychain.services.disaggregate_container import disaggregate_container
from supplychain.web.wording import units

_HEADER = ("serial", "state", "holder", "on the way to", "container")
_LISTED_MAX = 100_000
_SHOWN_MAX = 200


@dataclass(frozen=True, slots=True)
class Branch:
    """A container in the tree: what is directly in it, by lot, and the containers in it."""

    container: Container
    lots: tuple[tuple[LotLine, int, tuple[str, ...]], ...]
    children: tuple["Branch", ...]
    count: int


@desk_page
@require_safe
def container(request: HttpRequest, desk: Desk, name: str) -> HttpResponse:
    """What is in a case or on a pallet, level by level."""
    box, packed = _box(desk, name)
    lines = lines_of({one.lot for one in packed})
    states = Counter((one.holder, one.state) for one in packed)
    mine = set(states) == {(desk.gln, "held")}
    return show(
        request,
        desk,
        "container",
        here="lots",
        title=f"Container {box}",
        box=box,
        code=_code(box),
        tree=_branch(box, below([box]), packed, lines),
        around=list(above([box]).upwards(box))[1:],
        may_open=mine and desk.may(Doing.SHIP),
        coming=any(one.receiver == desk.gln for one in packed),
    )


@desk_page
@require_safe
def lot_packs(request: HttpRequest, desk: Desk, gtin: str, lot: str) -> HttpResponse:
    """The organisation's packs of a lot."""
    detail = detail_seen(desk, lot_of(gtin, lot))
    if detail is None:
        raise Http404
    q = searched(request)
    packs = packs_of(desk.gln, detail.lot.key, beginning=q)
    if wants_csv(request):
        rows = packs[:_LISTED_MAX]
        cells = ((o.serial, o.state, o.holder, o.receiver, o.container) for o in rows)
        return as_csv(f"packs-{detail.lot.key.lot}", _HEADER, cells)
    page = page_of(request, packs)
    return show(
        request,
        desk,
        "packs",
        here="lots",
        title=f"Packs of lot {detail.lot.key.lot}",
        line=detail.lot,
        page=page,
        rows=[(one, state_in_words(one.state)) for one in page],
        total=page.paginator.count,
        q=q,
        query=query_without_page(request),
    )


class OpenContainer(SigningPage):
    """Everything out of a container."""

    doing = Doing.SHIP
    verb = "Sign: opened"
    note = "What is packed inside stays packed; the packs in it are loose from now on."

    box: Container
    packed: list[Packed]

    def find(self, **address: Any) -> None:
        """The container; 404 where nothing in it is the organisation's."""
        self.box, self.packed = _box(self.desk, address["name"])

    def title(self) -> str:
        """The heading."""
        return f"Open {self.box}"

    def back(self) -> str:
        """To the container."""
        return reverse("desk:container", args=(str(self.box),))

    def form(self, data: Any = None, files: Any = None) -> forms.Form:
        """Nothing is asked."""
        del files
        return forms.Form(data)

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """What comes out."""
        del said
        yield Fact("Opened", str(self.box), strong=True)
        for lot, count in sorted(Counter(one.lot for one in self.packed).items()):
            yield Fact(f"Lot {lot.lot} · GTIN {lot.gtin}", units(count))

    def sign(self, said: dict[str, Any], nonce: bytes) -> tuple[Recorded, ...]:
        """One call."""
        del said
        return disaggregate_container(
            party=self.desk.gln, container=self.box, at=self.at, nonce=nonce
        )


class PackForm(forms.Form):
    """What goes into which container; the page has it as `box` once the form is valid."""

    label = forms.CharField(
        label="Label of the case or pallet",
        max_length=200,
        strip=False,
        help_text="Scan it, or type the SSCC as (00)….",
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    scans = scans_field("Scan what goes into it", "Packs, and cases that were packed before.")

    def __init__(self, *args: Any, goods: list[Goods], page: "PackContainer", **more: Any) -> None:
        self.goods, self.page = goods, page
        super().__init__(*args, **more)

    def clean_label(self) -> str:
        """An SSCC, or a case's own GTIN and serial."""
        text = str(self.cleaned_data["label"])
        lines = read_scans(text, on=self.page.at.date())
        line = lines[0] if len(lines) == 1 else None
        if line and line.container:
            self.page.box = line.container
        elif line and line.gtin and line.serial and line.lot is None:
            self.page.box = Container.of_case(line.gtin, line.serial)
        else:
            raise forms.ValidationError("This is no label of a case or pallet.")
        return text

    def clean_scans(self) -> str:
        """Every line stands for goods in stock."""
        bad = [one for one in self.goods if one.fault]
        if bad:
            raise forms.ValidationError(f"{len(bad)} codes cannot go in: see the list below.")
        return str(self.cleaned_data["scans"])


class PackContainer(SigningPage):
    """Packs and cases into a case or onto a pallet."""

    doing = Doing.SHIP
    template = "pack"
    verb = "Sign: packed"

    box: Container
    goods: list[Goods]
    lots: dict[LotKey, LotLine]

    def find(self, **address: Any) -> None:
        """What was scanned so far."""
        super().find(**address)
        found = scanned(self.request.POST.get("scans", ""), self.at)
        self.goods = with_faults(found, self._fault, unknown=NOT_IN_STOCK)
        self.lots = lines_of(those_of(self.goods))

    def _fault(self, pack: PackAt) -> str:
        return "" if (pack.holder, pack.state) == (self.desk.gln, "held") else NOT_IN_STOCK

    def title(self) -> str:
        """The heading."""
        return "Pack a case or pallet"

    def form(self, data: Any = None, files: Any = None) -> PackForm:
        """A label and what goes in."""
        del files
        return PackForm(data, goods=self.goods, page=self)

    def more(self) -> dict[str, Any]:
        """What each line is."""
        sums = [(self.lots[lot], len(packs)) for lot, packs in those_of(self.goods).items()]
        return {"scanned": told_of(self.goods, self.lots), "sums": sums}

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """What goes into what."""
        del said
        yield Fact("Into", str(self.box), strong=True)
        for lot, packs in those_of(self.goods).items():
            yield Fact(f"Lot {lot.lot} · GTIN {lot.gtin}", units(len(packs)), strong=True)

    def sign(self, said: dict[str, Any], nonce: bytes) -> tuple[Recorded, ...]:
        """One call."""
        del said
        loose = [one for one in self.goods if one.container is None]
        return aggregate_packs(
            party=self.desk.gln,
            container=self.box,
            packs={lot: [p.serial for p in packs] for lot, packs in those_of(loose).items()},
            children=[one.container for one in self.goods if one.container],
            at=self.at,
            nonce=nonce,
        )


def _box(desk: Desk, name: str) -> tuple[Container, list[Packed]]:
    """The container and the packs in it that this desk may see; 404 where there is none."""
    try:
        box = Container(name)
    except Invalid as invalid:
        raise Http404 from invalid
    everything = sees_all(desk.party)
    packed = [one for one in inside([box]) if everything or desk.gln in (one.holder, one.receiver)]
    if not packed:
        raise Http404
    return box, packed


def _branch(
    box: Container, nesting: Nesting, packed: list[Packed], lines: dict[LotKey, LotLine]
) -> Branch:
    children = sorted(child for child, parent in nesting.parents.items() if parent == box)
    branches = tuple(_branch(child, nesting, packed, lines) for child in children)
    direct: dict[LotKey, list[str]] = {}
    for one in packed:
        if one.container == box:
            direct.setdefault(one.lot, []).append(str(one.serial))
    lots = tuple(
        (lines[lot], len(serials), tuple(serials[:_SHOWN_MAX])) for lot, serials in direct.items()
    )
    count = sum(n for _, n, _ in lots) + sum(one.count for one in branches)
    return Branch(box, lots, tuple(one for one in branches if one.count), count)


def _code(box: Container) -> str:
    """What a scan of the label would give, in brackets."""
    kind, value, *rest = str(box).split("/", 3)
    return f"({kind}){value}" if not rest else f"({kind}){value}({rest[0]}){rest[1]}"
