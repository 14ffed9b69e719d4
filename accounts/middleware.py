"""A signed-in person's language and time zone; visitors keep what LocaleMiddleware found."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from redis.exceptions import RedisError

from accounts import sessions


class PreferencesMiddleware:
    """Runs after authentication. Visitors: language cookie, Accept-Language, then German."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = request.user
        if not user.is_authenticated:
            timezone.deactivate()
            return self.get_response(request)
        translation.activate(user.language)
        request.LANGUAGE_CODE = user.language
        with timezone.override(ZoneInfo(user.time_zone)):
            return self.get_response(request)


class LastSeenMiddleware:
    """Keeps the list of sessions true to some minutes, without a write per page."""

    every = 600  # seconds

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        key = request.session.session_key
        if key and request.user.is_authenticated and self._is_due(key):
            sessions.note_seen(session_key=key, now=timezone.now())
        return self.get_response(request)

    def _is_due(self, session_key: str) -> bool:
        try:
            return cache.add(f"seen:{session_key}", 1, self.every)
        except RedisError:
            return False  # Valkey is away: no page waits for such a detail
