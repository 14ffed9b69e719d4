"""The brand's models and the cars that exist of them."""

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.core.validators import MaxValueValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q, Value
from django.db.models.expressions import RawSQL
from django.db.models.functions import Replace
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import Membership, Organisation
from accounts.organisations.rights import RIGHTS
from vehicles.models.access import Ownership, Share
from vehicles.models.handover import ClaimCode

if TYPE_CHECKING:
    from accounts.models import User

# ISO 3779: 17 characters, without I, O and Q.
VIN_PATTERN = r"^[A-HJ-NPR-Z0-9]{17}$"


class VehicleModelQuerySet(models.QuerySet["VehicleModel"]):
    def on_sale(self) -> "VehicleModelQuerySet":
        return self.filter(is_sold=True)


class VehicleModel(models.Model):
    """A model of the brand: what the catalogue shows and other apps ask for."""

    code = models.CharField(max_length=20, unique=True)  # "N5"
    name = models.CharField(_("name"), max_length=60)
    tagline_de = models.CharField(max_length=120, blank=True)
    tagline_en = models.CharField(max_length=120, blank=True)
    battery_kwh = models.PositiveSmallIntegerField(_("battery (kWh)"))
    range_km = models.PositiveSmallIntegerField(_("range (km, WLTP)"))
    power_kw = models.PositiveSmallIntegerField(_("power (kW)"), default=0)
    charging_kw = models.PositiveSmallIntegerField(_("fast charging (kW)"), default=0)
    seats = models.PositiveSmallIntegerField(_("seats"), default=5)
    price_cents = models.PositiveIntegerField(_("price from (cents)"))
    is_sold = models.BooleanField(_("on sale"), default=True)
    # The maker's service plan: whichever comes first.
    service_months = models.PositiveSmallIntegerField(
        _("service every … months"), default=24, validators=[MinValueValidator(1), MaxValueValidator(120)]
    )
    service_km = models.PositiveIntegerField(
        _("service every … km"), default=30_000, validators=[MinValueValidator(1_000)]
    )

    objects = VehicleModelQuerySet.as_manager()

    class Meta:
        verbose_name = _("model")
        verbose_name_plural = _("models")
        ordering = ["price_cents"]
        constraints = [
            models.CheckConstraint(
                condition=Q(service_months__range=(1, 120), service_km__gte=1_000),
                name="model_service_plan_sound",
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def tagline(self) -> str:
        english = (translation.get_language() or "de").startswith("en")
        return self.tagline_en if english else self.tagline_de


# One's own, and those of the organisations that one runs (Organisation.objects.run_by says the same).
OWNED = """SELECT vehicle_id FROM vehicles_ownership WHERE user_id = %s AND period @> %s::timestamptz
    UNION ALL SELECT fleet.vehicle_id FROM accounts_membership runs JOIN vehicles_ownership fleet
    ON fleet.organisation_id = runs.organisation_id
    WHERE runs.user_id = %s AND runs.ended_at IS NULL AND runs.role IN ('administrator', 'fleet')
    AND fleet.period @> %s::timestamptz"""
# A share dies with the ownership of whoever gave it, and with the membership in an organisation
# that gave it (Share.objects.in_force says the same).
SHARED = """SELECT held.vehicle_id FROM vehicles_share held JOIN vehicles_ownership giver
    ON giver.vehicle_id = held.vehicle_id AND ((held.organisation_id IS NULL
    AND giver.user_id = held.given_by_id) OR (giver.organisation_id = held.organisation_id AND EXISTS (
    SELECT 1 FROM accounts_membership drives WHERE drives.organisation_id = held.organisation_id
    AND drives.user_id = held.user_id AND drives.ended_at IS NULL)))
    WHERE held.user_id = %s AND held.period @> %s::timestamptz AND giver.period @> %s::timestamptz"""


class VehicleQuerySet(models.QuerySet["Vehicle"]):
    """Ownership at ``now`` is decided inside the query: the old owner loses, the new gains."""

    def owned_by(self, user: "User", now: datetime) -> "VehicleQuerySet":
        """Cars that the person disposes of: their own, and those of organisations that they run."""
        return self.filter(pk__in=_ids(OWNED, [user.pk, now] * 2))

    def usable_by(self, user: "User", *, right: "Share.Right | str", now: datetime) -> "VehicleQuerySet":
        """Cars that the person owns, or that were shared with them for ``right``."""
        union = f"{OWNED} UNION ALL {SHARED} AND held.rights @> ARRAY[%s]::varchar[]"
        return self.filter(pk__in=_ids(union, [user.pk, now] * 3 + [now, str(right)]))

    def visible_to(self, user: "User", now: datetime) -> "VehicleQuerySet":
        """Cars that the person owns, or that are shared with them for anything."""
        return self.filter(pk__in=_ids(f"{OWNED} UNION ALL {SHARED}", [user.pk, now] * 3 + [now]))

    def with_access_of(self, user: "User", now: datetime) -> "VehicleQuerySet":
        """Adds ``is_mine`` (or one's organisation's), ``may_give`` (to somebody else: not as a fleet
        manager), ``fleet_name`` (the organisation that owns it) and, for shared cars, ``my_rights``,
        ``my_scope``, ``my_until``."""
        own = Q(ownerships__period__contains=now)
        share = Q(shares__user=user, shares__period__contains=now)
        mine = Q(own_row__user=user) | Q(own_row__organisation__in=Organisation.objects.run_by(user))
        given = Membership.objects.in_force().filter(user=user, role__in=RIGHTS["give_cars_away"])
        gives = Q(own_row__user=user) | Q(own_row__organisation__in=given.values("organisation_id"))
        joined = self.select_related("model", "photo").annotate(
            own_row=models.FilteredRelation("ownerships", condition=own),
            share_row=models.FilteredRelation("shares", condition=share),
        )
        told: dict[str, Any] = {
            "is_mine": _whether(mine),
            "may_give": _whether(gives),
            "fleet_name": models.F("own_row__organisation__name"),
            "my_rights": models.F("share_row__rights"),
            "my_scope": models.F("share_row__scope"),
            "my_until": models.F("share_row__until"),
        }
        return joined.annotate(**told)

    def own_first(self) -> "VehicleQuerySet":
        """After with_access_of: one's own cars, then the shared ones."""
        return self.order_by(models.F("is_mine").desc(), "pk")

    def for_handover(self, now: datetime) -> "VehicleQuerySet":
        """Every car, for staff who hand over: with ``is_owned`` and ``has_code``."""
        owned = Ownership.objects.filter(vehicle=models.OuterRef("pk"), period__contains=now)
        codes = ClaimCode.objects.usable(now).filter(vehicle=models.OuterRef("pk"))
        return self.select_related("model").annotate(
            is_owned=models.Exists(owned), has_code=models.Exists(codes)
        )

    def matching(self, typed: str) -> "VehicleQuerySet":
        """Part of a VIN, or the beginning of a plate; blanks and case do not matter."""
        compact = "".join(typed.upper().split())
        if not compact:
            return self
        return self.annotate(_plate=Replace("plate", Value(" "))).filter(
            Q(vin__contains=compact) | Q(_plate__startswith=compact)
        )


def _whether(condition: Q) -> models.Case:
    return models.Case(models.When(condition, then=True), default=False, output_field=models.BooleanField())


def _ids(sql: str, params: list[Any]) -> RawSQL:
    # Constant text with bound values. Written out because these run on nearly every page,
    # and the ORM takes longer to compile the same union than PostgreSQL to answer it.
    return RawSQL(sql, params)  # noqa: S611


class Vehicle(models.Model):
    """One car. Its owner is not a column: see Ownership."""

    class Colour(models.TextChoices):
        AURORA = "aurora", _("Aurora")
        FJORD = "fjord", _("Fjord blue")
        SNOW = "snow", _("Snow white")
        GRANITE = "granite", _("Granite grey")
        NIGHT = "night", _("Polar night")
        EMBER = "ember", _("Ember red")

    vin = models.CharField(
        _("vehicle identification number"),
        max_length=17,
        unique=True,
        validators=[RegexValidator(VIN_PATTERN)],
    )
    model = models.ForeignKey(VehicleModel, models.PROTECT, related_name="vehicles")
    plate = models.CharField(_("number plate"), max_length=12, blank=True)
    nickname = models.CharField(_("nickname"), max_length=40, blank=True)
    colour = models.CharField(_("colour"), max_length=20, choices=Colour, default=Colour.AURORA)
    # Its people's own; a document about the car, erased when it is replaced or the owner leaves.
    photo = models.OneToOneField(
        "documents.Document", models.PROTECT, verbose_name=_("photo"), null=True, related_name="+"
    )
    first_registered = models.DateField(_("first registered"), null=True, blank=True)

    # Set by with_access_of: what the asking person may do.
    is_mine: bool
    may_give: bool
    fleet_name: str | None
    my_rights: list[str]
    my_scope: str | None
    my_until: datetime | None

    objects = VehicleQuerySet.as_manager()

    class Meta:
        verbose_name = _("vehicle")
        verbose_name_plural = _("vehicles")
        constraints = [
            models.CheckConstraint(condition=Q(vin__regex=VIN_PATTERN), name="vehicle_vin_iso3779"),
        ]
        indexes = [models.Index(fields=["plate"], name="vehicle_plate")]

    def __str__(self) -> str:
        return f"{self.model} · {self.plate}" if self.plate else str(self.model)

    @property
    def title(self) -> str:
        """What its people call it, else the model's name."""
        return self.nickname or self.model.name

    @property
    def picture_path(self) -> str:
        """Where those who see the car get its photo; empty without one, and until it was checked."""
        if self.photo is None or not self.photo.is_ready:
            return ""
        return reverse("documents:document-detail", args=[self.photo_id])
