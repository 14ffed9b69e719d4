"""Skills, and the kinds of work that are offered."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class BayType(models.TextChoices):
    LIFT = "lift", _("lift")
    ALIGNMENT = "alignment", _("alignment")
    HIGH_VOLTAGE = "high_voltage", _("high voltage")
    BODY = "body", _("body")
    WASH = "wash", _("wash")


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


class ServiceTypeQuerySet(models.QuerySet["ServiceType"]):
    def bookable_by_owners(self) -> "ServiceTypeQuerySet":
        return self.filter(is_active=True, owner_may_book=True)

    def for_model(self, model_id: int) -> "ServiceTypeQuerySet":
        """What can be done to a car of this model; a kind of work that names no model fits all."""
        return self.filter(Q(car_models__isnull=True) | Q(car_models=model_id))


class ServiceType(models.Model):
    """A kind of work: how long it takes, whom and what it needs, what it costs, when it can start."""

    class Place(models.TextChoices):
        """What kind of resource the work happens at, or with."""

        BAY = "bay", _("bay")
        LANE = "lane", _("lane of a swap station")
        TEST_CAR = "test_car", _("test-drive car")

    code = models.SlugField(_("code"), max_length=40, unique=True)
    name_de = models.CharField(max_length=80)
    name_en = models.CharField(max_length=80)
    text_de = models.CharField(max_length=200, blank=True)
    text_en = models.CharField(max_length=200, blank=True)
    icon = models.CharField(max_length=30, default="wrench")
    duration_minutes = models.PositiveSmallIntegerField(_("duration (minutes)"))
    # The people and the place are held this much longer than the customer is told.
    buffer_before_minutes = models.PositiveSmallIntegerField(_("preparing (minutes)"), default=0)
    buffer_after_minutes = models.PositiveSmallIntegerField(_("clearing up (minutes)"), default=0)
    # Without one nobody of ours is needed: a swap station works by itself.
    skill = models.ForeignKey(
        Skill, models.PROTECT, related_name="+", verbose_name=_("skill"), null=True, blank=True
    )
    place = models.CharField(_("place"), max_length=10, choices=Place, default=Place.BAY)
    bay_type = models.CharField(_("bay"), max_length=20, choices=BayType, blank=True)
    is_mobile = models.BooleanField(_("also done at the customer's"), default=False)
    needs_car = models.BooleanField(_("done to the customer's car"), default=True)
    car_models = models.ManyToManyField(
        "vehicles.VehicleModel", blank=True, related_name="+", verbose_name=_("only for")
    )
    # 0 is free of charge; none means that the price follows from an estimate.
    price_cents = models.PositiveIntegerField(_("price (cents, gross)"), null=True, blank=True)
    grid_minutes = models.PositiveSmallIntegerField(_("starts every (minutes)"), default=15)
    notice_hours = models.PositiveSmallIntegerField(_("minimum notice (hours)"), default=2)
    horizon_days = models.PositiveSmallIntegerField(_("bookable ahead (days)"), default=60)
    owner_may_book = models.BooleanField(_("owners may book it"), default=True)
    is_active = models.BooleanField(_("offered"), default=True)

    objects = ServiceTypeQuerySet.as_manager()

    class Meta:
        verbose_name = _("service")
        verbose_name_plural = _("services")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(duration_minutes__range=(5, 720)), name="service_type_duration"
            ),
            models.CheckConstraint(
                condition=Q(buffer_before_minutes__lte=120, buffer_after_minutes__lte=120),
                name="service_type_buffers",
            ),
            models.CheckConstraint(
                condition=(Q(place="bay") & ~Q(bay_type="")) | (~Q(place="bay") & Q(bay_type="")),
                name="service_type_place",
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


class SymptomQuestion(models.Model):
    """What we ask when somebody books a kind of work, so that the right person looks at the right thing."""

    service_type = models.ForeignKey(ServiceType, models.CASCADE, related_name="questions")
    position = models.PositiveSmallIntegerField(default=1)
    text_de = models.CharField(max_length=160)
    text_en = models.CharField(max_length=160)
    # Answers to choose from, as many in each language; none: a line to write.
    answers_de = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    answers_en = ArrayField(models.CharField(max_length=60), default=list, blank=True)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions")
        ordering = ["service_type", "position"]
        constraints = [
            models.UniqueConstraint(fields=["service_type", "position"], name="question_in_order"),
            models.CheckConstraint(
                condition=Q(answers_de__len=F("answers_en__len")), name="question_answers_in_both_languages"
            ),
        ]

    def __str__(self) -> str:
        return self.text

    @property
    def text(self) -> str:
        return self.text_en if (get_language() or "de").startswith("en") else self.text_de

    @property
    def answers(self) -> list[str]:
        return self.answers_en if (get_language() or "de").startswith("en") else self.answers_de
