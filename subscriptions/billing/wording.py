"""What a line of a document says, in the language of the contract."""

from functools import lru_cache

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from subscriptions.billing.rating import Key, Terms

LONGEST = 200


def words_for(*, terms: Terms, key: Key, language: str, taken_back: bool) -> str:
    """The plan, what of it, and whether it is taken back."""
    name = terms.names.get(language) or terms.names["de"]
    return _words(name, key.kind, key.component, language, taken_back)


@lru_cache(maxsize=4096)
def _words(name: str, kind: str, component: str, language: str, taken_back: bool) -> str:
    with translation.override(language):
        words = name
        if kind == "usage":
            words = _("%(plan)s: use (%(unit)s)") % {"plan": name, "unit": unit_name(component.split(":")[0])}
        elif component == "flex":
            words = _("%(plan)s: flex upgrade") % {"plan": name}
        if taken_back:
            words = _("Credit: %(what)s") % {"what": words}
    return words[:LONGEST]


def unit_name(unit: str) -> str:
    """A unit of usage in words."""
    names = {
        "swap": pgettext("unit on an invoice", "battery swaps"),
        "kwh_difference": pgettext("unit on an invoice", "kWh difference when swapping"),
        "kwh": pgettext("unit on an invoice", "kWh"),
        "minutes": pgettext("unit on an invoice", "minutes"),
        "km": pgettext("unit on an invoice", "kilometres"),
        "rescue": pgettext("unit on an invoice", "assistances"),
        "gb": pgettext("unit on an invoice", "GB"),
    }
    return names.get(unit, unit)
