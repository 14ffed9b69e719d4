"""Contracts: who agreed to what, when, and on which days which version holds."""

from datetime import date
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation
from common.money import net_of
from subscriptions.models.catalogue import Plan, PlanVersion

if TYPE_CHECKING:
    from accounts.models import User


class ContractQuerySet(models.QuerySet["Contract"]):
    def visible_to(self, user: "User") -> "ContractQuerySet":
        """One's own, and those of organisations that one runs."""
        held = self.model._default_manager.order_by().values("pk")
        own = held.filter(holder=user)
        run = held.filter(organisation__in=Organisation.objects.run_by(user))
        # A union: with OR the database would read every contract of the house.
        return self.filter(pk__in=own.union(run, all=True))

    def held_by(
        self, *, person: "User | None" = None, organisation: Organisation | None = None
    ) -> "ContractQuerySet":
        """The contracts of exactly this holder."""
        return self.filter(organisation=organisation) if organisation else self.filter(holder=person)

    def running(self, day: date) -> "ContractQuerySet":
        """Not over on ``day``; includes those that start later, unless they were withdrawn from."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day), withdrawn_at__isnull=True)

    def with_facts(self) -> "ContractQuerySet":
        """Everything a list shows, in one query."""
        return self.select_related("plan", "plan_version", "vehicle__model", "organisation")


class Contract(models.Model):
    """One agreement. The offer is kept as it was rendered (BGB §312f(2)); a trigger fixes it."""

    class Status(models.TextChoices):
        """Derived from the days, never stored."""

        UPCOMING = "upcoming", _("upcoming")
        ACTIVE = "active", _("active")
        CANCELLED = "cancelled", _("cancelled, still running")
        ENDED = "ended", _("ended")
        WITHDRAWN = "withdrawn", _("withdrawn from")

    code = models.CharField(_("number"), max_length=16, unique=True)
    # Exactly one of the two. A person is a consumer (BGB §13); an organisation is none, and has
    # neither the right to withdraw nor prices with VAT.
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="contracts"
    )
    organisation = models.ForeignKey(
        "accounts.Organisation", models.PROTECT, null=True, blank=True, related_name="contracts"
    )
    vehicle = models.ForeignKey("vehicles.Vehicle", models.PROTECT, null=True, related_name="contracts")
    plan = models.ForeignKey(Plan, models.PROTECT, related_name="contracts")
    plan_version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="+")  # as ordered
    ordered_at = models.DateTimeField(_("ordered"))
    starts_on = models.DateField(_("starts"))
    ends_on = models.DateField(_("ends"), null=True)  # the first day without it
    cancelled_at = models.DateTimeField(_("cancelled"), null=True)
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True)
    language = models.CharField(max_length=2)
    offer_text = models.TextField(_("offer"))
    offer_hash = models.CharField(max_length=64)  # SHA-256 of the text
    # BGB §357a(2): the consumer asked to begin within the 14 days, and owes the days used if they withdraw.
    early_wish = models.BooleanField(_("express wish to begin early"), default=False, db_default=False)
    # The day from which the next run has something to bill; None when nothing more comes.
    next_bill_on = models.DateField(null=True)

    objects = ContractQuerySet.as_manager()

    class Meta:
        verbose_name = _("contract")
        verbose_name_plural = _("contracts")
        ordering = ["-ordered_at", "-id"]
        indexes = [
            models.Index(
                fields=["next_bill_on"], condition=Q(next_bill_on__isnull=False), name="contract_next_bill"
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="contract_ends_after_start",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=False) | Q(cancelled_at__isnull=True, withdrawn_at__isnull=True),
                name="contract_ended_has_end",
            ),
            models.CheckConstraint(
                condition=Q(holder__isnull=True, organisation__isnull=False)
                | Q(holder__isnull=False, organisation__isnull=True),
                name="contract_of_one_holder",
            ),
            models.CheckConstraint(
                condition=Q(organisation__isnull=True) | Q(withdrawn_at__isnull=True),
                name="contract_withdrawn_by_consumer",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    @property
    def holder_name(self) -> str:
        """Whose contract it is; empty for a person without a name."""
        if self.organisation is not None:
            return self.organisation.name
        return self.holder.display_name if self.holder else ""

    @property
    def net_cents(self) -> int | None:
        """The price without VAT, which organisations are shown; None for consumers."""
        if self.by_consumer:
            return None
        return net_of(self.plan_version.price_cents, self.plan_version.vat_rate)

    @property
    def by_consumer(self) -> bool:
        return self.organisation_id is None

    @property
    def owes_days_used(self) -> bool:
        """After a withdrawal: only who expressly wished an early start pays for the days until then."""
        return self.withdrawn_at is None or self.early_wish

    def status(self, day: date) -> Status:
        """How the contract stands on a civil ``day`` in Berlin."""
        if self.withdrawn_at:
            return self.Status.WITHDRAWN
        if self.ends_on and self.ends_on <= day:
            return self.Status.ENDED
        if self.cancelled_at:
            return self.Status.CANCELLED
        return self.Status.UPCOMING if self.starts_on > day else self.Status.ACTIVE


class ContractVersion(models.Model):
    """Which plan version holds for a contract on which days ``[from, until)``.

    One battery contract per car and day: an exclusion constraint, the last guard.
    """

    contract = models.ForeignKey(Contract, models.PROTECT, related_name="versions")
    plan_version = models.ForeignKey(PlanVersion, models.PROTECT, related_name="+")
    vehicle = models.ForeignKey("vehicles.Vehicle", models.PROTECT, null=True, related_name="+")
    kind = models.CharField(max_length=12, choices=Plan.Kind)
    valid = DateRangeField()
    paused = models.BooleanField(_("paused"), default=False)  # nothing is owed, nothing is included
    flex = models.BooleanField(_("for a while"), default=False)  # a larger battery, priced by the day

    class Meta:
        verbose_name = _("contract version")
        verbose_name_plural = _("contract versions")
        constraints = [
            ExclusionConstraint(
                name="one_battery_contract_per_car_and_day",
                expressions=[("vehicle", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
                condition=Q(kind=Plan.Kind.BATTERY),
            ),
            ExclusionConstraint(
                name="one_version_per_contract_and_day",
                expressions=[("contract", RangeOperators.EQUAL), ("valid", RangeOperators.OVERLAPS)],
            ),
            # A battery belongs to a car; without one the constraint above would not see it.
            models.CheckConstraint(
                condition=~Q(kind=Plan.Kind.BATTERY) | Q(vehicle__isnull=False),
                name="battery_contract_has_car",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id} {self.valid}"
