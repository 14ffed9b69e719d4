"""What we tell people about an earlier time, and about paid work ordered from afar."""

from django.utils.translation import gettext_lazy as _

from accounts.telling.inbox import register_notice
from services.booking import withdrawal
from services.visits.notices import moments

register_notice(
    "services.time_offered",
    title=_("An earlier time is free: %(day)s at %(time)s"),
    text=_(
        "%(service)s at %(centre)s. We keep it for you until %(until)s. "
        "Do nothing, and your appointment stays as it is."
    ),
    mail=True,
    shape=moments,
    group="service",
    urgent=True,
    replaces="offer",
)
register_notice(
    "services.appointment_booked.paid",
    title=_("Your appointment on %(day)s at %(time)s"),
    text=_(
        "%(service)s at %(centre)s. Your appointment number is %(code)s. "
        "The withdrawal notice is attached to our e-mail."
    ),
    mail=True,
    group="service",
    required=True,
    replaces="appointment",
    attach=withdrawal.papers_of_notice,
)
register_notice(
    "services.appointment_booked.early",
    title=_("Your appointment on %(day)s at %(time)s"),
    text=_(
        "%(service)s at %(centre)s. Your appointment number is %(code)s. You expressly wished that we "
        "begin before the withdrawal period of 14 days is over. The withdrawal notice is attached to our "
        "e-mail."
    ),
    mail=True,
    group="service",
    required=True,
    replaces="appointment",
    attach=withdrawal.papers_of_notice,
)
