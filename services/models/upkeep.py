"""What a car is due for: recalls and campaigns, general inspection, service, warranty."""

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from services.models.catalogue import ServiceType
from services.models.visits import Appointment
from vehicles.models import Vehicle
from vehicles.models.cars import VIN_PATTERN


class Campaign(models.Model):
    """A recall, or another action on many cars. Free of charge for their owners."""

    class Kind(models.TextChoices):
        RECALL = "recall", _("recall")
        CAMPAIGN = "campaign", _("service campaign")

    code = models.CharField(_("code"), max_length=20, unique=True)  # "N5-2026-03"
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    authority_number = models.CharField(_("number at the KBA"), max_length=20, blank=True)
    title_de = models.CharField(max_length=120)
    title_en = models.CharField(max_length=120)
    text_de = models.TextField(max_length=2000, blank=True)
    text_en = models.TextField(max_length=2000, blank=True)
    service_type = models.ForeignKey(
        ServiceType, models.PROTECT, related_name="+", verbose_name=_("work that settles it")
    )
    do_not_drive = models.BooleanField(_("the car must not be driven until then"), default=False)
    published_at = models.DateTimeField(null=True)  # from then on owners see it
    closed_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("campaign")
        verbose_name_plural = _("campaigns")
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.code

    @property
    def title(self) -> str:
        return self.title_en if (get_language() or "de").startswith("en") else self.title_de

    @property
    def text(self) -> str:
        return self.text_en if (get_language() or "de").startswith("en") else self.text_de


class CampaignCar(models.Model):
    """One car of a campaign, by its VIN; the car may not be known to us yet."""

    class State(models.TextChoices):
        OPEN = "open", _("open")
        BOOKED = "booked", _("booked")
        DONE = "done", _("done")
        UNREACHED = "unreached", _("owner not reached")

    campaign = models.ForeignKey(Campaign, models.PROTECT, related_name="cars")
    vin = models.CharField(_("VIN"), max_length=17)
    state = models.CharField(max_length=9, choices=State, default=State.OPEN)
    appointment = models.ForeignKey(
        Appointment, models.PROTECT, null=True, blank=True, related_name="campaign_cars"
    )
    told_at = models.DateTimeField(null=True)  # when its owner was last told
    done_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("car of a campaign")
        verbose_name_plural = _("cars of campaigns")
        ordering = ["campaign", "vin"]
        constraints = [
            models.UniqueConstraint(fields=["campaign", "vin"], name="campaign_car_once"),
            models.CheckConstraint(condition=Q(vin__regex=VIN_PATTERN), name="campaign_car_vin_iso3779"),
            models.CheckConstraint(
                condition=Q(state="done", done_at__isnull=False)
                | (~Q(state="done") & Q(done_at__isnull=True)),
                name="campaign_car_done_whole",
            ),
            models.CheckConstraint(
                condition=~Q(state="booked") | Q(appointment__isnull=False), name="campaign_car_booked_visit"
            ),
        ]
        indexes = [
            models.Index(fields=["vin"], name="campaign_car_by_vin"),
            models.Index(fields=["campaign", "state"], name="campaign_car_by_state"),
        ]

    def __str__(self) -> str:
        return f"{self.campaign_id} {self.vin}"


class Upkeep(models.Model):
    """What a car is due for when. Days are civil days; the general inspection is due in a month."""

    vehicle = models.OneToOneField(Vehicle, models.PROTECT, related_name="upkeep")
    # First day of the month on the plate's sticker (Hauptuntersuchung, StVZO §29).
    inspection_month = models.DateField(_("general inspection"), null=True, blank=True)
    service_due_on = models.DateField(_("service due by"), null=True, blank=True)
    service_due_km = models.PositiveIntegerField(_("service due at (km)"), null=True, blank=True)
    warranty_until = models.DateField(_("warranty until"), null=True, blank=True)
    mileage_km = models.PositiveIntegerField(_("last known mileage (km)"), null=True, blank=True)
    mileage_at = models.DateTimeField(null=True)
    told_for = models.CharField(max_length=60, blank=True)  # what its owner was last reminded of

    class Meta:
        verbose_name = _("upkeep")
        verbose_name_plural = _("upkeep")
        constraints = [
            models.CheckConstraint(
                condition=Q(inspection_month__isnull=True) | Q(inspection_month__day=1),
                name="upkeep_inspection_is_a_month",
            ),
            models.CheckConstraint(
                condition=Q(mileage_km__isnull=True, mileage_at__isnull=True)
                | Q(mileage_km__isnull=False, mileage_at__isnull=False),
                name="upkeep_mileage_whole",
            ),
        ]
        indexes = [
            models.Index(fields=["inspection_month"], name="upkeep_inspection"),
            models.Index(fields=["service_due_on"], name="upkeep_service"),
        ]

    def __str__(self) -> str:
        return f"{self.vehicle_id}"
