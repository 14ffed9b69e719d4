"""What all bills rest on, on the desk of those who keep the books."""

from django.utils.translation import gettext_lazy as _

from subscriptions.billing.vat import KEEP_BOOKS
from subscriptions.desk import Place, register_place

for name, title, text, icon, order in (
    (
        "setup-creditor",
        _("Bank and tax data"),
        _("Where customers pay to, and the house's tax number."),
        "building-2",
        200,
    ),
    ("setup-vat", _("VAT rates"), _("Which rate holds from which day."), "euro", 210),
    (
        "setup-numbers",
        _("Number series"),
        _("What numbers of invoices and credit notes look like."),
        "hash",
        220,
    ),
):
    register_place(
        Place(
            name=name,
            title=title,
            text=text,
            icon=icon,
            url_name=f"subscriptions:{name}",
            permission=KEEP_BOOKS,
            order=order,
        )
    )
