"""Consents in the API: the log, giving and withdrawing, and what is asked."""

from typing import Any

from django.db.models import QuerySet
from django.http import FileResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.consents import consents, receipts
from accounts.consents.serializers import (
    ConsentCreateSerializer,
    ConsentPurposeSerializer,
    ConsentSerializer,
)
from accounts.consents.views import paper_answer
from accounts.models import ConsentEntry
from common.errors import Conflict
from common.rest.views import CreateMixin, ReadViewSet


class ConsentViewSet(CreateMixin, ReadViewSet):
    """The person's own log, newest first; a POST gives or withdraws and answers the receipt."""

    queryset = ConsentEntry.objects.none()
    serializer_class = ConsentSerializer
    create_serializer_class = ConsentCreateSerializer

    def get_queryset(self) -> QuerySet[ConsentEntry]:
        return consents.entries_of(self.request.user)

    def perform_domain_create(self, data: dict[str, Any]) -> ConsentEntry:
        user, now, way = self.request.user, timezone.now(), consents.Way.API
        if data["given"]:
            return consents.give_consent(
                by=user, purpose=data["purpose"], version=data["version"], way=way, now=now
            )
        entry = consents.withdraw_consent(by=user, purpose=data["purpose"], way=way, now=now)
        if entry is None:
            raise Conflict(_("This was never allowed, so there is nothing to withdraw."), code="never_given")
        return entry

    @extend_schema(responses=ConsentPurposeSerializer(many=True), filters=False)
    @action(detail=False, pagination_class=None)
    def purposes(self, request: Request) -> Response:
        """What may be allowed, in the current words, and how it stands. Few and fixed: one page."""
        return Response(ConsentPurposeSerializer(consents.standings_of(self.request.user), many=True).data)

    @extend_schema(responses={(200, "application/pdf"): OpenApiTypes.BINARY})
    @action(detail=True, methods=["get"])
    def paper(self, request: Request, **kwargs: Any) -> FileResponse:
        """The receipt as a PDF, in the caller's language."""
        return paper_answer(self.get_object())

    @extend_schema(request=None, responses={202: None})
    @action(detail=True, methods=["post"])
    def mail(self, request: Request, **kwargs: Any) -> Response:
        """The receipt as an e-mail to the person, once a day for each."""
        receipts.mail_receipt(by=self.request.user, code=self.get_object().code, now=timezone.now())
        return Response(status=status.HTTP_202_ACCEPTED)
