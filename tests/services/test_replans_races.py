"""Absences, closures and new times against bookings at the same moment: no overlap, nothing lost."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from common.errors import DomainError
from services.booking import booking
from services.centres import closing, replans
from services.models import Allocation, Appointment, Displacement
from tests.factories.accounts import UserFactory
from tests.factories.services import make_car, make_workshop, plan_for
from tests.services.test_absences import EVENING, THURSDAY_8, ill, overlaps, visit


def test_booking_and_closing_at_the_same_moment_lose_nothing(
    committing_db: None, race: Callable[..., list[Any]], now: datetime
) -> None:
    shop = make_workshop(technicians=2, bays=2)
    boss = UserFactory.create(role="staff", scope=shop.centre)
    customers = [UserFactory.create() for _n in range(6)]
    cars = [make_car(customer) for customer in customers]

    def book(number: int) -> Callable[[], Appointment]:
        return lambda: booking.book_appointment(
            by=customers[number],
            vehicle=cars[number],
            centre=shop.centre,
            plan=plan_for(shop.service_type),
            starts_at=THURSDAY_8 + timedelta(hours=number // 2),
            early_start=True,
            now=now,
        )

    def close() -> Any:
        return closing.close_centre(
            by=boss, centre=shop.centre, starts_at=THURSDAY_8, ends_at=EVENING, now=now
        )

    def fall_ill() -> Any:
        return ill(boss, shop.technicians[0], now)

    results = race([*[book(number) for number in range(6)], close, fall_ill])
    unexpected = [r for r in results if isinstance(r, Exception) and not isinstance(r, DomainError)]
    assert not unexpected
    assert overlaps() == 0
    booked = [r for r in results if isinstance(r, Appointment)]
    assert Displacement.objects.filter(closure__isnull=False).exists() == bool(booked)
    # Whoever was booked before the closure is on the list; after it nobody is booked.
    assert not Allocation.objects.filter(appointment__in=booked, active=True).exists()
    assert {v.pk for v in replans.visits_to_replan(by=boss)} == {v.pk for v in booked}


def test_moving_all_while_owners_book_leaves_no_overlap(
    committing_db: None, race: Callable[..., list[Any]], now: datetime
) -> None:
    shop = make_workshop()
    boss = UserFactory.create(role="staff", scope=shop.centre)
    lost = [visit(shop, now, THURSDAY_8 + timedelta(hours=hour)) for hour in range(3)]
    ill(boss, shop.technicians[0], now)
    friday = THURSDAY_8 + timedelta(days=1)
    customers = [UserFactory.create() for _n in range(3)]
    cars = [make_car(customer) for customer in customers]

    def book(number: int) -> Callable[[], Appointment]:
        return lambda: booking.book_appointment(
            by=customers[number],
            vehicle=cars[number],
            centre=shop.centre,
            plan=plan_for(shop.service_type),
            starts_at=friday + timedelta(hours=number),
            early_start=True,
            now=now,
        )

    def move() -> replans.Moved:
        return replans.move_all(by=boss, now=now)

    results = race([move, move, *[book(number) for number in range(3)]])
    assert not [r for r in results if isinstance(r, Exception) and not isinstance(r, DomainError)]
    assert overlaps() == 0
    assert not Displacement.objects.filter(state="open", appointment__in=lost).exists()
    assert {v.version for v in Appointment.objects.filter(pk__in=[v.pk for v in lost])} == {1}  # once each
