"""Base classes of the API. Twins of common/pages.py: shape only, one domain call."""

from collections.abc import Callable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import mixins, status, viewsets
from rest_framework.exceptions import ParseError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common import idempotency

Work = Callable[[], tuple[int, Any]]


class IdempotentPost:
    """Runs a POST under its Idempotency-Key, where one is sent."""

    def answer_once(self, request: Request, work: Work, *, body: Any = None) -> Response:
        """Do ``work() → (status, JSON-ready data)`` under the Idempotency-Key, where one is sent.

        Errors raise. Guests have no keys of their own: theirs is not looked at. ``body`` is what
        the key stands for, by default what was sent (a file, say, by its hash).
        """
        key = request.headers.get("Idempotency-Key")
        if key is None or not request.user.is_authenticated:
            code, data = work()
            return Response(data, status=code)
        answer = idempotency.perform_once(
            user_id=request.user.pk,
            route=f"{request.method} {request.path}",
            key=key,
            body=request.data if body is None else body,
            now=timezone.now(),
            work=work,
        )
        response = Response(answer.body, status=answer.status)
        if answer.replayed:
            response["Idempotent-Replayed"] = "true"
        return response


class HouseView(IdempotentPost, APIView):
    """What all endpoints share.

    ``permission`` names a row of the table of permissions, or one per action (or lower-case
    method); ``public = True`` opens the endpoint to guests, in one visible place; ``scopes``
    opens it to partners: the scope they need, or one per action (or lower-case method);
    ``asks_about = True`` documents the 404 of a list that is asked about one thing.
    """

    request: Any  # its user is a person of accounts, which common does not know
    permission: str | dict[str, str] | None = None
    public = False
    scopes: str | dict[str, str] | None = None
    asks_about = False

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if "%00" in request.META.get("QUERY_STRING", ""):
            raise ParseError(_("The address contains characters that can't be stored."))


class ReadViewSet(HouseView, viewsets.ReadOnlyModelViewSet[Any]):
    """Lists and shows what ``get_queryset`` (scoped with visible_to) lets through."""


class CreateMixin:
    """POST: checks shape with ``create_serializer_class``, calls ``perform_domain_create`` once."""

    serializer_class: Any
    create_serializer_class: Any = None

    def get_serializer_class(self) -> Any:
        if self.action == "create" and self.create_serializer_class:  # type: ignore[attr-defined]
            return self.create_serializer_class
        return super().get_serializer_class()  # type: ignore[misc]

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        def work() -> tuple[int, Any]:
            context = self.get_serializer_context()  # type: ignore[attr-defined]
            shape = self.create_serializer_class(data=request.data, context=context)
            shape.is_valid(raise_exception=True)
            created = self.perform_domain_create(shape.validated_data)
            shown = self.serializer_class(created, context=context)  # type: ignore[attr-defined]
            return status.HTTP_201_CREATED, dict(shown.data)

        return self.answer_once(request, work)  # type: ignore[attr-defined,no-any-return]

    def perform_domain_create(self, data: dict[str, Any]) -> Any:
        """The one domain call; returns the created object."""
        raise NotImplementedError


class ApiView(HouseView):
    """A single endpoint that is not a list of things."""


__all__ = ["ApiView", "CreateMixin", "HouseView", "IdempotentPost", "ReadViewSet", "mixins"]
