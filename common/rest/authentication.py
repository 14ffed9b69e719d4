"""Who calls: a partner by its access token, an app by its session token, a page by its cookie."""

from typing import Any, NamedTuple

from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed
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


class PartnerAccess(NamedTuple):
    """``request.auth`` of a partner: how far its access token reaches."""

    scopes: frozenset[str]
    connection_id: int


class InvalidToken(AuthenticationFailed):
    default_detail = _("This access token is not valid (any more).")
    default_code = "invalid_token"


class BearerAuthentication(BaseAuthentication):
    """``Authorization: Bearer …`` (RFC 6750), looked at before all else.

    Who sends one is a partner and nothing more: a cookie beside it does not help.
    """

    def look_up(self, token: str) -> tuple[Any, PartnerAccess] | None:
        """The person and the reach behind a token; accounts knows them."""
        raise NotImplementedError

    def authenticate(self, request: Request) -> tuple[Any, PartnerAccess] | None:
        token = bearer_token(request._request)
        if token is None:
            return None
        found = self.look_up(token)
        if found is None:
            raise InvalidToken
        return found

    def authenticate_header(self, request: Request) -> str:
        """Both ways to sign in; to a partner, what is wrong with its token (RFC 6750, section 3)."""
        if bearer_token(request._request) is not None:
            return 'Bearer realm="api", error="invalid_token"'
        return 'X-Session-Token realm="api", Bearer realm="api"'


def bearer_token(request: HttpRequest) -> str | None:
    """The token of the Authorization header; None without one."""
    scheme, _space, token = request.headers.get("Authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else None


class SessionTokenAuthentication(XSessionTokenAuthentication):
    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        return app_sign_in(request._request)
