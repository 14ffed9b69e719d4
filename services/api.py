"""The workshop over the API: twins of the pages, on the same functions."""

from datetime import date, timedelta
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common import civil
from common.rest.views import ApiView, CreateMixin, ReadViewSet
from services.booking import availability, booking
from services.booking.plans import make_plan
from services.desk import workday
from services.models import Appointment, Centre, ServiceType
from services.serializers import (
    AppointmentCreateSerializer,
    AppointmentMoveSerializer,
    AppointmentSerializer,
    AppointmentStatusSerializer,
    CentreSerializer,
    ServiceTypeSerializer,
    SlotPageSerializer,
    SlotQuerySerializer,
    SlotSerializer,
)


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


class SlotList(ApiView):
    """Free times of a centre for a kind of work, by civil days of the centre."""

    scopes = "appointments:read"

    @extend_schema(
        operation_id="slots_list",
        parameters=[
            OpenApiParameter("centre", OpenApiTypes.INT, required=True),
            OpenApiParameter("service_type", OpenApiTypes.INT, required=True),
            OpenApiParameter("from", OpenApiTypes.DATE, description="First civil day; default today."),
            OpenApiParameter("days", OpenApiTypes.INT, description="1 to 62; default 14."),
        ],
        responses=SlotPageSerializer,
    )
    def get(self, request: Request) -> Response:
        query = SlotQuerySerializer(data=request.query_params)
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        centre, service_type, days = asked["centre"], asked["service_type"], asked["days"]
        now = timezone.now()
        today = civil.local_date(now, centre.zone)
        last = today + timedelta(days=service_type.horizon_days)
        # Days before today and beyond the horizon have no slots: no need to look further.
        first_day = min(max(asked.get("from", today), today), last + timedelta(days=1))
        slots = availability.free_slots(
            centre=centre,
            plan=make_plan(service_types=[service_type]),
            first_day=first_day,
            days=days,
            now=now,
        )
        following, before = first_day + timedelta(days=days), first_day - timedelta(days=days)
        return Response(
            {
                "results": SlotSerializer(slots, many=True).data,
                "next": self._link(following) if following <= last else None,
                "previous": self._link(max(before, today)) if first_day > today else None,
            }
        )

    def _link(self, first_day: date) -> str:
        query = self.request.query_params.copy()
        query["from"] = first_day.isoformat()
        return str(self.request.build_absolute_uri(f"{self.request.path}?{query.urlencode()}"))


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
    }
    serializer_class = AppointmentSerializer
    create_serializer_class = AppointmentCreateSerializer
    filterset_class = AppointmentFilter
    permission = {"set_status": "services.change_day"}
    queryset = Appointment.objects.none()

    def get_queryset(self) -> QuerySet[Appointment]:
        if getattr(self, "swagger_fake_view", False):
            return Appointment.objects.none()
        if self.action == "set_status":
            return Appointment.objects.at_centres_of(self.request.user).select_related("centre")
        return Appointment.objects.visible_to(self.request.user, timezone.now()).select_related(
            "centre", "service_type"
        )

    @extend_schema(request=AppointmentCreateSerializer, responses={201: AppointmentSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_domain_create(self, data: dict[str, Any]) -> Appointment:
        plan = make_plan(service_types=[data.pop("service_type")])
        return booking.book_appointment(
            by=self.request.user, now=timezone.now(), plan=plan, early_start=True, **data
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

    @extend_schema(request=AppointmentStatusSerializer, responses=AppointmentSerializer)
    @action(detail=True, methods=["post"], url_path="status")
    def set_status(self, request: Request, pk: str | None = None) -> Response:
        shape = AppointmentStatusSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        return self._change(workday.change_status, status=shape.validated_data["status"])

    def _change(self, change: Any, **asked: Any) -> Response:
        def work() -> tuple[int, Any]:
            changed = change(by=self.request.user, appointment=self.get_object(), now=timezone.now(), **asked)
            return 200, dict(AppointmentSerializer(changed, context=self.get_serializer_context()).data)

        return self.answer_once(self.request, work)
