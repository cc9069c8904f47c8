"""Register a lot: by amount, by a range of serial numbers, or by a file of them."""

import secrets
from collections.abc import Iterator, Mapping
from typing import Any, Final

from django import forms
from django.http import HttpRequest, HttpResponse

from ledger.core.errors import Malformed
from supplychain.admin.desks import Doing
from supplychain.admin.forms import LotForm
from supplychain.admin.saying import said_of
from supplychain.admin.signing_pages import Fact, SigningPage
from supplychain.admin.uploads import UploadForm, as_failed_rows
from supplychain.domain.conditions import RowError
from supplychain.domain.identifiers import Gtin, LotNumber, Serial
from supplychain.domain.lots import LotKey
from supplychain.domain.packs import SECRET_BYTES, Pack
from supplychain.domain.serial_ranges import serial_range
from supplychain.formats.rows import ERRORS_MAX, RowsFault
from supplychain.formats.serial_lists import SERIALS_MAX, read_serial_list
from supplychain.queries.organisations import product, products_of
from supplychain.queries.packs import born_before
from supplychain.queries.profiles import profile_of
from supplychain.recording.submissions import Recorded
from supplychain.services.register_lot import register_lot
from supplychain.web.wording import day, units

NONE: Final = "none"
RANGE: Final = "range"
FILE: Final = "file"


class BirthForm(LotForm, UploadForm):
    """A lot, with or without serial numbers; `packs` are these, None where it has none."""

    serials = forms.ChoiceField(
        label="Serial numbers",
        choices=[(NONE, "None: by amount"), (RANGE, "In a row"), (FILE, "From a file (CSV)")],
        initial=NONE,
        required=False,
        widget=forms.RadioSelect,
    )
    begins = forms.CharField(label="Begin with", required=False, max_length=19)
    first = forms.CharField(
        label="First number",
        required=False,
        max_length=20,
        help_text="Digits; zeros in front count. As many follow as there are units.",
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    field_order = ("gtin", "lot", "expiry", "quantity", "serials", "begins", "first", "file")

    def __init__(self, *args: Any, **more: Any) -> None:
        self.packs: tuple[Serial, ...] | None = None
        super().__init__(*args, **more)

    def clean(self) -> dict[str, Any] | None:
        """Make or read the numbers; what was born before is told by its row."""
        found = super().clean() or {}
        way = found.get("serials") or NONE
        if way == NONE or self.errors:
            return found
        try:
            self.packs = self._range(found) if way == RANGE else self._listed(found)
        except RowsFault as fault:
            self.row_errors = fault.errors
            self.add_error("file", fault.message)
        except Malformed as bad:
            self.add_error("first" if way == RANGE else "file", said_of(bad))
        return found

    def _range(self, said: dict[str, Any]) -> tuple[Serial, ...] | None:
        if said["quantity"] > SERIALS_MAX:
            self.add_error("quantity", f"At most {SERIALS_MAX:,} with serial numbers at once.")
            return None
        return serial_range(said["begins"], said["first"], said["quantity"])

    def _listed(self, said: dict[str, Any]) -> tuple[Serial, ...] | None:
        if self.brought is None:
            self.add_error("file", self.fault or "Choose the file.")
            return None
        key = LotKey(Gtin(said["gtin"]), LotNumber.parse(said["lot"]))
        serials = read_serial_list(self.brought.content, key, said["expiry"])
        if errors := _born(key.gtin, serials):
            raise RowsFault(*errors)
        if len(serials) != said["quantity"]:
            self.add_error("quantity", f"The file has {len(serials):,} serial numbers.")
        return tuple(serials)


def _born(gtin: Gtin, serials: Mapping[Serial, int]) -> list[RowError]:
    """The rows whose packs were born before, whatever their lot."""
    before = {pack.serial for pack in born_before(Pack(gtin, serial) for serial in serials)}
    fix = "This pack was born before: take the row out."
    return [
        RowError(row, "serial", str(serial), "PACK_BORN_TWICE", fix)
        for serial, row in serials.items()
        if serial in before
    ][:ERRORS_MAX]


class RegisterLot(SigningPage):
    """A maker brings a lot into the world."""

    doing = Doing.REGISTER
    template = "register_lot"
    verb = "Sign and register"
    note = "A lot is born once: number, expiry and quantity are signed and never change."

    _form: BirthForm

    def title(self) -> str:
        """The heading."""
        lot = self.request.POST.get("lot", "")[:20]
        return f"Register lot {lot}" if lot else "Register a lot"

    def form(self, data: Any = None, files: Any = None) -> BirthForm:
        """With the organisation's own products to choose from."""
        listed = products_of(self.desk.gln)
        choices = [(one.gtin, f"{one.name} {one.strength}, {one.form}") for one in listed]
        chosen = {"gtin": self.request.GET.get("gtin", ""), "serials": NONE}
        self._form = BirthForm(data, files, products=choices, initial=chosen)
        return self._form

    def post(self, request: HttpRequest, **address: Any) -> HttpResponse:
        """Review, go back, or sign; or take the rows of the file that failed."""
        if request.POST.get("do") == "failed":
            form = self.form(request.POST, request.FILES)
            if form.brought and not form.is_valid() and form.row_errors:
                return as_failed_rows("serials-failed", form.brought.content, form.row_errors)
        return super().post(request, **address)

    def more(self) -> dict[str, Any]:
        """Whether there is a product to choose at all."""
        return {"no_products": not products_of(self.desk.gln)}

    def facts(self, said: dict[str, Any]) -> Iterator[Fact]:
        """The lot as it will stand in the ledger."""
        found = product(said["gtin"])
        if found is not None:
            yield Fact("Product", f"{found.name} {found.strength}, {found.form}", strong=True)
            yield Fact("Storage", profile_of(found.profile).name)
        yield Fact("GTIN", str(Gtin(said["gtin"])))
        yield Fact("Lot number", said["lot"], strong=True)
        yield Fact("Expiry date", day(said["expiry"]), strong=True)
        yield Fact("Units", units(said["quantity"]), strong=True)
        if packs := self._form.packs:
            ends = str(packs[0]) if len(packs) == 1 else f"{packs[0]} … {packs[-1]}"
            yield Fact("Serial numbers", f"{len(packs):,}: {ends}", strong=True)

    def sign(self, said: dict[str, Any], nonce: bytes) -> Recorded:
        """One call."""
        return register_lot(
            party=self.desk.gln,
            gtin=said["gtin"],
            lot=said["lot"],
            quantity=said["quantity"],
            expiry=said["expiry"],
            expiry_zone="+00:00",
            at=self.at,
            nonce=nonce,
            packs=self._form.packs,
            secret=secrets.token_bytes(SECRET_BYTES),
        )
