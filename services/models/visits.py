"""Visits of cars, and the jobs done at them."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Exists, F, Func, OuterRef, Q, Value
from django.utils.translation import gettext_lazy as _

from services.models.catalogue import ServiceType
from services.models.centres import Centre
from services.models.resources import Resource
from vehicles.models import Ownership, Vehicle

if TYPE_CHECKING:
    from accounts.models import User
    from services.models.allocations import Allocation

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
        of_cars = Q(Exists(in_present_ownership), vehicle__in=usable)
        # A test drive, or a car that we do not know yet: whoever it was booked for.
        return self.filter(of_cars | Q(vehicle__isnull=True, booked_by=user))

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


class Way(models.TextChoices):
    """How car and workshop come together."""

    BRING = "bring", _("I bring the car")
    WAIT = "wait", _("I wait on site")
    PICK_UP = "pick_up", _("We fetch it and bring it back")
    MOBILE = "mobile", _("A technician comes to you")

    @classmethod
    def travelling(cls) -> list["Way"]:
        """We come to the customer, so we need to know where."""
        return [cls.PICK_UP, cls.MOBILE]


class Appointment(models.Model):
    """One visit of one car, for one job or several in order.

    ``span`` is from the begin of the first job to the end of the last; the people and places are
    held for what each job needs, see Allocation.
    """

    class Status(models.TextChoices):
        BOOKED = "booked", _("booked")
        ARRIVED = "arrived", _("received")
        DIAGNOSED = "diagnosed", _("diagnosed")
        WAITING_APPROVAL = "waiting_approval", _("waiting for your approval")
        WAITING_PARTS = "waiting_parts", _("waiting for parts")
        IN_WORK = "in_work", _("in work")
        QUALITY_CHECK = "quality_check", _("quality check")
        READY = "ready", _("ready")
        DONE = "done", _("handed back")
        NO_SHOW = "no_show", _("did not come")
        CANCELLED = "cancelled", _("cancelled")

        @classmethod
        def gone(cls) -> list["Appointment.Status"]:
            """The car does not come: neither it nor the workshop is held."""
            return [cls.CANCELLED, cls.NO_SHOW]

        @classmethod
        def in_house(cls) -> list["Appointment.Status"]:
            """The car is with us."""
            return [
                cls.ARRIVED,
                cls.DIAGNOSED,
                cls.WAITING_APPROVAL,
                cls.WAITING_PARTS,
                cls.IN_WORK,
                cls.QUALITY_CHECK,
                cls.READY,
            ]

    code = models.CharField(max_length=16, unique=True)  # said on the phone
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="appointments")
    # None for a test drive, and for a car that a caller could only describe (``car_words``).
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, null=True, related_name="appointments")
    car_words = models.CharField(_("car"), max_length=80, blank=True)
    # The customer, who brings the car and pays; ``entered_by`` is the colleague who typed it in.
    booked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="appointments")
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    # The first job's: what the visit is called.
    service_type = models.ForeignKey(ServiceType, models.PROTECT, related_name="appointments")
    span = DateTimeRangeField()
    way = models.CharField(_("how"), max_length=8, choices=Way, default=Way.BRING)
    loan_car = models.BooleanField(_("with a loan car"), default=False)
    # Where we fetch the car or come to; empty unless ``way`` asks for it.
    street = models.CharField(_("street and number"), max_length=120, blank=True)
    postcode = models.CharField(_("postcode"), max_length=12, blank=True)
    town = models.CharField(_("town"), max_length=80, blank=True)
    status = models.CharField(max_length=16, choices=Status, default=Status.BOOKED)
    # As shown at booking, all jobs together; none: by estimate.
    price_cents = models.PositiveIntegerField(null=True)
    note = models.TextField(max_length=1000, blank=True)
    # Question id → answer, as given at booking.
    symptoms = models.JSONField(default=dict, blank=True)
    # When the car is promised to be ready; each change is a PromiseChange.
    promised_at = models.DateTimeField(null=True)
    # The consumer's express wish that we start before the withdrawal period ends (BGB §357a(2)).
    early_start_at = models.DateTimeField(null=True)
    # The start that a reminder was sent for: another start asks for another reminder.
    reminded_start = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=0)  # rises with each change; a calendar's SEQUENCE
    created_at = models.DateTimeField()

    unread: int = 0  # messages, in lists that count them

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        constraints = [
            models.CheckConstraint(condition=SOUND_SPAN, name="appointment_span_sound"),
            models.CheckConstraint(
                condition=Q(
                    span__endswith__gte=F("span__startswith") + Value(timedelta(minutes=5)),
                    span__endswith__lte=F("span__startswith") + Value(timedelta(hours=12)),
                ),
                name="appointment_span_length",
            ),
            ExclusionConstraint(
                name="appointment_one_per_vehicle",
                expressions=[("vehicle", RangeOperators.EQUAL), ("span", RangeOperators.OVERLAPS)],
                condition=~Q(status__in=["cancelled", "no_show"]),
            ),
            models.CheckConstraint(
                condition=Q(way__in=["pick_up", "mobile"]) | Q(street="", postcode="", town=""),
                name="appointment_address_needed",
            ),
            models.CheckConstraint(
                condition=Q(vehicle__isnull=True) | Q(car_words=""), name="appointment_car_known_or_told"
            ),
        ]
        indexes = [
            GistIndex(fields=["centre", "span"], name="appointment_centre_span"),
            models.Index(
                fields=["centre", "status"],
                condition=~Q(status__in=["booked", "done", "no_show", "cancelled"]),
                name="appointment_in_house",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def starts_at(self) -> datetime:
        return self.span.lower

    @property
    def ends_at(self) -> datetime:
        return self.span.upper

    @property
    def car_name(self) -> str:
        """The model's name, else what we were told of the car; empty for a test drive."""
        return self.vehicle.model.name if self.vehicle else self.car_words

    @property
    def may_change_until(self) -> datetime:
        """The last moment at which the owner may move or cancel it."""
        return self.starts_at - timedelta(hours=self.centre.cutoff_hours)

    def is_changeable(self, now: datetime) -> bool:
        return self.status == self.Status.BOOKED and now <= self.may_change_until


class JobQuerySet(models.QuerySet["Job"]):
    def workable_by(self, user: "User") -> "JobQuerySet":
        """What somebody may work on: their own jobs; who runs a centre's day, all jobs of it."""
        mine = self.model._default_manager.filter(
            allocations__active=True,
            allocations__part="technician",
            allocations__resource__user=user,
            allocations__resource__centre__in=Centre.objects.staffed_by(user, "services.do_work"),
        )
        run = Centre.objects.staffed_by(user, "services.change_day")
        return self.filter(Q(pk__in=mine.values("pk")) | Q(appointment__centre__in=run))


class Job(models.Model):
    """One piece of work of a visit. ``span`` is when it is planned; jobs of a visit follow each other."""

    class State(models.TextChoices):
        PLANNED = "planned", _("planned")
        STARTED = "started", _("started")
        PAUSED = "paused", _("paused")
        FINISHED = "finished", _("finished")
        DROPPED = "dropped", _("not done")

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="jobs")
    position = models.PositiveSmallIntegerField()
    service_type = models.ForeignKey(ServiceType, models.PROTECT, related_name="+")
    span = DateTimeRangeField()
    price_cents = models.PositiveIntegerField(null=True)  # as shown at booking; none: by estimate
    state = models.CharField(max_length=8, choices=State, default=State.PLANNED)

    # Set by services/work/jobs.py: with_all.
    taken: list["Allocation"]
    points: int
    checked: int
    jobs_open: int
    lines_open: int

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ["appointment", "position"]
        constraints = [
            models.UniqueConstraint(fields=["appointment", "position"], name="job_in_order"),
            models.CheckConstraint(condition=SOUND_SPAN, name="job_span_sound"),
            ExclusionConstraint(
                name="job_one_after_the_other",
                expressions=[("appointment", RangeOperators.EQUAL), ("span", RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appointment_id}/{self.position}"

    @property
    def starts_at(self) -> datetime:
        return self.span.lower

    @property
    def ends_at(self) -> datetime:
        return self.span.upper


_WORKED = Func(F("started_at"), F("ended_at"), function="tstzrange", output_field=DateTimeRangeField())


class JobTime(models.Model):
    """Somebody really worked on a job from ``started_at`` until ``ended_at``; none: at this moment."""

    job = models.ForeignKey(Job, models.PROTECT, related_name="times")
    technician = models.ForeignKey(Resource, models.PROTECT, related_name="times")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("working time")
        verbose_name_plural = _("working times")
        ordering = ["started_at"]
        constraints = [
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=F("started_at")), name="job_time_forward"
            ),
            models.UniqueConstraint(
                fields=["technician"], condition=Q(ended_at__isnull=True), name="job_time_one_at_once"
            ),
            models.UniqueConstraint(
                fields=["job"], condition=Q(ended_at__isnull=True), name="job_time_one_per_job"
            ),
            # Times that arrive late, from a phone without a network, overlap nothing either.
            ExclusionConstraint(
                name="job_time_technician_once",
                expressions=[("technician", RangeOperators.EQUAL), (_WORKED, RangeOperators.OVERLAPS)],
            ),
            ExclusionConstraint(
                name="job_time_job_once",
                expressions=[("job", RangeOperators.EQUAL), (_WORKED, RangeOperators.OVERLAPS)],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.job_id} {self.started_at}"
