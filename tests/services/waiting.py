"""Who waits for an earlier time in the tests: a centre that is full until Tuesday, and visits after it."""

from datetime import date, datetime, time

from accounts.models import User
from common.civil import BERLIN, instant
from services.booking import booking, waitlist
from services.models import Appointment
from tests.factories.accounts import UserFactory
from tests.factories.services import Workshop, make_car, plan_for

THURSDAY = date(2026, 11, 26)
TUESDAY = date(2026, 12, 1)


def at(clock: str, day: date = THURSDAY) -> datetime:
    return instant(day, time.fromisoformat(clock), BERLIN)


def booked(workshop: Workshop, starts_at: datetime, now: datetime, person: User | None = None) -> Appointment:
    who = person or UserFactory.create()
    return booking.book_appointment(
        by=who,
        vehicle=make_car(who),
        centre=workshop.centre,
        plan=plan_for(workshop.service_type),
        starts_at=starts_at,
        now=now,
        early_start=True,
    )


def fill(workshop: Workshop, now: datetime) -> list[Appointment]:
    workshop.centre.opening_hours.exclude(weekday__in=[2, 4]).delete()
    workshop.centre.opening_hours.update(opens=time(9), closes=time(10, 30))
    return [booked(workshop, at(clock), now) for clock in ("09:00", "09:45")]


def waiting(workshop: Workshop, now: datetime, clock: str = "09:00", day: date = TUESDAY) -> Appointment:
    visit = booked(workshop, at(clock, day), now)
    waitlist.join(by=visit.booked_by, appointment=visit, now=now)
    return visit
