"""Loan cars and test-drive cars: one car with one person at a time."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange

from accounts.models import User
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from documents import rights
from journal.models import Event
from services.desk import handing_back, loans
from services.desk.loans import CarGone, Licence
from services.models import Allocation, Appointment, LoanHandover, Resource
from tests.factories.accounts import UserFactory
from tests.factories.services import AppointmentFactory, Workshop, make_workshop

NOW = datetime(2026, 11, 26, 7, 40, tzinfo=UTC)
DUE = NOW + timedelta(hours=8)
NAME = [[[10, 500, 0], [200, 300, 40], [400, 600, 90], [700, 350, 150], [900, 500, 210]]]


def add_car(workshop: Workshop, name: str = "Leihwagen 1", kind: str = "loan_car") -> Resource:
    return Resource.objects.create(centre=workshop.centre, kind=kind, name=name, plate="HH NL 900E")


def visit_at(workshop: Workshop, **more: Any) -> Appointment:
    return AppointmentFactory.create(centre=workshop.centre, service_type=workshop.service_type, **more)


@pytest.fixture
def loan_car(workshop: Workshop) -> Resource:
    return add_car(workshop)


@pytest.fixture
def visit(workshop: Workshop) -> Appointment:
    return visit_at(workshop)


def given(by: User, visit: Appointment, car: Resource, **more: Any) -> dict[str, Any]:
    values = {
        "licence": Licence("Mara Lund", "B", date(2033, 1, 19)),
        "due_at": DUE,
        "mileage_km": 4_210,
        "charge_percent": 92,
        "now": NOW,
    }
    return {"by": by, "appointment": visit, "car": car, **values, **more}


def overlapping() -> int:
    """Pairs of active allocations of one resource that lie over each other."""
    pairs = 0
    rows = list(Allocation.objects.filter(active=True))
    for at, one in enumerate(rows):
        for other in rows[at + 1 :]:
            same = one.resource_id == other.resource_id
            pairs += same and one.span.lower < other.span.upper and other.span.lower < one.span.upper
    return pairs


def test_a_car_goes_out_against_a_licence_and_comes_back(
    staff: User, visit: Appointment, loan_car: Resource
) -> None:
    handover = loans.hand_out(**given(staff, visit, loan_car))
    assert handover.paper is not None
    assert handover.licence_seen_by == staff
    assert list(loans.cars_for(appointment=visit, now=NOW)) == []
    assert rights.may_read(user=visit.booked_by, document=handover.paper)
    signature = loans.sign_agreement(
        by=staff,
        handover=handover,
        sha256=handover.paper.sha256,
        signer_name="Mara Lund",
        strokes=NAME,
        now=NOW,
    )
    assert signature.witnessed_by == staff
    back = loans.take_back(
        by=staff, handover=handover, mileage_km=4_260, charge_percent=70, now=NOW + timedelta(hours=3)
    )
    assert back.returned_at == NOW + timedelta(hours=3)
    assert list(loans.cars_for(appointment=visit, now=NOW)) == [loan_car]
    assert Allocation.objects.get().span.upper == NOW + timedelta(hours=3)
    kinds = Event.objects.filter(kind__startswith="services.loan").values_list("kind", "data__mileage_km")
    assert list(kinds) == [("services.loan_car_handed_out", 4_210), ("services.loan_car_returned", 4_260)]


def test_what_another_visit_has_booked_is_not_given_away(
    staff: User, workshop: Workshop, visit: Appointment, loan_car: Resource
) -> None:
    Allocation.objects.create(
        resource=loan_car,
        kind="visit",
        part="loan_car",
        appointment=visit_at(workshop),
        span=DateTimeTZRange(NOW + timedelta(hours=2), NOW + timedelta(hours=4), "[)"),
    )
    with pytest.raises(CarGone):
        loans.hand_out(**given(staff, visit, loan_car))
    short = loans.hand_out(**given(staff, visit, loan_car, due_at=NOW + timedelta(hours=2)))
    assert short.returned_at is None


def test_another_car_than_the_booked_one_frees_the_booked_one(
    staff: User, workshop: Workshop, visit: Appointment, loan_car: Resource
) -> None:
    span = DateTimeTZRange(NOW, DUE, "[)")
    Allocation.objects.create(resource=loan_car, kind="visit", part="loan_car", appointment=visit, span=span)
    assert loans.reserved_car(visit) == loan_car
    other = add_car(workshop, "Leihwagen 2")
    loans.hand_out(**given(staff, visit, other))
    assert Allocation.objects.get(active=True).resource == other


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"licence": Licence("Mara Lund", "A2")}, "licence_class"),
        ({"licence": Licence("Mara Lund", "B", date(2026, 11, 25))}, "licence_expires"),
        ({"licence": Licence(" ", "B")}, "driver_name"),
        ({"due_at": NOW}, "due_at"),
        ({"due_at": NOW + timedelta(days=61)}, "due_at"),
        ({"mileage_km": -1}, "mileage_km"),
        ({"charge_percent": 101}, "charge_percent"),
    ],
)
def test_nobody_drives_without_a_licence_that_does(
    staff: User, visit: Appointment, loan_car: Resource, wrong: dict[str, Any], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        loans.hand_out(**given(staff, visit, loan_car, **wrong))
    assert refused.value.field == field
    assert not LoanHandover.objects.exists()


def test_a_car_does_not_come_back_with_fewer_kilometres(
    staff: User, visit: Appointment, loan_car: Resource
) -> None:
    handover = loans.hand_out(**given(staff, visit, loan_car))
    with pytest.raises(Invalid) as refused:
        loans.take_back(by=staff, handover=handover, mileage_km=4_209, charge_percent=50, now=DUE)
    assert refused.value.field == "mileage_km"
    loans.take_back(by=staff, handover=handover, mileage_km=4_210, charge_percent=50, now=DUE)
    with pytest.raises(Conflict):
        loans.take_back(by=staff, handover=handover, mileage_km=4_210, charge_percent=50, now=DUE)


def test_cars_and_hand_overs_of_other_centres_do_not_exist(
    staff: User, workshop: Workshop, visit: Appointment, loan_car: Resource
) -> None:
    other = make_workshop()
    stranger = UserFactory.create(role="staff", scope=other.centre)
    with pytest.raises(NotFound):
        loans.hand_out(**given(staff, visit, add_car(other)))
    with pytest.raises(NotFound):
        loans.hand_out(**given(stranger, visit, loan_car))
    handover = loans.hand_out(**given(staff, visit, loan_car))
    with pytest.raises(NotFound):
        loans.take_back(by=stranger, handover=handover, mileage_km=5_000, charge_percent=5, now=DUE)
    technician = UserFactory.create(role="technician", scope=workshop.centre)
    with pytest.raises(NotAllowed):
        loans.take_back(by=technician, handover=handover, mileage_km=5_000, charge_percent=5, now=DUE)


def test_the_car_is_not_handed_back_while_ours_is_out(
    staff: User, visit: Appointment, loan_car: Resource
) -> None:
    handover = loans.hand_out(**given(staff, visit, loan_car))
    Appointment.objects.filter(pk=visit.pk).update(status="ready")
    ended: dict[str, Any] = {"by": staff, "appointment": visit, "done": "Räder getauscht.", "now": DUE}
    with pytest.raises(Invalid):
        handing_back.hand_back(**ended, looked=False)
    with pytest.raises(Conflict) as refused:
        handing_back.hand_back(**ended, looked=True)
    assert refused.value.code == "loan_car_out"
    loans.take_back(by=staff, handover=handover, mileage_km=4_300, charge_percent=50, now=DUE)
    assert handing_back.hand_back(**ended, looked=True).status == "done"
    told = visit.status_changes.get(status="done")
    assert told.note == "Räder getauscht."


def test_eight_colleagues_give_one_car_to_one_customer(
    committing_db: None, race: Callable[..., list[Any]]
) -> None:
    workshop = make_workshop()
    car = add_car(workshop)
    staff = UserFactory.create(role="staff", scope=workshop.centre)
    visits = [visit_at(workshop) for _n in range(8)]
    results = race([lambda v=v: loans.hand_out(**given(staff, v, car)) for v in visits])
    assert sum(isinstance(each, LoanHandover) for each in results) == 1
    assert sum(isinstance(each, CarGone) for each in results) == 7
    assert LoanHandover.objects.out().count() == 1
    assert overlapping() == 0


def test_one_visit_gets_one_car_even_from_two_screens(
    committing_db: None, race: Callable[..., list[Any]]
) -> None:
    workshop = make_workshop()
    cars = [add_car(workshop, f"Leihwagen {n}") for n in range(4)]
    staff = UserFactory.create(role="staff", scope=workshop.centre)
    visit = visit_at(workshop)
    results = race([lambda c=c: loans.hand_out(**given(staff, visit, c)) for c in cars])
    assert sum(isinstance(each, LoanHandover) for each in results) == 1
    assert Allocation.objects.filter(active=True).count() == 1
