"""Centres, their hours, and the people, bays and cars that a visit needs."""

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, available_timezones

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, DateTimeRangeField, RangeOperators
from django.contrib.postgres.indexes import GistIndex
from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from accounts.permissions import PERMISSIONS

if TYPE_CHECKING:
    from accounts.models import User


def _clock_range(begin: str, end: str) -> Func:
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


class BayType(models.TextChoices):
    LIFT = "lift", _("lift")
    ALIGNMENT = "alignment", _("alignment")
    HIGH_VOLTAGE = "high_voltage", _("high voltage")
    BODY = "body", _("body")
    WASH = "wash", _("wash")


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
                    (_clock_range("opens", "closes"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.centre_id}/{self.weekday} {self.opens}–{self.closes}"


class Closure(models.Model):
    """A centre is shut during ``span``. Written with one allocation per resource, see closing.py."""

    class Reason(models.TextChoices):
        PUBLIC_HOLIDAY = "public_holiday", _("public holiday")
        OTHER = "other", _("closed")

    centre = models.ForeignKey(Centre, models.CASCADE, related_name="closures")
    span = DateTimeRangeField()
    reason = models.CharField(max_length=20, choices=Reason)
    name = models.CharField(_("name"), max_length=120, blank=True)  # "Tag der Deutschen Einheit"

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


class Skill(models.Model):
    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_de = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)

    class Meta:
        verbose_name = _("skill")
        verbose_name_plural = _("skills")
        ordering = ["pk"]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_en if (get_language() or "de").startswith("en") else self.name_de


class ServiceType(models.Model):
    """A kind of work: how long it takes, whom and what it needs, what it costs, when it can start."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_de = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    text_de = models.CharField(max_length=200, blank=True)
    text_en = models.CharField(max_length=200, blank=True)
    icon = models.CharField(max_length=30, default="wrench")
    duration_minutes = models.PositiveSmallIntegerField(_("duration (minutes)"))
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="+", verbose_name=_("skill"))
    bay_type = models.CharField(_("bay"), max_length=20, choices=BayType)
    # 0 is free of charge; none means that the price follows from an estimate.
    price_cents = models.PositiveIntegerField(_("price (cents, gross)"), null=True, blank=True)
    grid_minutes = models.PositiveSmallIntegerField(_("starts every (minutes)"), default=15)
    notice_hours = models.PositiveSmallIntegerField(_("minimum notice (hours)"), default=2)
    horizon_days = models.PositiveSmallIntegerField(_("bookable ahead (days)"), default=60)
    owner_may_book = models.BooleanField(_("owners may book it"), default=True)
    is_active = models.BooleanField(_("offered"), default=True)

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(duration_minutes__range=(15, 720)), name="service_type_duration"
            ),
            # Starts lie on a grid that divides the hour.
            models.CheckConstraint(
                condition=Q(grid_minutes__in=[5, 10, 15, 20, 30, 60]), name="service_type_grid"
            ),
            models.CheckConstraint(condition=Q(horizon_days__range=(1, 365)), name="service_type_horizon"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_en if (get_language() or "de").startswith("en") else self.name_de

    @property
    def text(self) -> str:
        return self.text_en if (get_language() or "de").startswith("en") else self.text_de

    @property
    def is_priced(self) -> bool:
        """Whether booking it obliges to pay (BGB §312j(3))."""
        return bool(self.price_cents)


class Resource(models.Model):
    """Something of which a centre has one: a technician, a bay, a loan car."""

    class Kind(models.TextChoices):
        TECHNICIAN = "technician", _("technician")
        BAY = "bay", _("bay")
        LOAN_CAR = "loan_car", _("loan car")

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="resources")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    name = models.CharField(_("name"), max_length=80)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="resources"
    )
    skills = models.ManyToManyField(Skill, blank=True, related_name="resources")
    bay_type = models.CharField(_("bay"), max_length=20, choices=BayType, blank=True)
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name = _("resource")
        verbose_name_plural = _("resources")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind="bay") & ~Q(bay_type="")) | (~Q(kind="bay") & Q(bay_type="")),
                name="resource_bay_type",
            ),
            models.CheckConstraint(
                condition=Q(kind="technician") | Q(user__isnull=True), name="resource_user_is_technician"
            ),
        ]
        indexes = [models.Index(fields=["centre", "kind"], name="resource_centre_kind")]

    def __str__(self) -> str:
        return self.name


class Shift(models.Model):
    """A technician works on a weekday from ``starts`` to ``ends`` by the centre's wall clock.

    A weekly pattern never runs dry; a change of pattern ends one row's ``valid`` and begins another.
    """

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="shifts")
    weekday = models.PositiveSmallIntegerField(_("weekday"), choices=Weekday)
    starts = models.TimeField(_("starts"))
    ends = models.TimeField(_("ends"))
    valid = DateRangeField(_("valid"))

    class Meta:
        verbose_name = _("shift")
        verbose_name_plural = _("shifts")
        ordering = ["resource", "weekday", "starts"]
        constraints = [
            models.CheckConstraint(condition=Q(starts__lt=F("ends")), name="shift_forward"),
            models.CheckConstraint(condition=Q(weekday__range=(1, 7)), name="shift_weekday"),
            models.CheckConstraint(condition=Q(valid__isempty=False), name="shift_valid_sound"),
            ExclusionConstraint(
                name="shift_no_overlap",
                expressions=[
                    ("resource", RangeOperators.EQUAL),
                    ("weekday", RangeOperators.EQUAL),
                    ("valid", RangeOperators.OVERLAPS),
                    (_clock_range("starts", "ends"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id}/{self.weekday} {self.starts}–{self.ends}"
