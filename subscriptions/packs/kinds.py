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
for _what, _label in {
    "offered": _("Takeover of a contract offered"),
    "approved": _("Takeover of a contract approved"),
    "refused": _("Takeover of a contract refused"),
    "withdrawn": _("Takeover of a contract withdrawn"),
}.items():
    register_kind(f"subscriptions.takeover_{_what}", label=_label, data=("code", "transfer"))
register_kind("subscriptions.taken_over", label=_("Contract taken over"), data=("code", "follows"))
