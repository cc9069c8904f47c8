"""The catalogue of a maker."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from supplychain.admin.desks import Desk, Doing, desk_page, not_allowed, show
from supplychain.admin.forms import ProductForm
from supplychain.admin.journal import write_down
from supplychain.admin.listing import as_csv, wants_csv
from supplychain.admin.saying import said_of
from supplychain.admin.signing_pages import REFUSALS
from supplychain.models import Product
from supplychain.queries.organisations import products_of
from supplychain.queries.profiles import known_profile, profiles_for
from supplychain.services.register_product import register_product

_HEADER = ("gtin", "name", "strength", "form", "storage profile")


@desk_page
@require_safe
def products(request: HttpRequest, desk: Desk) -> HttpResponse:
    """The organisation's products."""
    listed = products_of(desk.gln)
    if wants_csv(request):
        rows = [(one.gtin, one.name, one.strength, one.form, one.profile) for one in listed]
        return as_csv("products", _HEADER, rows)
    rows_shown = [(one, _storage(one)) for one in listed]
    added = request.GET.get("added", "")
    return show(
        request, desk, "products", here="products", title="Products", rows=rows_shown, added=added
    )


@desk_page
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest, desk: Desk) -> HttpResponse:
    """A product for the catalogue; nothing of it is signed until a lot is registered."""
    if not desk.may(Doing.CATALOGUE):
        return not_allowed(request, desk)
    form = ProductForm(request.POST or None, profiles=profiles_for(desk.gln))
    if form.is_valid():
        try:
            with transaction.atomic():
                made = _register(desk, form)
                write_down(request, f"Register the product {made}")
        except REFUSALS as refusal:
            about_gtin = "GTIN" in getattr(refusal, "code", "")
            form.add_error("gtin" if about_gtin else None, said_of(refusal))
        else:
            return redirect(f"{reverse('desk:products')}?added={made.gtin}")
    return show(request, desk, "product", here="products", title="Register a product", form=form)


def _register(desk: Desk, form: ProductForm) -> Product:
    said = form.cleaned_data
    return register_product(
        party=desk.gln,
        gtin=said["gtin"],
        name=said["name"],
        strength=said["strength"],
        form=said["form"],
        profile=said["profile"],
    )


def _storage(product: Product) -> str:
    known = known_profile(product.profile)
    return known.name if known else product.profile
