"""Errors of the API as RFC 9457 problems, translated once for all endpoints."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from common.errors import DomainError

CONTENT_TYPE = "application/problem+json"


def problem_response(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: a problem with the domain error's stable code."""
    if isinstance(error, DomainError):
        set_rollback()
        body = {"status": error.status, "code": error.code, "detail": str(error), **error.extra}
        if error.field:
            body["errors"] = {error.field: [str(error)]}
        return _problem(body)
    response = exception_handler(error, context)
    if response is None:
        return None
    body = {"status": response.status_code, "code": _code(error), "detail": _detail(error)}
    if isinstance(error, exceptions.ValidationError):
        body["errors"] = response.data
    problem = _problem(body)
    for header in ("WWW-Authenticate", "Retry-After"):
        if header in response:
            problem[header] = response[header]
    return problem


def _problem(body: dict[str, Any]) -> Response:
    code = body["code"]
    return Response(
        {"type": f"/api/docs/#problem-{code}", "title": code.replace("_", " ").capitalize(), **body},
        status=body["status"],
        content_type=CONTENT_TYPE,
    )


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
