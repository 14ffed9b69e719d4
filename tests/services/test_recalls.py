"""Recalls and campaigns: from the list of VINs to the repaired car, and the owners nobody reaches."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.house import imports
from accounts.models import Address, ImportRun, Notice, User
from common.errors import Conflict, NotAllowed
from journal.models import Event
from services.booking import booking
from services.desk import workday
from services.models import Appointment, Campaign, CampaignCar, Job
from services.upkeep import campaigns, letters, recalls
from tests.factories.accounts import UserFactory
from tests.factories.services import AppointmentFactory, ServiceTypeFactory, Workshop, make_car
from tests.factories.upkeep import PUBLISHED, CampaignFactory, publish
from vehicles.models import Ownership, Vehicle

STATE = CampaignCar.State


@pytest.fixture
def product(db: None) -> User:
    return UserFactory.create(role="product")


def state_of(car: Vehicle) -> str:
    return CampaignCar.objects.get(vin=car.vin).state


def record(kind: str, visit: Appointment, **data: Any) -> None:
    with transaction.atomic():
        booking.record_change(kind, visit, by=None, now=timezone.now(), **data)


@pytest.fixture
def campaign(car: Vehicle) -> Campaign:
    return publish(car)


@pytest.fixture
def visit(workshop: Workshop, car: Vehicle, owner: User, campaign: Campaign) -> Appointment:
    """Booked for the campaign's work."""
    row = AppointmentFactory.create(
        centre=workshop.centre, service_type=campaign.service_type, vehicle=car, booked_by=owner
    )
    record("services.appointment_booked", row)
    return row


def values(**more: Any) -> dict[str, Any]:
    return {
        "code": "n5-2026-77",
        "kind": "recall",
        "title_de": "Schrauben",
        "title_en": "Bolts",
        "service_type": ServiceTypeFactory.create(),
        **more,
    }


def test_a_campaign_is_written_published_and_closed(product: User, car: Vehicle, now: datetime) -> None:
    draft = campaigns.create_campaign(by=product, values=values(), now=now)
    assert (draft.code, draft.published_at) == ("N5-2026-77", None)
    with pytest.raises(Conflict):
        campaigns.create_campaign(by=product, values=values(), now=now)
    with pytest.raises(Conflict):
        campaigns.publish_campaign(by=product, campaign=draft, now=now)
    CampaignCar.objects.create(campaign=draft, vin=car.vin)
    campaigns.publish_campaign(by=product, campaign=draft, now=now)
    with pytest.raises(Conflict):
        campaigns.change_campaign(by=product, campaign=draft, values={"code": "N5-1"}, now=now)
    changed = campaigns.change_campaign(by=product, campaign=draft, values={"do_not_drive": True}, now=now)
    assert changed.do_not_drive
    campaigns.close_campaign(by=product, campaign=draft, now=now)
    with pytest.raises(Conflict):
        campaigns.change_campaign(by=product, campaign=draft, values={"title_de": "x"}, now=now)


def test_staff_look_and_do_not_publish(
    client: Client, staff: User, campaign: Campaign, now: datetime
) -> None:
    for deed in (campaigns.publish_campaign, campaigns.close_campaign):
        with pytest.raises(NotAllowed):
            deed(by=staff, campaign=campaign, now=now)
    client.force_login(staff)
    path = reverse("services:staff-campaign", args=[campaign.pk])
    assert client.get(path).status_code == 200
    assert client.post(f"{path}export/").status_code == 403
    client.force_login(UserFactory.create())
    assert client.get(path).status_code == 403


def imported(
    product: User, run_reactions: Callable[[], int], now: datetime, text: str, **given: str
) -> ImportRun:
    run = imports.upload_file(
        by=product, kind="campaign-cars", content=text.encode(), name="vins.csv", now=now, given=given
    )
    run_reactions()
    run.refresh_from_db()
    return run


def test_cars_are_imported_with_errors_by_line_and_nothing_before_somebody_says_so(
    product: User, car: Vehicle, run_reactions: Callable[[], int], now: datetime
) -> None:
    draft = CampaignFactory.create(code="N5-2026-77")
    CampaignCar.objects.create(campaign=draft, vin="WNLN5AZZZTH000001")
    lines = [car.vin, "WNLN5AZZZTH000001", "short", car.vin.lower(), "WNLN5AZZZTH000002"]
    run = imported(product, run_reactions, now, "vin\n" + "\n".join(lines), campaign="n5-2026-77")
    assert [(error["line"], error["column"]) for error in run.errors] == [(3, "vin"), (4, "vin"), (5, "vin")]
    assert draft.cars.count() == 1
    imports.start_import(by=product, run=run, now=now)
    run_reactions()
    assert sorted(draft.cars.values_list("vin", flat=True)) == sorted(
        [car.vin, "WNLN5AZZZTH000001", "WNLN5AZZZTH000002"]
    )


def test_an_unknown_campaign_is_an_error_of_the_line_and_others_may_not_import(
    product: User, staff: User, run_reactions: Callable[[], int], now: datetime
) -> None:
    run = imported(product, run_reactions, now, "campaign;vin\nN9-1;WNLN5AZZZTH000001")
    assert [(error["line"], error["column"]) for error in run.errors] == [(2, "campaign")]
    with pytest.raises(NotAllowed):
        imports.upload_file(by=product, kind="customers", content=b"email\n", name="x.csv", now=now)
    with pytest.raises(NotAllowed):
        imports.upload_file(by=staff, kind="campaign-cars", content=b"vin\n", name="x.csv", now=now)


def test_product_managers_reach_their_import_and_no_other(client: Client, product: User) -> None:
    client.force_login(product)
    page = client.get(reverse("accounts:import-list")).content.decode()
    assert reverse("accounts:import-new", args=["campaign-cars"]) in page
    assert reverse("accounts:import-new", args=["customers"]) not in page
    assert client.get(reverse("accounts:import-new", args=["customers"])).status_code == 404
    given = client.get(reverse("accounts:import-new", args=["campaign-cars"]) + "?campaign=N5-1")
    assert "N5-1" in given.content.decode()


def test_publishing_tells_each_owner_once(
    product: User, car: Vehicle, owner: User, run_reactions: Callable[[], int]
) -> None:
    now = timezone.now()
    draft = publish(car, published_at=None, do_not_drive=True)
    campaigns.publish_campaign(by=product, campaign=draft, now=now)
    run_reactions()
    recalls.tell_owners(now=now)
    run_reactions()
    notice = Notice.objects.get(user=owner, kind="services.recall.do_not_drive")
    assert notice.params["code"] == draft.code
    assert notice.url == reverse("services:recall-list")


def test_two_workers_at_once_tell_an_owner_once(committing_db: None, race: Callable[..., list[Any]]) -> None:
    publish(make_car(UserFactory.create()))
    now = timezone.now()
    assert sorted(race([lambda: recalls.tell_owners(now=now)] * 4)) == [0, 0, 0, 1]


def test_booking_the_work_marks_the_car_and_cancelling_opens_it_again(
    car: Vehicle, owner: User, visit: Appointment, run_reactions: Callable[[], int]
) -> None:
    assert state_of(car) == STATE.OPEN
    run_reactions()
    assert state_of(car) == STATE.BOOKED
    Appointment.objects.filter(pk=visit.pk).update(status="cancelled")
    record("services.appointment_cancelled", visit)
    run_reactions()
    row = CampaignCar.objects.get(vin=car.vin)
    assert (row.state, row.appointment) == (STATE.OPEN, None)


def test_handing_the_car_back_settles_it_for_good(
    car: Vehicle, staff: User, visit: Appointment, run_reactions: Callable[[], int]
) -> None:
    run_reactions()
    Appointment.objects.filter(pk=visit.pk).update(status="ready")
    visit.refresh_from_db()
    workday.take_step(by=staff, appointment=visit, status=Appointment.Status.DONE, now=timezone.now())
    run_reactions()
    row = CampaignCar.objects.get(vin=car.vin)
    assert (row.state, row.appointment) == (STATE.DONE, visit)
    assert row.done_at is not None
    assert recalls.settle_visit(appointment=visit, at=timezone.now()) == 0


def test_work_that_was_not_done_leaves_it_open(
    car: Vehicle, staff: User, visit: Appointment, run_reactions: Callable[[], int]
) -> None:
    run_reactions()
    Job.objects.filter(appointment=visit).update(state="dropped")
    Appointment.objects.filter(pk=visit.pk).update(status="ready")
    visit.refresh_from_db()
    workday.take_step(by=staff, appointment=visit, status=Appointment.Status.DONE, now=timezone.now())
    run_reactions()
    assert state_of(car) == STATE.OPEN


def test_other_work_and_other_cars_change_nothing(
    car: Vehicle, owner: User, campaign: Campaign, run_reactions: Callable[[], int]
) -> None:
    record("services.appointment_booked", AppointmentFactory.create(vehicle=car, booked_by=owner))
    other = AppointmentFactory.create(
        vehicle=make_car(owner), booked_by=owner, service_type=campaign.service_type
    )
    record("services.appointment_booked", other)
    run_reactions()
    assert state_of(car) == STATE.OPEN


def test_booked_and_cancelled_before_anybody_reacted_comes_out_open(
    car: Vehicle, visit: Appointment, run_reactions: Callable[[], int]
) -> None:
    Appointment.objects.filter(pk=visit.pk).update(status="cancelled")
    record("services.appointment_cancelled", visit)
    run_reactions()
    assert state_of(car) == STATE.OPEN


def test_owners_without_account_and_silent_ones_are_listed_for_letters(
    product: User, car: Vehicle, owner: User, now: datetime
) -> None:
    nobody = "WNLN5AZZZTH000009"
    customer = UserFactory.create(standing="customer", first_name="Anna", last_name="Öz")
    letter = make_car(customer)
    Address.objects.create(user=customer, street="Kai 1", postcode="20457", town="Hamburg")
    campaign = publish(car, letter)
    CampaignCar.objects.create(campaign=campaign, vin=nobody)
    assert recalls.tell_owners(now=now) == 1
    assert recalls.mark_unreached(now=now) == 2
    assert state_of(car) == STATE.OPEN
    assert recalls.mark_unreached(now=now + timedelta(weeks=4)) == 1
    assert state_of(car) == STATE.UNREACHED
    text = letters.export_cars(by=product, campaign=campaign, state="unreached", now=now)
    lines = text.splitlines()
    assert len(lines) == 4
    assert any(letter.vin in line and "Anna Öz;Kai 1;20457;Hamburg;DE" in line for line in lines)
    assert any(line.startswith(nobody) for line in lines)
    assert Event.objects.get(kind="services.campaign_exported").data["rows"] == 3


def test_an_unreached_owner_who_books_is_reached(
    car: Vehicle, campaign: Campaign, visit: Appointment, run_reactions: Callable[[], int]
) -> None:
    CampaignCar.objects.update(state=STATE.UNREACHED)
    run_reactions()
    assert state_of(car) == STATE.BOOKED


def test_a_new_owner_is_told_anew(car: Vehicle, owner: User, campaign: Campaign, now: datetime) -> None:
    recalls.tell_owners(now=now)
    recalls.forget_telling(vehicle_id=car.pk)
    buyer = UserFactory.create()
    owned = Ownership.objects.get(vehicle=car)
    Ownership.objects.filter(pk=owned.pk).update(period=DateTimeTZRange(owned.period.lower, now, "[)"))
    Ownership.objects.create(vehicle=car, user=buyer, period=DateTimeTZRange(now, None, "[)"))
    assert recalls.tell_owners(now=now) == 1
    told = Event.objects.filter(kind="services.campaign_told").latest("pk")
    assert list(told.audience.values_list("user", flat=True)) == [buyer.pk]


def test_owners_see_published_recalls_of_their_cars_and_book_them(
    client: Client, car: Vehicle, owner: User, campaign: Campaign
) -> None:
    publish(make_car(UserFactory.create()), title_de="Fremd")
    publish(car, title_de="Entwurf", published_at=None)
    publish(car, title_de="Vorbei", closed_at=PUBLISHED)
    publish(car, title_de="Bitte stehen lassen", do_not_drive=True)
    client.force_login(owner)
    page = client.get(reverse("services:recall-list")).content.decode()
    assert page.index("Bitte stehen lassen") < page.index("Verschraubung")
    assert f"?vehicle={car.pk}&amp;service_type={campaign.service_type_id}" in page
    for hidden in ("Fremd", "Entwurf", "Vorbei"):
        assert hidden not in page
    assert "Bitte stehen lassen" in client.get("/").content.decode()


def test_apps_read_the_recalls_of_their_own_cars(car: Vehicle, owner: User, campaign: Campaign) -> None:
    publish(make_car(UserFactory.create()))
    api = APIClient()
    api.force_authenticate(owner)
    [row] = api.get("/api/v1/recalls/").json()["results"]
    assert (row["code"], row["vin"], row["state"]) == (campaign.code, car.vin, "open")
    api.force_authenticate(UserFactory.create())
    assert api.get(f"/api/v1/recalls/{row['id']}/").status_code == 404
    assert api.get("/api/v1/campaigns/").status_code == 403


def test_staff_programs_write_publish_and_count(product: User, car: Vehicle) -> None:
    api = APIClient()
    api.force_authenticate(product)
    asked = values()
    asked["service_type"] = asked["service_type"].pk
    made = api.post("/api/v1/campaigns/", asked).json()
    assert api.post("/api/v1/campaigns/", asked).status_code == 409
    path = f"/api/v1/campaigns/{made['id']}/"
    assert api.post(f"{path}publish/").status_code == 409
    CampaignCar.objects.create(campaign_id=made["id"], vin=car.vin)
    assert api.patch(path, {"title_de": "Neu"}).json()["title_de"] == "Neu"
    assert api.post(f"{path}publish/").json()["open_cars"] == 1
    found = api.get("/api/v1/campaign-cars/", {"campaign": made["id"], "state": "open"}).json()["results"]
    assert [row["vin"] for row in found] == [car.vin]
    assert api.post(f"{path}close/").json()["closed_at"]


def test_staff_find_cars_by_state_and_vin(
    client: Client, staff: User, car: Vehicle, campaign: Campaign
) -> None:
    CampaignCar.objects.create(campaign=campaign, vin="WNLN5AZZZTH000009", state=STATE.UNREACHED)
    client.force_login(staff)
    path = reverse("services:staff-campaign", args=[campaign.pk])
    assert car.vin not in client.get(path, {"state": "unreached"}).content.decode()
    assert car.vin in client.get(path, {"q": car.vin[-6:].lower()}).content.decode()
    assert client.get(path, {"state": "nonsense", "q": "\x00"}).status_code == 200


@pytest.mark.parametrize("many", [1, 8])
def test_lists_cost_the_same_for_one_and_for_many(
    client: Client, owner: User, many: int, count_queries: Callable[[Callable[[], Any]], int]
) -> None:
    campaign = publish(*[make_car(owner) for _number in range(many)])
    product = UserFactory.create(role="product")
    counted = {}
    for path, user in (
        (reverse("services:recall-list"), owner),
        (reverse("services:staff-campaign", args=[campaign.pk]), product),
        (reverse("services:staff-campaigns"), product),
    ):
        client.force_login(user)
        client.get(path)
        counted[path] = count_queries(partial(client.get, path))
    assert list(counted.values()) == [6, 7, 5]


def test_the_forms_of_staff_keep_what_was_typed(client: Client, product: User) -> None:
    client.force_login(product)
    typed = {**values(), "service_type": ServiceTypeFactory.create().pk, "title_en": ""}
    answer = client.post(reverse("services:staff-campaign-create"), typed)
    assert answer.status_code == 422
    assert "Schrauben" in answer.content.decode()
    done = client.post(reverse("services:staff-campaign-create"), {**typed, "title_en": "Bolts"})
    made = Campaign.objects.get()
    assert done["Location"] == reverse("services:staff-campaign", args=[made.pk])
    CampaignCar.objects.create(campaign=made, vin="WNLN5AZZZTH000009")
    client.post(reverse("services:staff-campaign-publish", args=[made.pk]))
    made.refresh_from_db()
    assert made.published_at is not None
    export = client.post(reverse("services:staff-campaign-export", args=[made.pk]), {"state": ""})
    assert "WNLN5AZZZTH000009" in export.content.decode()
