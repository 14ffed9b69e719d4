"""The API's shell: mounts the apps' routers under /api/v1/."""

from importlib import import_module

from django.urls import URLPattern, URLResolver, include, path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView
from rest_framework.routers import SimpleRouter

APPS = ("accounts", "vehicles", "subscriptions", "services", "community", "shop")


def _urlpatterns() -> list[URLPattern | URLResolver]:
    router = SimpleRouter()
    extra: list[URLPattern | URLResolver] = []
    for app in APPS:
        module = import_module(f"{app}.api_urls")
        for prefix, viewset, basename in module.router_entries:
            router.register(prefix, viewset, basename=basename)
        extra += getattr(module, "urlpatterns", [])
    return [*extra, *router.urls]


urlpatterns = [
    path("v1/", include((_urlpatterns(), "api"))),
    path("schema/", SpectacularAPIView.as_view(), name="api-schema"),
    path("docs/", SpectacularSwaggerView.as_view(url_name="api-schema"), name="api-docs"),
]
