"""What can happen in the workshop."""

from django.utils.translation import gettext_lazy as _

from journal.kinds import register_kind

_VISIT = ("centre", "service_type", "code", "version")

register_kind("services.appointment_booked", label=_("Appointment booked"), data=_VISIT)
register_kind("services.appointment_moved", label=_("Appointment moved"), data=(*_VISIT, "reason"))
register_kind("services.appointment_cancelled", label=_("Appointment cancelled"), data=(*_VISIT, "reason"))
register_kind("services.appointment_progressed", label=_("Appointment: new status"), data=(*_VISIT, "status"))
register_kind("services.centre_closed", label=_("Centre closed"), data=("closure", "affected"))
register_kind("services.centre_reopened", label=_("Closing taken back"), data=("closure",))
# Why somebody is away is not in the journal: an illness is nobody's business later on.
_AWAY = ("absence", "centre", "affected", "reassigned")
register_kind("services.absence_entered", label=_("Absence entered"), data=_AWAY)
register_kind("services.absence_cancelled", label=_("Absence taken back"), data=_AWAY)
register_kind("services.visit_displaced", label=_("Visit lost its people or place"), data=(*_VISIT, "state"))
register_kind(
    "services.visit_reassigned",
    label=_("Visit given to somebody else"),
    data=(*_VISIT, "job", "part", "resource"),
)

# Setting up.
register_kind("services.centre_created", label=_("Centre created"))
register_kind("services.centre_changed", label=_("Centre changed"), data=("affected",))
register_kind("services.extra_day_opened", label=_("Opened on an extra day"), data=("opening",))
register_kind(
    "services.extra_day_cancelled", label=_("Extra opening taken back"), data=("opening", "affected")
)
register_kind("services.resource_added", label=_("Technician or bay added"), data=("centre",))
register_kind("services.resource_changed", label=_("Technician or bay changed"), data=("centre",))
register_kind("services.service_changed", label=_("Service changed"))

# Work on cars.
_WORK = ("centre", "job")
register_kind("services.job_started", label=_("Job started"), data=(*_WORK, "technician"))
register_kind("services.job_paused", label=_("Job paused"), data=_WORK)
register_kind("services.job_finished", label=_("Job finished"), data=_WORK)
register_kind("services.point_checked", label=_("Check recorded"), data=(*_WORK, "item", "verdict"))
register_kind("services.finding_recorded", label=_("Finding recorded"), data=(*_WORK, "finding"))
register_kind("services.finding_changed", label=_("Finding changed"), data=(*_WORK, "finding"))
register_kind("services.finding_withdrawn", label=_("Finding withdrawn"), data=(*_WORK, "finding"))
register_kind("services.approved_work_done", label=_("Approved work done"), data=("centre", "line"))
register_kind(
    "services.approved_work_reopened", label=_("Approved work not done yet"), data=("centre", "line")
)
register_kind("services.name_shown", label=_("Name and photo shown to customers"), data=("centre",))
register_kind(
    "services.name_hidden", label=_("Name and photo no longer shown to customers"), data=("centre",)
)
register_kind(
    "services.qualification_expiring",
    label=_("Qualification runs out"),
    data=("qualification", "skill", "until"),
)

# A visit as its owner follows it.
_TOLD = ("centre", "code")
register_kind("services.promise_changed", label=_("Promised time changed"), data=(*_VISIT, "promise"))
register_kind(
    "services.message_written", label=_("Message about a visit"), data=(*_TOLD, "said", "from_customer")
)
register_kind("services.thanked", label=_("Thank-you"), data=(*_TOLD, "thanks"))

# Estimates: amounts in cents, gross.
_ESTIMATE = (*_TOLD, "estimate", "number")
register_kind("services.estimate_drafted", label=_("Estimate begun"), data=_ESTIMATE)
register_kind("services.estimate_changed", label=_("Estimate changed"), data=(*_ESTIMATE, "line"))
register_kind("services.estimate_discarded", label=_("Estimate discarded"), data=_ESTIMATE)
register_kind(
    "services.estimate_sent", label=_("Estimate sent"), data=(*_ESTIMATE, "lines", "cents", "expires_at")
)
register_kind("services.estimate_replaced", label=_("Estimate taken back for revision"), data=_ESTIMATE)
register_kind(
    "services.estimate_decided",
    label=_("Estimate decided"),
    data=(*_ESTIMATE, "through", "approved", "refused", "cents"),
)
register_kind("services.estimate_expired", label=_("Estimate ran out"), data=_ESTIMATE)

# Waiting for an earlier time.
_WAITING = (*_TOLD, "entry")
register_kind("services.waitlist_joined", label=_("Waits for an earlier time"), data=_WAITING)
register_kind("services.waitlist_left", label=_("No longer waits for an earlier time"), data=_WAITING)
register_kind("services.time_offered", label=_("Earlier time offered"), data=(*_WAITING, "hold"))
register_kind("services.time_given_back", label=_("Kept time given back"), data=("centre",))
register_kind("services.offer_declined", label=_("Earlier time declined"), data=_WAITING)
