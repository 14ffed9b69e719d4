"""What can happen to money."""

from django.utils.translation import gettext_lazy as _

from journal.kinds import register_kind

register_kind("subscriptions.creditor_changed", label=_("Bank and tax data changed"))
register_kind("subscriptions.mandate_signed", label=_("Mandate signed"), data=("account",))
register_kind("subscriptions.mandate_ended", label=_("Mandate ended"), data=("account", "cause"))
register_kind("subscriptions.pay_by_changed", label=_("Way of paying changed"), data=("method",))
_MONEY = ("account", "amount", "method")
register_kind("subscriptions.payment_received", label=_("Payment received"), data=_MONEY)
register_kind(
    "subscriptions.payment_returned", label=_("Payment returned"), data=(*_MONEY, "reason", "invoice")
)
register_kind(
    "subscriptions.debit_announced",
    label=_("Direct debit announced"),
    data=("account", "amount", "invoice", "collect_on"),
)
register_kind(
    "subscriptions.debit_failed",
    label=_("Direct debit could not be made"),
    data=("account", "amount", "invoice", "reason"),
)
register_kind("subscriptions.debit_file_made", label=_("Direct debit file made"), data=("count", "amount"))
register_kind("subscriptions.debit_file_handed_in", label=_("Direct debit file handed in"), data=("count",))
register_kind("subscriptions.written_off", label=_("Open item written off"), data=("account", "amount"))
register_kind(
    "subscriptions.statement_imported", label=_("Bank statement imported"), data=("lines", "matched")
)
register_kind("subscriptions.bank_line_assigned", label=_("Bank line assigned"), data=("account", "amount"))
register_kind("subscriptions.bank_line_ignored", label=_("Bank line set aside"), data=("amount",))
register_kind(
    "subscriptions.reminded", label=_("Reminded of an invoice"), data=("account", "level", "fee", "amount")
)
register_kind("subscriptions.reminders_held", label=_("Reminders held or let go on"), data=("held",))
_REFUND = ("account", "amount", "payment")
register_kind("subscriptions.refund_asked", label=_("Refund asked for"), data=_REFUND)
register_kind("subscriptions.refund_released", label=_("Refund released"), data=_REFUND)
register_kind("subscriptions.refund_refused", label=_("Refund refused"), data=_REFUND)
register_kind("subscriptions.refund_paid", label=_("Refund paid"), data=_REFUND)
