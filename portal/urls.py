"""The whole site map on one screen."""

from django.contrib import admin
from django.urls import include, path

from accounts.partners.outside_views import LeaveForOutside
from portal import health, metrics

urlpatterns = [
    path("", include("portal.shell_urls")),
    path("account/oidc/<str:provider_id>/login/", LeaveForOutside.as_view()),  # before allauth's own
    path("account/", include("allauth.urls")),
    path("_allauth/", include("allauth.headless.urls")),
    path("", include("accounts.partners.identity_urls")),  # /.well-known/openid-configuration, /identity/
    path("", include("documents.urls")),  # /documents/
    path("", include("accounts.urls")),  # /account/, /staff/journal/, /staff/people/
    path("", include("vehicles.urls")),  # /garage/, /staff/vehicles/
    path("", include("subscriptions.urls")),  # /subscriptions/, /cancel/, /withdraw/, /staff/subscriptions/
    path("", include("services.urls")),  # /service/, /staff/day/
    path("", include("community.urls")),  # /community/, /staff/reports/
    path("", include("shop.urls")),  # /shop/
    path("api/", include("portal.api")),
    path("staff/office/", admin.site.urls),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("metrics", metrics.metrics, name="metrics"),
]

handler400 = "portal.error_pages.bad_request"
handler403 = "portal.error_pages.forbidden"
handler404 = "portal.error_pages.not_found"
handler429 = "portal.error_pages.too_many"
handler500 = "portal.error_pages.broken"
