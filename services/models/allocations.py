"""What takes a resource, and what was displaced: visits, holds, absences, closures; the waitlist."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.db import models
from django.db.models import Case, Exists, F, OuterRef, Q, Value, When
from django.utils.translation import gettext_lazy as _

from services.models.centres import Centre, Closure
from services.models.resources import Resource
from services.models.visits import SOUND_SPAN, Appointment, Job, Way
from vehicles.models import Vehicle

_FOR_NOBODY = Q(appointment__isnull=True, job__isnull=True, hold__isnull=True, part="")
HAS_ITS_CAUSE = (
    Q(kind="visit", appointment__isnull=False, hold__isnull=True, closure__isnull=True, absence__isnull=True)
    & ~Q(part="")
    | Q(kind="hold", hold__isnull=False, appointment__isnull=True, job__isnull=True)
    & Q(closure__isnull=True, absence__isnull=True)
    & ~Q(part="")
    | Q(kind="closure", closure__isnull=False, absence__isnull=True) & _FOR_NOBODY
    | Q(kind="absence", absence__isnull=False, closure__isnull=True) & _FOR_NOBODY
)


class AbsenceQuerySet(models.QuerySet["Absence"]):
    def standing(self) -> "AbsenceQuerySet":
        """Those that nobody took back."""
        return self.filter(cancelled_at__isnull=True)


class Absence(models.Model):
    """A resource is not there during ``span``: a technician ill or on leave, a bay under repair."""

    class Reason(models.TextChoices):
        SICK = "sick", _("ill")
        LEAVE = "leave", _("on leave")
        TRAINING = "training", _("training")
        MAINTENANCE = "maintenance", _("maintenance")
        OVERDUE = "overdue", _("not back yet")  # a loan car; written by the house, see desk/late_cars.py
        OTHER = "other", _("not available")

    resource = models.ForeignKey(Resource, models.PROTECT, related_name="absences")
    span = DateTimeRangeField()
    reason = models.CharField(_("reason"), max_length=11, choices=Reason)
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    entered_at = models.DateTimeField()
    cancelled_at = models.DateTimeField(null=True)

    objects = AbsenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        ordering = ["span"]
        constraints = [models.CheckConstraint(condition=SOUND_SPAN, name="absence_span_sound")]
        indexes = [GistIndex(fields=["resource", "span"], name="absence_resource_span")]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.span}"


class Hold(models.Model):
    """A time kept for one person until ``expires_at``: chosen while booking, or offered from the waitlist."""

    class Purpose(models.TextChoices):
        CHOICE = "choice", _("chosen while booking")
        OFFER = "offer", _("offered from the waitlist")

    class State(models.TextChoices):
        OPEN = "open", _("open")
        BOOKED = "booked", _("booked")
        RELEASED = "released", _("given back")
        EXPIRED = "expired", _("expired")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="holds")
    purpose = models.CharField(max_length=6, choices=Purpose, default=Purpose.CHOICE)
    state = models.CharField(max_length=8, choices=State, default=State.OPEN)
    centre = models.ForeignKey(Centre, models.PROTECT, related_name="+")
    vehicle = models.ForeignKey(Vehicle, models.PROTECT, null=True, related_name="+")
    service_types = ArrayField(models.BigIntegerField())  # in order
    way = models.CharField(max_length=8, choices=Way, default=Way.BRING)
    loan_car = models.BooleanField(default=False)
    postcode = models.CharField(max_length=12, blank=True)
    span = DateTimeRangeField()
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    waitlist_entry = models.ForeignKey(
        "services.WaitlistEntry", models.CASCADE, null=True, related_name="holds"
    )

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints = [
            models.CheckConstraint(condition=SOUND_SPAN, name="hold_span_sound"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="hold_expires_later"),
            models.CheckConstraint(condition=Q(service_types__len__gt=0), name="hold_for_work"),
            models.CheckConstraint(
                condition=Q(purpose="offer", waitlist_entry__isnull=False)
                | Q(purpose="choice", waitlist_entry__isnull=True),
                name="hold_offer_is_of_the_waitlist",
            ),
            models.UniqueConstraint(
                fields=["user"],
                condition=Q(state="open", purpose="choice"),
                name="hold_one_choice_per_person",
            ),
            models.UniqueConstraint(
                fields=["waitlist_entry"], condition=Q(state="open"), name="hold_one_offer_per_entry"
            ),
        ]
        indexes = [models.Index(fields=["expires_at"], condition=Q(state="open"), name="hold_expiring")]

    def __str__(self) -> str:
        return f"{self.user_id} {self.span}"


class WaitlistEntry(models.Model):
    """Somebody would come earlier than the visit they have: the next free time is offered in turn."""

    class State(models.TextChoices):
        WAITING = "waiting", _("waiting")
        OFFERED = "offered", _("a time is offered")
        TAKEN = "taken", _("moved to the offered time")
        ENDED = "ended", _("ended")

    appointment = models.ForeignKey(Appointment, models.CASCADE, related_name="waitlist_entries")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="waitlist_entries")
    not_before = models.DateField(_("not before"))  # civil day at the centre
    state = models.CharField(max_length=8, choices=State, default=State.WAITING)
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("waitlist entry")
        verbose_name_plural = _("waitlist entries")
        ordering = ["created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["appointment"], condition=Q(state__in=["waiting", "offered"]), name="waitlist_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=["waiting", "offered"], ended_at__isnull=True)
                | Q(state__in=["taken", "ended"], ended_at__isnull=False),
                name="waitlist_ended_whole",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.appointment_id}"


class Allocation(models.Model):
    """A resource is taken during ``span``: by a visit, a hold, an absence or a closure.

    Two active ones of a resource never overlap, unless both only block it: an absence and
    a closure may lie over each other, so they share the blocker 0 and all else has its own.
    A hold counts until ``expires_at``: readers skip what is past it, and whoever books, holds or
    blocks first deactivates it, for a constraint can't ask the clock.
    """

    class Kind(models.TextChoices):
        VISIT = "visit", _("visit")
        HOLD = "hold", _("held while somebody decides")
        ABSENCE = "absence", _("absence")
        CLOSURE = "closure", _("closure")

    class Part(models.TextChoices):
        """What a visit or a hold takes the resource for."""

        PLACE = "place", _("place")
        TECHNICIAN = "technician", _("technician")
        LOAN_CAR = "loan_car", _("loan car")
        PICK_UP = "pick_up", _("fetching")
        RETURN = "return", _("bringing back")

    resource = models.ForeignKey(Resource, models.PROTECT, related_name="allocations")
    kind = models.CharField(max_length=10, choices=Kind)
    span = DateTimeRangeField()
    active = models.BooleanField(default=True)
    appointment = models.ForeignKey(Appointment, models.CASCADE, null=True, related_name="allocations")
    # The job it is for; none for what the whole visit needs (loan car, drives).
    job = models.ForeignKey(Job, models.CASCADE, null=True, related_name="allocations")
    part = models.CharField(max_length=10, choices=Part, blank=True)
    hold = models.ForeignKey("services.Hold", models.CASCADE, null=True, related_name="allocations")
    expires_at = models.DateTimeField(null=True)  # of a hold
    absence = models.ForeignKey("services.Absence", models.CASCADE, null=True, related_name="allocations")
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
                condition=HAS_ITS_CAUSE,
                name="allocation_has_its_cause",
            ),
            models.CheckConstraint(
                condition=Q(kind="hold", expires_at__isnull=False)
                | (~Q(kind="hold") & Q(expires_at__isnull=True)),
                name="allocation_hold_expires",
            ),
            # A job has one technician and one place at most; a visit one loan car, one drive each way.
            models.UniqueConstraint(
                fields=["job", "part"],
                condition=Q(active=True, job__isnull=False),
                name="allocation_once_per_job",
            ),
            models.UniqueConstraint(
                fields=["appointment", "part"],
                condition=Q(active=True, job__isnull=True, appointment__isnull=False),
                name="allocation_once_per_visit",
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
        indexes = [
            models.Index(
                fields=["expires_at"], condition=Q(kind="hold", active=True), name="allocation_expiring"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id} {self.span}"


class DisplacementQuerySet(models.QuerySet["Displacement"]):
    def unsettled(self) -> "DisplacementQuerySet":
        """Open ones of visits that still come, and that nobody has given that part again."""
        again = Allocation.objects.filter(
            Q(job=OuterRef("allocation__job")) | Q(job__isnull=True),
            appointment=OuterRef("appointment"),
            part=OuterRef("allocation__part"),
            active=True,
        )
        over = [Appointment.Status.DONE, *Appointment.Status.gone()]
        return self.filter(~Exists(again), state=Displacement.State.OPEN).exclude(
            appointment__status__in=over
        )


class Displacement(models.Model):
    """A visit lost something it had and needs it again: the re-plan list.

    To an absence, to a closure, or to other opening hours.
    """

    class State(models.TextChoices):
        OPEN = "open", _("open")
        REASSIGNED = "reassigned", _("somebody else does it")
        MOVED = "moved", _("moved")
        ENDED = "ended", _("no longer needed")

    appointment = models.ForeignKey(Appointment, models.PROTECT, related_name="displacements")
    allocation = models.OneToOneField(Allocation, models.PROTECT, related_name="displacement")
    absence = models.ForeignKey(Absence, models.PROTECT, null=True, related_name="displacements")
    closure = models.ForeignKey(Closure, models.PROTECT, null=True, related_name="displacements")
    hours_changed = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=State, default=State.OPEN)
    at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    objects = DisplacementQuerySet.as_manager()

    class Meta:
        verbose_name = _("displacement")
        verbose_name_plural = _("displacements")
        ordering = ["at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(absence__isnull=False, closure__isnull=True, hours_changed=False)
                | Q(absence__isnull=True, closure__isnull=False, hours_changed=False)
                | Q(absence__isnull=True, closure__isnull=True, hours_changed=True),
                name="displacement_has_one_cause",
            ),
            models.CheckConstraint(
                condition=Q(state="open", settled_at__isnull=True)
                | (~Q(state="open") & Q(settled_at__isnull=False)),
                name="displacement_settled_whole",
            ),
        ]
        indexes = [models.Index(fields=["appointment"], condition=Q(state="open"), name="displacement_open")]

    def __str__(self) -> str:
        return f"{self.appointment_id}"
