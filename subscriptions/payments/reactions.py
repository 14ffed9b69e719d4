"""What happens with money when something happened, and whom we tell."""

from datetime import date
from typing import Any

from django.urls import reverse
from django.utils import formats, timezone, translation

from accounts.telling import inbox
from common.money import format_money
from journal.models import Event
from journal.reacting import reacts_to
from subscriptions.models import BillingAccount, Invoice, Mandate, Payment, Refund, Reminder
from subscriptions.payments import allocating, creditors, debits, debtors, return_reasons


@reacts_to("subscriptions.invoice_issued")
def pay_invoice(event: Event) -> None:
    """What the account has to its credit pays first; the rest is collected where a mandate says so."""
    invoice = Invoice.objects.select_related("account").get(pk=event.subject.object_id)
    now = timezone.now()
    allocating.settle(account=invoice.account, now=now)
    debits.plan_debit(invoice=invoice, now=now)


@reacts_to("subscriptions.mandate_signed")
def collect_open_items(event: Event) -> None:
    """What is open already is collected by the new mandate, announced before."""
    mandate = _mandate(event)
    if mandate.revoked_at is None:
        debits.plan_all(account=mandate.account, now=timezone.now())


@reacts_to("subscriptions.mandate_signed", "subscriptions.mandate_ended")
def tell_of_mandate(event: Event) -> None:
    if event.data.get("cause") == "replaced":
        return
    mandate = _mandate(event)
    params = {"reference": mandate.reference, "iban": mandate.masked_iban}
    _tell(mandate.account, event, lambda: params, reverse("subscriptions:payment-methods"))


@reacts_to("subscriptions.debit_announced")
def announce_debit(event: Event) -> None:
    """The pre-notification: amount, day, mandate and creditor (SEPA Core rulebook 4.3.1)."""
    payment = _payment(event)
    if payment.mandate is None or payment.invoice is None or payment.collect_on is None:
        return
    mandate, code, on = payment.mandate, payment.invoice.code, payment.collect_on
    creditor = creditors.current().creditor_id

    def params() -> dict[str, Any]:
        return {
            "amount": format_money(event.data["amount"]),
            "day": _day(on),
            "invoice": code,
            "iban": mandate.masked_iban,
            "reference": mandate.reference,
            "creditor": creditor,
        }

    _tell(payment.account, event, params, reverse("subscriptions:payment-list"))


@reacts_to("subscriptions.payment_received")
def thank_for_payment(event: Event) -> None:
    """Of transfers only: a direct debit was announced."""
    if event.data["method"] == Payment.Method.TRANSFER:
        payment = _payment(event)
        amount = event.data["amount"]
        _tell(
            payment.account,
            event,
            lambda: {"amount": format_money(amount)},
            reverse("subscriptions:payment-list"),
        )


@reacts_to("subscriptions.payment_returned", "subscriptions.debit_failed")
def tell_remedy(event: Event) -> None:
    """Why it failed, and the page that says how to pay now."""
    payment = _payment(event)
    if payment.invoice is None:
        return
    invoice, reason = payment.invoice, return_reasons.explain(event.data["reason"])

    def params() -> dict[str, Any]:
        return {
            "amount": format_money(event.data["amount"]),
            "invoice": invoice.code,
            "why": str(reason.words),
        }

    _tell(payment.account, event, params, reverse("subscriptions:invoice-pay", args=[invoice.pk]))


@reacts_to("subscriptions.reminded")
def send_reminder(event: Event) -> None:
    invoice = Invoice.objects.select_related("account__holder", "account__organisation").get(
        pk=event.subject.object_id
    )
    until = Reminder.objects.get(invoice=invoice, level=event.data["level"]).pay_until

    def params() -> dict[str, Any]:
        return {
            "invoice": invoice.code,
            "amount": format_money(event.data["amount"]),
            "day": _day(until),
        }

    _tell(invoice.account, event, params, reverse("subscriptions:invoice-pay", args=[invoice.pk]))


@reacts_to("subscriptions.refund_paid")
def tell_of_refund(event: Event) -> None:
    refund = Refund.objects.select_related("payment__account__holder", "payment__account__organisation").get(
        pk=event.subject.object_id
    )
    _tell(
        refund.payment.account,
        event,
        lambda: {"amount": format_money(refund.cents)},
        reverse("subscriptions:payment-list"),
    )


def _mandate(event: Event) -> Mandate:
    rows = Mandate.objects.select_related("account__holder", "account__organisation")
    return rows.get(pk=event.subject.object_id)


def _payment(event: Event) -> Payment:
    names = ("account__holder", "account__organisation", "mandate", "invoice")
    return Payment.objects.select_related(*names).get(pk=event.subject.object_id)


def _day(day: date) -> str:
    return formats.date_format(day, "SHORT_DATE_FORMAT")


def _tell(account: BillingAccount, event: Event, params: Any, url: str) -> None:
    """Each person in their own language: amounts and days are written into the notice."""
    for user in debtors.people_of(account):
        with translation.override(user.language):
            values = params()
        inbox.notify(user=user, kind=event.kind, params=values, url=url, event=event)
