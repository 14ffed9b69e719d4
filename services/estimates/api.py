"""Estimates in the API: twins of the customer's pages."""

from collections.abc import Callable
from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.views import ReadViewSet
from services.estimates import deciding, reading
from services.estimates.serializers import ApproveSerializer, ByPhoneSerializer, EstimateSerializer
from services.models import Estimate


class EstimateFilter(django_filters.FilterSet):
    appointment = django_filters.NumberFilter(field_name="appointment_id")
    state = django_filters.ChoiceFilter(choices=Estimate.State.choices[1:])

    class Meta:
        model = Estimate
        fields = ["appointment", "state"]


class EstimateViewSet(ReadViewSet):
    """What the workshop offers for one's visits, newest first."""

    scopes = {"list": "appointments:read", "retrieve": "appointments:read"}
    serializer_class = EstimateSerializer
    filterset_class = EstimateFilter
    permission = {"by_phone": "services.change_day"}
    queryset = Estimate.objects.none()

    def get_queryset(self) -> QuerySet[Estimate]:
        if getattr(self, "swagger_fake_view", False):
            return Estimate.objects.none()
        if self.action == "by_phone":
            shared = reading.at_centres_of(self.request.user)
        else:
            shared = reading.shared_with(self.request.user, timezone.now())
        return shared.prefetch_related("lines__entries")

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """With the pictures of all lines that are shown, in one read or two."""
        shown = args[0] if args else []
        rows = shown if isinstance(shown, list) else [shown]
        lines = [line for row in rows if isinstance(row, Estimate) for line in row.lines.all()]
        kwargs["context"] = {**self.get_serializer_context(), "pictures": reading.pictures_of(lines)}
        return self.get_serializer_class()(*args, **kwargs)

    @extend_schema(request=ApproveSerializer, responses=EstimateSerializer)
    @action(detail=True, methods=["post"])
    def approve(self, request: Request, pk: str | None = None) -> Response:
        """Order these lines with obligation to pay, and refuse the others."""
        shape = ApproveSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        asked = shape.validated_data
        return self._decided(
            lambda estimate: deciding.decide(
                by=self.request.user,
                estimate=estimate,
                approved=asked["lines"],
                cents=asked["cents"],
                early_start=asked["early_start"],
                now=timezone.now(),
            )
        )

    @extend_schema(request=None, responses=EstimateSerializer)
    @action(detail=True, methods=["post"])
    def refuse(self, request: Request, pk: str | None = None) -> Response:
        """Order nothing of it."""
        return self._decided(
            lambda estimate: deciding.decide(
                by=self.request.user, estimate=estimate, approved=[], now=timezone.now()
            )
        )

    @extend_schema(request=ByPhoneSerializer, responses=EstimateSerializer)
    @action(detail=True, methods=["post"], url_path="by-phone")
    def by_phone(self, request: Request, pk: str | None = None) -> Response:
        """What the customer said on the phone; they are told what was written down. Staff."""
        shape = ByPhoneSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        return self._decided(
            lambda estimate: deciding.note_decision(
                by=self.request.user,
                estimate=estimate,
                approved=shape.validated_data["lines"],
                now=timezone.now(),
            )
        )

    def _decided(self, decide: Callable[[Estimate], Estimate]) -> Response:
        def work() -> tuple[int, Any]:
            decided = decide(self.get_object())
            shown = self.get_queryset().get(pk=decided.pk)
            return 200, dict(self.get_serializer(shown).data)

        return self.answer_once(self.request, work)
