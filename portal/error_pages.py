"""Pages for what went wrong: what happened, what to do next, nothing lost."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from accounts.house import brand
from portal.context import THEME_COOKIE, THEMES

Answer = HttpResponse | JsonResponse


def _wants_problem(request: HttpRequest) -> bool:
    return request.path.startswith(("/api/", "/_allauth/"))


def _problem(status: int, code: str, title: str) -> JsonResponse:
    body = {"type": "about:blank", "title": title, "status": status, "code": code, "detail": title}
    return JsonResponse(body, status=status, content_type="application/problem+json")


def bad_request(request: HttpRequest, exception: Exception | None = None) -> Answer:
    title = _("This request could not be understood.")
    if _wants_problem(request):
        return _problem(400, "bad_request", title)
    return _plain(request, "errors/400.html", 400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> Answer:
    if _wants_problem(request):
        return _problem(403, "not_allowed", _("You may not do this."))
    return render(request, "errors/403.html", {"reason": _words(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> Answer:
    if _wants_problem(request):
        return _problem(404, "not_found", _("There is nothing here."))
    return render(request, "errors/404.html", status=404)


def too_many(request: HttpRequest, exception: Exception | None = None) -> Answer:
    if _wants_problem(request):
        return _problem(429, "too_many_requests", _("Too many attempts. Please wait a moment."))
    return render(request, "errors/429.html", status=429)


def csrf_failure(request: HttpRequest, reason: str = "") -> Answer:
    if _wants_problem(request):
        return _problem(403, "csrf_failed", _("The security token is missing or out of date."))
    return render(request, "errors/csrf.html", status=403)


def broken(request: HttpRequest) -> Answer:
    """Our own fault: drawn without the database, which may be the cause."""
    if _wants_problem(request):
        return _problem(500, "server_error", _("Something broke on our side."))
    return _plain(request, "errors/500.html", 500)


def _plain(request: HttpRequest, template: str, status: int) -> HttpResponse:
    context: dict[str, Any] = {
        "brand": brand.held_brand(),
        "theme": THEMES.get(request.COOKIES.get(THEME_COOKIE, ""), ""),
        "path": request.path,
    }
    return HttpResponse(render_to_string(template, context), status=status)


def _words(exception: Exception | None) -> str:
    """The sentence of a domain error; Django's own reasons are not for people."""
    text = str(exception or "")
    return text if " " in text else ""
