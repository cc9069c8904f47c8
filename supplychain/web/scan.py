"""The scan page, the verdict, and the same verdict by a GS1 Digital Link."""

import re

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from supplychain.admin import nonces
from supplychain.queries.containers import labelled
from supplychain.services.check_container import check_container
from supplychain.services.verify_scan import verify_scan
from supplychain.web.asking import asking_party
from supplychain.web.container_page import container_page
from supplychain.web.verdict_page import RETRIES_MAX, page_of

_RETRY = re.compile(r"[0-9]{1,3}", re.ASCII)


@require_safe
@never_cache
def scan(request: HttpRequest) -> HttpResponse:
    """The empty scan page, or with `?code=` the verdict on it."""
    code = request.GET.get("code", "")
    if not code:
        return render(request, "scan/scan.html", {"here": "scan", "asking": asking_party(request)})
    return answer(request, code)


@require_safe
@never_cache
def digital_link(request: HttpRequest) -> HttpResponse:
    """The verdict on `/01/<gtin>/10/<lot>…` or `/00/<sscc>`: the address is what was scanned."""
    return answer(request, f"https://{request.get_host()}{_path_as_sent(request)}")


def answer(request: HttpRequest, scanned: str, *, refusal: str = "") -> HttpResponse:
    """The page of what was scanned; `refusal` says why a pack was not dispensed just now."""
    asking, at = asking_party(request), timezone.now()
    gln = asking.gln if asking else None
    label = labelled(scanned, on=at.date())
    if label is None:
        result = verify_scan(scanned=scanned, at=at, asking=gln)
        nonce = nonces.fresh(int(request.user.pk or 0)) if asking and asking.may_dispense else ""
        page = page_of(result, retried=_retried(request), nonce=nonce)
    else:
        found = check_container(container=label.container, at=at, asking=gln)
        page = container_page(found, label, scanned)
    context = {"here": "scan", "asking": asking, "page": page, "refusal": refusal}
    return render(request, page.template, context)


def _path_as_sent(request: HttpRequest) -> str:
    """Path and query before any decoding, for a lot that has a slash in it."""
    raw = request.META.get("RAW_URI", "")
    return raw if raw.startswith("/") else request.get_full_path()


def _retried(request: HttpRequest) -> int:
    text = request.GET.get("retry", "")
    return int(text) if _RETRY.fullmatch(text) else RETRIES_MAX if text else 0
