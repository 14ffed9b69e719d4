"""The overview, and what a browser asks of the house itself: theme, language, PWA, robots."""

import hashlib
import json
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.generic import TemplateView, View

from accounts import profile
from accounts.house import colours
from accounts.models import User
from common import brand
from common.pages import Access, Page
from common.templatetags.shell import FONT, SPRITE, asset_url, brand_logo, style_url
from portal import overview
from portal.brand_views import brand_icon_path
from portal.context import SYSTEM, THEME_COOKIE, THEMES, set_unread
from portal.front import front_page

A_YEAR = 365 * 24 * 3600  # seconds


class Overview(Page):
    """One address, two pages: the front page for visitors, the overview for people."""

    public = True

    def get_template_names(self) -> list[str]:
        signed_in = self.request.user.is_authenticated
        return ["portal/overview.html" if signed_in else "portal/front.html"]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        now = timezone.now()
        if isinstance(self.request.user, User):
            page = overview.read_overview(user=self.request.user, now=now)
            set_unread(self.request, page.unread)
            context["overview"] = page
            context["topics"] = overview.latest_topics  # asked only when the fragment is not kept
        else:
            context["front"] = front_page(now=now)
            context["public_url"] = settings.PUBLIC_URL
        return context


def _back(request: HttpRequest) -> str:
    """Where the visitor came from, if that is here."""
    target = request.POST.get("next", "")
    here = url_has_allowed_host_and_scheme(
        target, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return target if here else reverse("overview")


class Theme(Access, View):
    """Light, dark, or like the device; kept in a cookie, because it belongs to the device."""

    public = True
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        choice = request.POST.get("theme", SYSTEM)
        response: HttpResponse = HttpResponseRedirect(_back(request))
        if request.headers.get("X-Requested-With") == "fetch":
            response = HttpResponse(status=204)
        if choice in THEMES:
            response.set_cookie(
                THEME_COOKIE,
                choice,
                max_age=A_YEAR,
                samesite="Lax",
                secure=request.is_secure(),
                httponly=True,
            )
        else:
            response.delete_cookie(THEME_COOKIE)
        return response


class Language(Access, View):
    """The language of the pages; of the account too, when signed in."""

    public = True
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        response = HttpResponseRedirect(_back(request))
        language = request.POST.get("language", "")
        if not translation.check_for_language(language) or language not in dict(settings.LANGUAGES):
            return response
        if isinstance(request.user, User):
            profile.change_profile(by=request.user, changes={"language": language})
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=A_YEAR,
            samesite="Lax",
            secure=request.is_secure(),
        )
        return response


class Bell(Page):
    """The bell with its count, fetched again when a notice arrives."""

    template_name = "portal/_bell.html"


class Offline(Access, TemplateView):
    """What the service worker shows without a network; says nothing about who asks."""

    public = True

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        theme = THEMES.get(request.COOKIES.get(THEME_COOKIE, ""), "")
        return render(request, "portal/offline.html", {"theme": theme})


class Imprint(Page):
    public = True
    template_name = "portal/imprint.html"


@login_not_required
@cache_control(max_age=3600)
def manifest(request: HttpRequest) -> JsonResponse:
    """The web app manifest (W3C Web Application Manifest), from the brand."""
    shown = brand.current()
    icons = [
        {"src": brand_icon_path(name), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for name, size, purpose in (
            ("icon-192", 192, "any"),
            ("icon-512", 512, "any"),
            ("icon-maskable-512", 512, "maskable"),
        )
    ]
    body = {
        "id": "/",
        "name": shown["name"],
        "short_name": shown["name"],
        "description": _("Your car, your battery subscription, service and community in one place."),
        "lang": translation.get_language(),
        "start_url": "/",
        "scope": "/",
        "display": "standalone",
        "background_color": "#f5f7f6",
        "theme_color": "#ffffff",
        "icons": icons,
    }
    return JsonResponse(body, content_type="application/manifest+json")


@lru_cache(maxsize=2)
def _service_worker_source(logo: str) -> str:
    shell = [
        reverse("offline"),
        asset_url("frontend/main.js"),
        style_url(),
        asset_url(FONT),
        asset_url(SPRITE),
        logo,
    ]
    version = hashlib.sha256(" ".join(shell).encode()).hexdigest()[:12]
    told = f"const SHELL = {json.dumps(shell)};\nconst VERSION = {json.dumps(version)};\n"
    return told + (settings.BASE_DIR / "frontend" / "sw.js").read_text()


@login_not_required
@cache_control(max_age=0, no_cache=True)
def service_worker(request: HttpRequest) -> HttpResponse:
    """The service worker, told which built files make up the shell."""
    return HttpResponse(_service_worker_source(brand_logo()), content_type="text/javascript")


@login_not_required
@cache_control(max_age=3600)
def brand_style(request: HttpRequest) -> HttpResponse:
    """Another brand's main colour; its soft grounds and inks are mixed from it."""
    shown = brand.current()
    light = shown["colour"]
    dark = shown.get("colour_dark") or colours.nearest_readable(light, theme="dark")
    shades = {
        "light": colours.palette(light, theme="light"),
        "dark": colours.palette(dark, theme="dark"),
    }
    return render(request, "portal/brand.css", shades, content_type="text/css")


@login_not_required
@cache_control(max_age=3600)
def robots(request: HttpRequest) -> HttpResponse:
    lines = [
        "User-agent: *",
        "Disallow: /account/",
        "Disallow: /staff/",
        "Disallow: /api/",
        f"Sitemap: {settings.PUBLIC_URL}{reverse('sitemap')}",
    ]
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain")
