"""What we tell a person about their visit."""

from django.utils.translation import gettext_lazy as _

from accounts.telling.inbox import register_group, register_notice
from services.visits import calendar, reminders

register_group(
    "service",
    label=_("Visits and service"),
    text=_("Appointments, changes, and when your car is ready."),
    icon="wrench",
    place=20,
)

register_notice(
    "services.appointment_booked",
    title=_("Your appointment on %(day)s at %(time)s"),
    text=_("%(service)s at %(centre)s. Your appointment number is %(code)s."),
    mail=True,
    group="service",
    replaces="appointment",
    attach=calendar.of_notice,
)
register_notice(
    "services.appointment_moved",
    title=_("New time: %(day)s at %(time)s"),
    text=_("Your appointment %(code)s (%(service)s at %(centre)s) was moved."),
    mail=True,
    group="service",
    replaces="appointment",
    attach=calendar.of_notice,
)
register_notice(
    "services.appointment_cancelled",
    title=_("Appointment on %(day)s cancelled"),
    text=_("Your appointment %(code)s (%(service)s at %(centre)s) will not take place."),
    mail=True,
    group="service",
    replaces="appointment",
    attach=calendar.of_notice,
)
register_notice(
    "services.appointment_cancelled.car_given_up",
    title=_("Appointment on %(day)s cancelled"),
    text=_(
        "The %(car)s has left its owner's garage, so your appointment %(code)s "
        "(%(service)s at %(centre)s) will not take place. You pay nothing."
    ),
    mail=True,
    group="service",
    replaces="appointment",
    attach=calendar.of_notice,
)
register_notice(
    "services.visit_reminded",
    title=_("Reminder: %(day)s at %(time)s"),
    text=_("%(service)s at %(centre)s. Your appointment number is %(code)s."),
    mail=True,
    group="service",
    replaces="appointment",
    holds=reminders.still_holds,
)
register_notice(
    "services.visits_not_taken_over",
    title=_("Book service for your %(car)s yourself"),
    text=_("Appointments that were made before the car was yours are cancelled."),
    group="service",
)
register_notice(
    "services.guest_visit_stays",
    title=_("The appointment on %(day)s stays"),
    text=_("%(who)s booked it for your %(car)s and no longer has access. You can keep, move or cancel it."),
    group="service",
)
register_notice(
    "services.vehicle_ready",
    title=_("Your car is ready"),
    text=_("You can collect it at %(centre)s. Appointment %(code)s, %(service)s."),
    mail=True,
    group="service",
    urgent=True,
)
register_notice(
    "services.own_qualification_expiring",
    title=_("“%(skill)s” runs out on %(day)s"),
    text=_("After that day you are not planned for such work any more. Please refresh it in time."),
    mail=True,
    group="service",
)
register_notice(
    "services.qualification_expiring",
    title=_("%(name)s: “%(skill)s” runs out on %(day)s"),
    text=_("After that day nobody can book %(name)s for such work at %(centre)s."),
    group="service",
)
