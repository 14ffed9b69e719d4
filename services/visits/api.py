"""A visit under way, in the API: how far it is, and what is said about it."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.pagination import CursorPagination
from common.rest.views import ApiView, CreateMixin, ReadViewSet
from services.models import Appointment, VisitMessage
from services.visits import messages, timeline
from services.visits.serializers import (
    TimelineSerializer,
    VisitMessageCreateSerializer,
    VisitMessageSerializer,
)


class AppointmentTimeline(ApiView):
    """The steps of a visit and its promises."""

    scopes = "appointments:read"

    @extend_schema(operation_id="appointments_timeline", responses=TimelineSerializer)
    def get(self, request: Request, pk: int) -> Response:
        visit = get_object_or_404(Appointment.objects.visible_to(self.request.user, timezone.now()), pk=pk)
        return Response(TimelineSerializer(timeline.read_timeline(visit)._asdict()).data)


class VisitMessageFilter(django_filters.FilterSet):
    appointment = django_filters.NumberFilter(field_name="appointment_id")
    unread = django_filters.BooleanFilter(field_name="read_at", lookup_expr="isnull")

    class Meta:
        model = VisitMessage
        fields = ["appointment", "from_customer"]


class AsSpoken(CursorPagination):
    ordering: Any = ("at", "id")


class VisitMessageViewSet(CreateMixin, ReadViewSet):
    """What customer and workshop say about a visit, oldest first; colleagues use the same calls."""

    serializer_class = VisitMessageSerializer
    create_serializer_class = VisitMessageCreateSerializer
    filterset_class = VisitMessageFilter
    pagination_class = AsSpoken
    queryset = VisitMessage.objects.none()

    def get_queryset(self) -> QuerySet[VisitMessage]:
        if getattr(self, "swagger_fake_view", False):
            return VisitMessage.objects.none()
        return messages.readable_by(self.request.user, timezone.now())

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """With the pictures of all messages that are shown, in one read."""
        shown = args[0] if args else []
        rows = shown if isinstance(shown, list) else [shown]
        ids = [row.pk for row in rows if isinstance(row, VisitMessage)]
        kwargs["context"] = {**self.get_serializer_context(), "pictures": messages.pictures_of(ids)}
        return self.get_serializer_class()(*args, **kwargs)

    @extend_schema(request=VisitMessageCreateSerializer, responses={201: VisitMessageSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_domain_create(self, data: dict[str, Any]) -> VisitMessage:
        return messages.write(
            by=self.request.user,
            appointment=data["appointment"],
            text=data["text"],
            pictures=data["documents"],
            now=timezone.now(),
        )
