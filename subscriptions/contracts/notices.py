"""What we tell seller and buyer about a contract that goes with its car."""

from django.utils.translation import gettext_lazy as _

from accounts.telling.inbox import register_notice

register_notice(
    "subscriptions.takeover_offered",
    title=_("Take over contract %(code)s with the car"),
    text=_("The seller lets the contract go with the car. You see its terms before you agree."),
    mail=True,
    group="subscription",
)
register_notice(
    "subscriptions.takeover_approved",
    title=_("We agree to the takeover of contract %(code)s"),
    text=_("Car and contract pass as soon as the buyer agrees."),
    mail=True,
    group="subscription",
)
register_notice(
    "subscriptions.takeover_refused",
    title=_("Contract %(code)s stays with its holder"),
    text=_("We can't agree to the takeover. The car can still change hands without the contract."),
    mail=True,
    group="subscription",
)
register_notice(
    "subscriptions.taken_over",
    title=_("Contract %(code)s has passed to the buyer"),
    text=_("The buyer pays from that day on. Your last invoice ends the day before."),
    mail=True,
    group="subscription",
)
