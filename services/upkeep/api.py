"""Recalls, campaigns, what cars are due for, and one's calendar address, over the API."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.http import Http404
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common import civil
from common.rest.views import ApiView, CreateMixin, ReadViewSet
from services.models import CalendarFeed, Campaign, CampaignCar, Upkeep
from services.upkeep import campaigns, due, recalls, upkeep
from services.upkeep.serializers import (
    CalendarSerializer,
    CampaignCarSerializer,
    CampaignSerializer,
    CampaignWriteSerializer,
    RecallSerializer,
    UpkeepChangeSerializer,
    UpkeepSerializer,
)
from services.visits import calendar
from vehicles.models import Vehicle


class RecallFilter(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(choices=CampaignCar.State.choices)
    vin = django_filters.CharFilter()

    class Meta:
        model = CampaignCar
        fields = ["state", "vin"]


class RecallViewSet(ReadViewSet):
    """Recalls and campaigns of one's own cars."""

    scopes = "appointments:read"
    serializer_class = RecallSerializer
    filterset_class = RecallFilter
    queryset = CampaignCar.objects.none()

    def get_queryset(self) -> QuerySet[CampaignCar]:
        if getattr(self, "swagger_fake_view", False):
            return CampaignCar.objects.none()
        return recalls.visible_to(self.request.user, timezone.now())


class CarUpkeepDetail(ApiView):
    """The dates of a car and what is due: for its people, and for colleagues of centres that it comes to."""

    scopes = {"get": "appointments:read"}

    @extend_schema(operation_id="vehicles_upkeep_retrieve", responses=UpkeepSerializer)
    def get(self, request: Request, pk: int) -> Response:
        vehicle, _own = self._vehicle(pk)
        return self._answer(upkeep.upkeep_of(vehicle), vehicle)

    @extend_schema(
        operation_id="vehicles_upkeep_update", request=UpkeepChangeSerializer, responses=UpkeepSerializer
    )
    def patch(self, request: Request, pk: int) -> Response:
        vehicle, own = self._vehicle(pk)
        shape = UpkeepChangeSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        change = upkeep.correct_as_owner if own else upkeep.change_as_staff
        kept = change(by=self.request.user, vehicle=vehicle, changes=shape.validated_data, now=timezone.now())
        return self._answer(kept, vehicle)

    def _vehicle(self, pk: int) -> tuple[Vehicle, bool]:
        user = self.request.user
        own = Vehicle.objects.usable_by(user, right="service", now=timezone.now()).filter(pk=pk).first()
        vehicle = own or upkeep.cars_of_staff(user).filter(pk=pk).first()
        if vehicle is None:
            raise Http404
        return vehicle, own is not None

    def _answer(self, kept: Upkeep, vehicle: Vehicle) -> Response:
        found = due.all_due(vehicle, kept, civil.local_date(timezone.now()))
        return Response(UpkeepSerializer(kept, context={"due": found}).data)


class CampaignViewSet(CreateMixin, ReadViewSet):
    """For staff: what there is, with counts; product managers and administrators write and publish."""

    permission = {
        "list": campaigns.VIEW,
        "retrieve": campaigns.VIEW,
        "create": campaigns.PUBLISH,
        "partial_update": campaigns.PUBLISH,
        "publish": campaigns.PUBLISH,
        "close": campaigns.PUBLISH,
    }
    serializer_class = CampaignSerializer
    create_serializer_class = CampaignWriteSerializer
    queryset = Campaign.objects.none()

    def get_queryset(self) -> QuerySet[Campaign]:
        return campaigns.with_counts()

    @extend_schema(request=CampaignWriteSerializer, responses={201: CampaignSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_domain_create(self, data: dict[str, Any]) -> Campaign:
        return campaigns.create_campaign(by=self.request.user, values=data, now=timezone.now())

    @extend_schema(request=CampaignWriteSerializer, responses=CampaignSerializer)
    def partial_update(self, request: Request, pk: str | None = None) -> Response:
        campaign = self.get_object()
        shape = CampaignWriteSerializer(data=request.data, partial=True)
        shape.is_valid(raise_exception=True)
        campaigns.change_campaign(
            by=self.request.user, campaign=campaign, values=shape.validated_data, now=timezone.now()
        )
        return Response(CampaignSerializer(self.get_object()).data)

    @extend_schema(request=None, responses=CampaignSerializer)
    @action(detail=True, methods=["post"])
    def publish(self, request: Request, pk: str | None = None) -> Response:
        return self._deed(campaigns.publish_campaign)

    @extend_schema(request=None, responses=CampaignSerializer)
    @action(detail=True, methods=["post"])
    def close(self, request: Request, pk: str | None = None) -> Response:
        return self._deed(campaigns.close_campaign)

    def _deed(self, deed: Any) -> Response:
        def work() -> tuple[int, Any]:
            deed(by=self.request.user, campaign=self.get_object(), now=timezone.now())
            return 200, dict(CampaignSerializer(self.get_object()).data)

        return self.answer_once(self.request, work)


class CampaignCarFilter(django_filters.FilterSet):
    """``vin`` is a part of it."""

    campaign = django_filters.NumberFilter(field_name="campaign_id")
    state = django_filters.ChoiceFilter(choices=CampaignCar.State.choices)
    vin = django_filters.CharFilter(lookup_expr="icontains")

    class Meta:
        model = CampaignCar
        fields = ["campaign", "state", "vin"]


class CampaignCarViewSet(ReadViewSet):
    """For staff: the cars of campaigns, whether their owners know, have booked, or it is done."""

    permission = campaigns.VIEW
    serializer_class = CampaignCarSerializer
    filterset_class = CampaignCarFilter
    queryset = CampaignCar.objects.all()


class CalendarDetail(ApiView):
    """One's own calendar address: POST makes one, or another in its place; DELETE ends it."""

    @extend_schema(operation_id="calendar_retrieve", responses=CalendarSerializer)
    def get(self, request: Request) -> Response:
        return Response(_shown(CalendarFeed.objects.filter(user=self.request.user).first()))

    @extend_schema(operation_id="calendar_create", request=None, responses=CalendarSerializer)
    def post(self, request: Request) -> Response:
        def work() -> tuple[int, Any]:
            now = timezone.now()
            there = CalendarFeed.objects.filter(user=self.request.user).exists()
            make = calendar.renew_feed if there else calendar.open_feed
            return 200, _shown(make(by=self.request.user, now=now))

        return self.answer_once(request, work)

    @extend_schema(operation_id="calendar_destroy", responses={204: None})
    def delete(self, request: Request) -> Response:
        calendar.close_feed(by=self.request.user, now=timezone.now())
        return Response(status=204)


def _shown(feed: CalendarFeed | None) -> dict[str, Any]:
    shown = {
        "address": calendar.address_of(feed) if feed else "",
        "created_at": feed.created_at if feed else None,
        "last_used_at": feed.last_used_at if feed else None,
    }
    return dict(CalendarSerializer(shown).data)
