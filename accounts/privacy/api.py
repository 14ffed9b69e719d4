"""One's own data in the API: copies (GDPR Art. 15 and 20) and leaving (Art. 17)."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import freshness
from accounts.models import Export
from accounts.privacy import erasing, exports, parts
from accounts.privacy.serializers import (
    ErasureSerializer,
    ExportRequestSerializer,
    ExportSerializer,
    LeavingSerializer,
)
from accounts.privacy.views import zip_answer
from common.rest.views import ApiView, CreateMixin, ReadViewSet


def _require_fresh(request: Any) -> None:
    # An app's session comes with its token, a browser's with its cookie.
    session = request.auth if request.auth is not None else request.session
    freshness.require_fresh(session, now=timezone.now())


class ExportViewSet(CreateMixin, ReadViewSet):
    """Copies of all of one's own data. POST asks for one; it is built in the background."""

    queryset = Export.objects.none()
    serializer_class = ExportSerializer
    create_serializer_class = ExportRequestSerializer

    def get_queryset(self) -> QuerySet[Export]:
        return Export.objects.visible_to(self.request.user).order_by("-pk")

    @extend_schema(request=ExportRequestSerializer, responses={201: ExportSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Asks for a fresh sign-in (403 ``sign_in_again``); 409 ``export_running`` while one is built."""
        _require_fresh(request)
        return super().create(request, *args, **kwargs)

    def perform_domain_create(self, data: dict[str, Any]) -> Export:
        return exports.request_export(by=self.request.user, now=timezone.now())

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def download(self, request: Request, **kwargs: Any) -> Any:
        """The ZIP. Asks for a fresh sign-in (403 ``sign_in_again``); 404 until it is ready."""
        export = self.get_object()
        _require_fresh(request)
        document = exports.document_of(user=self.request.user, pk=export.pk, now=timezone.now())
        return zip_answer(document)


class Leaving(ApiView):
    """The deletion of one's own account: whether it is planned, and what is in the way."""

    @extend_schema(responses=LeavingSerializer)
    def get(self, request: Request) -> Response:
        holds = parts.holds_of(user=self.request.user, now=timezone.now())
        shown = {"planned": erasing.plan_of(self.request.user), "holds": holds}
        return Response(LeavingSerializer(shown).data)

    @extend_schema(request=None, responses={201: ErasureSerializer})
    def post(self, request: Request) -> Response:
        """Plans it, 14 days ahead. Asks for a fresh sign-in (403 ``sign_in_again``)."""
        _require_fresh(request)

        def work() -> tuple[int, Any]:
            planned = erasing.request_erasure(by=self.request.user, now=timezone.now())
            return status.HTTP_201_CREATED, dict(ErasureSerializer(planned).data)

        return self.answer_once(request, work)

    @extend_schema(responses={204: None})
    def delete(self, request: Request) -> Response:
        """Calls it off; nothing was deleted yet."""
        erasing.cancel_erasure(by=self.request.user, user=self.request.user, now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)
