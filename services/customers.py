"""A customer's visits for our staff: found by number, shown in their file, moved by a merge.

Staff see the visits of the centres where they may see the day, here as everywhere.
"""

from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy

from accounts.customers.file import Entry, Reading, Section, register_section
from accounts.customers.finding import EXACT, Asked, Hit, Searcher, register_searcher
from accounts.customers.movers import Mover, register_mover, register_stay
from accounts.models import User
from services.models import Appointment, CalendarFeed, Hold
from vehicles.models import Ownership

PERMISSION = "services.view_day"
ACTED = "who acted stays who acted"
LOG = "append-only, and written by colleagues"
STAYS = (
    ("services.Resource", "user", "a technician's own row; colleagues are not merged away"),
    ("services.Appointment", "entered_by", ACTED),
    ("services.Absence", "entered_by", ACTED),
    ("services.Displacement", "settled_by", ACTED),
    ("services.StatusChange", "by", LOG),
    ("services.PromiseChange", "by", LOG),
    ("services.CheckResult", "by", ACTED),
    ("services.Finding", "by", ACTED),
    ("services.Estimate", "created_by", ACTED),
    ("services.RepairOrder", "checked_in_by", ACTED),
    ("services.LoanHandover", "licence_seen_by", ACTED),
    ("services.TyreSet", "stored_by", ACTED),
)
TONES = {Appointment.Status.DONE: "good", Appointment.Status.NO_SHOW: "bad"}


def register() -> None:
    """From apps.py."""
    register_searcher(Searcher("services.visit", PERMISSION, find_by_visit))
    register_section(Section("visits", gettext_lazy("Visits"), PERMISSION, _visits, 30, "calendar"))
    _register_movers()
    for model, field, why in STAYS:
        register_stay(model, field, why)


def _register_movers() -> None:
    register_mover(Mover("services.Appointment", "booked_by", gettext_lazy("visits")))
    register_mover(Mover("services.WaitlistEntry", "user", gettext_lazy("places on the waitlist")))
    register_mover(Mover("services.Hold", "user", "", _one_choice))
    register_mover(Mover("services.CalendarFeed", "user", "", _one_feed))
    register_mover(Mover("services.VisitMessage", "author"))
    register_mover(Mover("services.Thanks", "by"))
    register_mover(Mover("services.Estimate", "decided_by"))


def _one_choice(kept: User, gone: User) -> Q:
    """Somebody holds one time while choosing: the other one's runs out by itself."""
    if Hold.objects.filter(user=kept, state=Hold.State.OPEN, purpose=Hold.Purpose.CHOICE).exists():
        return Q(state=Hold.State.OPEN, purpose=Hold.Purpose.CHOICE)
    return Q(pk__in=[])


def _one_feed(kept: User, gone: User) -> Q:
    """Calendars go on asking at the address they know; who has one of their own keeps that."""
    return Q() if CalendarFeed.objects.filter(user=kept).exists() else Q(pk__in=[])


def find_by_visit(asked: Asked) -> list[Hit]:
    """Who booked the visit with this number, in a centre of whoever asks."""
    if asked.code is None:
        return []
    rows = (
        Appointment.objects.at_centres_of(asked.by)
        .filter(code=asked.code)
        .values_list("booked_by_id", "code")
    )
    return [Hit(booked_by, EXACT, 1, gettext_lazy("Visit"), code) for booked_by, code in rows]


def _visits(customer: User, by: User, now: datetime) -> Reading:
    """Those they booked and those of their cars while they owned them, the latest first."""
    theirs = Ownership.objects.filter(
        vehicle=OuterRef("vehicle"), user=customer, period__overlap=OuterRef("span")
    )
    rows = Appointment.objects.at_centres_of(by).filter(Q(booked_by=customer) | Exists(theirs)).with_names()

    def shape(visit: Appointment) -> Entry:
        local = visit.starts_at.astimezone(visit.centre.zone)
        when = f"{date_format(local, 'SHORT_DATE_FORMAT')}, {date_format(local, 'TIME_FORMAT')}"
        car = str(visit.vehicle) if visit.vehicle else visit.car_words
        return Entry(
            title=visit.service_type.name,
            text=" · ".join(filter(None, [when, visit.centre.name, car, visit.code])),
            state=visit.get_status_display(),
            tone=TONES.get(Appointment.Status(visit.status), ""),
            url=reverse("services:staff-visit", args=[visit.pk]),
            kind="services.appointment",
            id=visit.pk,
        )

    return Reading(rows.order_by("-span", "-pk"), shape)


__all__ = ["find_by_visit", "register"]
