"""Contracts in the API: twins of the pages, on the same functions."""

from typing import Any, cast

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from common import civil
from common.errors import NotFound
from common.rest.views import CreateMixin, ReadViewSet
from subscriptions import catalogue
from subscriptions.contracts import changes, ending, ordering
from subscriptions.contracts.change_rules import Wish
from subscriptions.contracts.serializers import (
    ChangeSerializer,
    ChangeWishSerializer,
    PreviewSerializer,
    SubscribeSerializer,
    SubscriptionSerializer,
)
from subscriptions.errors import OfferChanged, VehicleNotOwned
from subscriptions.models import Contract, PlanVersion
from vehicles.models import Vehicle


class SubscriptionViewSet(CreateMixin, ReadViewSet):
    """Contracts of the caller. POST concludes one and answers with the terms as agreed."""

    queryset = Contract.objects.none()
    scopes = {"list": "subscriptions:read", "retrieve": "subscriptions:read"}
    serializer_class = SubscriptionSerializer
    create_serializer_class = SubscribeSerializer

    def get_queryset(self) -> QuerySet[Contract]:
        return Contract.objects.visible_to(self.request.user).with_facts()

    @extend_schema(request=SubscribeSerializer, responses={201: SubscriptionSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_domain_create(self, data: dict[str, Any]) -> Contract:
        contract = ordering.subscribe(
            by=self.request.user,
            plan_version=_version_for(data["plan"], data.get("plan_version")),
            vehicle=self._vehicle(data.get("vehicle")),
            starts_on=data.get("starts_on"),
            offer_hash=data.get("offer_hash"),
            organisation=data.get("organisation"),
            early_wish=data["early_wish"],
            now=timezone.now(),
        )
        return self.get_queryset().get(pk=contract.pk)

    def _vehicle(self, number: int | None) -> Vehicle | None:
        if number is None:
            return None
        found = Vehicle.objects.owned_by(self.request.user, timezone.now()).select_related("model")
        vehicle = found.filter(pk=number).first()
        if vehicle is None:
            raise VehicleNotOwned(_("This car is not in your garage."), field="vehicle")
        return vehicle

    @extend_schema(request=None, responses=SubscriptionSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, **kwargs: Any) -> Response:
        """Cancel at the earliest lawful day."""

        def work() -> tuple[int, Any]:
            contract = self.get_object()
            ending.cancel_contract(by=cast(User, request.user), contract=contract, now=timezone.now())
            return 200, dict(self.get_serializer(self.get_object()).data)

        return self.answer_once(request, work)

    @extend_schema(request=ChangeWishSerializer, responses=PreviewSerializer)
    @action(detail=True, methods=["post"])
    def preview(self, request: Request, **kwargs: Any) -> Response:
        """What a change would cost today and in the next period; changes nothing."""
        contract = self.get_object()
        planned = changes.preview_change(
            contract=contract, wish=_wish(request, ChangeWishSerializer), now=timezone.now()
        )
        return Response(PreviewSerializer(planned).data)

    @extend_schema(request=ChangeSerializer, responses=SubscriptionSerializer)
    @action(detail=True, methods=["post"])
    def change(self, request: Request, **kwargs: Any) -> Response:
        """Agree on a change exactly as the preview showed it."""

        def work() -> tuple[int, Any]:
            form = ChangeSerializer(data=request.data)
            form.is_valid(raise_exception=True)
            wish, offer_hash = _wish(request, ChangeSerializer), form.validated_data["offer_hash"]
            changes.change_contract(
                by=cast(User, request.user),
                contract=self.get_object(),
                wish=wish,
                offer_hash=offer_hash,
                now=timezone.now(),
            )
            return 200, dict(self.get_serializer(self.get_object()).data)

        return self.answer_once(request, work)


def _wish(request: Request, shape: type[ChangeWishSerializer]) -> Wish:
    form = shape(data=request.data)
    form.is_valid(raise_exception=True)
    asked = form.validated_data
    version = _version_for(asked["plan"], None) if asked.get("plan") else None
    return Wish(asked["what"], version, asked.get("starts_on"), asked.get("ends_on"))


def _version_for(code: str, asked: int | None) -> PlanVersion:
    """The version on sale; another one that was asked for is no longer to be had."""
    found = catalogue.plan_on_sale(civil.local_date(timezone.now()), code)
    if found is None:
        raise NotFound(_("There is no such plan."), code="plan_not_found", field="plan")
    if asked is not None and asked != found.version.pk:
        raise OfferChanged
    return found.version
