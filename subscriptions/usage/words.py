"""Units as people read them."""

from decimal import Decimal

from django.utils import formats, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

NAMES = {
    "swap": gettext_lazy("Battery swaps"),
    "kwh_difference": gettext_lazy("Energy gained by swaps"),
    "kwh": gettext_lazy("Charging"),
    "minutes": gettext_lazy("Driving time"),
    "km": gettext_lazy("Kilometres"),
    "rescue": gettext_lazy("Roadside assistance"),
    "gb": gettext_lazy("Data"),
}


def name_of(unit: str, language: str | None = None) -> str:
    """What it is called: "Battery swaps"."""
    with translation.override(language or translation.get_language()):
        return str(NAMES.get(unit, unit))


def amount(unit: str, quantity: Decimal) -> str:
    """So much of it: ``3 swaps``, ``41,5 kWh``; at most one decimal."""
    whole = quantity == quantity.to_integral_value()
    number = formats.number_format(
        quantity, decimal_pos=0 if whole else 1, use_l10n=True, force_grouping=True
    )
    counted = int(quantity) if whole else 2
    said = {
        "swap": ngettext("%(n)s swap", "%(n)s swaps", counted),
        "kwh_difference": _("%(n)s kWh"),
        "kwh": _("%(n)s kWh"),
        "minutes": _("%(n)s min"),
        "km": _("%(n)s km"),
        "rescue": ngettext("%(n)s call-out", "%(n)s call-outs", counted),
        "gb": _("%(n)s GB"),
    }
    return said.get(unit, "%(n)s") % {"n": number}
