"""What can happen in the workshop."""

from django.utils.translation import gettext_lazy as _

from journal.kinds import register_kind

_VISIT = ("centre", "service_type", "code", "version")

register_kind("services.appointment_booked", label=_("Appointment booked"), data=_VISIT)
register_kind("services.appointment_moved", label=_("Appointment moved"), data=_VISIT)
register_kind("services.appointment_cancelled", label=_("Appointment cancelled"), data=(*_VISIT, "reason"))
register_kind("services.appointment_progressed", label=_("Appointment: new status"), data=(*_VISIT, "status"))
register_kind("services.centre_closed", label=_("Centre closed"), data=("closure", "affected"))

# Setting up.
register_kind("services.centre_created", label=_("Centre created"))
register_kind("services.centre_changed", label=_("Centre changed"))
register_kind("services.resource_added", label=_("Technician or bay added"), data=("centre",))
register_kind("services.resource_changed", label=_("Technician or bay changed"), data=("centre",))
register_kind("services.service_changed", label=_("Service changed"))
