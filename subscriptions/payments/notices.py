"""What we tell people about their money."""

from django.utils.translation import gettext_lazy as _

from accounts.telling.inbox import register_group, register_notice

register_group(
    "money",
    label=_("Invoices and payments"),
    text=_("Direct debits before they happen, payments that came back, reminders and refunds."),
    icon="receipt",
    always=_("Announcements of direct debits and reminders always come by e-mail."),
    place=35,
)
register_notice(
    "subscriptions.mandate_signed",
    title=_("Your SEPA mandate %(reference)s"),
    text=_("We collect from %(iban)s from now on and announce each amount before."),
    mail=True,
    group="money",
)
register_notice(
    "subscriptions.mandate_ended",
    title=_("Your SEPA mandate %(reference)s has ended"),
    text=_("Nothing is collected from %(iban)s any more. Please pay by transfer, or sign a new mandate."),
    mail=True,
    group="money",
    required=True,
)
register_notice(
    "subscriptions.debit_announced",
    title=_("We collect %(amount)s on %(day)s"),
    text=_(
        "For invoice %(invoice)s from your account %(iban)s. Mandate %(reference)s, "
        "creditor identifier %(creditor)s."
    ),
    mail=True,
    group="money",
    required=True,
)
register_notice(
    "subscriptions.payment_received",
    title=_("%(amount)s received. Thank you."),
    text=_("Your payment has arrived."),
    group="money",
)
register_notice(
    "subscriptions.payment_returned",
    title=_("Your bank has returned %(amount)s"),
    text=_("%(why)s Invoice %(invoice)s is open again. Here is how you can pay it."),
    mail=True,
    group="money",
    required=True,
)
register_notice(
    "subscriptions.debit_failed",
    title=_("We could not collect %(amount)s"),
    text=_("%(why)s Invoice %(invoice)s is still open. Here is how you can pay it."),
    mail=True,
    group="money",
    required=True,
)
register_notice(
    "subscriptions.reminded",
    title=_("Reminder: invoice %(invoice)s is open"),
    text=_(
        "Please pay %(amount)s until %(day)s. If you have paid meanwhile, thank you: nothing is to be done."
    ),
    mail=True,
    group="money",
    required=True,
)
register_notice(
    "subscriptions.refund_paid",
    title=_("%(amount)s are on their way to you"),
    text=_("We have instructed our bank to pay it back."),
    mail=True,
    group="money",
)
