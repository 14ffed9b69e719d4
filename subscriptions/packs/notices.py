"""What we tell people about the pack of an ended contract."""

from django.utils.translation import gettext_lazy as _

from accounts.telling.inbox import register_notice

register_notice(
    "subscriptions.pack_to_settle",
    title=_("What becomes of the battery of contract %(code)s?"),
    text=_("Buy it or hand it in at a booked visit: the contract's page shows the price and the way."),
    mail=True,
    group="subscription",
)
register_notice(
    "subscriptions.pack_settled",
    title=_("The battery of contract %(code)s is settled"),
    text=_("The contract's page shows what became of it."),
    mail=True,
    group="subscription",
)
