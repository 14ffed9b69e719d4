"""Packs and their settlement in the API: twins of the pages, on the same functions."""

from collections.abc import Callable
from typing import Any, cast

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from common.errors import Invalid
from common.rest.views import ReadViewSet
from subscriptions.models import Contract, Pack, PackFitting, PackSettlement
from subscriptions.packs import fitting, health, settling
from subscriptions.packs.errors import NoPackFitted
from subscriptions.packs.serializers import (
    BuySerializer,
    FitSerializer,
    MeasureSerializer,
    PackSerializer,
    ReturnSerializer,
    SettlementSerializer,
    SettleSerializer,
)
from vehicles.models import Vehicle


class PackViewSet(ReadViewSet):
    """Batteries in the caller's cars; who works on cars sees all."""

    queryset = Pack.objects.none()
    serializer_class = PackSerializer

    def get_queryset(self) -> QuerySet[Pack]:
        user = cast(User, self.request.user)
        packs = (
            Pack.objects.all()
            if user.has_permission(fitting.RUN)
            else Pack.objects.visible_to(user, timezone.now())
        )
        return packs.prefetch_related("healths").order_by("-pk")

    def _shown(self) -> tuple[int, Any]:
        return 200, dict(self.get_serializer(self.get_object()).data)

    @extend_schema(request=FitSerializer, responses=PackSerializer)
    @action(detail=True, methods=["post"])
    def fit(self, request: Request, **kwargs: Any) -> Response:
        """Put it into the car with this VIN, from now on."""

        def work() -> tuple[int, Any]:
            fitting.require_running(cast(User, request.user))
            form = FitSerializer(data=request.data)
            form.is_valid(raise_exception=True)
            car = Vehicle.objects.filter(vin=form.validated_data["vin"].upper()).first()
            if car is None:
                raise Invalid(_("There is no car with this VIN."), field="vin")
            fitting.fit_pack(
                by=cast(User, request.user), vehicle=car, serial=self.get_object().serial, now=timezone.now()
            )
            return self._shown()

        return self.answer_once(request, work)

    @extend_schema(request=None, responses=PackSerializer)
    @action(detail=True, methods=["post"])
    def remove(self, request: Request, **kwargs: Any) -> Response:
        """Take it out of its car."""

        def work() -> tuple[int, Any]:
            fitting.require_running(cast(User, request.user))
            running = PackFitting.objects.filter(pack=self.get_object(), period__upper_inf=True)
            found = running.select_related("vehicle").first()
            if found is None:
                raise NoPackFitted
            fitting.remove_pack(by=cast(User, request.user), vehicle=found.vehicle, now=timezone.now())
            return self._shown()

        return self.answer_once(request, work)

    @extend_schema(request=MeasureSerializer, responses=PackSerializer)
    @action(detail=True, methods=["post"])
    def measure(self, request: Request, **kwargs: Any) -> Response:
        """Record its state of health."""

        def work() -> tuple[int, Any]:
            fitting.require_running(cast(User, request.user))
            form = MeasureSerializer(data=request.data)
            form.is_valid(raise_exception=True)
            health.record_health(
                by=cast(User, request.user),
                pack=self.get_object(),
                now=timezone.now(),
                **form.validated_data,
            )
            return self._shown()

        return self.answer_once(request, work)


class SettlementViewSet(ReadViewSet):
    """What becomes of the packs of the caller's ended contracts; the desk sees all."""

    queryset = PackSettlement.objects.none()
    serializer_class = SettlementSerializer

    def get_queryset(self) -> QuerySet[PackSettlement]:
        user = cast(User, self.request.user)
        rows = PackSettlement.objects.select_related("contract", "pack").order_by("-pk")
        if user.has_permission(settling.DESK):
            return rows
        return rows.filter(contract__in=Contract.objects.visible_to(user).order_by().values("pk"))

    def _do(self, request: Request, deed: Callable[[Contract], object]) -> Response:
        def work() -> tuple[int, Any]:
            deed(self.get_object().contract)
            return 200, dict(self.get_serializer(self.get_object()).data)

        return self.answer_once(request, work)

    @extend_schema(request=BuySerializer, responses=SettlementSerializer)
    @action(detail=True, methods=["post"])
    def buy(self, request: Request, **kwargs: Any) -> Response:
        """Buy the battery at the shown price."""
        form = BuySerializer(data=request.data)
        form.is_valid(raise_exception=True)
        return self._do(
            request,
            lambda contract: settling.buy_pack(
                by=cast(User, request.user),
                contract=contract,
                shown_cents=form.validated_data["shown_cents"],
                now=timezone.now(),
            ),
        )

    @extend_schema(request=ReturnSerializer, responses=SettlementSerializer)
    @action(detail=True, methods=["post"], url_path="hand-in")
    def hand_in(self, request: Request, **kwargs: Any) -> Response:
        """Hand the battery in at a booked visit."""
        form = ReturnSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        return self._do(
            request,
            lambda contract: settling.book_return(
                by=cast(User, request.user),
                contract=contract,
                visit_code=form.validated_data["visit"],
                now=timezone.now(),
            ),
        )

    @extend_schema(request=SettleSerializer, responses=SettlementSerializer)
    @action(detail=True, methods=["post"])
    def settle(self, request: Request, **kwargs: Any) -> Response:
        """Staff: it came back, or it is lost."""
        form = SettleSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        return self._do(
            request,
            lambda contract: settling.settle_pack(
                by=cast(User, request.user),
                contract=contract,
                manner=form.validated_data["manner"],
                now=timezone.now(),
            ),
        )
