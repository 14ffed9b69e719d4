"""Who pays: one account per contract holder, with mandates and the way to pay."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import CustomerMerge, Organisation

if TYPE_CHECKING:
    from accounts.models import User


class BillingAccountQuerySet(models.QuerySet["BillingAccount"]):
    def visible_to(self, user: "User") -> "BillingAccountQuerySet":
        """One's own, those of organisations that one runs, and those of rows merged into one's own."""
        accounts = self.model._default_manager.order_by().values("pk")
        run = accounts.filter(organisation__in=Organisation.objects.run_by(user))
        merged = CustomerMerge.objects.filter(kept=user, undone_at__isnull=True).values("gone")
        before = accounts.filter(holder__in=merged)
        return self.filter(pk__in=accounts.filter(holder=user).union(run, before, all=True))


class BillingAccount(models.Model):
    """The debtor: a person (a consumer, BGB §13) or an organisation. Open items, invoices and
    payments belong to it."""

    class PayBy(models.TextChoices):
        TRANSFER = "transfer", _("bank transfer")
        DEBIT = "debit", _("SEPA direct debit")
        CARD = "card", _("card")

    number = models.CharField(_("customer number"), max_length=16, unique=True)
    holder = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="billing_account"
    )
    organisation = models.OneToOneField(
        "accounts.Organisation", models.PROTECT, null=True, related_name="billing_account"
    )
    pay_by = models.CharField(_("pays by"), max_length=8, choices=PayBy, default=PayBy.TRANSFER)
    # A run that fails on this account leaves it here for staff and goes on with the others.
    parked_at = models.DateTimeField(_("parked"), null=True)
    parked_because = models.TextField(_("why"), blank=True)
    created_at = models.DateTimeField()

    objects = BillingAccountQuerySet.as_manager()

    class Meta:
        verbose_name = _("billing account")
        verbose_name_plural = _("billing accounts")
        constraints = [
            models.CheckConstraint(
                condition=Q(holder__isnull=True, organisation__isnull=False)
                | Q(holder__isnull=False, organisation__isnull=True),
                name="billing_account_of_one_holder",
            )
        ]
        indexes = [
            models.Index(fields=["parked_at"], condition=Q(parked_at__isnull=False), name="account_parked")
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def by_consumer(self) -> bool:
        """Consumers agree on prices with VAT, organisations on prices without."""
        return self.organisation_id is None


class Mandate(models.Model):
    """A SEPA direct debit mandate. It lapses after 36 months without a collection (SEPA rulebook 4.1)."""

    class Scheme(models.TextChoices):
        CORE = "CORE", _("core")
        B2B = "B2B", _("business to business")

    reference = models.CharField(_("mandate reference"), max_length=35, unique=True)
    account = models.ForeignKey(BillingAccount, models.PROTECT, related_name="mandates")
    scheme = models.CharField(max_length=4, choices=Scheme, default=Scheme.CORE)
    debtor = models.CharField(_("account holder"), max_length=70)
    iban = models.CharField(_("IBAN"), max_length=34)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    signed_at = models.DateTimeField(_("signed"))
    paper = models.ForeignKey("documents.Document", models.PROTECT, null=True, related_name="+")
    last_used_on = models.DateField(_("last collected"), null=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True)

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        ordering = ["-signed_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["account"], condition=Q(revoked_at__isnull=True), name="mandate_one_active"
            )
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def masked_iban(self) -> str:
        """``DE•• … 3000``: enough to recognise one's account."""
        return f"{self.iban[:2]}•• … {self.iban[-4:]}"


class Creditor(models.Model):
    """Who collects and who is taxed: the house's own bank data. One row."""

    creditor_id = models.CharField(_("creditor identifier"), max_length=35, blank=True)
    name = models.CharField(_("account holder"), max_length=70, blank=True)
    iban = models.CharField(_("IBAN"), max_length=34, blank=True)
    bic = models.CharField(_("BIC"), max_length=11, blank=True)
    tax_number = models.CharField(_("tax number"), max_length=30, blank=True)
    vat_id = models.CharField(_("VAT id"), max_length=20, blank=True)
    # Agreed in the mandate; the rulebook's 14 days may be shortened to 1.
    prenotice_days = models.PositiveSmallIntegerField(_("days of pre-notification"), default=5)
    payment_days = models.PositiveSmallIntegerField(_("days to pay"), default=14)
    # What a reminder after the first costs us in paper and postage, no more (BGH VIII ZR 95/18).
    reminder_fee_cents = models.PositiveIntegerField(_("fee of a later reminder (cents)"), default=0)
    # BGB §288(5): 40 € once, from organisations only; 0 does without it.
    business_fee_cents = models.PositiveIntegerField(_("lump sum for default (cents)"), default=0)
    # DATEV: the adviser's and the client's numbers in the header of the posting batch.
    datev_adviser = models.PositiveIntegerField(_("DATEV adviser number"), null=True, blank=True)
    datev_client = models.PositiveIntegerField(_("DATEV client number"), null=True, blank=True)

    class Meta:
        verbose_name = _("bank and tax data of the house")
        verbose_name_plural = _("bank and tax data of the house")
        constraints = [
            models.CheckConstraint(condition=Q(pk=1), name="creditor_one_row"),
            models.CheckConstraint(condition=Q(prenotice_days__range=(1, 14)), name="creditor_prenotice"),
            models.CheckConstraint(condition=Q(reminder_fee_cents__lte=500), name="creditor_fee_at_cost"),
            models.CheckConstraint(condition=Q(business_fee_cents__lte=4000), name="creditor_business_fee"),
        ]

    def __str__(self) -> str:
        return self.name
