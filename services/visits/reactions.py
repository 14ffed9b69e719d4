"""When something happens to a visit that is under way, those concerned are told."""

from typing import Any

from django.urls import reverse
from django.utils import translation

from accounts.models import User
from accounts.telling import inbox
from journal.models import Event
from journal.reacting import reacts_to
from services.models import Appointment, PromiseChange, StatusChange, Thanks, VisitMessage
from services.visits import concerned


@reacts_to("services.promise_changed")
def tell_the_new_promise(event: Event) -> None:
    visit = _visit(event)
    promise = PromiseChange.objects.get(pk=event.data["promise"])
    if visit.promised_at == promise.promised_at:  # else a later one holds, and is told
        params = {"at": promise.promised_at.isoformat(), "reason": promise.reason}
        tell_customers(event, visit, "services.promise_changed", params)


@reacts_to("services.appointment_progressed")
def tell_which_parts_are_missing(event: Event) -> None:
    if event.data["status"] != Appointment.Status.WAITING_PARTS:
        return
    visit = _visit(event)
    if visit.version != event.data["version"]:
        return
    step = StatusChange.objects.filter(appointment=visit, status=visit.status).latest("at", "pk")
    params = {"parts": step.parts}
    if step.parts_expected_on:
        params["expected_on"] = step.parts_expected_on.isoformat()
    kind = "services.waiting_parts.expected" if step.parts_expected_on else "services.waiting_parts"
    tell_customers(event, visit, kind, params)


@reacts_to("services.message_written")
def tell_the_other_side(event: Event) -> None:
    visit = _visit(event)
    message = VisitMessage.objects.select_related("author").get(pk=event.data["said"])
    if message.read_at is not None:  # the page was open
        return
    if message.from_customer:
        who = message.author.display_name if message.author else ""
        tell_team(event, visit, "services.message_written.to_team", {"who": who or visit.code})
    else:
        tell_customers(event, visit, "services.message_written.to_customer", {})


@reacts_to("services.thanked")
def pass_thanks_on(event: Event) -> None:
    visit = _visit(event)
    thanks = Thanks.objects.select_related("by").get(pk=event.data["thanks"])
    kind = "services.thanked.with_words" if thanks.text else "services.thanked"
    tell_team(event, visit, kind, {"who": thanks.by.display_name or visit.code, "words": thanks.text[:300]})


def tell_customers(event: Event, visit: Appointment, kind: str, params: dict[str, Any]) -> None:
    """Whoever booked it and whoever answers for the car, as far as they may read of it now."""
    for person in concerned.payers_of(visit, event.at):
        _notify(event, visit, kind, params, person, "services:appointment-detail")


def tell_team(event: Event, visit: Appointment, kind: str, params: dict[str, Any]) -> None:
    for person in concerned.team_of(visit):
        if person.pk != event.by_id:
            _notify(event, visit, kind, params, person, "services:staff-visit")


def _notify(
    event: Event, visit: Appointment, kind: str, params: dict[str, Any], person: User, page: str
) -> None:
    with translation.override(person.language):
        service = visit.service_type.name
    inbox.notify(
        user=person,
        kind=kind,
        params={
            "service": service,
            "centre": visit.centre.name,
            "zone": visit.centre.time_zone,
            "code": visit.code,
            **params,
        },
        url=reverse(page, args=[visit.pk]),
        event=event,
    )


def _visit(event: Event) -> Appointment:
    return Appointment.objects.with_names().select_related("booked_by").get(pk=event.subject.object_id)
