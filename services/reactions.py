"""What the workshop does when something happened: the people concerned are told."""

from collections.abc import Mapping
from types import MappingProxyType

from django.urls import reverse
from django.utils import translation

from accounts.models import User
from accounts.telling import inbox
from journal.models import Event
from journal.reacting import reacts_to
from services.booking import withdrawal
from services.models import Appointment
from services.visits import departures
from vehicles import sharing
from vehicles.models import Share, Vehicle

NOTHING: Mapping[str, str | int] = MappingProxyType({})


@reacts_to("services.appointment_booked", "services.appointment_moved", "services.appointment_cancelled")
def tell_owner(event: Event) -> None:
    appointment = _appointment(event)
    # Moved or cancelled again since then: the later event tells the time that holds.
    if appointment.version == event.data["version"]:
        reason = event.data.get("reason") or _terms_of(event, appointment)
        _tell(event, appointment, f"{event.kind}.{reason}" if reason else event.kind)


def _terms_of(event: Event, appointment: Appointment) -> str:
    """Paid work ordered from afar is confirmed with the withdrawal notice (BGB §312f(2))."""
    if event.kind != "services.appointment_booked" or not withdrawal.is_told(appointment):
        return ""
    return "early" if appointment.early_start_at else "paid"


@reacts_to("services.visit_reminded")
def remind_owner(event: Event) -> None:
    """Run late, it says nothing of a time that no longer holds: the new one has its own reminder."""
    appointment, told = _appointment(event), event.data["starts_at"]
    if appointment.status == Appointment.Status.BOOKED and appointment.starts_at.isoformat() == told:
        _tell(event, appointment, event.kind, more={"appointment": appointment.pk, "starts_at": told})


@reacts_to("services.appointment_progressed")
def tell_owner_that_car_is_ready(event: Event) -> None:
    if event.data["status"] == Appointment.Status.READY:
        _tell(event, _appointment(event), "services.vehicle_ready")


def _appointment(event: Event) -> Appointment:
    return Appointment.objects.with_names().get(pk=event.subject.object_id)


def _tell(
    event: Event, appointment: Appointment, kind: str, *, more: Mapping[str, str | int] = NOTHING
) -> None:
    for user in User.objects.filter(pk__in=event.audience.values("user")):
        with translation.override(user.language):
            service = appointment.service_type.name
        inbox.notify(
            user=user,
            kind=kind,
            params={
                **_when(appointment),
                "service": service,
                "centre": appointment.centre.name,
                "code": appointment.code,
                "car": appointment.car_name,
                **more,
            },
            url=_page_for(user, appointment, event),
            event=event,
        )


def _when(appointment: Appointment) -> dict[str, str]:
    start = appointment.starts_at.astimezone(appointment.centre.zone)
    return {"day": f"{start:%d.%m.%Y}", "time": f"{start:%H:%M}"}


def _page_for(user: User, appointment: Appointment, event: Event) -> str:
    """No link for whoever lost the car: the page would not exist for them."""
    visible = Appointment.objects.visible_to(user, event.at).filter(pk=appointment.pk).exists()
    return reverse("services:appointment-detail", args=[appointment.pk]) if visible else ""


@reacts_to("vehicles.transferred", "vehicles.released")
def cancel_visits_of_the_owner_before(event: Event) -> None:
    vehicle_id = int(event.subject.object_id)
    owner_after = event.data.get("owner_after")
    if event.data.get("organisation_after") is not None:
        owner_after = event.by_id  # who took the car over for the organisation
    left = departures.cancel_visits_left_behind(
        vehicle_id=vehicle_id, owner_after_id=owner_after, at=event.at
    )
    if left and owner_after is not None:
        inbox.notify(
            user=User.objects.get(pk=owner_after),
            kind="services.visits_not_taken_over",
            params={"car": Vehicle.objects.select_related("model").get(pk=vehicle_id).model.name},
            url=f"{reverse('services:book')}?vehicle={vehicle_id}",
            event=event,
        )


@reacts_to("vehicles.share_revoked", "vehicles.share_left", "vehicles.share_ended")
def tell_owner_which_visit_stays(event: Event) -> None:
    share = Share.objects.select_related("given_by", "user").get(pk=event.data["share"])
    if share.user is None:
        return
    visits = departures.visits_of_guest(vehicle_id=share.vehicle_id, guest_id=share.user.pk, at=event.at)
    for visit in visits[:1]:  # one word for all: the list shows the others
        _tell_givers(event, share, visit)


def _tell_givers(event: Event, share: Share, visit: Appointment) -> None:
    for giver in sharing.givers_of(share):
        inbox.notify(
            user=giver,
            kind="services.guest_visit_stays",
            params={
                **_when(visit),
                "who": (share.user.display_name if share.user else "") or "…",
                "car": visit.car_name,
            },
            url=_page_for(giver, visit, event),
            event=event,
        )
