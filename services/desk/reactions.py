"""What the counter does when something happened: papers are signed, people are told."""

from django.urls import reverse

from accounts.models import User
from accounts.telling import inbox
from journal.models import Event
from journal.reacting import reacts_to
from services.desk import repair_orders, tyres
from services.models import RepairOrder, TyreSet


@reacts_to("documents.signed")
def note_signed_order(event: Event) -> None:
    repair_orders.note_signature(paper_id=int(event.subject.object_id), by=event.by, now=event.at)


@reacts_to("services.car_checked_in", "services.order_changed")
def ask_for_signature(event: Event) -> None:
    """Only who is not at the counter; and not for an order that was changed again meanwhile."""
    order = RepairOrder.objects.with_names().get(pk=event.data["order"])
    is_newest = order.version == event.data.get("version", 1)
    if not event.data["ask"] or order.signed_at is not None or not is_newest:
        return
    inbox.notify(
        user=order.appointment.booked_by,
        kind="services.order_to_sign",
        params={"code": order.appointment.code, "centre": order.appointment.centre.name},
        url=reverse("documents:document-sign", args=[order.paper_id]),
        event=event,
    )


@reacts_to("services.wheel_change_offered")
def tell_of_stored_wheels(event: Event) -> None:
    kept = TyreSet.objects.select_related("vehicle__model", "centre").get(pk=event.subject.object_id)
    if kept.taken_out_at is not None:
        return
    work = tyres.wheel_change()
    asked = f"?vehicle={kept.vehicle_id}" + (f"&service_type={work.pk}" if work else "")
    kind = "winter" if kept.season == TyreSet.Season.WINTER else "summer"
    for user in User.objects.filter(pk__in=event.audience.values("user")):
        inbox.notify(
            user=user,
            kind=f"services.wheel_change_offered.{kind}",
            params={"car": kept.vehicle.model.name, "centre": kept.centre.name},
            url=f"{reverse('services:book')}{asked}",
            event=event,
        )
