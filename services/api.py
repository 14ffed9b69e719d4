"""The workshop over the API: twins of the pages, on the same functions."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.views import CreateMixin, ReadViewSet
from services.booking import booking, waitlist
from services.booking.api import plan_from
from services.booking.serializers import AppointmentCreateSerializer, WaitlistSerializer
from services.desk import handing_back, workday
from services.models import Appointment, Centre, ServiceType
from services.serializers import (
    AppointmentMoveSerializer,
    AppointmentSerializer,
    AppointmentStatusSerializer,
    CentreSerializer,
    HandBackSerializer,
    ServiceTypeSerializer,
    VisitPromiseSerializer,
)
from services.visits import promises


class CentreViewSet(ReadViewSet):
    public = True
    scopes = "appointments:read"
    serializer_class = CentreSerializer

    def get_queryset(self) -> QuerySet[Centre]:
        return Centre.objects.open_to_owners().prefetch_related("opening_hours")


class ServiceTypeViewSet(ReadViewSet):
    public = True
    scopes = "appointments:read"
    serializer_class = ServiceTypeSerializer

    def get_queryset(self) -> QuerySet[ServiceType]:
        return ServiceType.objects.filter(is_active=True, owner_may_book=True)


class AppointmentFilter(django_filters.FilterSet):
    status = django_filters.ChoiceFilter(choices=Appointment.Status.choices)
    centre = django_filters.NumberFilter(field_name="centre_id")
    vehicle = django_filters.NumberFilter(field_name="vehicle_id")

    class Meta:
        model = Appointment
        fields = ["status", "centre", "vehicle"]


class AppointmentViewSet(CreateMixin, ReadViewSet):
    scopes = {
        "list": "appointments:read",
        "retrieve": "appointments:read",
        "create": "appointments:write",
        "move": "appointments:write",
        "cancel": "appointments:write",
        "waitlist": "appointments:write",
    }
    serializer_class = AppointmentSerializer
    create_serializer_class = AppointmentCreateSerializer
    filterset_class = AppointmentFilter
    permission = {
        "set_status": "services.change_day",
        "promise": "services.change_day",
        "hand_back": "services.change_day",
    }
    queryset = Appointment.objects.none()

    def get_queryset(self) -> QuerySet[Appointment]:
        if getattr(self, "swagger_fake_view", False):
            return Appointment.objects.none()
        if self.action in ("set_status", "promise", "hand_back"):
            return Appointment.objects.at_centres_of(self.request.user).select_related("centre")
        return (
            Appointment.objects.visible_to(self.request.user, timezone.now())
            .select_related("centre", "service_type")
            .prefetch_related("jobs")
        )

    @extend_schema(request=AppointmentCreateSerializer, responses={201: AppointmentSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_domain_create(self, data: dict[str, Any]) -> Appointment:
        address = data.pop("address", None)
        return booking.book_appointment(
            by=self.request.user,
            now=timezone.now(),
            plan=plan_from(data, postcode=address["postcode"] if address else ""),
            doorstep=booking.Doorstep(**address) if address else None,
            answers=data.pop("symptoms"),
            **data,
        )

    @extend_schema(request=AppointmentMoveSerializer, responses=AppointmentSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: str | None = None) -> Response:
        shape = AppointmentMoveSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        return self._change(booking.move_appointment, starts_at=shape.validated_data["starts_at"])

    @extend_schema(request=None, responses=AppointmentSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str | None = None) -> Response:
        return self._change(booking.cancel_appointment)

    @extend_schema(
        methods=["POST"],
        operation_id="appointments_waitlist_join",
        request=None,
        responses=WaitlistSerializer,
    )
    @extend_schema(
        methods=["DELETE"], operation_id="appointments_waitlist_leave", request=None, responses={204: None}
    )
    @action(detail=True, methods=["post", "delete"])
    def waitlist(self, request: Request, pk: str | None = None) -> Response:
        """Wait for an earlier time, or no longer. Offers are among the ``holds``."""
        visit, now = self.get_object(), timezone.now()
        if request.method == "DELETE":
            waitlist.leave(by=self.request.user, appointment=visit, now=now)
            return Response(status=204)
        entry = waitlist.join(by=self.request.user, appointment=visit, now=now)
        return Response(WaitlistSerializer(entry).data)

    @extend_schema(request=AppointmentStatusSerializer, responses=AppointmentSerializer)
    @action(detail=True, methods=["post"], url_path="status")
    def set_status(self, request: Request, pk: str | None = None) -> Response:
        """A step, with words for the customer. Staff; check-in is a ``repair-orders`` entry, the end
        ``hand-back``: 409 ``form_needed``."""
        shape = AppointmentStatusSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        asked = shape.validated_data
        return self._change(
            workday.change_status,
            status=asked["status"],
            note=asked["note"],
            parts=workday.Parts(asked["parts"], asked["parts_expected_on"]),
        )

    @extend_schema(request=VisitPromiseSerializer, responses=AppointmentSerializer)
    @action(detail=True, methods=["post"])
    def promise(self, request: Request, pk: str | None = None) -> Response:
        """Promise the car for another time; the customer reads why. Staff."""
        shape = VisitPromiseSerializer(data=request.data)
        shape.is_valid(raise_exception=True)

        def change(*, appointment: Appointment, **asked: Any) -> Appointment:
            promises.change_promise(appointment=appointment, **asked)
            return self.get_object()

        return self._change(change, **shape.validated_data)

    @extend_schema(request=HandBackSerializer, responses=AppointmentSerializer)
    @action(detail=True, methods=["post"], url_path="hand-back")
    def hand_back(self, request: Request, pk: str | None = None) -> Response:
        """The car is the customer's again. Staff; 409 ``loan_car_out`` while they have one of ours."""
        shape = HandBackSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        return self._change(handing_back.hand_back, **shape.validated_data)

    def _change(self, change: Any, **asked: Any) -> Response:
        def work() -> tuple[int, Any]:
            changed = change(by=self.request.user, appointment=self.get_object(), now=timezone.now(), **asked)
            return 200, dict(AppointmentSerializer(changed, context=self.get_serializer_context()).data)

        return self.answer_once(self.request, work)
