"""Centres and when they are open."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from accounts.permissions import PERMISSIONS

if TYPE_CHECKING:
    from accounts.models import User


def clock_range(begin: str, end: str) -> Func:
    """Two wall-clock columns as a range of seconds: PostgreSQL has no range of times."""
    seconds = "EXTRACT(epoch FROM %(expressions)s)::int"
    return Func(
        Func(F(begin), template=seconds, output_field=models.IntegerField()),
        Func(F(end), template=seconds, output_field=models.IntegerField()),
        function="int4range",
    )


def check_time_zone(name: str) -> None:
    if name not in available_timezones():
        raise ValidationError(_("Unknown time zone."))


class Weekday(models.IntegerChoices):
    """As in ISO 8601: Monday is 1."""

    MONDAY = 1, _("Monday")
    TUESDAY = 2, _("Tuesday")
    WEDNESDAY = 3, _("Wednesday")
    THURSDAY = 4, _("Thursday")
    FRIDAY = 5, _("Friday")
    SATURDAY = 6, _("Saturday")
    SUNDAY = 7, _("Sunday")


class CentreQuerySet(models.QuerySet["Centre"]):
    def open_to_owners(self) -> "CentreQuerySet":
        return self.filter(is_active=True)

    def staffed_by(self, user: "User", permission: str) -> "CentreQuerySet":
        """Centres where the person holds the named permission, through grants here or everywhere."""
        scopes: list[int] = []
        for grant in user.grants:
            if grant.role not in PERMISSIONS[permission]:
                continue
            if not grant.scope_kind:
                return self.all()
            if grant.scope_kind == self.model._meta.label_lower and grant.scope_id is not None:
                scopes.append(grant.scope_id)
        return self.filter(pk__in=scopes)


class Centre(models.Model):
    """A service centre. Its hours are wall-clock times in its own time zone."""

    code = models.SlugField(_("code"), max_length=40, unique=True)  # "hamburg-altona"
    name = models.CharField(_("name"), max_length=80)
    street = models.CharField(_("street and number"), max_length=120)
    postcode = models.CharField(_("postcode"), max_length=12)
    town = models.CharField(_("town"), max_length=80)
    land = models.CharField(_("Land (ISO 3166-2:DE)"), max_length=2)  # decides the public holidays
    latitude = models.FloatField(validators=[MinValueValidator(-90), MaxValueValidator(90)])
    longitude = models.FloatField(validators=[MinValueValidator(-180), MaxValueValidator(180)])
    time_zone = models.CharField(max_length=64, default="Europe/Berlin", validators=[check_time_zone])
    phone = models.CharField(_("phone"), max_length=40)
    email = models.EmailField(_("e-mail"))
    cutoff_hours = models.PositiveSmallIntegerField(
        _("hours before the start until which owners may move or cancel"), default=24
    )
    # A loan car is held this much longer than the work takes: for the hand-back and a look around it.
    loan_return_minutes = models.PositiveSmallIntegerField(_("loan car back after (minutes)"), default=60)
    is_active = models.BooleanField(_("takes bookings"), default=True)

    objects = CentreQuerySet.as_manager()

    class Meta:
        verbose_name = _("service centre")
        verbose_name_plural = _("service centres")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)


class OpeningHours(models.Model):
    """When a centre is open on a weekday, by its wall clock; several rows leave a lunch break."""

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="opening_hours")
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))

    class Meta:
        verbose_name = _("opening hours")
        verbose_name_plural = _("opening hours")
        ordering = ["centre", "weekday", "opens"]
        constraints = [
            models.CheckConstraint(condition=Q(opens__lt=F("closes")), name="opening_hours_forward"),
            models.CheckConstraint(condition=Q(weekday__range=(1, 7)), name="opening_hours_weekday"),
            ExclusionConstraint(
                name="opening_hours_once",
                expressions=[
                    ("centre", RangeOperators.EQUAL),
                    ("weekday", RangeOperators.EQUAL),
                    (clock_range("opens", "closes"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.centre_id}/{self.weekday} {self.opens}–{self.closes}"


class ClosureQuerySet(models.QuerySet["Closure"]):
    def in_force(self) -> "ClosureQuerySet":
        return self.filter(cancelled_at__isnull=True)


class Closure(models.Model):
    """A centre is shut during ``span``. Written with one allocation per resource, see closing.py.

    One that was taken back stays, so that a holiday on which a centre opens is not written again.
    """

    class Reason(models.TextChoices):
        PUBLIC_HOLIDAY = "public_holiday", _("public holiday")
        OTHER = "other", _("closed")

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="closures")
    span = DateTimeRangeField()
    reason = models.CharField(max_length=20, choices=Reason)
    name = models.CharField(_("name"), max_length=120, blank=True)  # "Tag der Deutschen Einheit"
    cancelled_at = models.DateTimeField(null=True)

    objects = ClosureQuerySet.as_manager()

    class Meta:
        verbose_name = _("closure")
        verbose_name_plural = _("closures")
        ordering = ["span"]
        constraints = [
            models.UniqueConstraint(fields=["centre", "span", "reason"], name="closure_once"),
            models.CheckConstraint(
                condition=Q(
                    span__isempty=False,
                    span__lower_inc=True,
                    span__upper_inc=False,
                    span__lower_inf=False,
                    span__upper_inf=False,
                ),
                name="closure_span_sound",
            ),
        ]
        indexes = [GistIndex(fields=["centre", "span"], name="closure_centre_span")]

    def __str__(self) -> str:
        return self.name or self.get_reason_display()


class ExtraOpeningQuerySet(models.QuerySet["ExtraOpening"]):
    def standing(self) -> "ExtraOpeningQuerySet":
        """Those that nobody took back."""
        return self.filter(cancelled_at__isnull=True)


class ExtraOpening(models.Model):
    """A centre is open on one civil day beside its weekly hours: a Sunday before winter, a late Friday.

    ``people`` work then, whatever their week says; all others only where their shifts reach.
    """

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="extra_openings")
    day = models.DateField(_("day"))
    opens = models.TimeField(_("opens"))
    closes = models.TimeField(_("closes"))
    name = models.CharField(_("name"), max_length=120, blank=True)
    people = models.ManyToManyField("services.Resource", blank=True, related_name="extra_openings")
    cancelled_at = models.DateTimeField(null=True)

    objects = ExtraOpeningQuerySet.as_manager()

    class Meta:
        verbose_name = _("extra opening")
        verbose_name_plural = _("extra openings")
        ordering = ["day", "opens"]
        constraints = [
            models.CheckConstraint(condition=Q(opens__lt=F("closes")), name="extra_opening_forward"),
            ExclusionConstraint(
                name="extra_opening_once",
                expressions=[
                    ("centre", RangeOperators.EQUAL),
                    ("day", RangeOperators.EQUAL),
                    (clock_range("opens", "closes"), RangeOperators.OVERLAPS),
                ],
                condition=Q(cancelled_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(
                fields=["centre", "day"], condition=Q(cancelled_at__isnull=True), name="extra_opening_day"
            )
        ]

    def __str__(self) -> str:
        return self.name or f"{self.centre_id} {self.day}"
