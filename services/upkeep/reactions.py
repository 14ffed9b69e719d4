"""What follows for campaigns and due dates when a visit, a car or a campaign changes."""

from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format, number_format

from accounts.models import User
from accounts.telling import inbox
from common.money import NBSP
from journal.models import Event
from journal.reacting import reacts_to
from services.models import Appointment, Campaign, CampaignCar, ServiceType, Upkeep
from services.upkeep import due, recalls, upkeep
from vehicles.models import Vehicle


@reacts_to(
    "services.appointment_booked",
    "services.appointment_cancelled",
    "services.appointment_progressed",
    "services.car_recognised",
)
def bring_campaigns_in_line(event: Event) -> None:
    if event.subject.kind == Appointment._meta.label_lower:
        visit = Appointment.objects.get(pk=event.subject.object_id)
        recalls.settle_visit(appointment=visit, at=event.at)


@reacts_to("services.appointment_progressed")
def count_on_from_work_done(event: Event) -> None:
    if event.data["status"] == Appointment.Status.DONE:
        visit = Appointment.objects.select_related("centre").get(pk=event.subject.object_id)
        upkeep.note_work_done(appointment=visit, at=event.at)


@reacts_to("services.car_checked_in")
def note_mileage_of_check_in(event: Event) -> None:
    visit = Appointment.objects.filter(repair_order=event.data["order"]).first()
    if visit is not None and visit.vehicle_id is not None:
        upkeep.note_mileage(vehicle_id=visit.vehicle_id, mileage_km=event.data["mileage_km"], at=event.at)


@reacts_to("services.campaign_published")
def begin_telling_owners(event: Event) -> None:
    """The first ones at once; the periodic job goes on with the others."""
    recalls.tell_owners(now=event.at, campaign=Campaign.objects.get(pk=event.subject.object_id))


@reacts_to("vehicles.transferred", "vehicles.released", "vehicles.claimed")
def begin_anew_with_the_owner_after(event: Event) -> None:
    recalls.forget_telling(vehicle_id=int(event.subject.object_id))


@reacts_to("services.campaign_told")
def tell_of_campaign(event: Event) -> None:
    car = CampaignCar.objects.select_related("campaign").get(pk=event.subject.object_id)
    vehicle = Vehicle.objects.select_related("model").get(pk=event.data["vehicle"])
    campaign = car.campaign
    if campaign.do_not_drive:
        kind = "services.recall.do_not_drive"
    else:
        kind = "services.recall" if campaign.kind == Campaign.Kind.RECALL else "services.campaign"
    for user in _audience(event):
        with translation.override(user.language):
            title = campaign.title
        inbox.notify(
            user=user,
            kind=kind,
            params={"car": vehicle.model.name, "title": title, "code": campaign.code},
            url=reverse("services:recall-list"),
            event=event,
        )


@reacts_to("services.upkeep_due")
def tell_what_is_due(event: Event) -> None:
    kept = Upkeep.objects.select_related("vehicle__model").get(pk=event.subject.object_id)
    what = event.data["what"]
    work = ServiceType.objects.bookable_by_owners().filter(code=due.WORK.get(what, "")).first()
    for user in _audience(event):
        with translation.override(user.language):
            when = _when(kept, what)
        inbox.notify(
            user=user,
            kind=f"services.upkeep_due.{what}",
            params={"car": kept.vehicle.model.name, "when": when},
            url=due.booking_url(vehicle_id=kept.vehicle_id, service_type=work),
            event=event,
        )


def _audience(event: Event) -> list[User]:
    return list(User.objects.filter(pk__in=event.audience.values("user")))


def _when(kept: Upkeep, what: str) -> str:
    """The due date in words of the active language, as it is noted now."""
    if what == "inspection" and kept.inspection_month:
        return date_format(kept.inspection_month, "F Y")
    if what == "warranty" and kept.warranty_until:
        return date_format(kept.warranty_until, "d.m.Y")
    told = [date_format(kept.service_due_on, "d.m.Y")] if kept.service_due_on else []
    if kept.service_due_km is not None:
        told.append(f"{number_format(kept.service_due_km, force_grouping=True)}{NBSP}km")
    return " / ".join(told)
