"""Pages about some units of a lot: where they are, how many or which packs, and why."""

from collections.abc import Iterator, Sequence
from typing import Any, ClassVar, Final

from django import forms
from django.http import Http404

from ledger.core.entry import stream_id
from supplychain.admin.forms import offer, reason_field, units_field
from supplychain.admin.scanning import lines_of, scanned, scans_field, told_of, with_faults
from supplychain.admin.signing_pages import Fact, LotPage
from supplychain.domain.identifiers import Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.outputs import State
from supplychain.queries.lot_lines import LotLine
from supplychain.queries.pack_lists import PackLine, packs_of
from supplychain.queries.packs import is_serialised
from supplychain.queries.scanned_goods import Goods, PackAt
from supplychain.queries.stock import parcels
from supplychain.web.wording import day, units

LISTED_MAX: Final = 200
NAMED_MAX: Final = 12
PLACES: Final = {
    State.HELD: "Stock",
    State.QUARANTINED: "Quarantine",
    State.RETURNED: "Came back",
    State.DISPENSED: "Dispensed",
    State.SAMPLED: "Taken as samples",
    State.EXPORTED: "Exported",
    State.DECOMMISSIONED: "Decommissioned",
}
NOT_HERE: Final = "NOT_HERE: You have no such pack of this lot there: take the line out."


def goods(line: LotLine) -> Iterator[Fact]:
    """Which goods an entry is about."""
    yield Fact("Product", f"{line.name} {line.strength}, {line.form}")
    yield Fact("Lot", f"{line.key.lot} · GTIN {line.key.gtin}")
    yield Fact("Expiry date", day(line.expiry.on))


class GoodsForm(forms.Form):
    """Some units of a lot. Of one with serial numbers, `packs` are those chosen once it is valid.

    Packs are ticked in a list, where it is short, or scanned. Without any an amount is meant, which
    the ledger takes only where no pack has to be named.
    """

    source = forms.ChoiceField(label="From", widget=forms.RadioSelect)
    quantity = units_field("Units")
    picked = forms.MultipleChoiceField(
        label="Packs", required=False, widget=forms.CheckboxSelectMultiple
    )
    scans = scans_field(
        "Scan the packs",
        "One code on each line; a scanner's Enter begins the next.",
        required=False,
    )

    def __init__(
        self,
        *args: Any,
        sources: Sequence[tuple[str, str]],
        listed: Sequence[PackLine] | None,
        goods: Sequence[Goods] = (),
        fixed: bool = False,
        **more: Any,
    ) -> None:
        """`listed` is None where the lot has no serial numbers; `fixed`: there is one source."""
        super().__init__(*args, **more)
        self.goods = goods
        self.serialised = listed is not None
        self.packs: tuple[Serial, ...] | None = None
        self.place = sources[0][0] if fixed else ""
        offer(self.fields["source"], sources)
        if fixed:
            del self.fields["source"]
        if not self.serialised:
            del self.fields["scans"]
        if not listed:
            del self.fields["picked"]
        else:
            offer(self.fields["picked"], [(one.serial, _name(one)) for one in listed])
        if self.serialised:
            self.fields["quantity"].required = False
            self.fields["quantity"].help_text = "Leave it empty where you choose packs."

    def clean_scans(self) -> str:
        """Every line stands for packs that are there."""
        bad = [one for one in self.goods if one.fault]
        if bad:
            many = f"{len(bad)} of {len(self.goods)} codes do not fit: see the list below."
            raise forms.ValidationError(many)
        return str(self.cleaned_data["scans"])

    def clean(self) -> dict[str, Any]:
        """So many units as there are packs, or an amount without packs."""
        found = super().clean() or {}
        if self.place:
            found["source"] = self.place
        chosen = {Serial(one) for one in found.get("picked") or ()}
        chosen |= {pack.serial for one in self.goods for pack in one.packs}
        if chosen:
            self.packs = tuple(sorted(chosen))
            self._count(found, len(chosen))
        elif self.serialised and not found.get("quantity") and not self.errors:
            self.add_error("quantity", "Choose the packs, or say how many units.")
        return found

    def _count(self, found: dict[str, Any], packs: int) -> None:
        said = found.get("quantity")
        if said not in (None, packs):
            self.add_error("quantity", f"You chose {packs:,} packs, and say {said:,} units.")
        found["quantity"] = packs


class ReasonedForm(GoodsForm):
    """The same, and why."""

    reason = reason_field()


def _name(one: PackLine) -> str:
    return f"{one.serial} in {one.container}" if one.container else one.serial


class GoodsPage(LotPage):
    """A page about some of the units that the organisation has of a lot, in one of these states."""

    states: ClassVar[tuple[State, ...]] = (State.HELD,)
    heading: ClassVar[str]
    did: ClassVar[str]
    form_class: ClassVar[type[GoodsForm]] = ReasonedForm

    amounts: dict[State, int]
    listed: Sequence[PackLine] | None
    goods: list[Goods]
    _form: GoodsForm

    def find(self, **address: Any) -> None:
        """The lot, how much of it is where, and what was scanned. Raises Http404 without goods."""
        super().find(**address)
        key = self.line.key
        self.amounts = {state: amount for state in self.states if (amount := self._amount(state))}
        if not self.amounts:
            raise Http404
        serialised = is_serialised(stream_id(key.stream))
        self.listed = self._listed(key) if serialised else None
        text = self.request.POST.get("scans", "") if serialised else ""
        self.goods = with_faults(scanned(text, self.at), self._fault, unknown=NOT_HERE)

    def _amount(self, state: State) -> int:
        return sum(one.quantity for one in parcels(self.desk.gln, self.line.key, state.value))

    def _listed(self, key: LotKey) -> Sequence[PackLine]:
        """The packs to tick, none where there are so many that nobody reads them."""
        few = packs_of(self.desk.gln, key, states=[state.value for state in self.states])
        return few[:LISTED_MAX] if len(few) <= LISTED_MAX else ()

    def _fault(self, pack: PackAt) -> str:
        fixed = self.states[0] if len(self.states) == 1 else ""
        there = fixed or self.request.POST.get("source", "")
        mine = (pack.lot, pack.holder, pack.state) == (self.line.key, self.desk.gln, there)
        return "" if mine else NOT_HERE

    def title(self) -> str:
        """The heading."""
        return f"{self.heading} lot {self.line.key.lot}"

    def form(self, data: Any = None, files: Any = None) -> GoodsForm:
        """From the places where there is something, the most unusual one first."""
        sources = [
            (state.value, f"{PLACES[state]} ({units(amount)})")
            for state, amount in self.amounts.items()
        ]
        form = self.form_class(
            data,
            files,
            sources=sources,
            listed=self.listed,
            goods=self.goods,
            fixed=len(self.states) == 1,
            initial=self.initial() | {"source": sources[-1][0]},
            **self.asked(),
        )
        self._form = form
        return form

    def initial(self) -> dict[str, Any]:
        """What the form says before anybody said anything."""
        return {}

    def asked(self) -> dict[str, Any]:
        """What the form needs to know besides."""
        return {}

    def more(self) -> dict[str, Any]:
        """How much there is, and what each scanned line is."""
        return {"detail": self.detail, "scanned": self.scanned_lines()}

    def scanned_lines(self) -> list[dict[str, Any]]:
        """What was scanned, faults first."""
        lots = {pack.lot for one in self.goods for pack in one.packs}
        return told_of(self.goods, lines_of(lots))

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """What becomes of which goods."""
        yield from goods(self.line)
        yield Fact(self.did, units(said["quantity"]), strong=True)
        if self._form.packs:
            yield Fact("Packs", named(self._form.packs))
        place = State(said["source"])
        yield Fact("From", PLACES[place].lower())
        yield Fact("Left there", units(self.amounts[place] - said["quantity"]))
        yield from self.further(said)
        if said.get("reason"):
            yield Fact("Reason", said["reason"])

    def further(self, said: dict[str, Any]) -> Iterator[Fact]:
        """What is signed besides."""
        del said
        yield from ()

    def told(self, said: dict[str, Any], nonce: bytes) -> dict[str, Any]:
        """What each service about units of a lot is told."""
        told = {
            "party": self.desk.gln,
            "lot": self.line.key,
            "quantity": said["quantity"],
            "packs": self._form.packs,
            "at": self.at,
            "nonce": nonce,
        }
        return told | ({"reason": said["reason"]} if "reason" in said else {})


def named(packs: Sequence[Serial]) -> str:
    """The serial numbers, the first twelve of them."""
    first = ", ".join(map(str, packs[:NAMED_MAX]))
    return first if len(packs) <= NAMED_MAX else f"{first} and {len(packs) - NAMED_MAX:,} more"
