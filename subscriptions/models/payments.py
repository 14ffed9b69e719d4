"""Money that came, was to come, came back, or goes out again."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from subscriptions.models.accounts import BillingAccount, Mandate
from subscriptions.models.invoices import Invoice


class DebitFile(models.Model):
    """One pain.008 file for the bank: direct debits of one day and one scheme."""

    message_id = models.CharField(max_length=35, unique=True)
    scheme = models.CharField(max_length=4, choices=Mandate.Scheme)
    collection_on = models.DateField(_("collected on"))  # a TARGET day
    made_at = models.DateTimeField(_("made"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    handed_in_at = models.DateTimeField(_("handed in"), null=True)
    paper = models.ForeignKey("documents.Document", models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("direct debit file")
        verbose_name_plural = _("direct debit files")
        ordering = ["-made_at", "-id"]

    def __str__(self) -> str:
        return self.message_id


class Payment(models.Model):
    """Money of one account. ``key`` makes it idempotent: the bank's or the provider's reference."""

    class Method(models.TextChoices):
        DEBIT = "debit", _("SEPA direct debit")
        TRANSFER = "transfer", _("bank transfer")
        CARD = "card", _("card")
        CASH = "cash", _("cash or card at the counter")

    class State(models.TextChoices):
        PLANNED = "planned", _("announced")
        SUBMITTED = "submitted", _("handed in")
        SUCCEEDED = "succeeded", _("received")
        FAILED = "failed", _("failed")
        RETURNED = "returned", _("returned")

    account = models.ForeignKey(BillingAccount, models.PROTECT, related_name="payments")
    method = models.CharField(_("method"), max_length=8, choices=Method)
    state = models.CharField(_("state"), max_length=9, choices=State)
    cents = models.PositiveBigIntegerField(_("amount (cents)"))
    currency = models.CharField(max_length=3, default="EUR")
    key = models.CharField(max_length=120, unique=True)
    mandate = models.ForeignKey(Mandate, models.PROTECT, null=True, related_name="payments")
    debit_file = models.ForeignKey(DebitFile, models.PROTECT, null=True, related_name="payments")
    # What a direct debit or a card was to pay; how it was paid in the end, its allocations say.
    invoice = models.ForeignKey(Invoice, models.PROTECT, null=True, related_name="payments")
    collect_on = models.DateField(_("collected on"), null=True)
    announced_at = models.DateTimeField(_("announced"), null=True)  # pre-notification
    received_on = models.DateField(_("received"), null=True)
    reason = models.CharField(_("reason"), max_length=60, blank=True)  # "AC04", "card_declined"
    created_at = models.DateTimeField()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-created_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=0), name="payment_of_something"),
            models.CheckConstraint(
                condition=~Q(state="succeeded") | Q(received_on__isnull=False), name="payment_received_on"
            ),
            models.CheckConstraint(
                condition=~Q(method="debit") | Q(mandate__isnull=False), name="payment_debit_by_mandate"
            ),
            models.UniqueConstraint(
                fields=["invoice"],
                condition=Q(state__in=["planned", "submitted"]),
                name="payment_one_on_its_way",
            ),
        ]
        indexes = [models.Index(fields=["account", "-created_at"], name="payment_of_account")]

    def __str__(self) -> str:
        return self.key


class Allocation(models.Model):
    """Which document a payment pays (``payment``), or a credit note settles (``credit``).

    Negative cents take an allocation back, as when a debit is returned. Append-only by trigger.
    """

    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="allocations")
    credit = models.ForeignKey(Invoice, models.PROTECT, null=True, related_name="credited")
    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="allocations")
    cents = models.BigIntegerField()
    at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("allocation")
        verbose_name_plural = _("allocations")
        constraints = [
            models.CheckConstraint(condition=~Q(cents=0), name="allocation_of_something"),
            models.CheckConstraint(
                condition=Q(payment__isnull=True, credit__isnull=False)
                | Q(payment__isnull=False, credit__isnull=True),
                name="allocation_of_one_source",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id}: {self.cents}"


class BankFile(models.Model):
    """A statement of the bank (camt.053, camt.054) as imported; the same file counts once."""

    sha256 = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=120)
    imported_at = models.DateTimeField()
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")

    class Meta:
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        ordering = ["-imported_at", "-id"]

    def __str__(self) -> str:
        return self.name


class BankLine(models.Model):
    """One entry of a statement: matched with a payment, or waiting for a person."""

    class State(models.TextChoices):
        OPEN = "open", _("to be assigned")
        MATCHED = "matched", _("assigned")
        IGNORED = "ignored", _("not ours")

    file = models.ForeignKey(BankFile, models.PROTECT, related_name="lines")
    reference = models.CharField(max_length=120, unique=True)  # the bank's, the same in 053 and 054
    booked_on = models.DateField(_("booked"))
    cents = models.BigIntegerField(_("amount (cents)"))  # below zero: returned, or paid out
    name = models.CharField(_("name"), max_length=140, blank=True)
    iban = models.CharField(_("IBAN"), max_length=34, blank=True)
    text = models.TextField(_("purpose"), blank=True)
    end_to_end_id = models.CharField(max_length=35, blank=True)
    return_reason = models.CharField(max_length=4, blank=True)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.OPEN)
    payment = models.ForeignKey(Payment, models.PROTECT, null=True, related_name="bank_lines")

    class Meta:
        verbose_name = _("line of a bank statement")
        verbose_name_plural = _("lines of bank statements")
        ordering = ["-booked_on", "-id"]
        indexes = [models.Index(fields=["state"], condition=Q(state="open"), name="bank_line_open")]

    def __str__(self) -> str:
        return self.reference


class Refund(models.Model):
    """Money back to where it came from; a second person releases it, never above what was paid."""

    payment = models.ForeignKey(Payment, models.PROTECT, related_name="refunds")
    cents = models.PositiveBigIntegerField(_("amount (cents)"))
    reason = models.CharField(_("reason"), max_length=200)
    key = models.CharField(max_length=120, unique=True)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    asked_at = models.DateTimeField()
    released_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+")
    released_at = models.DateTimeField(null=True)
    refused_at = models.DateTimeField(null=True)
    paid_at = models.DateTimeField(null=True)
    paper = models.ForeignKey("documents.Document", models.PROTECT, null=True, related_name="+")  # pain.001

    class Meta:
        verbose_name = _("refund")
        verbose_name_plural = _("refunds")
        ordering = ["-asked_at", "-id"]
        constraints = [
            models.CheckConstraint(condition=Q(cents__gt=0), name="refund_of_something"),
            models.CheckConstraint(
                condition=Q(released_by__isnull=True)
                | Q(asked_by__isnull=True)
                | ~Q(released_by=F("asked_by")),
                name="refund_released_by_another",
            ),
            models.CheckConstraint(
                condition=Q(paid_at__isnull=True) | Q(released_at__isnull=False), name="refund_paid_released"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Reminder(models.Model):
    """A reminder sent about one document: the first is free, later ones cost what they cost us."""

    invoice = models.ForeignKey(Invoice, models.PROTECT, related_name="reminders")
    level = models.PositiveSmallIntegerField(_("dunning level"))
    fee_cents = models.PositiveIntegerField(_("fee (cents)"), default=0)
    sent_at = models.DateTimeField()
    pay_until = models.DateField(_("to be paid until"))

    class Meta:
        verbose_name = _("reminder")
        verbose_name_plural = _("reminders")
        constraints = [
            models.UniqueConstraint(fields=["invoice", "level"], name="reminder_once_a_level"),
            # BGH VIII ZR 95/18: what sets a debtor in default can't be charged to them.
            models.CheckConstraint(condition=~Q(level=1) | Q(fee_cents=0), name="reminder_first_free"),
        ]

    def __str__(self) -> str:
        return f"{self.invoice_id}/{self.level}"
