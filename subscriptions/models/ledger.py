"""The books: double entry, append-only; each transaction sums to zero (a trigger checks)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from subscriptions.models.accounts import BillingAccount
from subscriptions.models.invoices import Invoice, VatRate
from subscriptions.models.payments import Payment


class LedgerAccount(models.Model):
    """An account of the books and its number at the tax adviser's (DATEV)."""

    class Side(models.TextChoices):
        RECEIVABLE = "receivable", _("receivables")
        REVENUE = "revenue", _("revenue")
        TAX = "tax", _("VAT to be paid")
        BANK = "bank", _("bank")
        TRANSIT = "transit", _("money in transit")
        ADVANCE = "advance", _("advance payments received")
        LOSS = "loss", _("write-offs")
        FEES = "fees", _("dunning fees")

    code = models.SlugField(_("code"), max_length=30, unique=True)  # "revenue-battery"
    side = models.CharField(max_length=10, choices=Side)
    name = models.CharField(_("name"), max_length=80)
    datev_number = models.CharField(_("DATEV account"), max_length=9, blank=True)  # SKR03 "8400"

    class Meta:
        verbose_name = _("account of the books")
        verbose_name_plural = _("accounts of the books")
        ordering = ["code"]

    def __str__(self) -> str:
        return self.code


class LedgerTransaction(models.Model):
    class Kind(models.TextChoices):
        INVOICE = "invoice", _("invoice")
        PAYMENT = "payment", _("payment")
        RETURN = "return", _("returned payment")
        REFUND = "refund", _("refund")
        WRITE_OFF = "write_off", _("write-off")
        ALLOCATION = "allocation", _("allocation")
        INTERNAL = "internal", _("work for ourselves")

    key = models.CharField(max_length=80, unique=True)  # "invoice:17": booked once
    kind = models.CharField(max_length=10, choices=Kind)
    booked_on = models.DateField(_("booked"), db_index=True)
    invoice = models.ForeignKey(Invoice, models.PROTECT, null=True, related_name="bookings")
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="bookings")
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("booking")
        verbose_name_plural = _("bookings")

    def __str__(self) -> str:
        return self.key


class LedgerEntry(models.Model):
    """One side of a booking: debit is positive, credit negative. In euro cents."""

    transaction = models.ForeignKey(LedgerTransaction, models.PROTECT, related_name="entries")
    ledger_account = models.ForeignKey(LedgerAccount, models.PROTECT, related_name="entries")
    account = models.ForeignKey(BillingAccount, models.PROTECT, null=True, related_name="+")
    cents = models.BigIntegerField()
    vat_code = models.CharField(max_length=8, choices=VatRate.Code, blank=True)
    vat_rate = models.DecimalField(max_digits=4, decimal_places=3, null=True)

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [models.CheckConstraint(condition=~Q(cents=0), name="ledger_entry_of_something")]

    def __str__(self) -> str:
        return f"{self.ledger_account_id} {self.cents}"


class MonthClose(models.Model):
    """A closed month: a trigger refuses bookings dated in it or before."""

    month = models.DateField(unique=True)  # its first day
    closed_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+")

    class Meta:
        verbose_name = _("closed month")
        verbose_name_plural = _("closed months")
        constraints = [models.CheckConstraint(condition=Q(month__day=1), name="month_close_first_day")]

    def __str__(self) -> str:
        return f"{self.month:%Y-%m}"
