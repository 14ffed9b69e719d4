"""What cars are due for: who says so, what follows from work, who is reminded, and the service record."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader
from rest_framework.test import APIClient

from accounts.models import Notice, User
from common.errors import Invalid, NotAllowed, NotFound
from documents import sealing
from journal.models import Event
from services.desk import workday
from services.models import Appointment, RepairOrder, Upkeep
from services.upkeep import due, reminding, upkeep
from services.upkeep.months import months_after
from services.visits import record
from tests.factories.accounts import UserFactory
from tests.factories.sealing import PASSWORD, write_certificate
from tests.factories.services import AppointmentFactory, ServiceTypeFactory, Workshop, make_car, make_workshop
from tests.factories.upkeep import publish
from tests.factories.vehicles import share
from vehicles.models import Vehicle, VehicleModel

TODAY = date(2026, 11, 24)


@pytest.fixture
def certificate(tmp_path: Path, settings: Any) -> None:
    path = tmp_path / "seal.p12"
    write_certificate(path)
    settings.SEAL_FILE, settings.SEAL_PASSWORD = str(path), PASSWORD


def note(car: Vehicle, **fields: Any) -> Upkeep:
    return Upkeep.objects.update_or_create(vehicle=car, defaults=fields)[0]


def kinds(car: Vehicle, today: date = TODAY) -> list[str]:
    return [found.kind for found in due.due_for(car, today)]


@pytest.fixture
def here(workshop: Workshop, owner: User, car: Vehicle) -> Appointment:
    """A visit that makes the car one of the centre's."""
    return AppointmentFactory.create(
        centre=workshop.centre, service_type=workshop.service_type, vehicle=car, booked_by=owner
    )


@pytest.mark.parametrize(
    ("day", "months", "after"),
    [
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2024, 2, 29), 24, date(2026, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 1, 31), -2, date(2025, 11, 30)),
    ],
)
def test_months_are_counted_as_the_law_counts_them(day: date, months: int, after: date) -> None:
    assert months_after(day, months) == after


@pytest.mark.parametrize(
    ("month", "said", "overdue"),
    [
        (date(2027, 2, 1), [], None),
        (date(2027, 1, 1), ["inspection"], False),
        (date(2026, 11, 1), ["inspection"], False),
        (date(2026, 10, 1), ["inspection"], True),
    ],
)
def test_the_general_inspection_is_due_until_its_month_ends(
    car: Vehicle, month: date, said: list[str], overdue: bool | None
) -> None:
    work = ServiceTypeFactory.create(code="main-inspection")
    note(car, inspection_month=month)
    found = due.due_for(car, TODAY)
    assert [each.kind for each in found] == said
    assert [each.overdue for each in found] == ([] if overdue is None else [overdue])
    assert all(each.service_type == work for each in found)


def test_service_is_due_by_day_or_by_mileage_whichever_comes_first(car: Vehicle) -> None:
    now = datetime(2026, 11, 1, tzinfo=UTC)
    note(car, service_due_on=date(2027, 6, 1), service_due_km=30_000, mileage_km=28_499, mileage_at=now)
    assert kinds(car) == []
    note(car, mileage_km=28_500)
    assert kinds(car) == ["service"]
    note(car, mileage_km=10_000, service_due_on=date(2027, 1, 5))
    assert kinds(car) == ["service"]
    assert due.due_for(car, date(2027, 1, 6))[0].overdue


def test_a_warranty_is_told_of_before_it_ends_and_not_after(car: Vehicle) -> None:
    note(car, warranty_until=TODAY)
    assert kinds(car) == ["warranty"]
    assert kinds(car, TODAY + timedelta(days=1)) == []
    assert kinds(car, TODAY - timedelta(days=91)) == []


def test_recalls_stand_before_all_else(car: Vehicle) -> None:
    note(car, inspection_month=date(2026, 11, 1))
    publish(car, kind="campaign")
    publish(car, kind="recall")
    urgent = publish(car, kind="campaign", do_not_drive=True)
    found = due.due_for(car, TODAY)
    assert [each.kind for each in found] == ["campaign", "recall", "campaign", "inspection"]
    assert found[0].campaign_car is not None
    assert found[0].campaign_car.campaign == urgent
    assert found[0].do_not_drive


def test_an_owner_corrects_month_and_mileage_only(car: Vehicle, owner: User, now: datetime) -> None:
    changes = {"inspection_month": date(2027, 3, 1), "mileage_km": 12_000}
    kept = upkeep.correct_as_owner(by=owner, vehicle=car, changes=changes, now=now)
    assert (kept.inspection_month, kept.mileage_km, kept.mileage_at) == (date(2027, 3, 1), 12_000, now)
    event = Event.objects.get(kind="services.upkeep_changed")
    assert event.data["fields"] == ["inspection_month", "mileage_km"]
    with pytest.raises(NotAllowed):
        upkeep.correct_as_owner(by=owner, vehicle=car, changes={"warranty_until": TODAY}, now=now)
    with pytest.raises(NotFound):
        upkeep.correct_as_owner(by=UserFactory.create(), vehicle=car, changes=changes, now=now)


@pytest.mark.parametrize(
    "wrong",
    [
        {"inspection_month": date(2027, 3, 2)},
        {"inspection_month": date(2050, 3, 1)},
        {"mileage_km": 2_000_001},
        {"mileage_km": -1},
    ],
)
def test_what_cannot_be_is_refused(car: Vehicle, owner: User, now: datetime, wrong: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        upkeep.correct_as_owner(by=owner, vehicle=car, changes=wrong, now=now)
    assert refused.value.field in wrong


def test_staff_change_the_dates_of_cars_that_come_to_them(
    car: Vehicle, staff: User, here: Appointment, workshop: Workshop, now: datetime
) -> None:
    changes = {"warranty_until": date(2028, 1, 1), "service_due_km": 30_000}
    assert upkeep.change_as_staff(by=staff, vehicle=car, changes=changes, now=now).service_due_km == 30_000
    technician = UserFactory.create(role="technician", scope=workshop.centre)
    stranger = UserFactory.create(role="staff", scope=make_workshop().centre)
    with pytest.raises(NotAllowed):
        upkeep.change_as_staff(by=technician, vehicle=car, changes=changes, now=now)
    with pytest.raises(NotFound):
        upkeep.change_as_staff(by=stranger, vehicle=car, changes=changes, now=now)


def test_work_that_was_done_sets_the_next_dates(
    car: Vehicle, owner: User, staff: User, workshop: Workshop, run_reactions: Callable[[], int]
) -> None:
    for number, code in enumerate(("inspection", "main-inspection")):
        visit = AppointmentFactory.create(
            centre=workshop.centre,
            vehicle=car,
            booked_by=owner,
            service_type=ServiceTypeFactory.create(code=code),
            status="ready",
            starts_at=datetime(2026, 11, 24 + number, 8, 0, tzinfo=UTC),
        )
        note(car, mileage_km=15_000, mileage_at=datetime(2026, 11, 24, tzinfo=UTC))
        workday.take_step(
            by=staff,
            appointment=visit,
            status=Appointment.Status.DONE,
            now=datetime(2026, 11, 24 + number, 12, tzinfo=UTC),
        )
    run_reactions()
    kept = Upkeep.objects.get(vehicle=car)
    assert (kept.service_due_on, kept.service_due_km) == (date(2028, 11, 24), 45_000)
    assert kept.inspection_month == date(2028, 11, 1)


def test_an_older_reading_of_the_mileage_changes_nothing(car: Vehicle, now: datetime) -> None:
    upkeep.note_mileage(vehicle_id=car.pk, mileage_km=20_000, at=now)
    upkeep.note_mileage(vehicle_id=car.pk, mileage_km=10_000, at=now - timedelta(days=1))
    assert Upkeep.objects.get(vehicle=car).mileage_km == 20_000


def test_new_cars_are_inspected_first_after_three_years(car: Vehicle, owner: User, now: datetime) -> None:
    old = make_car(owner)
    Vehicle.objects.filter(pk=car.pk).update(first_registered=date(2026, 3, 31))
    Vehicle.objects.filter(pk=old.pk).update(first_registered=date(2020, 3, 31))
    assert upkeep.begin_for_new_cars(now=now) == 2
    assert upkeep.begin_for_new_cars(now=now) == 0
    assert Upkeep.objects.get(vehicle=car).inspection_month == date(2029, 3, 1)
    assert Upkeep.objects.get(vehicle=old).inspection_month is None


def test_owners_hear_once_of_each_due_date(
    car: Vehicle, owner: User, now: datetime, run_reactions: Callable[[], int]
) -> None:
    work = ServiceTypeFactory.create(code="main-inspection")
    note(car, inspection_month=date(2027, 1, 1))
    assert reminding.remind_owners(now=now) == 1
    assert reminding.remind_owners(now=now + timedelta(days=1)) == 0
    run_reactions()
    notice = Notice.objects.get(user=owner, kind="services.upkeep_due.inspection")
    assert notice.params["when"] == "Januar 2027"
    assert notice.url == f"/service/book/?vehicle={car.pk}&service_type={work.pk}"
    note(car, inspection_month=date(2026, 12, 1))
    assert reminding.remind_owners(now=now) == 1


def test_nobody_is_reminded_of_work_that_is_booked(car: Vehicle, owner: User, now: datetime) -> None:
    note(car, inspection_month=date(2027, 1, 1))
    AppointmentFactory.create(
        vehicle=car, booked_by=owner, service_type=ServiceTypeFactory.create(code="main-inspection")
    )
    assert reminding.remind_owners(now=now) == 0


def test_two_workers_at_once_remind_once(committing_db: None, race: Callable[..., list[Any]]) -> None:
    now = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
    note(make_car(UserFactory.create()), inspection_month=date(2027, 1, 1))
    assert sorted(race([lambda: reminding.remind_owners(now=now)] * 4)) == [0, 0, 0, 1]


def test_the_page_of_a_car_shows_what_is_due_and_leads_to_booking(
    client: Client, car: Vehicle, owner: User
) -> None:
    work = ServiceTypeFactory.create(code="main-inspection")
    note(car, inspection_month=date(2026, 1, 1))
    client.force_login(owner)
    for name, app in (("vehicle-detail", "vehicles"), ("car-upkeep", "services")):
        page = client.get(reverse(f"{app}:{name}", args=[car.pk])).content.decode()
        assert f"/service/book/?vehicle={car.pk}&amp;service_type={work.pk}" in page


def test_owners_type_the_month_as_it_stands_on_the_plate(client: Client, car: Vehicle, owner: User) -> None:
    client.force_login(owner)
    path = reverse("services:car-dates", args=[car.pk])
    assert client.post(path, {"inspection_month": "03/2027", "mileage_km": "9000"}).status_code == 302
    assert Upkeep.objects.get(vehicle=car).inspection_month == date(2027, 3, 1)
    answer = client.post(path, {"inspection_month": "soon", "mileage_km": "9001"})
    assert answer.status_code == 422
    assert "9001" in answer.content.decode()
    assert "2027-03" in client.get(path).content.decode()


@pytest.mark.parametrize("name", ["car-upkeep", "car-dates", "service-record"])
def test_foreign_cars_and_those_shared_for_driving_only_are_a_404(
    client: Client, car: Vehicle, owner: User, name: str
) -> None:
    path = reverse(f"services:{name}", args=[car.pk])
    guest = UserFactory.create()
    share(car, guest, rights=["drive"])
    for person in (UserFactory.create(), guest):
        client.force_login(person)
        assert client.get(path).status_code == 404
    client.force_login(owner)
    assert client.get(path).status_code == 200


def test_history_names_work_mileage_and_papers(
    client: Client, car: Vehicle, owner: User, here: Appointment, staff: User, now: datetime
) -> None:
    RepairOrder.objects.create(
        appointment=here, work="Räder", mileage_km=18_234, checked_in_by=staff, checked_in_at=now
    )
    client.force_login(owner)
    page = client.get(reverse("services:car-upkeep", args=[car.pk])).content.decode()
    assert "18.234\xa0km" in page
    assert reverse("services:appointment-detail", args=[here.pk]) in page
    client.force_login(staff)
    assert "18.234\xa0km" in client.get(reverse("services:staff-car", args=[car.pk])).content.decode()
    client.force_login(UserFactory.create(role="staff", scope=make_workshop().centre))
    assert client.get(reverse("services:staff-car", args=[car.pk])).status_code == 404


@pytest.mark.parametrize("many", [1, 6])
def test_the_history_costs_the_same_for_one_and_for_many(
    client: Client, car: Vehicle, owner: User, many: int, count_queries: Callable[[Callable[[], Any]], int]
) -> None:
    note(car, inspection_month=date(2026, 1, 1))
    for number in range(many):
        AppointmentFactory.create(
            vehicle=car,
            booked_by=owner,
            status="done",
            starts_at=datetime(2026, 3, 1 + number, 8, 0, tzinfo=UTC),
        )
    client.force_login(owner)
    path = reverse("services:car-upkeep", args=[car.pk])
    client.get(path)
    assert count_queries(lambda: client.get(path)) == HISTORY_QUERIES


HISTORY_QUERIES = 14


def test_the_service_record_goes_with_the_car_and_names_no_people(
    car: Vehicle, owner: User, workshop: Workshop, staff: User, now: datetime
) -> None:
    visit = AppointmentFactory.create(
        centre=workshop.centre, vehicle=car, booked_by=owner, status="done", note="Bitte leise klingeln."
    )
    AppointmentFactory.create(
        vehicle=car, booked_by=owner, status="cancelled", service_type__name_de="Lackieren"
    )
    RepairOrder.objects.create(
        appointment=visit, work="Räder", mileage_km=18_234, checked_in_by=staff, checked_in_at=now
    )
    note(car, inspection_month=date(2027, 3, 1))
    content = record.make_record(vehicle=car, language="de", now=now)
    assert content == record.make_record(vehicle=car, language="de", now=now)
    text = " ".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages).replace("\xa0", " ")
    for words in (car.vin, "26.11.2026", "18.234 km", "Räderwechsel", workshop.centre.name, "März 2027"):
        assert words in text
    for hidden in (owner.display_name, "klingeln", "89,00", "Lackieren", staff.display_name):
        assert hidden not in text


def test_the_record_is_sealed_over_the_whole_file_where_there_is_a_certificate(
    car: Vehicle, now: datetime, certificate: None
) -> None:
    content = record.make_record(vehicle=car, language="de", now=now)
    assert sealing.is_sealed(content)
    assert not sealing.is_sealed(content + b"\n")


def test_the_next_service_follows_the_plan_of_the_model(
    workshop: Workshop, car: Vehicle, owner: User, now: datetime
) -> None:
    VehicleModel.objects.filter(pk=car.model_id).update(service_months=12, service_km=20_000)
    note(car, mileage_km=15_000, mileage_at=now)
    work = AppointmentFactory.create(
        centre=workshop.centre, vehicle=car, booked_by=owner, service_type__code=upkeep.SERVICE
    )
    upkeep.note_work_done(appointment=work, at=now)
    kept = upkeep.upkeep_of(car)
    assert (kept.service_due_on, kept.service_due_km) == (months_after(now.date(), 12), 35_000)


def test_apps_read_and_correct_the_dates(car: Vehicle, owner: User, staff: User, here: Appointment) -> None:
    api = APIClient()
    api.force_authenticate(owner)
    path = f"/api/v1/vehicles/{car.pk}/upkeep/"
    assert api.get(path).json()["due"] == []
    answer = api.patch(path, {"inspection_month": "2026-01-01"})
    assert [each["kind"] for each in answer.json()["due"]] == ["inspection"]
    assert api.patch(path, {"warranty_until": "2028-01-01"}).status_code == 403
    api.force_authenticate(staff)
    assert api.patch(path, {"warranty_until": "2028-01-01"}).json()["warranty_until"] == "2028-01-01"
    api.force_authenticate(UserFactory.create())
    assert api.get(path).status_code == 404
    assert api.patch(path, {"mileage_km": 1}).status_code == 404
