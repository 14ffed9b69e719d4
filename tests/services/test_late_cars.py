"""A loan car that is not back: whoever was to get it next is looked after while there is time."""

from datetime import datetime, timedelta

import pytest

from accounts.models import User
from common.errors import Conflict, Invalid
from services.booking import booking
from services.booking.plans import make_plan
from services.centres import absences, replans
from services.desk import late_cars, loans
from services.models import Absence, Allocation, Appointment, Displacement, Resource
from tests.factories.accounts import UserFactory
from tests.factories.services import Workshop, make_car
from tests.services.test_loans import DUE, NOW, add_car, given, visit_at

LATE = DUE + timedelta(hours=1)
SOON = DUE + timedelta(hours=16, minutes=20)  # 09:00 on the next morning

pytestmark = pytest.mark.django_db


@pytest.fixture
def loan_car(workshop: Workshop) -> Resource:
    return add_car(workshop)


@pytest.fixture
def out(workshop: Workshop, staff: User, loan_car: Resource) -> loans.LoanHandover:
    return loans.hand_out(**given(staff, visit_at(workshop), loan_car))


@pytest.fixture
def next_visit(workshop: Workshop, loan_car: Resource) -> Appointment:
    """It has everything it needs, and this very car for the day after."""
    customer = UserFactory.create()
    return booking.book_appointment(
        by=customer,
        vehicle=make_car(customer),
        centre=workshop.centre,
        plan=make_plan(service_types=[workshop.service_type], loan_car=True),
        starts_at=SOON,
        early_start=True,
        now=NOW,
    )


def car_of(visit: Appointment) -> Resource | None:
    held = Allocation.objects.filter(appointment=visit, part="loan_car", active=True).first()
    return held.resource if held else None


def listed(by: User) -> list[Appointment]:
    return list(replans.visits_to_replan(by=by))


def test_a_late_car_puts_the_next_visit_on_the_staff_list(
    out: loans.LoanHandover, next_visit: Appointment, staff: User
) -> None:
    assert late_cars.hold_late_cars(now=DUE + timedelta(minutes=10)) == 0  # traffic
    assert late_cars.hold_late_cars(now=LATE) == 1
    assert listed(staff) == [next_visit]
    assert Displacement.objects.get(appointment=next_visit).absence == Absence.objects.get(reason="overdue")
    assert late_cars.hold_late_cars(now=LATE + timedelta(minutes=15)) == 0  # known


def test_another_car_takes_over_by_itself(
    out: loans.LoanHandover, next_visit: Appointment, staff: User, workshop: Workshop
) -> None:
    other = add_car(workshop, "Leihwagen 2")
    late_cars.hold_late_cars(now=LATE)
    assert listed(staff) == []
    assert car_of(next_visit) == other


def test_a_car_that_comes_back_is_theirs_again(
    out: loans.LoanHandover, next_visit: Appointment, staff: User, loan_car: Resource
) -> None:
    late_cars.hold_late_cars(now=LATE)
    loans.take_back(
        by=staff, handover=out, mileage_km=4_300, charge_percent=50, now=LATE + timedelta(hours=2)
    )
    assert listed(staff) == []
    assert car_of(next_visit) == loan_car
    assert not Absence.objects.standing().exists()


def test_who_stays_away_longer_is_held_longer(out: loans.LoanHandover, loan_car: Resource) -> None:
    late_cars.hold_late_cars(now=LATE)
    assert late_cars.hold_late_cars(now=LATE + timedelta(hours=13)) == 1
    first, second = Absence.objects.order_by("span")
    assert first.span.upper == second.span.lower
    assert second.span.upper == LATE + timedelta(hours=37)


def test_it_ends_with_the_car_and_not_by_hand(
    out: loans.LoanHandover, staff: User, loan_car: Resource
) -> None:
    late_cars.hold_late_cars(now=LATE)
    with pytest.raises(Conflict):
        absences.cancel_absence(by=staff, absence=Absence.objects.get(), now=LATE)
    with pytest.raises(Invalid):
        absences.enter_absence(
            by=UserFactory.create(role="administrator"),
            resource=loan_car,
            starts_at=LATE,
            ends_at=SOON,
            reason="overdue",
            now=LATE,
        )


def test_a_car_due_later_is_nobodys_worry(out: loans.LoanHandover, now: datetime) -> None:
    assert late_cars.hold_late_cars(now=now) == 0
