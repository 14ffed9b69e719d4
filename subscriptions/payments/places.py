"""The accountant's places of work with money, on the way in to billing."""

from django.utils.translation import gettext_lazy as _

from subscriptions import desk
from subscriptions.models import BankLine, Refund

KEEP_BOOKS = "subscriptions.keep_books"


def _lines() -> int:
    return BankLine.objects.filter(state=BankLine.State.OPEN).count()


def _refunds() -> int:
    return Refund.objects.filter(released_at__isnull=True, refused_at__isnull=True).count()


desk.register_place(
    desk.Place(
        "payments",
        _("Payments"),
        _("What was received, announced and returned."),
        "receipt",
        "subscriptions:staff-payments",
        KEEP_BOOKS,
        order=30,
    )
)
desk.register_place(
    desk.Place(
        "bank",
        _("Bank lines"),
        _("Import statements; decide what found no invoice."),
        "inbox",
        "subscriptions:staff-bank-lines",
        KEEP_BOOKS,
        order=31,
        waiting=_lines,
    )
)
desk.register_place(
    desk.Place(
        "debits",
        _("Direct debits"),
        _("Files for the bank, and how far they are."),
        "file-text",
        "subscriptions:staff-debit-files",
        KEEP_BOOKS,
        order=32,
    )
)
desk.register_place(
    desk.Place(
        "overdue",
        _("Reminders"),
        _("Who owes what, and how often we reminded."),
        "triangle-alert",
        "subscriptions:staff-overdue",
        KEEP_BOOKS,
        order=33,
    )
)
desk.register_place(
    desk.Place(
        "refunds",
        _("Refunds"),
        _("One asks, another releases."),
        "undo-2",
        "subscriptions:staff-refunds",
        KEEP_BOOKS,
        order=34,
        waiting=_refunds,
    )
)
