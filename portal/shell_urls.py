"""Pages of the shell itself."""

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.contrib.sitemaps.views import sitemap
from django.urls import path

from portal import brand_views, dev_views, views
from portal.sitemaps import SITEMAPS

urlpatterns = [
    path("", views.Overview.as_view(), name="overview"),
    path("theme/", views.Theme.as_view(), name="theme"),
    path("language/", views.Language.as_view(), name="language"),
    path("shell/bell/", views.Bell.as_view(), name="bell"),
    path("offline/", views.Offline.as_view(), name="offline"),
    path("manifest.webmanifest", views.manifest, name="manifest"),
    path("sw.js", views.service_worker, name="service-worker"),
    path("brand.css", views.brand_style, name="brand-style"),
    path("brand/logo-<str:sign>.webp", brand_views.Logo.as_view(), name="brand-logo"),
    path("brand/<str:name>.png", brand_views.Icon.as_view(), name="brand-icon"),
    path("robots.txt", views.robots, name="robots"),
    path("sitemap.xml", login_not_required(sitemap), {"sitemaps": SITEMAPS}, name="sitemap"),
    path("imprint/", views.Imprint.as_view(), name="imprint"),
]

if settings.DEV_PAGES:
    urlpatterns += [
        path("dev/mail/", dev_views.MailList.as_view(), name="dev-mail"),
        path("dev/mail/<str:name>/", dev_views.MailDetail.as_view(), name="dev-mail-detail"),
        path("dev/mail/<str:name>/html/", dev_views.mail_html, name="dev-mail-html"),
        path("dev/components/", dev_views.Components.as_view(), name="dev-components"),
    ]
