"""What the workshop does when something happened: the people concerned are told."""

from django.urls import reverse
from django.utils import translation

from accounts import inbox
from accounts.models import User
from journal.models import Event
from journal.reacting import reacts_to
from services.models import Appointment


@reacts_to("services.appointment_booked", "services.appointment_moved", "services.appointment_cancelled")
def tell_owner(event: Event) -> None:
    appointment = _appointment(event)
    # Moved or cancelled again since then: the later event tells the time that holds.
    if appointment.version == event.data["version"]:
        _tell(event, appointment, event.kind)


@reacts_to("services.appointment_progressed")
def tell_owner_that_car_is_ready(event: Event) -> None:
    if event.data["status"] == Appointment.Status.READY:
        _tell(event, _appointment(event), "services.vehicle_ready")


def _appointment(event: Event) -> Appointment:
    return Appointment.objects.with_names().get(pk=event.subject.object_id)


def _tell(event: Event, appointment: Appointment, kind: str) -> None:
    start = appointment.starts_at.astimezone(appointment.centre.zone)
    for user in User.objects.filter(pk__in=event.audience.values("user")):
        with translation.override(user.language):
            service = appointment.service_type.name
        inbox.notify(
            user=user,
            kind=kind,
            params={
                "day": f"{start:%d.%m.%Y}",
                "time": f"{start:%H:%M}",
                "service": service,
                "centre": appointment.centre.name,
                "code": appointment.code,
            },
            url=reverse("services:appointment-detail", args=[appointment.pk]),
            event=event,
        )
