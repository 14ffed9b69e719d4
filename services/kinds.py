"""What can happen in the workshop."""

from django.utils.translation import gettext_lazy as _

from journal.kinds import register_kind

_VISIT = ("centre", "service_type", "code", "version")

register_kind("services.appointment_booked", label=_("Appointment booked"), data=_VISIT)
register_kind("services.appointment_moved", label=_("Appointment moved"), data=_VISIT)
register_kind("services.appointment_cancelled", label=_("Appointment cancelled"), data=(*_VISIT, "reason"))
register_kind("services.appointment_progressed", label=_("Appointment: new status"), data=(*_VISIT, "status"))
register_kind("services.centre_closed", label=_("Centre closed"), data=("closure", "affected"))
