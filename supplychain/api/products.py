"""The organisation's catalogue."""

from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from supplychain.api.answers import ProductShape
from supplychain.api.documented import READING, WRITING, documented
from supplychain.api.doors import Door, Right, acting_of
from supplychain.api.lists import PAGING, answer_page, page_shape
from supplychain.api.shapes import NewProduct, checked
from supplychain.queries.organisations import products_of
from supplychain.services.register_product import register_product

_EXAMPLE = {
    "gtin": "00614141000012",
    "name": "Paracetamol",
    "strength": "500 mg",
    "form": "20 tablets",
    "profile": "below-25/1",
}


class Products(Door):
    """Products of the organisation."""

    rights = {"POST": Right.PREPARE}

    @documented(
        "Lots",
        "List the catalogue",
        answers={200: page_shape(ProductShape)},
        problems=(400, *READING),
        parameters=PAGING,
    )
    def get(self, request: Request) -> Response:
        """The organisation's own products, by name."""
        rows = products_of(acting_of(request).gln)
        return answer_page(request, rows, ProductShape, lambda row: (row.gtin, row.name))

    @documented(
        "Lots",
        "Put a product into the catalogue",
        request=NewProduct,
        example=_EXAMPLE,
        answers={201: ProductShape},
        problems=WRITING,
    )
    def post(self, request: Request) -> Response:
        """The same twice is one; the same GTIN in other words is refused: PRODUCT_KNOWN."""
        given = checked(NewProduct, request)
        product = register_product(party=acting_of(request).gln, **given)
        return Response(ProductShape(product).data, status.HTTP_201_CREATED)
