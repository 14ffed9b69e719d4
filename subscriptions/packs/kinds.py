"""What can happen to a pack."""

from django.utils.translation import gettext_lazy as _

from journal.kinds import register_kind

register_kind("subscriptions.pack_added", label=_("Battery recorded"), data=())
register_kind("subscriptions.pack_fitted", label=_("Battery fitted"), data=("pack", "before"))
register_kind("subscriptions.pack_removed", label=_("Battery taken out"), data=("pack",))
register_kind("subscriptions.pack_measured", label=_("State of health measured"), data=("percent",))
register_kind("subscriptions.pack_to_settle", label=_("Battery to be settled"), data=("code",))
register_kind(
    "subscriptions.pack_settled", label=_("Battery settled"), data=("code", "manner", "amount", "visit")
)
register_kind(
    "subscriptions.pack_return_booked", label=_("Return of a battery booked"), data=("code", "visit")
)
