"""When something comes free, those who wait for an earlier time are asked in turn."""

from django.urls import reverse
from django.utils import timezone, translation

from accounts.telling import inbox
from common.templatetags.typography import clock, day
from journal.models import Event
from journal.reacting import reacts_to
from services.booking import waitlist
from services.models import Appointment, Centre, Hold


@reacts_to(
    "services.appointment_cancelled",
    "services.appointment_moved",
    "services.offer_declined",
    "services.waitlist_left",
)
def offer_what_a_visit_left(event: Event) -> None:
    now = timezone.now()  # an offer counts from when it is made, however late that is
    visit = Appointment.objects.select_related("centre").get(pk=event.subject.object_id)
    waitlist.keep_sensible(appointment=visit, now=now)
    waitlist.offer_what_is_free(centre=visit.centre, now=now)


@reacts_to(
    "services.absence_cancelled",
    "services.time_given_back",
    "services.resource_added",
    "services.resource_changed",
)
def offer_what_a_resource_has(event: Event) -> None:
    centre = Centre.objects.get(pk=event.data["centre"])
    waitlist.offer_what_is_free(centre=centre, now=timezone.now())


@reacts_to("services.centre_reopened", "services.centre_changed", "services.extra_day_opened")
def offer_what_a_centre_opens(event: Event) -> None:
    centre = Centre.objects.get(pk=event.subject.object_id)
    waitlist.offer_what_is_free(centre=centre, now=timezone.now())


@reacts_to("services.time_offered")
def tell_of_the_offer(event: Event) -> None:
    hold = Hold.objects.select_related("centre", "user", "waitlist_entry__appointment__service_type").get(
        pk=event.data["hold"]
    )
    if hold.state != Hold.State.OPEN or hold.waitlist_entry is None:
        return
    visit, zone = hold.waitlist_entry.appointment, hold.centre.zone
    with translation.override(hold.user.language), timezone.override(zone):
        service = visit.service_type.name
        until = f"{day(hold.expires_at)}, {clock(hold.expires_at)}"
    inbox.notify(
        user=hold.user,
        kind="services.time_offered",
        params={
            "at": hold.span.lower.isoformat(),
            "zone": hold.centre.time_zone,
            "until": until,
            "service": service,
            "centre": hold.centre.name,
        },
        url=reverse("services:appointment-detail", args=[visit.pk]),
        event=event,
    )
