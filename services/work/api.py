"""A technician's work over the API: what the phone sends, also what it kept without a network."""

from collections.abc import Callable
from typing import Any

import django_filters
from django.db.models import F, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from common.errors import NotFound
from common.rest.views import ReadViewSet
from services.models import Finding, Job, Resource
from services.work import approved, findings, jobs, sheets, technicians, times
from services.work.serializers import (
    ApprovedLineSerializer,
    FindingCreateSerializer,
    FindingSerializer,
    FindingTextSerializer,
    JobDetailSerializer,
    JobSerializer,
    LineTickSerializer,
    MomentSerializer,
    NameShownSerializer,
    PointRecordSerializer,
    PointSerializer,
    TechnicianSerializer,
)


class JobFilter(django_filters.FilterSet):
    """``mine`` leaves out what is given to others; times are instants."""

    centre = django_filters.NumberFilter(field_name="appointment__centre_id")
    state = django_filters.ChoiceFilter(choices=Job.State.choices)
    starts_from = django_filters.IsoDateTimeFilter(field_name="starts", lookup_expr="gte")
    starts_before = django_filters.IsoDateTimeFilter(field_name="starts", lookup_expr="lt")
    mine = django_filters.BooleanFilter(method="only_mine")

    class Meta:
        model = Job
        fields = ["centre", "state"]

    def only_mine(self, rows: QuerySet[Job], _name: str, value: bool) -> QuerySet[Job]:
        if not value:
            return rows
        return rows.filter(
            allocations__active=True,
            allocations__part="technician",
            allocations__resource__user=self.request.user,
        )


class JobViewSet(ReadViewSet):
    """Jobs that one may work on, in order of time."""

    permission = jobs.DO_WORK
    serializer_class = JobSerializer
    filterset_class = JobFilter
    ordering = ("starts", "id")
    queryset = Job.objects.none()

    def get_queryset(self) -> QuerySet[Job]:
        if getattr(self, "swagger_fake_view", False):
            return Job.objects.none()
        rows = Job.objects.workable_by(self.request.user)
        return jobs.with_all(rows).annotate(starts=F("span__startswith"))

    def get_serializer_class(self) -> Any:
        return JobDetailSerializer if self.action == "retrieve" else JobSerializer

    @extend_schema(responses=JobDetailSerializer)
    def retrieve(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        return super().retrieve(request, *args, **kwargs)

    @extend_schema(request=MomentSerializer, responses=JobSerializer)
    @action(detail=True, methods=["post"])
    def start(self, request: Request, pk: str | None = None) -> Response:
        return self._deed(request, times.start_job)

    @extend_schema(request=MomentSerializer, responses=JobSerializer)
    @action(detail=True, methods=["post"])
    def pause(self, request: Request, pk: str | None = None) -> Response:
        return self._deed(request, times.pause_job)

    @extend_schema(request=MomentSerializer, responses=JobSerializer)
    @action(detail=True, methods=["post"])
    def finish(self, request: Request, pk: str | None = None) -> Response:
        return self._deed(request, times.finish_job)

    @extend_schema(request=None, responses=JobSerializer)
    @action(detail=True, methods=["post"], url_path="quality-check")
    def quality_check(self, request: Request, pk: str | None = None) -> Response:
        """The last job of the visit is done."""
        return self._once(
            request,
            lambda job, _sent: times.hand_to_check(by=self.request.user, job=job, now=timezone.now()),
            show=lambda _done: self._shown(),
        )

    @extend_schema(request=PointRecordSerializer, responses=PointSerializer)
    @action(detail=True, methods=["post"])
    def points(self, request: Request, pk: str | None = None) -> Response:
        """One point of the check sheet. 409 ``result_changed`` says what stands there by now."""

        def work(job: Job, sent: dict[str, Any]) -> Any:
            result = sheets.record_result(by=self.request.user, job=job, now=timezone.now(), **sent)
            return PointSerializer(sheets.Point(sent["item"], result)).data

        return self._once(request, work, shape=PointRecordSerializer)

    @extend_schema(request=FindingCreateSerializer, responses={201: FindingSerializer})
    @action(detail=True, methods=["post"])
    def findings(self, request: Request, pk: str | None = None) -> Response:
        """What was found. Pictures are sent before, to ``/api/v1/documents/`` with the kind
        ``services.finding_picture``."""

        def work(job: Job, sent: dict[str, Any]) -> Any:
            pictures = sent.pop("documents")
            made = findings.record_finding(
                by=self.request.user, job=job, pictures=pictures, now=timezone.now(), **sent
            )
            return FindingSerializer(made, context=self.get_serializer_context()).data

        return self._once(request, work, shape=FindingCreateSerializer, code=status.HTTP_201_CREATED)

    @extend_schema(methods=["PUT"], request=FindingTextSerializer, responses=FindingSerializer)
    @extend_schema(
        methods=["DELETE"], operation_id="jobs_findings_withdraw", request=None, responses={204: None}
    )
    @action(detail=True, methods=["put", "delete"], url_path=r"findings/(?P<finding>[0-9]+)")
    def finding(self, request: Request, pk: str | None = None, finding: str = "") -> Response:
        """Other words for it, or none: until the customer has read it in an estimate (409 ``told``)."""
        held = get_object_or_404(Finding.objects.filter(job=self.get_object()), pk=finding)
        if request.method == "DELETE":
            findings.withdraw_finding(by=self.request.user, finding=held, now=timezone.now())
            return Response(status=status.HTTP_204_NO_CONTENT)
        shape = FindingTextSerializer(data=request.data)
        shape.is_valid(raise_exception=True)
        changed = findings.change_finding(
            by=self.request.user, finding=held, now=timezone.now(), **shape.validated_data
        )
        return Response(FindingSerializer(changed, context=self.get_serializer_context()).data)

    @extend_schema(request=LineTickSerializer, responses=ApprovedLineSerializer)
    @action(detail=True, methods=["post"], url_path="approved-lines")
    def approved_lines(self, request: Request, pk: str | None = None) -> Response:
        """Extra work that the customer approved is done, or not after all."""

        def work(job: Job, sent: dict[str, Any]) -> Any:
            if sent["line"].estimate.appointment_id != job.appointment_id:
                raise NotFound(_("This work was not found."), field="line")
            line = approved.tick_line(by=self.request.user, now=timezone.now(), **sent)
            return ApprovedLineSerializer(line).data

        return self._once(request, work, shape=LineTickSerializer)

    def _deed(self, request: Request, deed: Callable[..., Job]) -> Response:
        return self._once(
            request,
            lambda job, sent: deed(by=self.request.user, job=job, now=timezone.now(), **sent),
            shape=MomentSerializer,
            show=lambda _done: self._shown(),
        )

    def _shown(self) -> Any:
        return JobSerializer(self.get_object(), context=self.get_serializer_context()).data

    def _once(
        self,
        request: Request,
        call: Callable[[Job, dict[str, Any]], Any],
        *,
        shape: type[MomentSerializer] | None = None,
        show: Callable[[Any], Any] = lambda done: done,
        code: int = status.HTTP_200_OK,
    ) -> Response:
        """Check the shape, make the one domain call, answer; all under the Idempotency-Key."""

        def work() -> tuple[int, Any]:
            sent: dict[str, Any] = {}
            if shape is not None:
                checked = shape(data=request.data, context=self.get_serializer_context())
                checked.is_valid(raise_exception=True)
                sent = dict(checked.validated_data)
            return code, dict(show(call(self.get_object(), sent)))

        return self.answer_once(request, work)


class TechnicianViewSet(ReadViewSet):
    """Oneself: as whom one works, at which centre."""

    permission = jobs.DO_WORK
    serializer_class = TechnicianSerializer
    queryset = Resource.objects.none()

    def get_queryset(self) -> QuerySet[Resource]:
        if getattr(self, "swagger_fake_view", False):
            return Resource.objects.none()
        own = jobs.own_places(by=self.request.user)
        rows = Resource.objects.filter(pk__in=[each.pk for each in own])
        return rows.prefetch_related("qualifications__skill")

    @extend_schema(request=NameShownSerializer, responses=TechnicianSerializer)
    @action(detail=True, methods=["post"], url_path="name-shown")
    def name_shown(self, request: Request, pk: str | None = None) -> Response:
        """Whether customers may see one's name and photo."""

        def work() -> tuple[int, Any]:
            sent = NameShownSerializer(data=request.data)
            sent.is_valid(raise_exception=True)
            shown = technicians.show_to_customers(
                by=self.request.user,
                resource=self.get_object(),
                shown=sent.validated_data["shown"],
                now=timezone.now(),
            )
            return 200, dict(TechnicianSerializer(shown).data)

        return self.answer_once(request, work)
