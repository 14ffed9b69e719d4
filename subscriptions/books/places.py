from django.utils.translation import gettext_lazy as _

from subscriptions.books.closing import PERMISSION
from subscriptions.desk import Place, register_place

register_place(
    Place(
        name="invoices",
        title=_("Invoices"),
        text=_("Find one, look at its bookings, write a credit note."),
        icon="receipt",
        url_name="subscriptions:staff-invoices",
        permission=PERMISSION,
        order=20,
    )
)
register_place(
    Place(
        name="books",
        title=_("Books"),
        text=_("Balances, VAT of a month, who owes what, the batch for the tax adviser."),
        icon="list",
        url_name="subscriptions:books",
        permission=PERMISSION,
        order=25,
    )
)
