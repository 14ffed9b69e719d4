"""Charges, invoices and the runs that write them. Triggers fix what has a number."""

from decimal import Decimal
from typing import TYPE_CHECKING

from django.conf import settings
from django.contrib.postgres.fields import DateRangeField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from subscriptions.models.accounts import BillingAccount
from subscriptions.models.catalogue import PlanVersion
from subscriptions.models.contracts import Contract

if TYPE_CHECKING:
    from accounts.models import User


class VatRate(models.Model):
    """A rate of VAT from a day on (UStG §12). The rate of the day a service is completed counts."""

    class Code(models.TextChoices):
        STANDARD = "standard", _("standard rate")
        REDUCED = "reduced", _("reduced rate")
        NONE = "none", _("outside the scope of VAT")

    code = models.CharField(_("rate"), max_length=8, choices=Code)
    valid_from = models.DateField(_("valid from"))
    rate = models.DecimalField(_("share"), max_digits=4, decimal_places=3)  # 0.190

    class Meta:
        verbose_name = _("VAT rate")
        verbose_name_plural = _("VAT rates")
        ordering = ["code", "-valid_from"]
        constraints = [
            models.UniqueConstraint(fields=["code", "valid_from"], name="vat_rate_once_a_day"),
            models.CheckConstraint(condition=Q(rate__gte=0, rate__lt=1), name="vat_rate_share"),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.valid_from}"

    @property
    def percent(self) -> Decimal:
        return self.rate * 100


class NumberSeries(models.Model):
    """Gap-free numbers of one kind of document: taken by UPDATE … RETURNING with the document."""

    code = models.SlugField(max_length=20, unique=True)  # "invoice", "credit"
    prefix = models.CharField(_("prefix"), max_length=12)  # "RE-"
    last_number = models.PositiveBigIntegerField(_("last number given"), default=0)

    class Meta:
        verbose_name = _("number series")
        verbose_name_plural = _("number series")
        constraints = [models.UniqueConstraint(fields=["prefix"], name="number_series_prefix_once")]

    def __str__(self) -> str:
        return self.code


class BillingRun(models.Model):
    """One run over everything due up to a day; its chunks are taken with SKIP LOCKED by any worker."""

    until = models.DateField(_("due up to"))
    started_at = models.DateTimeField(_("started"))
    finished_at = models.DateTimeField(_("finished"), null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("billing run")
        verbose_name_plural = _("billing runs")
        ordering = ["-started_at", "-id"]
        constraints = [
            models.UniqueConstraint(
                models.Value(1), condition=Q(finished_at__isnull=True), name="billing_run_one_open"
            )
        ]

    def __str__(self) -> str:
        return str(self.until)


class BillingChunk(models.Model):
    """A range of billing accounts ``[first, last]`` of one run."""

    run = models.ForeignKey(BillingRun, models.CASCADE, related_name="chunks")
    first_account = models.BigIntegerField()
    last_account = models.BigIntegerField()
    rated_at = models.DateTimeField(null=True)
    invoices = models.PositiveIntegerField(default=0)
    parked = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "first_account"], name="billing_chunk_once")]
        indexes = [models.Index(fields=["run"], condition=Q(rated_at__isnull=True), name="chunk_open")]

    def __str__(self) -> str:
        return f"{self.first_account}–{self.last_account}"


class ChargeQuerySet(models.QuerySet["Charge"]):
    def waiting(self) -> "ChargeQuerySet":
        """Not on an invoice yet."""
        return self.filter(line__isnull=True, dropped_at__isnull=True)


class Charge(models.Model):
    """Something to be billed with an account's next invoice (or at once), from any app.

    ``key`` makes it idempotent: "services.repairorder:17:2". ``amount_cents`` is gross for
    consumers and net for organisations, as the account's invoices are.
    """

    key = models.CharField(max_length=120, unique=True)
    account = models.ForeignKey(BillingAccount, models.PROTECT, related_name="charges")
    kind = models.SlugField(max_length=30)  # "usage", "workshop", "ticket", "deposit", "fee"
    text = models.CharField(_("what"), max_length=200)
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3, default=1)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    unit_cents = models.DecimalField(_("price per unit (cents)"), max_digits=14, decimal_places=4)
    amount_cents = models.BigIntegerField(_("amount (cents)"))
    vat_code = models.CharField(max_length=8, choices=VatRate.Code, default=VatRate.Code.STANDARD)
    service = DateRangeField(_("service period"))
    contract = models.ForeignKey(Contract, models.PROTECT, null=True, related_name="charges")
    vehicle = models.ForeignKey("vehicles.Vehicle", models.PROTECT, null=True, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField()
    dropped_at = models.DateTimeField(null=True)

    objects = ChargeQuerySet.as_manager()

    class Meta:
        verbose_name = _("charge")
        verbose_name_plural = _("charges")
        indexes = [models.Index(fields=["account"], name="charge_of_account")]

    def __str__(self) -> str:
        return self.key


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def issued(self) -> "InvoiceQuerySet":
        return self.filter(number__isnull=False)

    def visible_to(self, user: "User") -> "InvoiceQuerySet":
        """Issued ones of one's own account and of organisations that one runs."""
        return self.issued().filter(account__in=BillingAccount.objects.visible_to(user))


class Invoice(models.Model):
    """A document of UStG §14: a draft until it gets its number, then fixed by trigger for ever.

    A correction is another document (``corrects``), never an edit. Amounts of a credit note are
    negative.
    """

    class Kind(models.TextChoices):
        INVOICE = "invoice", _("Invoice")
        CREDIT = "credit", _("Credit note")
        ADVANCE = "advance", _("Advance invoice")
        FINAL = "final", _("Final invoice")

    account = models.ForeignKey(BillingAccount, models.PROTECT, related_name="invoices")
    kind = models.CharField(_("kind"), max_length=7, choices=Kind, default=Kind.INVOICE)
    series = models.ForeignKey(NumberSeries, models.PROTECT, related_name="+")
    number = models.PositiveBigIntegerField(null=True)
    code = models.CharField(_("number"), max_length=32, null=True, unique=True)  # noqa: DJ001 (none yet)
    issued_on = models.DateField(_("date"), null=True)
    due_on = models.DateField(_("due"), null=True)
    service = DateRangeField(_("service period"))
    currency = models.CharField(max_length=3, default="EUR")
    language = models.CharField(max_length=2)
    # Prices with VAT are agreed with consumers, so that net and tax follow; else the other way round.
    is_gross = models.BooleanField()
    buyer = models.JSONField()  # {"name", "lines": […], "country", "vat_id", "reference", "email"}
    net_cents = models.BigIntegerField()
    tax_cents = models.BigIntegerField()
    gross_cents = models.BigIntegerField()
    taxes = models.JSONField()  # [{"code", "rate": "0.190", "net_cents", "tax_cents"}]
    corrects = models.ForeignKey("self", models.PROTECT, null=True, related_name="corrections")
    run = models.ForeignKey(BillingRun, models.PROTECT, null=True, related_name="invoices")
    created_at = models.DateTimeField()

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering = ["-issued_on", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="invoice_number_once"),
            models.CheckConstraint(
                condition=Q(number__isnull=True, code__isnull=True, issued_on__isnull=True)
                | Q(number__isnull=False, code__isnull=False, issued_on__isnull=False, due_on__isnull=False),
                name="invoice_issued_whole",
            ),
            models.CheckConstraint(
                condition=Q(gross_cents=models.F("net_cents") + models.F("tax_cents")), name="invoice_sums"
            ),
        ]
        indexes = [
            models.Index(fields=["account", "-issued_on", "-id"], name="invoice_of_account"),
            models.Index(fields=["run"], condition=Q(number__isnull=True), name="invoice_draft"),
        ]

    def __str__(self) -> str:
        return self.code or "—"


class InvoiceLine(models.Model):
    """One line: a slice of a contract's period, or a charge. Rounded once, half up."""

    class Kind(models.TextChoices):
        BASE = "base", _("subscription")
        USAGE = "usage", _("usage")
        CHARGE = "charge", _("charge")
        DEDUCTION = "deduction", _("advance payment deducted")

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="lines")
    position = models.PositiveSmallIntegerField()
    kind = models.CharField(max_length=9, choices=Kind)
    text = models.CharField(_("what"), max_length=200)
    quantity = models.DecimalField(_("quantity"), max_digits=12, decimal_places=3, default=1)
    unit = models.CharField(_("unit"), max_length=20, blank=True)
    unit_cents = models.DecimalField(_("price per unit (cents)"), max_digits=14, decimal_places=4)
    amount_cents = models.BigIntegerField(_("amount (cents)"))  # gross or net, as the invoice is
    net_cents = models.BigIntegerField()
    vat_code = models.CharField(max_length=8, choices=VatRate.Code)
    vat_rate = models.DecimalField(max_digits=4, decimal_places=3)
    service = DateRangeField(_("service period"))
    contract = models.ForeignKey(Contract, models.PROTECT, null=True, related_name="invoice_lines")
    plan_version = models.ForeignKey(PlanVersion, models.PROTECT, null=True, related_name="+")
    component = models.CharField(max_length=20, blank=True)  # the unit of a usage line: "swap"
    # How often this slice was on a document before: a correction and what replaces it are new rounds.
    round = models.PositiveSmallIntegerField(default=0)
    charge = models.OneToOneField(Charge, models.PROTECT, null=True, related_name="line")

    class Meta:
        verbose_name = _("line of an invoice")
        verbose_name_plural = _("lines of invoices")
        ordering = ["invoice", "position"]
        constraints = [
            models.UniqueConstraint(fields=["invoice", "position"], name="invoice_line_in_order"),
            models.UniqueConstraint(
                fields=["contract", "plan_version", "kind", "component", "service", "round"],
                condition=Q(kind__in=["base", "usage"]),
                name="invoice_line_billed_once",
            ),
        ]

    def __str__(self) -> str:
        return self.text


class OpenItem(models.Model):
    """What of an issued document is still to be paid (or, below zero, to be paid out)."""

    class Level(models.IntegerChoices):
        NONE = 0, _("none")
        REMINDER = 1, _("payment reminder")
        SECOND = 2, _("second reminder")
        LAST = 3, _("last reminder")

    invoice = models.OneToOneField(Invoice, models.PROTECT, related_name="open_item")
    account = models.ForeignKey(BillingAccount, models.PROTECT, related_name="open_items")
    open_cents = models.BigIntegerField(_("open (cents)"))
    due_on = models.DateField(_("due"))
    settled_at = models.DateTimeField(_("settled"), null=True)
    level = models.PositiveSmallIntegerField(_("dunning level"), choices=Level, default=Level.NONE)
    reminded_on = models.DateField(null=True)
    on_hold_because = models.CharField(_("not reminded because"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("open item")
        verbose_name_plural = _("open items")
        constraints = [
            models.CheckConstraint(
                condition=Q(open_cents=0, settled_at__isnull=False)
                | (~Q(open_cents=0) & Q(settled_at__isnull=True)),
                name="open_item_settled_at_zero",
            )
        ]
        indexes = [
            models.Index(fields=["due_on"], condition=Q(settled_at__isnull=True), name="open_item_due"),
            models.Index(
                fields=["account"], condition=Q(settled_at__isnull=True), name="open_item_of_account"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id}: {self.open_cents}"
