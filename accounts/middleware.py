"""A signed-in person's language, time zone and last visit; visitors keep what LocaleMiddleware found.

Pages bring a cookie, apps their ``X-Session-Token``: as in the API, the token goes first.
"""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from accounts import sessions
from accounts.adapters import MailNotSent
from accounts.models import User
from accounts.privacy import inactive
from common.rest.authentication import app_sign_in
from common.writing import written_as

Answer = Callable[[HttpRequest], HttpResponse]


class PreferencesMiddleware:
    """Runs after authentication. Visitors: language cookie, Accept-Language, then German."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        app = app_sign_in(request)
        user: User | AnonymousUser = app[0] if app else request.user
        if not isinstance(user, User):
            timezone.deactivate()
            return self.get_response(request)
        translation.activate(user.language)
        request.LANGUAGE_CODE = user.language
        with timezone.override(ZoneInfo(user.time_zone)), written_as(user.formats):
            return self.get_response(request)


class LastSeenMiddleware:
    """Keeps the list of sessions true to some minutes, and people's last day, without a write per page."""

    every = 600  # seconds

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user, key = self._sign_in(request)
        if user is not None:
            inactive.note_use(user=user, now=timezone.now())
        if key and self._is_due(key):
            sessions.note_seen(session_key=key, now=timezone.now())
        return self.get_response(request)

    def _sign_in(self, request: HttpRequest) -> tuple[User | None, str | None]:
        if app := app_sign_in(request):
            return app[0], app[1].session_key
        if isinstance(request.user, User):
            return request.user, request.session.session_key
        return None, None

    def _is_due(self, session_key: str) -> bool:
        try:
            return cache.add(f"seen:{session_key}", 1, self.every)
        except RedisError:
            return False  # Valkey is away: no page waits for such a detail


class MailNotSentMiddleware:
    """A code that could not be mailed: a page for people, a problem (RFC 9457) for apps."""

    retry_after = 120  # seconds

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, MailNotSent):
            return None
        # allauth marks what came through its headless API.
        from_app = hasattr(getattr(request, "allauth", None), "headless")
        answer = self._problem() if from_app else self._page(request)
        answer["Retry-After"] = str(self.retry_after)
        return answer

    def _page(self, request: HttpRequest) -> HttpResponse:
        return render(request, "account/mail_failed.html", status=503)

    def _problem(self) -> HttpResponse:
        code = "mail_not_sent"
        words = _("We could not send you the e-mail. Please try again in a few minutes; nothing is lost.")
        body = {
            "type": f"/api/docs/#problem-{code}",
            "title": "Mail not sent",
            "status": 503,
            "code": code,
            "detail": words,
            # As allauth's own answers name what went wrong.
            "errors": [{"code": code, "message": words}],
        }
        return JsonResponse(body, status=503, content_type="application/problem+json")
