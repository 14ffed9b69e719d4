"""Extra opening days over the API: twins of the staff's page."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.views import CreateMixin, ReadViewSet
from services.centres import hours
from services.centres.serializers import ExtraOpeningCreateSerializer, ExtraOpeningSerializer
from services.models import Centre, ExtraOpening

CHANGE_DAY = "services.change_day"


class ExtraOpeningFilter(django_filters.FilterSet):
    centre = django_filters.NumberFilter(field_name="centre_id")

    class Meta:
        model = ExtraOpening
        fields = ["day"]


class ExtraOpeningViewSet(CreateMixin, ReadViewSet):
    """Days on which a centre is open beside its week; those taken back keep their row."""

    permission = CHANGE_DAY
    serializer_class = ExtraOpeningSerializer
    create_serializer_class = ExtraOpeningCreateSerializer
    filterset_class = ExtraOpeningFilter
    queryset = ExtraOpening.objects.none()

    def get_queryset(self) -> QuerySet[ExtraOpening]:
        if getattr(self, "swagger_fake_view", False):
            return ExtraOpening.objects.none()
        centres = Centre.objects.staffed_by(self.request.user, CHANGE_DAY)
        return ExtraOpening.objects.filter(centre__in=centres).prefetch_related("people")

    @extend_schema(request=ExtraOpeningCreateSerializer, responses={201: ExtraOpeningSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_domain_create(self, data: dict[str, Any]) -> ExtraOpening:
        return hours.open_extra_day(by=self.request.user, now=timezone.now(), **data).opening

    @extend_schema(request=None, responses=ExtraOpeningSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str | None = None) -> Response:
        """Not open then after all: what was booked for it is among the ``replans``."""

        def work() -> tuple[int, Any]:
            held = self.get_object()
            hours.cancel_extra_day(by=self.request.user, opening=held, now=timezone.now())
            return 200, dict(ExtraOpeningSerializer(self.get_object()).data)

        return self.answer_once(request, work)
