"""Lots made of lots: repacked, split, merged, relabelled, with what is lost in it declared."""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from django import forms

from supplychain.admin.chosen_goods import GoodsPage, ReasonedForm, named
from supplychain.admin.desks import Doing
from supplychain.admin.forms import units_field
from supplychain.admin.saying import said_of
from supplychain.admin.scanning import scanned, scans_field, with_faults
from supplychain.admin.signing_pages import Fact
from supplychain.domain.errors import Invalid
from supplychain.domain.identifiers import Gtin, LotNumber, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.statements import TransformKind
from supplychain.domain.transform_statements import OPERATION_MAX, Into
from supplychain.queries.organisations import products_of
from supplychain.queries.scanned_goods import Goods
from supplychain.recording.submissions import Recorded
from supplychain.services.transform_lot import transform_lot
from supplychain.web.wording import units

ROWS: Final = range(1, 5)
PARTS: Final = ("gtin", "lot", "uses", "makes")
KINDS: Final = {
    TransformKind.REPACK: "Repack: other packs, more or fewer",
    TransformKind.SPLIT: "Split: the same packs in several lots",
    TransformKind.MERGE: "Merge: into a lot that others go into too",
    TransformKind.RELABEL: "Relabel: the same packs, another lot",
}


class TransformForm(ReasonedForm):
    """What becomes of how much; `into` are the new lots once it is valid."""

    kind = forms.ChoiceField(
        label="What is done",
        choices=[(kind.value, words) for kind, words in KINDS.items()],
        widget=forms.RadioSelect,
    )
    operation = forms.CharField(
        label="Operation number",
        max_length=OPERATION_MAX,
        help_text="The same for every lot that goes into it.",
    )
    lost = units_field("Lost in it", lowest=0, initial=0, help_text="Destroyed, and never back.")
    lost_scans = scans_field(
        "Scan the packs that were lost in it", "One code on each line.", required=False
    )

    def __init__(
        self, *args: Any, products: list[tuple[str, str]], lost_goods: Sequence[Goods], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.into: tuple[Into, ...] = ()
        self.lost_goods = lost_goods
        del self.fields["quantity"]
        if not self.serialised:
            del self.fields["lost_scans"]
        for row in ROWS:
            self.fields |= _row(row, products)

    @property
    def rows(self) -> list[list[forms.BoundField]]:
        """The fields of each new lot."""
        return [[self[f"{part}_{row}"] for part in PARTS] for row in ROWS]

    @property
    def several(self) -> bool:
        """Whether anything is said of more new lots than one, or wrong with them."""
        fields = [field for row in self.rows[1:] for field in row]
        return any(field.value() or field.errors for field in fields)

    @property
    def lost_packs(self) -> tuple[Serial, ...] | None:
        """The packs that were lost in it, where they were scanned."""
        return tuple(sorted({p.serial for one in self.lost_goods for p in one.packs})) or None

    def clean_lost_scans(self) -> str:
        """Every line stands for packs that are there."""
        if any(one.fault for one in self.lost_goods):
            raise forms.ValidationError("Not all of these are packs of your stock of this lot.")
        return str(self.cleaned_data["lost_scans"])

    def clean(self) -> dict[str, Any]:
        """The new lots, and that packs are as many as they have to be."""
        said = self.cleaned_data
        self.into = tuple(filter(None, (self._into(said, row) for row in ROWS)))
        if not self.into and not self.errors:
            self.add_error("gtin_1", "Say what it becomes.")
        said["quantity"] = sum(one.uses for one in self.into) or None
        found = super().clean()
        if self.lost_packs and len(self.lost_packs) != found.get("lost"):
            self.add_error("lost", f"You scanned {len(self.lost_packs)} lost packs.")
        return found

    def _count(self, found: dict[str, Any], packs: int) -> None:
        if found["quantity"] != packs:
            words = f"{packs:,} packs are chosen, and {units(found['quantity'] or 0)} used."
            self.add_error("uses_1", words)

    def _into(self, said: dict[str, Any], row: int) -> Into | None:
        values = [said.get(f"{part}_{row}") for part in PARTS]
        if not any(values[1:]):
            return None
        gtin, lot, uses, makes = values
        if not (gtin and lot and uses):
            self.add_error(f"lot_{row}", "A new lot needs product, number and units.")
            return None
        try:
            return Into(LotKey(Gtin.parse(gtin), LotNumber.parse(lot)), uses, makes or uses)
        except Invalid as invalid:
            self.add_error(f"lot_{row}", said_of(invalid))
            return None


def _row(row: int, products: list[tuple[str, str]]) -> dict[str, forms.Field]:
    words = f"new lot {row}"
    return {
        f"gtin_{row}": forms.ChoiceField(
            label=f"Product of {words}", required=False, choices=[("", "–"), *products]
        ),
        f"lot_{row}": forms.CharField(label=f"Number of {words}", required=False, max_length=20),
        f"uses_{row}": units_field("Units used", required=False),
        f"makes_{row}": units_field(
            "Units made", required=False, help_text="As many as are used, where it is empty."
        ),
    }


class Transform(GoodsPage):
    """Units that become units of other lots."""

    doing = Doing.TRANSFORM
    template = "transform"
    heading = "Make other lots of"
    did = "Used"
    verb = "Sign: transformed"
    note = "Register the new lots afterwards: their births cite this entry, and recalls follow it."
    form_class = TransformForm

    _form: TransformForm

    def asked(self) -> dict[str, Any]:
        """The organisation's own products, and what was scanned as lost."""
        listed = products_of(self.desk.gln)
        lost = scanned(self.request.POST.get("lost_scans", ""), self.at)
        return {
            "products": [(one.gtin, f"{one.name} {one.strength}, {one.form}") for one in listed],
            "lost_goods": with_faults(lost, self._fault, unknown="NOT_HERE"),
        }

    def initial(self) -> dict[str, Any]:
        """The same product again, as a rule."""
        return {"gtin_1": str(self.line.key.gtin), "lost": 0}

    def further(self, said: dict[str, Any]) -> Iterator[Fact]:
        """What it becomes."""
        yield Fact("What is done", KINDS[TransformKind(said["kind"])])
        yield Fact("Operation number", said["operation"])
        for one in self._form.into:
            makes = f"{units(one.makes)} of {units(one.uses)}"
            yield Fact(f"Becomes lot {one.key.lot}", f"{makes} · GTIN {one.key.gtin}", strong=True)
        yield Fact("Lost in it", units(said["lost"]), strong=bool(said["lost"]))
        if self._form.lost_packs:
            yield Fact("Lost packs", named(self._form.lost_packs))

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        told = self.told(said, nonce)
        del told["quantity"]
        return transform_lot(
            **told,
            operation=said["operation"],
            kind=TransformKind(said["kind"]),
            into=self._form.into,
            lost=said["lost"],
            lost_packs=self._form.lost_packs,
        )
