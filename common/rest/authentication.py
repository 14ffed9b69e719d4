"""Who calls: an app by its session token, a page by its session cookie."""

from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from rest_framework.request import Request


class SessionTokenAuthentication(XSessionTokenAuthentication):
    """First in line, so that a call without a sign-in is told how to sign in (401, not 403)."""

    def authenticate_header(self, request: Request) -> str:
        return 'X-Session-Token realm="api"'
