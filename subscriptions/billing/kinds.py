"""What can happen to what all bills rest on."""

from django.utils.translation import gettext_lazy as _

from journal.kinds import register_kind

register_kind("subscriptions.vat_rate_added", label=_("VAT rate added"), data=("code", "from", "rate"))
register_kind(
    "subscriptions.vat_rate_withdrawn", label=_("VAT rate withdrawn"), data=("code", "from", "rate")
)
register_kind("subscriptions.number_series_changed", label=_("Number series changed"), data=("series",))
