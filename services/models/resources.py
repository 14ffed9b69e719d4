"""People, bays and cars of a centre: what they can do and when they work."""

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeOperators
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from services.models.catalogue import BayType, Skill
from services.models.centres import Centre, Weekday, clock_range


class Resource(models.Model):
    """Something of which a centre has one: a technician, a bay, a loan car, a lane of a swap station."""

    class Kind(models.TextChoices):
        TECHNICIAN = "technician", _("technician")
        MOBILE = "mobile", _("mobile technician")
        DRIVER = "driver", _("pick-up driver")
        BAY = "bay", _("bay")
        LANE = "lane", _("lane of a swap station")
        LOAN_CAR = "loan_car", _("loan car")
        TEST_CAR = "test_car", _("test-drive car")

        @classmethod
        def people(cls) -> list["Resource.Kind"]:
            """Who works in shifts; all else is there whenever the house is open."""
            return [cls.TECHNICIAN, cls.MOBILE, cls.DRIVER]

    centre = models.ForeignKey(Centre, models.PROTECT, related_name="resources")
    kind = models.CharField(_("kind"), max_length=12, choices=Kind)
    name = models.CharField(_("name"), max_length=80)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="resources"
    )
    skills = models.ManyToManyField(Skill, through="Qualification", blank=True, related_name="resources")
    bay_type = models.CharField(_("bay"), max_length=20, choices=BayType, blank=True)
    # Those who drive to customers: where to, as beginnings of postcodes, and how long one way takes.
    area = ArrayField(
        models.CharField(max_length=5, validators=[RegexValidator(r"^[0-9]{1,5}$")]),
        verbose_name=_("postcodes that begin with"),
        default=list,
        blank=True,
    )
    travel_minutes = models.PositiveSmallIntegerField(_("travel (minutes, one way)"), default=0)
    # Cars that customers drive.
    plate = models.CharField(_("number plate"), max_length=12, blank=True)
    car_model = models.ForeignKey(
        "vehicles.VehicleModel",
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("model"),
    )
    # Since when a technician agrees that customers see name and photo; none: they do not.
    shown_since = models.DateTimeField(_("shown to customers since"), null=True, blank=True)
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
                condition=Q(kind__in=["technician", "mobile", "driver"])
                | Q(user__isnull=True, shown_since__isnull=True),
                name="resource_user_is_person",
            ),
            models.CheckConstraint(
                condition=Q(kind__in=["mobile", "driver"], area__len__gt=0, travel_minutes__range=(1, 180))
                | (~Q(kind__in=["mobile", "driver"]) & Q(area__len=0, travel_minutes=0)),
                name="resource_travels",
            ),
        ]
        indexes = [models.Index(fields=["centre", "kind"], name="resource_centre_kind")]

    def __str__(self) -> str:
        return self.name


class Qualification(models.Model):
    """A skill that somebody has, perhaps until a day: high voltage needs refreshing (DGUV 209-093)."""

    resource = models.ForeignKey(Resource, models.CASCADE, related_name="qualifications")
    skill = models.ForeignKey(Skill, models.PROTECT, related_name="qualifications")
    valid_until = models.DateField(_("valid until (the last day)"), null=True, blank=True)
    # The last day about which technician and centre were warned; another one is warned about again.
    warned_for = models.DateField(null=True, editable=False)

    class Meta:
        verbose_name = _("qualification")
        verbose_name_plural = _("qualifications")
        constraints = [models.UniqueConstraint(fields=["resource", "skill"], name="qualification_once")]
        indexes = [models.Index(fields=["skill", "resource"], name="qualification_by_skill")]

    def __str__(self) -> str:
        return f"{self.resource_id}/{self.skill_id}"


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
                    (clock_range("starts", "ends"), RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.resource_id}/{self.weekday} {self.starts}–{self.ends}"
