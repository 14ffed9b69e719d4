"""A centre's resources, absences, closings and new times over the API: twins of the staff's pages."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.rest.views import CreateMixin, ReadViewSet
from services.centres import absences, closing, replans, resources
from services.centres.serializers import (
    AbsenceCreateSerializer,
    AbsenceSerializer,
    ClosureCreateSerializer,
    ClosureSerializer,
    EnteredSerializer,
    MovedSerializer,
    NewTimeSerializer,
    ReplanSerializer,
    ResourceCreateSerializer,
    ResourceSerializer,
    ResourceWriteSerializer,
)
from services.models import Absence, Appointment, Centre, Closure, Resource

CHANGE_DAY = "services.change_day"


class ResourceFilter(django_filters.FilterSet):
    centre = django_filters.NumberFilter(field_name="centre_id")
    kind = django_filters.ChoiceFilter(choices=Resource.Kind.choices)

    class Meta:
        model = Resource
        fields = ["centre", "kind", "is_active"]


class ResourceViewSet(CreateMixin, ReadViewSet):
    """Technicians, bays, loan cars and the like: staff read those of their centres."""

    permission = {
        "list": "services.view_day",
        "retrieve": "services.view_day",
        "create": "services.set_up",
        "update": "services.set_up",
    }
    serializer_class = ResourceSerializer
    create_serializer_class = ResourceCreateSerializer
    filterset_class = ResourceFilter
    queryset = Resource.objects.none()

    def get_queryset(self) -> QuerySet[Resource]:
        if getattr(self, "swagger_fake_view", False):
            return Resource.objects.none()
        return Resource.objects.filter(
            centre__in=Centre.objects.staffed_by(self.request.user, "services.view_day")
        ).prefetch_related("qualifications__skill", "shifts")

    @extend_schema(request=ResourceCreateSerializer, responses={201: ResourceSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_domain_create(self, data: dict[str, Any]) -> Resource:
        return resources.add_resource(
            by=self.request.user,
            centre=data["centre"],
            kind=data["kind"],
            values=self._values(data["kind"], data, None),
            skills=_skills(data),
            now=timezone.now(),
        )

    @extend_schema(request=ResourceWriteSerializer, responses=ResourceSerializer)
    def update(self, request: Request, pk: str | None = None) -> Response:
        """Say all of it anew. What is left out is empty, except a colleague's account."""

        def work() -> tuple[int, Any]:
            held = self.get_object()
            shape = ResourceWriteSerializer(data=request.data, context=self.get_serializer_context())
            shape.is_valid(raise_exception=True)
            changed = resources.change_resource(
                by=self.request.user,
                resource=held,
                values=self._values(held.kind, shape.validated_data, held),
                skills=_skills(shape.validated_data),
                now=timezone.now(),
            )
            return 200, dict(ResourceSerializer(changed, context=self.get_serializer_context()).data)

        return self.answer_once(request, work)

    def _values(self, kind: str, data: dict[str, Any], held: Resource | None) -> dict[str, Any]:
        empty: dict[str, Any] = {
            "user": held.user if held else None,
            "bay_type": held.bay_type if held else "",
            "area": [],
            "travel_minutes": 0,
        }
        return {"name": data["name"]} | {
            name: data.get(name, empty.get(name)) for name in resources.FIELDS[kind]
        }


def _skills(data: dict[str, Any]) -> dict[Any, Any]:
    return {each["skill"]: each["valid_until"] for each in data["qualifications"]}


class AbsenceFilter(django_filters.FilterSet):
    centre = django_filters.NumberFilter(field_name="resource__centre_id")
    resource = django_filters.NumberFilter(field_name="resource_id")
    ends_after = django_filters.IsoDateTimeFilter(field_name="span", lookup_expr="endswith__gt")

    class Meta:
        model = Absence
        fields = ["reason"]


class AbsenceViewSet(CreateMixin, ReadViewSet):
    permission = CHANGE_DAY
    serializer_class = AbsenceSerializer
    create_serializer_class = AbsenceCreateSerializer
    filterset_class = AbsenceFilter
    queryset = Absence.objects.none()

    def get_queryset(self) -> QuerySet[Absence]:
        if getattr(self, "swagger_fake_view", False):
            return Absence.objects.none()
        return Absence.objects.filter(
            resource__centre__in=Centre.objects.staffed_by(self.request.user, CHANGE_DAY)
        )

    @extend_schema(request=AbsenceCreateSerializer, responses={201: EnteredSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Who is free and can do it takes over; ``displaced`` less ``reassigned`` visits need a new time."""

        def work() -> tuple[int, Any]:
            shape = AbsenceCreateSerializer(data=request.data, context=self.get_serializer_context())
            shape.is_valid(raise_exception=True)
            absence, outcome = absences.enter_absence(
                by=self.request.user, now=timezone.now(), **shape.validated_data
            )
            shown = dict(AbsenceSerializer(absence).data)
            return 201, {**shown, "displaced": outcome.displaced, "reassigned": outcome.reassigned}

        return self.answer_once(request, work)

    @extend_schema(request=None, responses=AbsenceSerializer)
    @action(detail=True, methods=["post"])
    def cancel(self, request: Request, pk: str | None = None) -> Response:
        def work() -> tuple[int, Any]:
            held = absences.cancel_absence(
                by=self.request.user, absence=self.get_object(), now=timezone.now()
            )
            return 200, dict(AbsenceSerializer(held).data)

        return self.answer_once(request, work)


class ClosureFilter(django_filters.FilterSet):
    centre = django_filters.NumberFilter(field_name="centre_id")

    class Meta:
        model = Closure
        fields = ["centre", "reason"]


class ClosureViewSet(CreateMixin, ReadViewSet):
    permission = CHANGE_DAY
    serializer_class = ClosureSerializer
    create_serializer_class = ClosureCreateSerializer
    filterset_class = ClosureFilter
    queryset = Closure.objects.none()

    def get_queryset(self) -> QuerySet[Closure]:
        if getattr(self, "swagger_fake_view", False):
            return Closure.objects.none()
        return Closure.objects.filter(centre__in=Centre.objects.staffed_by(self.request.user, CHANGE_DAY))

    @extend_schema(request=ClosureCreateSerializer, responses={201: ClosureSerializer})
    def create(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().create(request, *args, **kwargs)

    def perform_domain_create(self, data: dict[str, Any]) -> Closure:
        return closing.close_centre(by=self.request.user, now=timezone.now(), **data)

    @extend_schema(request=None, responses=ClosureSerializer)
    @action(detail=True, methods=["post"])
    def reopen(self, request: Request, pk: str | None = None) -> Response:
        def work() -> tuple[int, Any]:
            held = closing.reopen_centre(by=self.request.user, closure=self.get_object(), now=timezone.now())
            return 200, dict(ClosureSerializer(held).data)

        return self.answer_once(request, work)


class ReplanFilter(django_filters.FilterSet):
    centre = django_filters.NumberFilter(field_name="centre_id")

    class Meta:
        model = Appointment
        fields = ["centre"]


class ReplanViewSet(ReadViewSet):
    """Visits that lost their people or place, with the best new times. Ids are the appointments'."""

    permission = CHANGE_DAY
    serializer_class = ReplanSerializer
    filterset_class = ReplanFilter
    queryset = Appointment.objects.none()

    def get_queryset(self) -> QuerySet[Appointment]:
        if getattr(self, "swagger_fake_view", False):
            return Appointment.objects.none()
        if self.action in ("move", "reassign"):  # also for one that somebody has just settled
            return Appointment.objects.filter(
                centre__in=Centre.objects.staffed_by(self.request.user, CHANGE_DAY)
            ).select_related("centre")
        return replans.visits_to_replan(by=self.request.user)

    def get_serializer(self, *args: Any, **kwargs: Any) -> Any:
        """Proposals are searched for all visits of a page at once."""
        shown = args[0] if args else None
        if shown is None:
            return super().get_serializer(*args, **kwargs)
        visits = list(shown) if kwargs.get("many") else [shown]
        found = replans.propose(appointments=visits, now=timezone.now())
        context = {
            **self.get_serializer_context(),
            "proposals": {each.appointment.pk: each.slots for each in found},
        }
        return ReplanSerializer(shown, many=kwargs.get("many", False), context=context)

    @extend_schema(request=NewTimeSerializer, responses=ReplanSerializer)
    @action(detail=True, methods=["post"])
    def move(self, request: Request, pk: str | None = None) -> Response:
        shape = NewTimeSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        return self._change(replans.move_visit, starts_at=shape.validated_data["starts_at"])

    @extend_schema(request=None, responses=ReplanSerializer)
    @action(detail=True, methods=["post"])
    def reassign(self, request: Request, pk: str | None = None) -> Response:
        """At its own time, to somebody who is free after all."""
        return self._change(replans.reassign_visit)

    @extend_schema(request=None, responses=MovedSerializer)
    @action(detail=False, methods=["post"], url_path="move-all")
    def move_all(self, request: Request) -> Response:
        """Each visit to its best free time. What is done stays done: asking again moves only the rest."""
        found = replans.move_all(by=self.request.user, now=timezone.now())
        return Response(found._asdict())

    def _change(self, change: Any, **asked: Any) -> Response:
        def work() -> tuple[int, Any]:
            changed = change(by=self.request.user, appointment=self.get_object(), now=timezone.now(), **asked)
            changed.losses = []  # settled
            return 200, dict(ReplanSerializer(changed, context=self.get_serializer_context()).data)

        return self.answer_once(self.request, work)
