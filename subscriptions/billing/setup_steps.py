"""What bills rest on, as steps of the set-up: rates of VAT and series of numbers."""

from django.utils.translation import gettext_lazy as _

from accounts.house import setup
from subscriptions.models import NumberSeries, VatRate


def _rates_known() -> bool:
    return set(VatRate.Code.values) <= set(VatRate.objects.values_list("code", flat=True))


setup.register_step(
    setup.Step(
        name="vat",
        title=_("VAT rates"),
        text=_("Which rate holds from which day; the day on which a service ends counts."),
        url_name="subscriptions:setup-vat",
        is_done=_rates_known,
        blocks=_("Nothing can be invoiced."),
        order=86,
        icon="euro",
        optional=True,
    )
)
setup.register_step(
    setup.Step(
        name="numbers",
        title=_("Number series"),
        text=_("What your numbers of invoices and credit notes look like, and where they begin."),
        url_name="subscriptions:setup-numbers",
        is_done=lambda: NumberSeries.objects.filter(code__in=["invoice", "credit"]).count() == 2,
        blocks=_("Nothing can be invoiced."),
        order=87,
        icon="hash",
        optional=True,
    )
)
