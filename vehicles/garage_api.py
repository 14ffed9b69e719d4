"""Whole garages, shared with one answer, in the API."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.views import CreateMixin, ReadViewSet
from vehicles import whole_garage
from vehicles.models import GarageShare
from vehicles.serializers import ShareWholeGarageSerializer, WholeGarageSerializer


class WholeGarageViewSet(CreateMixin, ReadViewSet):
    """Access to all cars of a person: given, held, or offered. POST invites by e-mail address."""

    queryset = GarageShare.objects.none()
    serializer_class = WholeGarageSerializer
    create_serializer_class = ShareWholeGarageSerializer

    def get_queryset(self) -> QuerySet[GarageShare]:
        return GarageShare.objects.visible_to(self.request.user, timezone.now())

    @extend_schema(request=ShareWholeGarageSerializer, responses={201: WholeGarageSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_domain_create(self, data: dict[str, Any]) -> GarageShare:
        return whole_garage.share_whole_garage(by=self.request.user, now=timezone.now(), **data)

    @extend_schema(request=None, responses=WholeGarageSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, **kwargs: Any) -> Response:
        """Take all its cars; later ones come by themselves."""
        now = timezone.now()
        return self._told(whole_garage.accept_garage(by=self.request.user, garage=self.get_object(), now=now))

    @extend_schema(request=None, responses=WholeGarageSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, **kwargs: Any) -> Response:
        now = timezone.now()
        return self._told(whole_garage.refuse_garage(by=self.request.user, garage=self.get_object(), now=now))

    @extend_schema(request=None, responses=WholeGarageSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, **kwargs: Any) -> Response:
        """End it for all its cars at once, withdraw the invitation, or give it back."""
        now = timezone.now()
        return self._told(whole_garage.end_garage(by=self.request.user, garage=self.get_object(), now=now))

    def _told(self, garage: GarageShare) -> Response:
        return Response(self.get_serializer(garage).data)
