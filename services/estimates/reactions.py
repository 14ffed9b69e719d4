"""When an estimate is sent, decided, taken back or runs out, both sides are told."""

from typing import Any

from journal.models import Event
from journal.reacting import reacts_to
from services.estimates import pricing
from services.models import Appointment, Estimate, EstimateLine
from services.visits.reactions import tell_customers, tell_team

State = Estimate.State


@reacts_to("services.estimate_sent")
def tell_that_it_waits(event: Event) -> None:
    estimate, visit = _read(event)
    if estimate is not None and estimate.state == State.SENT:  # else something later is told
        params = {"at": event.data["expires_at"], "cents": event.data["cents"], "works": _titles(estimate)}
        tell_customers(event, visit, "services.estimate_sent", params)


@reacts_to("services.estimate_replaced")
def tell_that_it_is_revised(event: Event) -> None:
    _estimate, visit = _read(event)
    tell_customers(event, visit, "services.estimate_replaced", {})


@reacts_to("services.estimate_expired")
def tell_that_time_is_over(event: Event) -> None:
    _estimate, visit = _read(event)
    tell_customers(event, visit, "services.estimate_expired", {"phone": visit.centre.phone})
    tell_team(event, visit, "services.estimate_expired.to_team", {"number": event.data["number"]})


@reacts_to("services.estimate_decided")
def confirm_the_decision(event: Event) -> None:
    estimate, visit = _read(event)
    if estimate is None:
        return
    data = event.data
    kind = "services.estimate_refused"
    if data["approved"]:
        by_phone = data["through"] == Estimate.Channel.PHONE
        kind = "services.estimate_ordered.phone" if by_phone else "services.estimate_ordered"
    params: dict[str, Any] = {
        "cents": data["cents"],
        "works": _titles(estimate, only_approved=True),
        "phone": visit.centre.phone,
    }
    tell_customers(event, visit, kind, params)
    counts = {
        "cents": data["cents"],
        "approved": data["approved"],
        "lines": data["approved"] + data["refused"],
    }
    tell_team(event, visit, "services.estimate_decided.to_team", counts)


def _titles(estimate: Estimate, *, only_approved: bool = False) -> str:
    lines = estimate.lines.prefetch_related("entries").order_by("position")
    if only_approved:
        lines = lines.filter(decision=EstimateLine.Decision.APPROVED)
    # Of ordered work the price belongs to the confirmation; of offered work the sum says enough.
    if not only_approved:
        return ", ".join(line.title for line in lines)
    return ", ".join(f"{line.title} ({_euros(pricing.sum_of_line(line).gross)})" for line in lines)


def _euros(cents: int) -> str:
    return f"{cents // 100},{cents % 100:02d}\N{NO-BREAK SPACE}€"


def _read(event: Event) -> tuple[Estimate | None, Appointment]:
    visit = Appointment.objects.with_names().select_related("booked_by").get(pk=event.subject.object_id)
    return Estimate.objects.filter(pk=event.data["estimate"], appointment=visit).first(), visit
