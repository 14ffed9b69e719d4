"""Who calls: an app by its session token, a page by its session cookie."""

from typing import Any

from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from django.http import HttpRequest
from rest_framework.request import Request

_FOUND = "portal.app_sign_in"


def app_sign_in(request: HttpRequest) -> tuple[Any, Any] | None:
    """The person and the session behind ``X-Session-Token``, looked up once per request.

    The middleware asks for the person's language and time zone, the API for the person.
    """
    if _FOUND not in request.META:
        request.META[_FOUND] = XSessionTokenAuthentication().authenticate(request)
    found: tuple[Any, Any] | None = request.META[_FOUND]
    return found


class SessionTokenAuthentication(XSessionTokenAuthentication):
    """First in line, so that a call without a sign-in is told how to sign in (401, not 403)."""

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        return app_sign_in(request._request)

    def authenticate_header(self, request: Request) -> str:
        return 'X-Session-Token realm="api"'
