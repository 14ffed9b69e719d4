"""Errors of the API as RFC 9457 problems, translated once for all endpoints."""

from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.db import DataError
from django.http import Http404
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from common.errors import DomainError

CONTENT_TYPE = "application/problem+json"
HEADERS = ("WWW-Authenticate", "Retry-After")


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: a problem with the domain error's stable code."""
    if isinstance(error, DomainError):
        set_rollback()
        said = _problem(error.status, error.code, str(error), errors=_of_field(error), extra=error.extra)
        if "retry_after" in error.extra:
            said["Retry-After"] = str(error.extra["retry_after"])
        return said
    if isinstance(error, RequestDataTooBig):
        return _problem(413, "too_large", _("The request is too large."))
    if isinstance(error, SuspiciousOperation | DataError):
        # Text or a number that PostgreSQL can't hold: the caller's, whatever let it through so far.
        set_rollback()
        return _problem(400, "invalid", _("The request contains a value that can't be stored."))
    response = exception_handler(error, context)
    if response is None:
        return None
    errors = _of_fields(response.data) if isinstance(error, exceptions.ValidationError) else None
    problem = _problem(response.status_code, _code(error), _detail(error), errors=errors)
    for header in HEADERS:
        if header in response:
            problem[header] = response[header]
    return problem


def _problem(
    status: int,
    code: str,
    detail: str,
    *,
    errors: dict[str, Any] | None = None,
    extra: dict[str, Any] | None = None,
) -> Response:
    body = {
        "type": f"/api/docs/#problem-{code}",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "code": code,
        "detail": detail,
        **({"errors": errors} if errors else {}),
    }
    return Response({**(extra or {}), **body}, status=status, content_type=CONTENT_TYPE)


def _of_field(error: DomainError) -> dict[str, Any] | None:
    return {error.field: [str(error)]} if error.field else None


def _of_fields(data: Any) -> dict[str, Any]:
    """Errors by field; those of the whole body under DRF's own name for them."""
    return data if isinstance(data, dict) else {"non_field_errors": data}


def _code(error: Exception) -> str:
    if isinstance(error, Http404):
        return "not_found"
    if isinstance(error, PermissionDenied):
        return "permission_denied"
    if isinstance(error, exceptions.ValidationError):
        return "invalid"
    return str(getattr(error, "default_code", "error"))


def _detail(error: Exception) -> str:
    if isinstance(error, exceptions.ValidationError):
        return str(exceptions.ValidationError.default_detail)
    if isinstance(error, Http404):
        return str(exceptions.NotFound.default_detail)
    return str(getattr(error, "detail", error) or exceptions.PermissionDenied.default_detail)
