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
register_kind(
    "subscriptions.allowance_used", label=_("Allowance nearly used up"), data=("code", "unit", "percent")
)
register_kind("subscriptions.usage_assigned", label=_("Usage assigned to a contract"), data=("code", "unit"))
register_kind("subscriptions.source_added", label=_("Source of usage added"), data=("code",))
register_kind("subscriptions.source_renewed", label=_("Key of a source of usage renewed"), data=("code",))
register_kind("subscriptions.source_closed", label=_("Source of usage closed"), data=("code",))
register_kind(
    "subscriptions.invoice_issued",
    label=_("Invoice issued"),
    data=("code", "kind", "account", "amount"),
)
register_kind("subscriptions.billing_run_started", label=_("Billing run started"), data=("until",))
register_kind("subscriptions.account_billed_again", label=_("Parked account billed again"), data=("number",))
register_kind("subscriptions.vat_rate_added", label=_("VAT rate added"), data=("code", "rate", "from"))
register_kind("subscriptions.number_series_named", label=_("Number series named"), data=("code", "prefix"))
register_kind("subscriptions.changed", label=_("Contract changed"), data=("code", "change", "starts_on"))
register_kind(
    "subscriptions.change_taken_back", label=_("Change of a contract taken back"), data=("code", "change")
)
