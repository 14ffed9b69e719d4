"""Pages and API: every request but sockets."""

import os
from collections.abc import Callable, Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

from portal import tracing

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.dev")
tracing.start()

CHUNK = 64 * 1024  # bytes; the proxy lets no more than 60 MB through
Application = Callable[[dict[str, Any], Callable[..., Any]], Iterable[bytes]]


def behind_proxy(inner: Application) -> Application:
    """The visitor's address instead of the proxy's, once, so that limits and logs need no header.

    Only the proxy reaches this process, and it drops what visitors claim in X-Forwarded-For;
    the last entry is the one that it wrote itself.
    """

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        forwarded = environ.pop("HTTP_X_FORWARDED_FOR", "")
        if forwarded:
            environ["REMOTE_ADDR"] = forwarded.rsplit(",", 1)[-1].strip()
        return inner(environ, start_response)

    return application


def body_first(inner: Application) -> Application:
    """Take the whole request before answering it.

    Where a view answers without reading the body (no CSRF token, too many tries), the connection
    would close under the proxy's hands while it still writes, and the visitor would get a 502.
    """

    def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        answer = inner(environ, start_response)
        if environ.get("CONTENT_LENGTH", "0") not in ("", "0") or "HTTP_TRANSFER_ENCODING" in environ:
            while environ["wsgi.input"].read(CHUNK):
                pass
        return answer

    return application


application: Application = body_first(get_wsgi_application())
if os.environ.get("BEHIND_PROXY") == "1":
    application = behind_proxy(application)
