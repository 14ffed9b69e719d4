"""The counter over the API: twins of its pages, on the same functions. Customers read what is theirs."""

from collections.abc import Callable
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.views import ReadViewSet
from services.desk import checking_in, loans, repair_orders, tyres, workday
from services.desk.counter_serializers import (
    CheckInSerializer,
    HandOutSerializer,
    LoanReturnSerializer,
    LoanSerializer,
    OrderChangeSerializer,
    RepairOrderSerializer,
    SignatureSerializer,
    StoreSerializer,
    TyreSetSerializer,
)
from services.models import LoanHandover, RepairOrder, TyreSet

CHANGE = workday.CHANGE_DAY


class Counter(ReadViewSet):
    """Runs one deed under the Idempotency-Key and shows what came of it."""

    serializer_class: Any

    def once(
        self, request: Request, shape: Any, deed: Callable[[Any], Any], code: int = status.HTTP_200_OK
    ) -> Response:
        def work() -> tuple[int, Any]:
            sent = shape(data=request.data, context=self.get_serializer_context())
            sent.is_valid(raise_exception=True)
            shown = self.get_queryset().get(pk=deed(sent).pk)
            return code, dict(self.serializer_class(shown, context=self.get_serializer_context()).data)

        return self.answer_once(request, work)

    def _signed(self, sent: Any) -> dict[str, Any]:
        return {
            **sent.validated_data,
            "device": self.request.headers.get("User-Agent", ""),
            "now": timezone.now(),
        }


class RepairOrderFilter(django_filters.FilterSet):
    centre = django_filters.NumberFilter(field_name="appointment__centre_id")
    vehicle = django_filters.NumberFilter(field_name="appointment__vehicle_id")
    signed = django_filters.BooleanFilter(field_name="signed_at", lookup_expr="isnull", exclude=True)

    class Meta:
        model = RepairOrder
        fields = ["appointment"]


class RepairOrderViewSet(Counter):
    """Orders of one's own visits; for staff, those of their centres."""

    serializer_class = RepairOrderSerializer
    filterset_class = RepairOrderFilter
    permission = {"create": CHANGE, "change": CHANGE, "sign": CHANGE}
    queryset = RepairOrder.objects.none()

    def get_queryset(self) -> QuerySet[RepairOrder]:
        if getattr(self, "swagger_fake_view", False):
            return RepairOrder.objects.none()
        rows = RepairOrder.objects.visible_to(self.request.user, timezone.now())
        return rows.with_names().prefetch_related("marks")

    @extend_schema(request=CheckInSerializer, responses={201: RepairOrderSerializer})
    def create(self, request: Request) -> Response:
        """Check a car in."""
        return self.once(
            request,
            CheckInSerializer,
            lambda sent: checking_in.check_in(
                by=self.request.user,
                appointment=sent.validated_data["appointment"],
                now=timezone.now(),
                **sent.written(),
            ),
            status.HTTP_201_CREATED,
        )

    @extend_schema(request=OrderChangeSerializer, responses=RepairOrderSerializer)
    @action(detail=True, methods=["post"])
    def change(self, request: Request, pk: str | None = None) -> Response:
        """Write it anew: a new paper, to be signed again. 409 ``order_changed`` for an old version."""
        return self.once(
            request,
            OrderChangeSerializer,
            lambda sent: repair_orders.change_order(
                by=self.request.user,
                order=self.get_object(),
                version=sent.validated_data["version"],
                now=timezone.now(),
                **sent.written(),
            ),
        )

    @extend_schema(request=SignatureSerializer, responses=RepairOrderSerializer)
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, pk: str | None = None) -> Response:
        """The customer signed on the colleague's screen."""

        def deed(sent: Any) -> RepairOrder:
            order = self.get_object()
            language = order.appointment.booked_by.language
            repair_orders.sign_order(
                by=self.request.user, order=order, language=language, **self._signed(sent)
            )
            return order

        return self.once(request, SignatureSerializer, deed)


class LoanFilter(django_filters.FilterSet):
    centre = django_filters.NumberFilter(field_name="car__centre_id")
    out = django_filters.BooleanFilter(field_name="returned_at", lookup_expr="isnull")

    class Meta:
        model = LoanHandover
        fields = ["appointment", "car"]


class LoanViewSet(Counter):
    """Cars of ours that one got; for staff, those of their centres."""

    serializer_class = LoanSerializer
    filterset_class = LoanFilter
    permission = {"create": CHANGE, "give_back": CHANGE, "sign": CHANGE}
    queryset = LoanHandover.objects.none()

    def get_queryset(self) -> QuerySet[LoanHandover]:
        if getattr(self, "swagger_fake_view", False):
            return LoanHandover.objects.none()
        return LoanHandover.objects.visible_to(self.request.user, timezone.now()).with_names()

    @extend_schema(request=HandOutSerializer, responses={201: LoanSerializer})
    def create(self, request: Request) -> Response:
        """Hand a car out."""
        return self.once(
            request,
            HandOutSerializer,
            lambda sent: loans.hand_out(by=self.request.user, now=timezone.now(), **sent.asked()),
            status.HTTP_201_CREATED,
        )

    @extend_schema(request=LoanReturnSerializer, responses=LoanSerializer)
    @action(detail=True, methods=["post"], url_path="return")
    def give_back(self, request: Request, pk: str | None = None) -> Response:
        """The car is back."""
        return self.once(
            request,
            LoanReturnSerializer,
            lambda sent: loans.take_back(
                by=self.request.user, handover=self.get_object(), now=timezone.now(), **sent.validated_data
            ),
        )

    @extend_schema(request=SignatureSerializer, responses=LoanSerializer)
    @action(detail=True, methods=["post"])
    def sign(self, request: Request, pk: str | None = None) -> Response:
        """The driver signed on the colleague's screen."""

        def deed(sent: Any) -> LoanHandover:
            loan = self.get_object()
            language = loan.appointment.booked_by.language
            loans.sign_agreement(by=self.request.user, handover=loan, language=language, **self._signed(sent))
            return loan

        return self.once(request, SignatureSerializer, deed)


class TyreSetFilter(django_filters.FilterSet):
    in_store = django_filters.BooleanFilter(field_name="taken_out_at", lookup_expr="isnull")

    class Meta:
        model = TyreSet
        fields = ["vehicle", "centre", "season"]


class TyreSetViewSet(Counter):
    """Wheels of one's own cars that we keep or kept; for staff, those of their centres."""

    serializer_class = TyreSetSerializer
    filterset_class = TyreSetFilter
    permission = {"create": CHANGE, "take_out": CHANGE}
    queryset = TyreSet.objects.none()

    def get_queryset(self) -> QuerySet[TyreSet]:
        if getattr(self, "swagger_fake_view", False):
            return TyreSet.objects.none()
        return TyreSet.objects.visible_to(self.request.user, timezone.now())

    @extend_schema(request=StoreSerializer, responses={201: TyreSetSerializer})
    def create(self, request: Request) -> Response:
        """Put a set on a shelf."""
        return self.once(
            request,
            StoreSerializer,
            lambda sent: tyres.store(by=self.request.user, now=timezone.now(), **sent.validated_data),
            status.HTTP_201_CREATED,
        )

    @extend_schema(request=None, responses=TyreSetSerializer)
    @action(detail=True, methods=["post"], url_path="take-out")
    def take_out(self, request: Request, pk: str | None = None) -> Response:
        """The wheels leave the shelf."""

        def work() -> tuple[int, Any]:
            kept = tyres.take_out(by=self.request.user, tyre_set=self.get_object(), now=timezone.now())
            return 200, dict(TyreSetSerializer(kept).data)

        return self.answer_once(request, work)
