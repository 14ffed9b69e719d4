"""Contracts that go with their car, in the API: seller, buyer and desk, on the functions of the pages."""

from collections.abc import Callable
from typing import Any, cast

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from common.rest.fields import VisibleField
from common.rest.views import CreateMixin, ReadViewSet
from subscriptions.contracts import takeovers
from subscriptions.models import Contract, Takeover


class TakeoverSerializer(serializers.ModelSerializer):
    contract = serializers.CharField(source="contract.code", read_only=True)
    plan = serializers.CharField(source="contract.plan.name", read_only=True)
    vin = serializers.CharField(source="transfer.vehicle.vin", read_only=True)
    approved = serializers.SerializerMethodField(help_text="The house has agreed.")

    class Meta:
        model = Takeover
        fields = ["id", "contract", "plan", "vin", "offered_at", "approved"]

    @extend_schema_field(bool)
    def get_approved(self, takeover: Takeover) -> bool:
        return takeover.approved_at is not None


class TakeoverTermsSerializer(serializers.Serializer):
    starts_on = serializers.DateField()
    lines = serializers.ListField(child=serializers.ListField(child=serializers.CharField()))
    offer_hash = serializers.CharField(source="hash", help_text="Sent back with the acceptance.")


class OfferTakeoverSerializer(serializers.Serializer):
    contract = VisibleField(Contract, Contract.objects.visible_to, missing=_("There is no such contract."))


class AcceptTakeoverSerializer(serializers.Serializer):
    offer_hash = serializers.CharField(max_length=64)
    early_wish = serializers.BooleanField(default=False)


class DecideTakeoverSerializer(serializers.Serializer):
    agrees = serializers.BooleanField()


class TakeoverViewSet(CreateMixin, ReadViewSet):
    """Open takeovers that the caller offered or is offered; the desk sees all. POST offers one."""

    queryset = Takeover.objects.none()
    serializer_class = TakeoverSerializer
    create_serializer_class = OfferTakeoverSerializer

    def get_queryset(self) -> QuerySet[Takeover]:
        user = cast(User, self.request.user)
        rows = takeovers.open_takeovers(timezone.now()).order_by("-pk")
        if user.has_permission(takeovers.DESK):
            return rows
        mine = Q(contract__in=Contract.objects.visible_to(user))
        return rows.filter(mine | Q(transfer__email=user.email) if user.email else mine)

    @extend_schema(request=OfferTakeoverSerializer, responses={201: TakeoverSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_domain_create(self, data: dict[str, Any]) -> Takeover:
        return takeovers.offer_takeover(by=self.request.user, contract=data["contract"], now=timezone.now())

    @extend_schema(responses=TakeoverTermsSerializer)
    @action(detail=True)
    def terms(self, request: Request, **kwargs: Any) -> Response:
        """What the buyer agrees to, as it stands today."""
        offer = takeovers.render_terms(
            takeover=self.get_object(), by=cast(User, request.user), organisation=None, now=timezone.now()
        )
        return Response(TakeoverTermsSerializer(offer).data)

    @extend_schema(request=AcceptTakeoverSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, **kwargs: Any) -> Response:
        """The buyer takes car and contract."""
        typed = AcceptTakeoverSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        return self._done(takeovers.accept_takeover, **typed.validated_data)

    @extend_schema(request=None, responses={204: None})
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, **kwargs: Any) -> Response:
        """The seller keeps the contract; the car stays offered."""
        return self._done(takeovers.withdraw_takeover)

    @extend_schema(request=DecideTakeoverSerializer, responses={204: None})
    @action(detail=True, methods=["post"])
    def decide(self, request: Request, **kwargs: Any) -> Response:
        """The desk agrees for the house, or refuses."""
        typed = DecideTakeoverSerializer(data=request.data)
        typed.is_valid(raise_exception=True)
        return self._done(takeovers.approve_takeover, **typed.validated_data)

    def _done(self, deed: Callable[..., Any], **typed: Any) -> Response:
        def work() -> tuple[int, Any]:
            deed(by=cast(User, self.request.user), takeover=self.get_object(), now=timezone.now(), **typed)
            return 204, None

        return self.answer_once(self.request, work)
