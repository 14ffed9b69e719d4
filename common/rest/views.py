"""Base classes of the API. Twins of common/pages.py: shape only, one domain call."""

from typing import Any

from django.utils import timezone
from rest_framework import mixins, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from common import idempotency


class IdempotentPost:
    """Runs every creating POST under its Idempotency-Key, where one is sent."""

    def answer_once(self, request: Request, work: Any) -> Response:
        """``work()`` returns (status, JSON-ready data); errors raise."""
        key = request.headers.get("Idempotency-Key")
        if key is None or not request.user.is_authenticated:
            code, data = work()
            return Response(data, status=code)
        answer = idempotency.perform_once(
            user_id=request.user.pk,
            route=f"{request.method} {request.path}",
            key=key,
            body=request.data,
            now=timezone.now(),
            work=work,
        )
        response = Response(answer.body, status=answer.status)
        if answer.replayed:
            response["Idempotent-Replayed"] = "true"
        return response


class ReadViewSet(IdempotentPost, viewsets.ReadOnlyModelViewSet):
    """Lists and shows what ``get_queryset`` (scoped with visible_to) lets through."""

    permission: str | dict[str, str] | None = None
    public = False


class CreateMixin:
    """POST: checks shape with ``create_serializer_class``, calls ``perform_create_once``."""

    create_serializer_class: Any = None

    def get_serializer_class(self) -> Any:
        if self.action == "create" and self.create_serializer_class:
            return self.create_serializer_class
        return super().get_serializer_class()  # type: ignore[misc]

    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        def work() -> tuple[int, Any]:
            shape = self.create_serializer_class(
                data=request.data, context=self.get_serializer_context()
            )
            shape.is_valid(raise_exception=True)
            created = self.perform_domain_create(shape.validated_data)
            shown = self.serializer_class(created, context=self.get_serializer_context())
            return status.HTTP_201_CREATED, dict(shown.data)

        return self.answer_once(request, work)

    def perform_domain_create(self, data: dict[str, Any]) -> Any:
        """The one domain call; returns the created object."""
        raise NotImplementedError


class ApiView(IdempotentPost, APIView):
    permission: str | dict[str, str] | None = None
    public = False


__all__ = ["ApiView", "CreateMixin", "IdempotentPost", "ReadViewSet", "mixins"]
