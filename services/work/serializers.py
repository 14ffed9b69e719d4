"""The shapes of a technician's work in the API."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from common.rest.fields import VisibleField
from documents.models import Document
from services.models import CheckItem, CheckResult, EstimateLine, Finding, Job, Qualification, Resource
from services.work import approved, findings, jobs, sheets
from services.work.sheets import Point


class JobSerializer(serializers.ModelSerializer[Job]):
    service = serializers.CharField(source="service_type.name", read_only=True)
    starts_at = serializers.DateTimeField(read_only=True)
    ends_at = serializers.DateTimeField(read_only=True)
    centre = serializers.IntegerField(source="appointment.centre_id", read_only=True)
    code = serializers.CharField(source="appointment.code", read_only=True)
    status = serializers.CharField(source="appointment.status", read_only=True)
    car = serializers.CharField(source="appointment.car_name", read_only=True)
    plate = serializers.SerializerMethodField()
    technician = serializers.SerializerMethodField()
    place = serializers.SerializerMethodField()
    next_step = serializers.SerializerMethodField()
    points = serializers.IntegerField(read_only=True, help_text="Of the check sheet.")
    checked = serializers.IntegerField(read_only=True, help_text="Of these, with a result.")
    running_since = serializers.SerializerMethodField()

    class Meta:
        model = Job
        fields = [
            "id",
            "appointment",
            "code",
            "centre",
            "status",
            "position",
            "service_type",
            "service",
            "car",
            "plate",
            "starts_at",
            "ends_at",
            "state",
            "next_step",
            "running_since",
            "technician",
            "place",
            "points",
            "checked",
        ]

    def get_plate(self, job: Job) -> str:
        return job.appointment.vehicle.plate if job.appointment.vehicle else ""

    def get_technician(self, job: Job) -> str:
        return self._taken(job, "technician")

    def get_place(self, job: Job) -> str:
        return self._taken(job, "place")

    @extend_schema_field(serializers.ChoiceField(choices=[step.value for step in jobs.NextStep]))
    def get_next_step(self, job: Job) -> str:
        return jobs.next_step(job)

    @extend_schema_field(serializers.DateTimeField(allow_null=True))
    def get_running_since(self, job: Job) -> Any:
        running = [time.started_at for time in job.times.all() if time.ended_at is None]
        return serializers.DateTimeField().to_representation(running[0]) if running else None

    @staticmethod
    def _taken(job: Job, part: str) -> str:
        return next((str(each.resource.name) for each in job.taken if each.part == part), "")


class PointSerializer(serializers.Serializer[Point]):
    """One point of a check sheet and what was found there."""

    item = serializers.IntegerField(source="item.pk")
    text = serializers.CharField(source="item.text")
    unit = serializers.CharField(source="item.unit", help_text="Empty: nothing is measured here.")
    lowest = serializers.DecimalField(8, 2, source="item.lowest", allow_null=True)
    highest = serializers.DecimalField(8, 2, source="item.highest", allow_null=True)
    value = serializers.DecimalField(8, 2, source="result.value", allow_null=True, default=None)
    verdict = serializers.ChoiceField(
        CheckResult.Verdict.choices, source="result.verdict", allow_null=True, default=None
    )
    at = serializers.DateTimeField(source="result.at", allow_null=True, default=None)


class FindingSerializer(serializers.ModelSerializer[Finding]):
    documents = serializers.SerializerMethodField()

    class Meta:
        model = Finding
        fields = ["id", "job", "item", "text", "at", "documents"]

    def get_documents(self, finding: Finding) -> list[int]:
        found = self.context.get("pictures")
        if found is None:
            found = findings.pictures_of([finding])
        return [picture.pk for picture in found.get(finding.pk, [])]


class ApprovedLineSerializer(serializers.ModelSerializer[EstimateLine]):
    class Meta:
        model = EstimateLine
        fields = ["id", "title", "text", "urgency", "done_at"]


class JobDetailSerializer(JobSerializer):
    sheet = serializers.SerializerMethodField()
    findings = serializers.SerializerMethodField()
    approved_lines = serializers.SerializerMethodField()

    class Meta(JobSerializer.Meta):
        fields = [*JobSerializer.Meta.fields, "sheet", "findings", "approved_lines"]

    @extend_schema_field(PointSerializer(many=True))
    def get_sheet(self, job: Job) -> Any:
        points: Any = sheets.points_of(job=job)
        return PointSerializer(points, many=True).data

    @extend_schema_field(FindingSerializer(many=True))
    def get_findings(self, job: Job) -> Any:
        found = list(findings.findings_of(appointment=job.appointment))
        context = {**self.context, "pictures": findings.pictures_of(found)}
        return FindingSerializer(found, many=True, context=context).data

    @extend_schema_field(ApprovedLineSerializer(many=True))
    def get_approved_lines(self, job: Job) -> Any:
        rows = approved.approved_lines(appointment=job.appointment)
        return ApprovedLineSerializer(rows, many=True).data


class MomentSerializer(serializers.Serializer[Any]):
    """``at`` is when it was done, for entries that arrive late; by default now."""

    at = serializers.DateTimeField(required=False, allow_null=True, default=None)


class PointRecordSerializer(MomentSerializer):
    """``seen`` is the ``at`` of the result that its maker had before their eyes; null: none."""

    item = VisibleField(
        CheckItem, lambda _user: CheckItem.objects.all(), missing=_("There is no such point.")
    )
    value = serializers.DecimalField(8, 2, required=False, allow_null=True, default=None)
    verdict = serializers.ChoiceField(
        CheckResult.Verdict.choices, required=False, allow_blank=True, default=""
    )
    seen = serializers.DateTimeField(required=False, allow_null=True, default=None)


class FindingTextSerializer(serializers.Serializer[Any]):
    text = serializers.CharField(max_length=findings.TEXT_LENGTH)


class FindingCreateSerializer(MomentSerializer):
    text = serializers.CharField(max_length=findings.TEXT_LENGTH)
    item = VisibleField(
        CheckItem,
        lambda _user: CheckItem.objects.all(),
        missing=_("There is no such point."),
        required=False,
        allow_null=True,
        default=None,
    )
    documents = VisibleField(
        Document,
        findings.unattached_pictures,
        missing=_("There is no such document."),
        many=True,
        required=False,
        default=list,
    )


class LineTickSerializer(MomentSerializer):
    line = VisibleField(EstimateLine, approved.lines_of, missing=_("This work was not found."))
    done = serializers.BooleanField(default=True)


class NameShownSerializer(serializers.Serializer[Any]):
    shown = serializers.BooleanField()


class QualificationSerializer(serializers.ModelSerializer[Qualification]):
    skill = serializers.CharField(source="skill.name", read_only=True)

    class Meta:
        model = Qualification
        fields = ["skill", "valid_until"]


class TechnicianSerializer(serializers.ModelSerializer[Resource]):
    """Oneself, as the workshop plans with one."""

    qualifications = QualificationSerializer(many=True, read_only=True)

    class Meta:
        model = Resource
        fields = ["id", "centre", "kind", "name", "shown_since", "qualifications"]
