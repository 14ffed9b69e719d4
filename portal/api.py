"""The API's shell: mounts the apps' routers under /api/v1/."""

from importlib import import_module
from typing import Any

from django.urls import URLPattern, URLResolver, include, path
from django.utils import translation
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.routers import SimpleRouter

APPS = ("documents", "accounts", "vehicles", "subscriptions", "services", "community", "shop")


def _urlpatterns() -> list[URLPattern | URLResolver]:
    router = SimpleRouter()
    extra: list[URLPattern | URLResolver] = []
    for app in APPS:
        module = import_module(f"{app}.api_urls")
        for prefix, viewset, basename in module.router_entries:
            router.register(prefix, viewset, basename=basename)
        extra += getattr(module, "urlpatterns", [])
    return [*extra, *router.urls]


@extend_schema(exclude=True)
class Schema(SpectacularAPIView):
    """The OpenAPI document, in one language for all: programs are made from it."""

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        with translation.override("en"):
            return super().get(request, *args, **kwargs)


class Reference(SpectacularSwaggerSplitView):
    """The docs page; its script has an address of its own, as the content policy wants."""

    template_name = "portal/api_docs.html"
    url_name = "api-schema"


urlpatterns = [
    path("v1/", include((_urlpatterns(), "api"))),
    path("schema/", Schema.as_view(), name="api-schema"),
    path("docs/", Reference.as_view(), name="api-docs"),
]
