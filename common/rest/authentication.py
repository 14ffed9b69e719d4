"""Who calls: an app by its session token, a page by its session cookie."""

from typing import Any

from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from django.utils import translation
from rest_framework.request import Request


class SessionTokenAuthentication(XSessionTokenAuthentication):
    """First in line, so that a call without a sign-in is told how to sign in (401, not 403)."""

    def authenticate(self, request: Request) -> Any:
        found = super().authenticate(request)
        if found:
            # The middleware knows the cookie's person only; an app's gets their language here.
            translation.activate(found[0].language)
        return found

    def authenticate_header(self, request: Request) -> str:
        return 'X-Session-Token realm="api"'
