"""What every endpoint has in common, written into the OpenAPI document once."""

from inspect import cleandoc
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import ComponentRegistry
from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from common.rest.problems import CONTENT_TYPE
from common.rest.views import CreateMixin

IDEMPOTENCY_KEY = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": False,
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
    "description": (
        "A key of your choice, such as a UUID. The same key with the same body within 24 hours "
        "answers the same again and does nothing twice; with another body it answers 422."
    ),
}
WORDS = {
    "400": "The request can't be understood, or its data is not valid.",
    "401": "Not signed in.",
    "403": "Signed in, but not allowed.",
    "404": "No such thing, or not yours.",
    "409": "The state of things has moved on.",
    "415": "Only application/json is read.",
    "422": "The Idempotency-Key was used for another body.",
    "429": "Too many requests; Retry-After says how long to wait.",
}


# By RFC 9457. ``code`` is stable; ``errors`` names fields and what is wrong with each.
PROBLEM = inline_serializer(
    "Problem",
    {
        "type": serializers.CharField(),
        "title": serializers.CharField(),
        "status": serializers.IntegerField(),
        "code": serializers.CharField(),
        "detail": serializers.CharField(),
        "errors": serializers.DictField(required=False),
    },
)


class HouseSchema(AutoSchema):
    """Adds problems and the Idempotency-Key to what drf-spectacular reads from the view."""

    def get_operation(
        self, path: str, path_regex: str, path_prefix: str, method: str, registry: ComponentRegistry
    ) -> dict[str, Any] | None:
        operation: dict[str, Any] | None = super().get_operation(
            path, path_regex, path_prefix, method, registry
        )
        if operation is None:
            return None
        for code in self._problems(method, path):
            operation["responses"].setdefault(code, self._problem(code))
        if method == "POST" and self._creates():
            operation.setdefault("parameters", []).append(IDEMPOTENCY_KEY)
        return operation

    def get_description(self, path: str = "", method: str = "") -> str:
        """What the endpoint itself says; base classes speak to those who write endpoints."""
        action = getattr(self.view, getattr(self.view, "action", None) or self.method.lower(), None)
        own = getattr(action, "__module__", "").split(".")[0] not in ("common", "rest_framework")
        words = (action.__doc__ if own and action else None) or type(self.view).__doc__ or ""
        return cleandoc(words)

    def get_request_serializer(self) -> Any:
        if getattr(self.view, "action", None) == "create":
            return getattr(self.view, "create_serializer_class", None) or super().get_request_serializer()
        return super().get_request_serializer()

    def get_response_serializers(self) -> Any:
        """A created thing is shown as it is read, not as it was sent."""
        if getattr(self.view, "action", None) == "create" and isinstance(self.view, CreateMixin):
            return self.view.serializer_class
        return super().get_response_serializers()

    def _map_serializer_field(self, field: Any, direction: Any, bypass_extensions: bool = False) -> Any:
        """Wall clocks have no offset, which OpenAPI's ``time`` would want (RFC 3339)."""
        schema = super()._map_serializer_field(field, direction, bypass_extensions)
        if isinstance(field, serializers.TimeField) and schema.get("format") == "time":
            return {**schema, "format": "local-time", "pattern": r"^\d{2}:\d{2}(:\d{2})?"}
        return schema

    def _creates(self) -> bool:
        """Other POSTs ask for a state (read, cancelled): doing them twice changes nothing more."""
        return getattr(self.view, "action", None) in (None, "create")

    def _problems(self, method: str, path: str) -> list[str]:
        codes = ["400", "429"]
        if not getattr(self.view, "public", False):
            codes.append("401")
        if method != "GET" or getattr(self.view, "permission", None):
            codes.append("403")
        # A list that is asked about something of one's own (a car, a visit): "?vehicle=7".
        if "{" in path or method != "GET" or getattr(self.view, "asks_about", False):
            codes.append("404")
        if method in ("POST", "PUT", "PATCH", "DELETE"):
            codes += ["409", "415"]
        if method == "POST" and self._creates():
            codes.append("422")
        return sorted(codes)

    def _problem(self, code: str) -> dict[str, Any]:
        problem = self._get_response_for_code(PROBLEM, code, [CONTENT_TYPE])
        return {**problem, "description": WORDS[code]}


class SessionTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "common.rest.authentication.SessionTokenAuthentication"
    name = "sessionToken"

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "X-Session-Token",
            "description": "For apps: `meta.session_token` as POST /_allauth/app/v1/auth/login answers it.",
        }


class SessionCookieScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    target_class = "rest_framework.authentication.SessionAuthentication"
    name = "sessionCookie"
    priority = 1  # instead of drf-spectacular's own, whose name says nothing

    def get_security_definition(self, auto_schema: AutoSchema) -> dict[str, Any]:
        return {
            "type": "apiKey",
            "in": "cookie",
            "name": "sessionid",
            "description": "For pages of this site; changes also need the X-CSRFToken header.",
        }
