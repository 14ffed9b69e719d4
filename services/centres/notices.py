"""What we tell a person whose time we could not keep."""

from django.utils.translation import gettext_lazy as _

from accounts.telling.inbox import register_notice

register_notice(
    "services.appointment_moved.replanned",
    title=_("New time: %(day)s at %(time)s"),
    text=_(
        "We could not keep the time of your appointment %(code)s (%(service)s at %(centre)s) and are "
        "sorry. If the new one does not suit you, please choose another or call us."
    ),
    mail=True,
    group="service",
    replaces="appointment",
)
