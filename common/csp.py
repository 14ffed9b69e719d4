"""The Content-Security-Policy of every answer: all parts from our own origin, nothing inline."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

HEADER = "Content-Security-Policy"

STRICT = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    # data: for the QR code of the authenticator set-up; a picture cannot run anything.
    "img-src": "'self' data:",
    "connect-src": "'self'",
    "worker-src": "'self'",
    "manifest-src": "'self'",
    "object-src": "'none'",
    "frame-src": "'none'",
    "frame-ancestors": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
}

# Only pages whose markup comes from a library and is for few people.
EXCEPTIONS: dict[str, dict[str, str]] = {
    # django-unfold: Alpine compiles the expressions of its attributes and sets styles.
    "/staff/office/": {
        "script-src": "'self' 'unsafe-inline' 'unsafe-eval'",
        "style-src": "'self' 'unsafe-inline'",
    },
}


def policy_for(path: str) -> str:
    """The header's value for a request path."""
    directives = dict(STRICT)
    for prefix, changes in EXCEPTIONS.items():
        if path.startswith(prefix):
            directives.update(changes)
    return "; ".join(f"{name} {sources}" for name, sources in directives.items())


_STRICT_POLICY = policy_for("/")


class ContentSecurityPolicyMiddleware:
    """Adds the policy unless the view has set a stricter one itself."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if HEADER not in response:
            known = any(request.path.startswith(prefix) for prefix in EXCEPTIONS)
            response[HEADER] = policy_for(request.path) if known else _STRICT_POLICY
        return response
