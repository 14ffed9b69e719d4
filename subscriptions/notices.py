"""What we tell people about their contracts."""

from django.utils.translation import gettext_lazy as _

from accounts.telling.inbox import register_group, register_notice

register_group(
    "subscription",
    label=_("Subscriptions and contracts"),
    text=_("Contracts, their changes and their end."),
    icon="receipt",
    always=_("Confirmations of a cancellation or withdrawal always come by e-mail: the law requires it."),
    place=30,
)

register_notice(
    "subscriptions.ordered",
    title=_("Your subscription %(code)s is concluded"),
    text=_("The confirmation with all terms is on its way to your mailbox."),
    group="subscription",
)
register_notice(
    "subscriptions.changed",
    title=_("Your contract %(code)s changes"),
    text=_("What you agreed to holds from %(starts_on)s. The contract shows what it costs."),
    group="subscription",
)
register_notice(
    "subscriptions.cancelled",
    title=_("Your contract %(code)s is cancelled"),
    text=_("It ends on %(ends_on)s; until then everything stays as it is."),
    mail=True,
    group="subscription",
    required=True,
)
register_notice(
    "subscriptions.withdrawn",
    title=_("You have withdrawn from contract %(code)s"),
    text=_(
        "We refund within 14 days what you paid, less the days used if you expressly wished an early start."
    ),
    mail=True,
    group="subscription",
    required=True,
)
register_notice(
    "subscriptions.car_changed_hands",
    title=_("Your contract %(code)s goes on"),
    text=_("The car has a new owner or left your garage, but the contract is still yours. Cancel it here."),
    mail=True,
    group="subscription",
)
register_notice(
    "subscriptions.allowance_most",
    title=_("Four fifths of your allowance are used: %(what)s"),
    text=_("In contract %(code)s little is left until the next period."),
    group="subscription",
)
register_notice(
    "subscriptions.allowance_all",
    title=_("Your allowance is used up: %(what)s"),
    text=_("What you use now in contract %(code)s is charged by the price list of your plan."),
    mail=True,
    group="subscription",
)
