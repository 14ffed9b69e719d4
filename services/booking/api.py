"""Free times and kept times over the API: twins of the pages, on the same functions."""

from datetime import date, timedelta
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common import civil
from common.rest.views import ApiView, CreateMixin, ReadViewSet
from services.booking import availability, holds, nearest, waitlist
from services.booking.plans import Plan, make_plan
from services.booking.serializers import (
    KeptTimeCreateSerializer,
    KeptTimeSerializer,
    SlotPageSerializer,
    SlotQuerySerializer,
    SlotSerializer,
)
from services.models import Hold, Way
from services.serializers import AppointmentSerializer

NEAREST = 10


def plan_from(data: dict[str, Any], *, postcode: str) -> Plan:
    """Takes what makes the plan out of ``data``."""
    return make_plan(
        service_types=data.pop("service_types"),
        way=data.pop("way"),
        loan_car=data.pop("loan_car"),
        postcode=postcode,
    )


class SlotList(ApiView):
    """Free times of a centre by its civil days, or the earliest at each of the nearest centres."""

    scopes = "appointments:read"
    asks_about = True

    @extend_schema(
        operation_id="slots_list",
        parameters=[
            OpenApiParameter("centre", OpenApiTypes.INT, description="Either this or near."),
            OpenApiParameter(
                "near",
                OpenApiTypes.STR,
                description="Latitude and longitude, such as 53.56,9.95: the earliest time within 30 days "
                "at each of the ten nearest centres, the earliest first.",
            ),
            OpenApiParameter("service_types", {"type": "array", "items": {"type": "integer"}}, required=True),
            OpenApiParameter("way", OpenApiTypes.STR, enum=Way.values),
            OpenApiParameter("loan_car", OpenApiTypes.BOOL),
            OpenApiParameter("postcode", OpenApiTypes.STR, description="Where we come to."),
            OpenApiParameter("from", OpenApiTypes.DATE, description="First civil day; default today."),
            OpenApiParameter("days", OpenApiTypes.INT, description="1 to 62; default 14."),
            OpenApiParameter(
                "appointment",
                OpenApiTypes.INT,
                description="One that would move: what it holds at the centre counts as free.",
            ),
        ],
        responses=SlotPageSerializer,
    )
    def get(self, request: Request) -> Response:
        query = SlotQuerySerializer(data=request.query_params, context={"request": request})
        query.is_valid(raise_exception=True)
        asked = query.validated_data
        plan = plan_from(asked, postcode=asked["postcode"])
        if "near" in asked:
            return Response({"results": self._near(asked["near"], plan), "next": None, "previous": None})
        centre, days, now = asked["centre"], asked["days"], timezone.now()
        today = civil.local_date(now, centre.zone)
        last = today + timedelta(days=plan.horizon_days)
        # Days before today and beyond the horizon have no slots: no need to look further.
        first_day = min(max(asked.get("from", today), today), last + timedelta(days=1))
        slots = availability.free_slots(
            centre=centre,
            plan=plan,
            first_day=first_day,
            days=days,
            now=now,
            moving=asked["appointment"],
        )
        following, before = first_day + timedelta(days=days), first_day - timedelta(days=days)
        return Response(
            {
                "results": SlotSerializer(slots, many=True).data,
                "next": self._link(following) if following <= last else None,
                "previous": self._link(max(before, today)) if first_day > today else None,
            }
        )

    def _near(self, place: tuple[float, float], plan: Plan) -> Any:
        found = nearest.earliest(
            latitude=place[0], longitude=place[1], plan=plan, count=NEAREST, now=timezone.now()
        )
        rows = [
            {**each.slot._asdict(), "centre": each.centre.pk, "km": each.rounded_km}
            for each in found
            if each.slot is not None
        ]
        return SlotSerializer(sorted(rows, key=lambda row: (row["starts_at"], row["km"])), many=True).data

    def _link(self, first_day: date) -> str:
        query = self.request.query_params.copy()
        query["from"] = first_day.isoformat()
        return str(self.request.build_absolute_uri(f"{self.request.path}?{query.urlencode()}"))


class HoldViewSet(CreateMixin, ReadViewSet):
    """Times kept for the caller: one chosen while booking, and offers from the waitlist."""

    scopes = {
        "list": "appointments:read",
        "retrieve": "appointments:read",
        "create": "appointments:write",
        "destroy": "appointments:write",
        "accept": "appointments:write",
    }
    serializer_class = KeptTimeSerializer
    create_serializer_class = KeptTimeCreateSerializer
    queryset = Hold.objects.none()

    def get_queryset(self) -> QuerySet[Hold]:
        if getattr(self, "swagger_fake_view", False):
            return Hold.objects.none()
        mine = Hold.objects.filter(user=self.request.user, state=Hold.State.OPEN)
        return mine.filter(expires_at__gt=timezone.now()).select_related("waitlist_entry")

    @extend_schema(request=KeptTimeCreateSerializer, responses={201: KeptTimeSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Keep a time for ten minutes; the one kept before is given back."""
        return super().create(request, *args, **kwargs)

    def perform_domain_create(self, data: dict[str, Any]) -> Hold:
        plan = plan_from(data, postcode=data.pop("postcode"))
        return holds.hold_time(by=self.request.user, plan=plan, now=timezone.now(), **data)

    def destroy(self, request: Request, pk: str | None = None) -> Response:
        """Give the time back; an offer is declined by it."""
        hold = self.get_object()
        waitlist.give_back(by=self.request.user, hold_id=hold.pk, now=timezone.now())
        return Response(status=204)

    @extend_schema(request=None, responses=AppointmentSerializer)
    @action(detail=True, methods=["post"])
    def accept(self, request: Request, pk: str | None = None) -> Response:
        """Move the appointment to the offered time."""

        def work() -> tuple[int, Any]:
            hold = self.get_object()
            moved = waitlist.accept(by=self.request.user, hold_id=hold.pk, now=timezone.now())
            return 200, dict(AppointmentSerializer(moved, context=self.get_serializer_context()).data)

        return self.answer_once(request, work)
