"""Who opens a socket: their session, found the way requests find it."""

from importlib import import_module
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth import get_user, get_user_model
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, parse_cookie
from django.http.request import split_domain_port, validate_host

from common import realtime

Scope = dict[str, Any]


class Visitor(NamedTuple):
    session_key: str
    user_id: int | None  # None: a guest


def find_visitor(session_key: str) -> Visitor | None:
    """Whose session this is; None when it has ended, or its account may no longer sign in."""
    store = import_module(settings.SESSION_ENGINE).SessionStore(session_key)
    if not store.exists(session_key):
        return None
    request = HttpRequest()
    request.session = store
    claimed = "_auth_user_id" in store
    user = get_user(request)  # checks the password's hash in the session, too
    if claimed and not user.is_authenticated:
        return None
    return Visitor(session_key, user.pk if user.is_authenticated else None)


def may_watch(visitor: Visitor, topic: str) -> bool:
    """Asked with the person as they are now: roles are read anew."""
    if visitor.user_id is None:
        return realtime.can_watch(AnonymousUser(), topic)
    user = get_user_model().objects.filter(pk=visitor.user_id, is_active=True).first()
    return user is not None and realtime.can_watch(user, topic)


def comes_from_here(scope: Scope) -> bool:
    """Whether a page of ours opened it: cookies come along from any page, its origin tells."""
    origin, host = header(scope, "origin"), header(scope, "host")
    domain, _port = split_domain_port(host)
    if not origin or not validate_host(domain, settings.ALLOWED_HOSTS):
        return False
    return origin in settings.CSRF_TRUSTED_ORIGINS or urlsplit(origin).netloc == host


def token_of(scope: Scope) -> str:
    """The session token of an app, or nothing."""
    for protocol in scope.get("subprotocols", ()):
        if protocol.startswith("token."):
            return str(protocol.removeprefix("token."))
    return header(scope, "x-session-token")


def cookie_of(scope: Scope, name: str) -> str:
    """A cookie's value, or nothing."""
    return str(parse_cookie(header(scope, "cookie")).get(name, ""))


def header(scope: Scope, name: str) -> str:
    """The first header of this name, or nothing."""
    for key, value in scope["headers"]:
        if key == name.encode():
            return str(value.decode("latin-1"))
    return ""
