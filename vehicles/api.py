"""The garage in the API: cars, shared access, transfers."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import freshness
from common.rest.views import CreateMixin, ReadViewSet
from vehicles import garage, garage_sharing, handover, ownership, sharing, transfers
from vehicles.models import Share, Transfer, Vehicle
from vehicles.serializers import (
    AccessSerializer,
    ClaimSerializer,
    GarageShareSerializer,
    HolderSerializer,
    InviteSerializer,
    OfferSerializer,
    ShareSerializer,
    TransferSerializer,
    VehicleChangeSerializer,
    VehicleSerializer,
)


def _require_fresh(request: Any) -> None:
    # An app's session comes with its token, a browser's with its cookie.
    session = request.auth if request.auth is not None else request.session
    freshness.require_fresh(session, now=timezone.now())


class VehicleViewSet(CreateMixin, ReadViewSet):
    """Cars that one owns or shares now. POST adds a car by VIN and claim code."""

    queryset = Vehicle.objects.none()
    scopes = {"list": "vehicles:read", "retrieve": "vehicles:read"}
    serializer_class = VehicleSerializer
    create_serializer_class = ClaimSerializer

    def get_queryset(self) -> QuerySet[Vehicle]:
        now = timezone.now()
        return Vehicle.objects.visible_to(self.request.user, now).with_access_of(self.request.user, now)

    @extend_schema(request=ClaimSerializer, responses={201: VehicleSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_domain_create(self, data: dict[str, Any]) -> Vehicle:
        claimed = handover.claim_vehicle(by=self.request.user, now=timezone.now(), **data)
        return self.get_queryset().get(pk=claimed.pk)

    @extend_schema(request=VehicleChangeSerializer, responses=VehicleSerializer)
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        vehicle = self.get_object()
        shape = VehicleChangeSerializer(
            data=request.data, partial=True, context=self.get_serializer_context()
        )
        shape.is_valid(raise_exception=True)
        garage.edit_vehicle(
            by=self.request.user, vehicle=vehicle, changes=shape.validated_data, now=timezone.now()
        )
        return Response(self.get_serializer(self.get_object()).data)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def release(self, request: Request, **kwargs: Any) -> Response:
        """Give the car up. Asks for a fresh sign-in (403 ``sign_in_again``)."""
        vehicle = self.get_object()
        _require_fresh(request)
        ownership.release_vehicle(by=self.request.user, vehicle=vehicle, now=timezone.now())
        return Response(status=status.HTTP_204_NO_CONTENT)


class ShareViewSet(CreateMixin, ReadViewSet):
    """Access that one gave, holds, or was invited to. POST invites by e-mail address."""

    queryset = Share.objects.none()
    serializer_class = ShareSerializer
    create_serializer_class = InviteSerializer

    def get_queryset(self) -> QuerySet[Share]:
        return Share.objects.visible_to(self.request.user, timezone.now())

    @extend_schema(request=InviteSerializer, responses={201: ShareSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_domain_create(self, data: dict[str, Any]) -> Share:
        return sharing.invite_to_share(by=self.request.user, now=timezone.now(), **data)

    @extend_schema(request=GarageShareSerializer, responses={201: ShareSerializer(many=True)})
    @action(detail=False, methods=["post"], pagination_class=None)
    def garage(self, request: Request, **kwargs: Any) -> Response:
        """Invite somebody to several cars at once, by a role."""

        def work() -> tuple[int, Any]:
            shape = GarageShareSerializer(data=request.data, context=self.get_serializer_context())
            shape.is_valid(raise_exception=True)
            made = garage_sharing.share_garage(
                by=self.request.user, now=timezone.now(), **shape.validated_data
            )
            return status.HTTP_201_CREATED, self.get_serializer(made, many=True).data

        return self.answer_once(request, work)

    @extend_schema(request=None, responses=ShareSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, **kwargs: Any) -> Response:
        share = sharing.accept_share(by=self.request.user, share=self.get_object(), now=timezone.now())
        return Response(self.get_serializer(share).data)

    @extend_schema(request=None, responses=ShareSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, **kwargs: Any) -> Response:
        share = sharing.refuse_share(by=self.request.user, share=self.get_object(), now=timezone.now())
        return Response(self.get_serializer(share).data)

    @extend_schema(request=AccessSerializer, responses=ShareSerializer)
    def partial_update(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Change what somebody may do from now on, and until when."""
        share = self.get_object()
        shape = AccessSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        changed = sharing.change_share(
            by=self.request.user, share=share, now=timezone.now(), **shape.validated_data
        )
        return Response(self.get_serializer(changed).data)

    @extend_schema(request=None, responses=ShareSerializer)
    @action(detail=True, methods=["post"])
    def revoke(self, request: Request, **kwargs: Any) -> Response:
        """End access at once, withdraw an invitation, or give access back."""
        share = sharing.revoke_share(by=self.request.user, share=self.get_object(), now=timezone.now())
        return Response(self.get_serializer(share).data)


class TransferViewSet(CreateMixin, ReadViewSet):
    """Offers one made or may answer. POST offers a car and asks for a fresh sign-in."""

    queryset = Transfer.objects.none()
    serializer_class = TransferSerializer
    create_serializer_class = OfferSerializer

    def get_queryset(self) -> QuerySet[Transfer]:
        return Transfer.objects.visible_to(self.request.user, timezone.now())

    @extend_schema(request=OfferSerializer, responses={201: TransferSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_domain_create(self, data: dict[str, Any]) -> Transfer:
        _require_fresh(self.request)
        return transfers.offer_transfer(by=self.request.user, now=timezone.now(), **data)

    def _answer(self, request: Request, *, accept: bool) -> Response:
        shape = HolderSerializer(data=request.data if accept else {}, context={"request": request})
        shape.is_valid(raise_exception=True)
        transfer = transfers.answer_transfer(
            by=self.request.user,
            transfer=self.get_object(),
            accept=accept,
            organisation=shape.validated_data.get("organisation"),
            now=timezone.now(),
        )
        return Response(self.get_serializer(transfer).data)

    @extend_schema(request=HolderSerializer, responses=TransferSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, **kwargs: Any) -> Response:
        return self._answer(request, accept=True)

    @extend_schema(request=None, responses=TransferSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, **kwargs: Any) -> Response:
        return self._answer(request, accept=False)

    @extend_schema(request=None, responses=TransferSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, **kwargs: Any) -> Response:
        transfer = transfers.withdraw_transfer(
            by=self.request.user, transfer=self.get_object(), now=timezone.now()
        )
        return Response(self.get_serializer(transfer).data)
