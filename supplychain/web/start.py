"""The start page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from supplychain.web.asking import asking_party
from supplychain.web.demo import read_demo


@require_safe
@never_cache
def start(request: HttpRequest) -> HttpResponse:
    """The demonstration's log-ins and codes where there is one, the scan page everywhere else."""
    demo = read_demo()
    template = "start.html" if demo else "scan/scan.html"
    return render(request, template, {"asking": asking_party(request), "demo": demo})
