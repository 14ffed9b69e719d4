"""What we tell a person about their visit."""

from django.utils.translation import gettext_lazy as _

from accounts.inbox import register_notice

register_notice(
    "services.appointment_booked",
    title=_("Your appointment on %(day)s at %(time)s"),
    text=_("%(service)s at %(centre)s. Your appointment number is %(code)s."),
    mail=True,
)
register_notice(
    "services.appointment_moved",
    title=_("New time: %(day)s at %(time)s"),
    text=_("Your appointment %(code)s (%(service)s at %(centre)s) was moved."),
    mail=True,
)
register_notice(
    "services.appointment_cancelled",
    title=_("Appointment on %(day)s cancelled"),
    text=_("Your appointment %(code)s (%(service)s at %(centre)s) will not take place."),
    mail=True,
)
register_notice(
    "services.vehicle_ready",
    title=_("Your car is ready"),
    text=_("You can collect it at %(centre)s. Appointment %(code)s, %(service)s."),
    mail=True,
)
