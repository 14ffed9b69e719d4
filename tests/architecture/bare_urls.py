"""The site map of the house, whose refusals are bare: a walk asks thousands of them for their status only."""

from typing import Any

from django.http import HttpRequest, HttpResponse

from portal import urls
from portal.urls import urlpatterns

__all__ = ["urlpatterns"]


def handler403(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return HttpResponse(status=403)


def handler404(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return HttpResponse(status=404)


handler400: Any = urls.handler400
handler500: Any = urls.handler500
