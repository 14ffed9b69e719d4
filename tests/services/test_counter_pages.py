"""The counter's pages: check-in, signing on the colleague's screen, loan cars, wheels, hand-back."""

import json
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from documents.models import Document, Signature
from services.desk import tyres
from services.models import Appointment, LoanHandover, RepairOrder, Resource, TyreSet
from tests.factories.accounts import UserFactory
from tests.factories.documents import sent
from tests.factories.services import AppointmentFactory, Workshop, make_car, make_workshop
from vehicles.models import Vehicle

NAME = json.dumps([[[10, 500, 0], [200, 300, 40], [400, 600, 90], [700, 350, 150], [900, 500, 210]]])


@pytest.fixture
def visit(workshop: Workshop, owner: User, car: Vehicle) -> Appointment:
    return AppointmentFactory.create(
        centre=workshop.centre,
        service_type=workshop.service_type,
        booked_by=owner,
        vehicle=car,
        starts_at=timezone.now() + timedelta(minutes=10),
    )


@pytest.fixture
def desk(client: Client, staff: User) -> Client:
    client.force_login(staff)
    return client


def url(name: str, pk: int | None = None) -> str:
    return reverse(f"services:{name}", args=[] if pk is None else [pk])


def typed(**more: Any) -> dict[str, Any]:
    rows = {"marks-TOTAL_FORMS": "3", "marks-INITIAL_FORMS": "0"}
    for number in range(3):
        rows |= {
            f"marks-{number}-view": "front",
            f"marks-{number}-spot": "middle",
            f"marks-{number}-text": "",
        }
    values = {
        "work": "Räder wechseln",
        "mileage_km": "18420",
        "charge_percent": "61",
        "key": "handed",
        "price_limit": "250,50",
        "idempotency_key": "one",
    }
    return {**rows, **values, **more}


def test_a_colleague_checks_in_and_the_customer_signs_on_the_screen(
    desk: Client, visit: Appointment, staff: User, owner: User
) -> None:
    page = desk.get(url("check-in", visit.pk)).content.decode()
    assert "1. Räderwechsel mit Einlagerung" in page
    marked = {
        "marks-0-view": "left",
        "marks-0-spot": "lower_left",
        "marks-0-text": "Kratzer",
        "marks-1-view": "roof",
        "marks-1-spot": "middle",
        "marks-1-x": "480",
        "marks-1-y": "510",
        "marks-1-text": "Delle",
    }
    answer = desk.post(url("check-in", visit.pk), typed(**marked, pictures=[sent()]))
    assert answer["Location"] == url("order-sign", visit.pk)
    order = RepairOrder.objects.get()
    assert order.price_limit_cents == 25_050
    assert list(order.marks.values_list("view", "x", "y")) == [("left", 167, 800), ("roof", 480, 510)]
    assert Document.objects.about(order).filter(kind="services.check_in_picture").count() == 1
    page = desk.get(url("order-sign", visit.pk)).content.decode()
    assert "250,50" in page
    assert "Kratzer" in page
    assert order.paper is not None
    body = {"sha256": order.paper.sha256, "signer_name": "Anna L", "strokes": NAME, "idempotency_key": "two"}
    assert desk.post(url("order-sign", visit.pk), body)["Location"] == url("staff-visit", visit.pk)
    signature = Signature.objects.get()
    assert (signature.signer, signature.witnessed_by) == (owner, staff)
    page = desk.get(url("staff-visit", visit.pk)).content.decode()
    assert "unterschrieben" in page
    assert url("check-in", visit.pk) not in page


def test_two_presses_check_in_once_and_land_on_the_same_page(desk: Client, visit: Appointment) -> None:
    first = desk.post(url("check-in", visit.pk), typed())
    again = desk.post(url("check-in", visit.pk), typed())
    assert first["Location"] == again["Location"]
    assert RepairOrder.objects.count() == 1


def test_what_was_typed_stays_when_something_is_missing(desk: Client, visit: Appointment) -> None:
    wrong = {"work": "", "marks-0-text": "Kratzer an der Tür", "remarks": "Kindersitz bleibt drin"}
    answer = desk.post(url("check-in", visit.pk), typed(**wrong))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Kratzer an der Tür" in page
    assert "Kindersitz bleibt drin" in page
    answer = desk.post(url("check-in", visit.pk), typed(key="dropped"))
    assert answer.context["form"].errors.keys() == {"key_place"}
    answer = desk.post(url("check-in", visit.pk), typed(**{"marks-0-view": "below", "marks-0-text": "x"}))
    assert answer.status_code == 422
    assert not RepairOrder.objects.exists()


def test_a_changed_order_is_signed_anew_and_a_late_colleague_is_told(
    desk: Client, visit: Appointment
) -> None:
    desk.post(url("check-in", visit.pk), typed())
    page = desk.get(url("order-change", visit.pk)).content.decode()
    assert 'name="version" value="1"' in page
    changed = typed(version="1", price_limit="", idempotency_key="two")
    assert desk.post(url("order-change", visit.pk), changed)["Location"] == url("order-sign", visit.pk)
    order = RepairOrder.objects.get()
    assert (order.version, order.price_limit_cents) == (2, None)
    late = desk.post(url("order-change", visit.pk), typed(version="1", idempotency_key="three"))
    assert late.status_code == 422


def test_the_customer_reads_the_order_at_home(desk: Client, visit: Appointment, owner: User) -> None:
    desk.post(url("check-in", visit.pk), typed())
    order = RepairOrder.objects.get()
    desk.force_login(owner)
    page = desk.get(reverse("services:appointment-detail", args=[visit.pk])).content.decode()
    assert reverse("documents:document-detail", args=[order.paper_id]) in page
    assert reverse("documents:document-sign", args=[order.paper_id]) in page
    assert desk.get(reverse("documents:document-detail", args=[order.paper_id])).status_code == 200


def test_a_loan_car_goes_out_and_comes_back(desk: Client, workshop: Workshop, visit: Appointment) -> None:
    page = desk.get(url("loan-hand-out", visit.pk)).content.decode()
    assert "Kein Auto steht auf dem Hof" in page
    car = Resource.objects.create(centre=workshop.centre, kind="loan_car", name="Ersatzwagen 1")
    due = timezone.localtime() + timedelta(hours=5)
    body = {
        "car": car.pk,
        "driver_name": "Mara Lund",
        "licence_class": "B",
        "licence_expires": "2040-01-19",
        "seen": "on",
        "mileage_km": "4210",
        "charge_percent": "92",
        "due_at": f"{due:%Y-%m-%dT%H:%M}",
        "idempotency_key": "one",
    }
    assert desk.post(url("loan-hand-out", visit.pk), {**body, "seen": ""}).status_code == 422
    answer = desk.post(url("loan-hand-out", visit.pk), body)
    loan = LoanHandover.objects.select_related("paper").get()
    assert answer["Location"] == url("loan-sign", loan.pk)
    assert loan.due_at == due.replace(second=0, microsecond=0)
    assert "Mara Lund" in desk.get(url("loan-sign", loan.pk)).content.decode()
    assert loan.paper is not None
    signed = {"sha256": loan.paper.sha256, "signer_name": "Mara Lund", "strokes": NAME}
    assert desk.post(url("loan-sign", loan.pk), signed)["Location"] == url("staff-visit", visit.pk)
    assert "Ersatzwagen 1" in desk.get(url("loan-list")).content.decode()
    wrong = desk.post(url("loan-return", loan.pk), {"mileage_km": "4000", "charge_percent": "50"})
    assert wrong.context["form"].errors.keys() == {"mileage_km"}
    desk.post(url("loan-return", loan.pk), {"mileage_km": "4300", "charge_percent": "50"})
    loan.refresh_from_db()
    assert loan.mileage_in_km == 4300
    assert "Ersatzwagen 1" not in desk.get(url("loan-list")).content.decode()


def test_wheels_are_stored_found_and_taken_out(desk: Client, workshop: Workshop, car: Vehicle) -> None:
    body = {
        "car": car.plate.replace(" ", "").lower(),
        "centre": workshop.centre.pk,
        "place": "b-04-2",
        "season": "winter",
        "front_left": "6,5",
        "front_right": "6,4",
        "rear_left": "3,2",
        "rear_right": "6,0",
        "idempotency_key": "one",
    }
    unknown = desk.post(url("tyre-store"), {**body, "car": "XX YY 1"})
    assert unknown.context["form"].errors.keys() == {"car"}
    assert desk.post(url("tyre-store"), body)["Location"] == url("tyre-list")
    taken = desk.post(url("tyre-store"), {**body, "idempotency_key": "two"})
    assert taken.context["form"].errors.keys() == {"place"}
    page = desk.get(url("tyre-list"), {"q": car.plate}).content.decode()
    assert "B-04-2" in page
    assert "abgefahren" in page
    assert "B-04-2" not in desk.get(url("tyre-list"), {"q": "ZZ 99"}).content.decode()
    kept = TyreSet.objects.get()
    desk.post(url("tyre-take-out", kept.pk))
    assert "B-04-2" not in desk.get(url("tyre-list")).content.decode()


def test_owners_see_their_stored_wheels_on_the_cars_page(
    desk: Client, workshop: Workshop, staff: User, owner: User, car: Vehicle
) -> None:
    tyres.store(
        by=staff,
        vehicle=car,
        centre=workshop.centre,
        place="B-04-2",
        season="winter",
        tread_mm=[Decimal(6)] * 4,
        now=timezone.now(),
    )
    desk.force_login(owner)
    page = desk.get(reverse("vehicles:vehicle-detail", args=[car.pk])).content.decode()
    assert "Eingelagerte Räder" in page


def test_a_ready_car_is_handed_back_with_words(desk: Client, visit: Appointment) -> None:
    Appointment.objects.filter(pk=visit.pk).update(status="ready")
    page = desk.get(url("hand-back", visit.pk)).content.decode()
    assert "Räderwechsel mit Einlagerung" in page
    assert desk.post(url("hand-back", visit.pk), {"done": "Fertig."}).status_code == 422
    answer = desk.post(
        url("hand-back", visit.pk), {"done": "Räder getauscht.", "looked": "on", "payer_0": "customer"}
    )
    assert answer["Location"] == url("staff-visit", visit.pk)
    visit.refresh_from_db()
    assert visit.status == "done"


def test_foreign_numbers_do_not_exist(desk: Client, visit: Appointment, workshop: Workshop) -> None:
    desk.post(url("check-in", visit.pk), typed())
    loan = LoanHandover.objects.create(
        appointment=visit,
        car=Resource.objects.create(centre=workshop.centre, kind="loan_car", name="Ersatzwagen 1"),
        driver_name="Mara",
        licence_class="B",
        licence_seen_by=UserFactory.create(),
        handed_at=timezone.now(),
        due_at=timezone.now(),
        mileage_out_km=1,
        charge_out_percent=1,
    )
    desk.force_login(UserFactory.create(role="staff", scope=make_workshop().centre))
    for name in ("check-in", "order-change", "order-sign", "hand-back", "loan-hand-out"):
        assert desk.get(url(name, visit.pk)).status_code == 404
        assert desk.post(url(name, visit.pk), typed(idempotency_key=name)).status_code == 404
    for name in ("loan-return", "loan-sign"):
        assert desk.get(url(name, loan.pk)).status_code == 404
        assert desk.post(url(name, loan.pk), {}).status_code == 404
    assert desk.post(url("tyre-take-out", 999)).status_code == 404


def test_a_technician_looks_at_the_store_and_changes_nothing(client: Client, workshop: Workshop) -> None:
    client.force_login(UserFactory.create(role="technician", scope=workshop.centre))
    page = client.get(url("tyre-list")).content.decode()
    assert url("tyre-store") not in page
    assert client.get(url("tyre-store")).status_code == 403
    assert client.get(url("loan-list")).status_code == 200


def test_lists_take_the_same_queries_for_many(
    desk: Client, staff: User, workshop: Workshop, count_queries: Callable[[Callable[[], Any]], int]
) -> None:
    def add(number: int) -> None:
        person = UserFactory.create()
        visit = AppointmentFactory.create(centre=workshop.centre, service_type=workshop.service_type)
        car = Resource.objects.create(centre=workshop.centre, kind="loan_car", name=f"Ersatzwagen {number}")
        LoanHandover.objects.create(
            appointment=visit,
            car=car,
            driver_name="Mara",
            licence_class="B",
            licence_seen_by=staff,
            handed_at=timezone.now(),
            due_at=timezone.now(),
            mileage_out_km=1,
            charge_out_percent=1,
        )
        tyres.store(
            by=staff,
            vehicle=make_car(person),
            centre=workshop.centre,
            place=f"A-{number}",
            season="summer",
            tread_mm=[Decimal(5)] * 4,
            now=timezone.now(),
        )

    add(0)
    looks = [lambda: desk.get(url("loan-list")), lambda: desk.get(url("tyre-list"))]
    for look in looks:
        look()
    few = [count_queries(look) for look in looks]
    for number in range(1, 5):
        add(number)
    assert [count_queries(look) for look in looks] == few
    assert max(few) <= 8


def test_the_visits_page_asks_little_more_for_an_order_with_much_damage(
    desk: Client, visit: Appointment, count_queries: Callable[[Callable[[], Any]], int]
) -> None:
    def look() -> Any:
        return desk.get(url("staff-visit", visit.pk))

    desk.post(url("check-in", visit.pk), typed(**{"marks-0-text": "Kratzer"}))
    look()
    few = count_queries(look)
    many = {f"marks-{n}-text": f"Kratzer {n}" for n in range(3)}
    desk.post(url("order-change", visit.pk), typed(**many, version="1", idempotency_key="two"))
    assert count_queries(look) == few
