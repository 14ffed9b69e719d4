"""Appointments, and the technicians and bays that they hold."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from services.models.capacity import Centre, Closure, Resource, ServiceType
from vehicles.models import Ownership, Vehicle

if TYPE_CHECKING:
    from accounts.models import User

# Empty ranges slip past an exclusion constraint, so each span is checked beside it.
SOUND_SPAN = Q(
    span__isempty=False,
    span__lower_inc=True,
    span__upper_inc=False,
    span__lower_inf=False,
    span__upper_inf=False,
)


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def visible_to(self, user: "User", now: datetime) -> "AppointmentQuerySet":
        """Visits of cars that the person may bring to service at ``now``.

        A new owner sees what lies in their time with the car, never the visits before it.
        """
        in_present_ownership = Ownership.objects.filter(
            vehicle=OuterRef("vehicle"),
            period__contains=now,
            period__startswith__lt=OuterRef("span__endswith"),
        )
        usable = Vehicle.objects.usable_by(user, right="service", now=now)
        return self.filter(Exists(in_present_ownership), vehicle__in=usable)

    def at_centres_of(self, user: "User") -> "AppointmentQuerySet":
        """What staff see: the visits of the centres where they may see the day."""
        return self.filter(centre__in=Centre.objects.staffed_by(user, "services.view_day"))

    def standing(self) -> "AppointmentQuerySet":
        return self.exclude(status__in=Appointment.Status.gone())

    def within(self, start: datetime, end: datetime) -> "AppointmentQuerySet":
        """Visits that touch ``[start, end)``."""
        return self.filter(span__overlap=(start, end))

    def with_names(self) -> "AppointmentQuerySet":
        """With all that a list shows."""
        return self.select_related("centre", "service_type", "vehicle__model")


class Appointment(models.Model):
    """One visit of one car. ``span`` is what the workshop holds for it."""

    class Status(models.TextChoices):
        BOOKED = "booked", _("booked")
        ARRIVED = "arrived", _("arrived")
        IN_WORK = "in_work", _("in work")
        READY = "ready", _("ready")
        DONE = "done", _("handed back")
        NO_SHOW = "no_show", _("did not come")
        CANCELLED = "cancelled", _("cancelled")

        @classmethod
        def gone(cls) -> list["Appointment.Status"]:
            """The car does not come: neither it nor the workshop is held."""
            return [cls.CANCELLED, cls.NO_SHOW]

    code = models.CharField(max_length=16, unique=True)  # said on the phone
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="appointments")
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, related_name="appointments")
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="appointments")
    service_type = models.ForeignKey(ServiceType, models.PROTECT, related_name="appointments")
    span = DateTimeRangeField()
    status = models.CharField(max_length=10, choices=Status, default=Status.BOOKED)
    price_cents = models.PositiveIntegerField(null=True)  # as shown at booking; none: by estimate
    note = models.TextField(max_length=1000, blank=True)
    version = models.PositiveIntegerField(default=0)  # rises with each change; a calendar's SEQUENCE
    created_at = models.DateTimeField()

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints = [
            models.CheckConstraint(condition=SOUND_SPAN, name="appointment_span_sound"),
            models.CheckConstraint(
                condition=Q(
                    span__endswith__gte=F("span__startswith") + Value(timedelta(minutes=15)),
                    span__endswith__lte=F("span__startswith") + Value(timedelta(hours=12)),
                ),
                name="appointment_span_length",
            ),
            ExclusionConstraint(
                name="appointment_one_per_vehicle",
                expressions=[("vehicle", RangeOperators.EQUAL), ("span", RangeOperators.OVERLAPS)],
                condition=~Q(status__in=["cancelled", "no_show"]),
            ),
        ]
        indexes = [GistIndex(fields=["centre", "span"], name="appointment_centre_span")]

    def __str__(self) -> str:
        return self.code

    @property
    def starts_at(self) -> datetime:
        return self.span.lower

    @property
    def ends_at(self) -> datetime:
        return self.span.upper

    @property
    def may_change_until(self) -> datetime:
        """The last moment at which the owner may move or cancel it."""
        return self.starts_at - timedelta(hours=self.centre.cutoff_hours)

    def is_changeable(self, now: datetime) -> bool:
        return self.status == self.Status.BOOKED and now <= self.may_change_until


class Allocation(models.Model):
    """A resource is taken during ``span``: by a visit, an absence or a closure.

    Two active ones of a resource never overlap, unless both only block it: an absence and
    a closure may lie over each other, so they share the blocker 0 and all else has its own.
    """

    class Kind(models.TextChoices):
        VISIT = "visit", _("visit")
        ABSENCE = "absence", _("absence")
        CLOSURE = "closure", _("closure")

    resource = models.ForeignKey(Resource, models.PROTECT, related_name="allocations")
    kind = models.CharField(max_length=10, choices=Kind)
    span = DateTimeRangeField()
    active = models.BooleanField(default=True)
    appointment = models.ForeignKey(Appointment, models.CASCADE, null=True, related_name="allocations")
    closure = models.ForeignKey(Closure, models.CASCADE, null=True, related_name="allocations")
    blocker = models.GeneratedField(
        expression=Case(
            When(kind__in=["absence", "closure"], then=Value(0)),
            default=F("id"),
            output_field=models.BigIntegerField(),
        ),
        output_field=models.BigIntegerField(),
        db_persist=True,
    )

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        constraints = [
            models.CheckConstraint(condition=SOUND_SPAN, name="allocation_span_sound"),
            models.CheckConstraint(
                condition=Q(kind="visit", appointment__isnull=False, closure__isnull=True)
                | Q(kind="closure", appointment__isnull=True, closure__isnull=False)
                | Q(kind="absence", appointment__isnull=True, closure__isnull=True),
                name="allocation_has_its_cause",
            ),
            ExclusionConstraint(
                name="allocation_no_overlap",
                expressions=[
                    ("resource", RangeOperators.EQUAL),
                    ("span", RangeOperators.OVERLAPS),
                    ("blocker", RangeOperators.NOT_EQUAL),
                ],
                condition=Q(active=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.span}"
