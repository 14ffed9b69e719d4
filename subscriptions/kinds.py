"""What can happen to a contract."""

from django.utils.translation import gettext_lazy as _

from journal.kinds import register_kind

register_kind(
    "subscriptions.ordered", label=_("Subscription ordered"), data=("code", "plan_version", "amount")
)
register_kind("subscriptions.cancelled", label=_("Contract cancelled"), data=("code", "ends_on"))
register_kind("subscriptions.withdrawn", label=_("Withdrawn from a contract"), data=("code", "ends_on"))
register_kind("subscriptions.declared", label=_("Declaration received"), data=("code", "contract"))
register_kind("subscriptions.declaration_answered", label=_("Declaration answered"), data=("code", "outcome"))
