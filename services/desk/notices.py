"""What the counter tells a person."""

from django.utils.translation import gettext_lazy as _

from accounts.telling.inbox import register_notice

register_notice(
    "services.order_to_sign",
    title=_("Please read and sign your repair order"),
    text=_("Your car is with us at %(centre)s. Order %(code)s waits for your signature: it takes a minute."),
    mail=True,
    group="service",
    urgent=True,
)
register_notice(
    "services.wheel_change_offered.winter",
    title=_("Time for your winter wheels"),
    text=_("We keep them for your %(car)s at %(centre)s. Book the wheel change while good times are free."),
    mail=True,
    group="service",
)
register_notice(
    "services.wheel_change_offered.summer",
    title=_("Time for your summer wheels"),
    text=_("We keep them for your %(car)s at %(centre)s. Book the wheel change while good times are free."),
    mail=True,
    group="service",
)
