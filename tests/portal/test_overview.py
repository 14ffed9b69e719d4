"""The overview: one page that says what is theirs, what it costs and what comes next."""

from datetime import timedelta

import pytest
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils import timezone

from services.models import Appointment
from tests.factories.accounts import NoticeFactory, UserFactory
from tests.factories.community import CategoryFactory, open_topic
from tests.factories.services import AppointmentFactory
from tests.factories.vehicles import LONG_AGO, OwnershipFactory, TransferFactory, VehicleFactory, own, share

pytestmark = pytest.mark.django_db

MOST_QUERIES = 12


def signed_in(client, user):
    client.force_login(user)
    return client.get("/")


def text_of(response) -> str:
    return " ".join(response.content.decode().split())


def test_a_person_without_a_car_is_shown_the_way_to_add_one(client):
    page = text_of(signed_in(client, UserFactory.create()))
    assert "Fügen wir Ihr Fahrzeug hinzu." in page
    assert 'href="/garage/add/"' in page


def test_an_owner_sees_their_car_by_name_and_plate(client):
    owner = UserFactory.create()
    own(owner, plate="HH NL 512E", nickname="Silberpfeil")
    page = text_of(signed_in(client, owner))
    assert "Für Ihren Silberpfeil steht nichts an." in page
    assert "HH NL 512E" in page
    assert "Ihr Fahrzeug hat noch keinen Akkuvertrag." in page


def test_the_next_appointment_is_said_in_the_hero_and_kept_for_offline(client):
    owner = UserFactory.create()
    starts = timezone.now() + timedelta(days=3)
    AppointmentFactory.create(vehicle=own(owner), booked_by=owner, starts_at=starts)
    page = text_of(signed_in(client, owner))
    assert "einen Termin." in page
    assert f'data-starts-at="{starts.isoformat()}"' in page
    assert "Räderwechsel mit Einlagerung" in page


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (Appointment.Status.IN_WORK, "ist in der Werkstatt."),
        (Appointment.Status.READY, "steht für Sie bereit."),
    ],
)
def test_the_hero_says_where_the_car_is(client, status, words):
    owner = UserFactory.create()
    starts = timezone.now() - timedelta(minutes=20)
    AppointmentFactory.create(vehicle=own(owner), booked_by=owner, starts_at=starts, status=status)
    assert words in text_of(signed_in(client, owner))


def test_staff_without_a_car_find_their_work_at_once(client):
    page = text_of(signed_in(client, UserFactory.create(role="moderator")))
    assert "Hier geht es zu Ihrer Arbeit." in page
    assert 'href="/staff/reports/"' in page
    assert "/staff/journal/" not in page


def test_several_cars_stand_in_one_card(client):
    owner = UserFactory.create()
    own(owner)
    second = own(owner, plate="HH T 4E")
    page = text_of(signed_in(client, owner))
    assert "Weitere Fahrzeuge" in page
    assert f'href="/garage/{second.pk}/"' in page


def test_a_shared_driver_sees_whose_car_it_is_and_no_contract(client):
    owner, driver = UserFactory.create(first_name="Mara", last_name="Lund"), UserFactory.create()
    share(own(owner), driver)
    page = text_of(signed_in(client, driver))
    assert "Mara Lund teilt dieses Fahrzeug mit Ihnen." in page
    assert "Akkuvertrag" not in page


def test_after_the_sale_the_old_owner_keeps_the_account_but_not_the_car(client):
    old = UserFactory.create()
    sold = VehicleFactory.create(plate="HH ALT 1E")
    until = timezone.now() - timedelta(days=1)
    OwnershipFactory.create(vehicle=sold, user=old, period=DateTimeTZRange(LONG_AGO, until, "[)"))
    page = text_of(signed_in(client, old))
    assert "Ihr Fahrzeug ist in neuen Händen." in page
    assert "HH ALT 1E" not in page


def test_an_offered_car_waits_for_an_answer(client):
    owner, buyer = UserFactory.create(), UserFactory.create()
    TransferFactory.create(vehicle=own(owner), offered_by=owner, email=buyer.email)
    page = text_of(signed_in(client, buyer))
    assert "Wartet auf Ihre Antwort" in page


def test_other_peoples_visits_and_notices_stay_theirs(client):
    owner, stranger = UserFactory.create(), UserFactory.create()
    AppointmentFactory.create(
        vehicle=own(owner), booked_by=owner, starts_at=timezone.now() + timedelta(days=1)
    )
    NoticeFactory.create(user=owner)
    own(stranger)
    page = text_of(signed_in(client, stranger))
    assert "Räderwechsel mit Einlagerung" not in page
    assert "Mitteilungen: 0 ungelesen" in page


def test_the_bell_counts_what_is_unread(client):
    owner = UserFactory.create()
    NoticeFactory.create_batch(3, user=owner)
    NoticeFactory.create(user=owner, read_at=timezone.now())
    assert "Mitteilungen: 3 ungelesen" in text_of(signed_in(client, owner))


@pytest.mark.parametrize("many", [1, 4])
def test_the_page_costs_the_same_for_one_and_for_many(client, django_assert_max_num_queries, many):
    owner = UserFactory.create()
    now = timezone.now()
    category = CategoryFactory.create()
    for number in range(many):
        vehicle = own(owner)
        AppointmentFactory.create(
            vehicle=vehicle, booked_by=owner, starts_at=now + timedelta(days=number + 1)
        )
        open_topic(now=now, category=category)
    NoticeFactory.create_batch(many, user=owner)
    client.force_login(owner)
    client.get("/")
    with django_assert_max_num_queries(MOST_QUERIES) as queries:
        client.get("/")
    assert len(queries) == OWNER_QUERIES


# person, grants, organisations, shares, cars, visit, contract, notices with the bell, recalls, offers;
# the session and the topics are cached
OWNER_QUERIES = 10
