"""The customer file: each role sees its parts, looking is written down, the forum stays apart."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.customers import file
from accounts.models import CustomerMerge, Membership, Organisation, User
from accounts.permissions import Role
from accounts.telling import inbox
from journal.models import Event
from tests.factories.accounts import NoticeFactory, UserFactory
from tests.factories.cases import opened
from tests.factories.community import open_topic
from tests.factories.customers import walk_in
from tests.factories.services import AppointmentFactory, CentreFactory
from tests.factories.subscriptions import subscribed
from tests.factories.vehicles import own

pytestmark = pytest.mark.django_db

PARTS = {
    Role.STAFF: {
        "cars",
        "shares",
        "visits",
        "cases",
        "documents",
        "organisations",
        "consents",
        "notices",
        "account",
    },
    Role.ADVISOR: {
        "cars",
        "shares",
        "contracts",
        "cases",
        "documents",
        "organisations",
        "consents",
        "notices",
        "account",
    },
    Role.ACCOUNTANT: {"contracts", "cases", "organisations"},
}
PARTS[Role.ADMINISTRATOR] = PARTS[Role.STAFF] | PARTS[Role.ADVISOR]


@pytest.fixture
def kroeger() -> User:
    return UserFactory.create(first_name="Jürgen", last_name="Kröger")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def page_of(user: User, customer: User) -> Any:
    return signed_in(user).get(reverse("accounts:customer-detail", args=[customer.pk]))


def file_of(user: User, customer: User) -> Any:
    return signed_in(user).get(f"/api/v1/customers/{customer.pk}/")


@pytest.mark.parametrize("role", list(Role))
def test_each_role_sees_its_parts_and_others_are_not_there(role, kroeger):
    user = UserFactory.create(role=role)
    page, answer = page_of(user, kroeger), file_of(user, kroeger)
    if role not in PARTS:
        assert (page.status_code, answer.status_code) == (403, 403)
        return
    assert {section["name"] for section in answer.json()["sections"]} == PARTS[role]
    laid = page.context["laid"]
    shown = {each.section.name for column in laid.columns for each in column}
    assert shown | {section.name for section in laid.empty} == PARTS[role]
    for name in PARTS[Role.ADMINISTRATOR]:
        part = signed_in(user).get(reverse("accounts:customer-part", args=[kroeger.pk, name]))
        rows = signed_in(user).get(f"/api/v1/customers/{kroeger.pk}/parts/{name}/")
        expected = 200 if name in PARTS[role] else 404
        assert (part.status_code, rows.status_code) == (expected, expected), name


def test_the_parts_show_what_there_is(kroeger, now):
    chief = UserFactory.create(role="administrator")
    car = own(kroeger, plate="HH NL 512E")
    visit = AppointmentFactory.create(booked_by=kroeger, vehicle=car)
    contract = subscribed(kroeger, car, now=timezone.now())
    case = opened(kroeger, now=timezone.now())
    fleet = Organisation.objects.create(name="Elbkurier", legal_form="gmbh", created_at=now)
    Membership.objects.create(organisation=fleet, user=kroeger, role="driver", since=now)
    NoticeFactory.create(user=kroeger)
    page = page_of(chief, kroeger).content.decode()
    for words in ("HH NL 512E", visit.code, contract.code, case.code, "Elbkurier", "Willkommen", "Passwort"):
        assert words in page
    api = json.dumps(file_of(chief, kroeger).json())
    for words in ("HH NL 512E", visit.code, contract.code, case.code, "Elbkurier"):
        assert words in api


def test_staff_of_a_centre_see_the_visits_of_their_own(kroeger):
    here, there = CentreFactory.create(), CentreFactory.create()
    visit = AppointmentFactory.create(booked_by=kroeger, vehicle=own(kroeger), centre=there)
    assert visit.code not in page_of(UserFactory.create(role="staff", scope=here), kroeger).content.decode()
    assert visit.code in page_of(UserFactory.create(role="staff", scope=there), kroeger).content.decode()


def test_who_somebody_is_in_the_forum_is_nowhere_in_the_file(kroeger):
    chief = UserFactory.create(role="administrator")
    topic = open_topic(
        by=kroeger, handle="Marker4711", title="Marker4712", text="Marker4713", now=timezone.now()
    )
    inbox.notify(user=kroeger, kind="community.reply", params={"title": "Marker4712", "topic": topic.title})
    texts = [page_of(chief, kroeger).content.decode(), file_of(chief, kroeger).content.decode()]
    for section in file.sections_for(chief):
        texts.append(
            signed_in(chief)
            .get(reverse("accounts:customer-part", args=[kroeger.pk, section.name]))
            .content.decode()
        )
    searched = signed_in(chief).get(reverse("accounts:customer-list"), {"q": "Marker4711"})
    assert searched.context["found"] == []
    assert not any("Marker471" in text for text in texts)


def test_nothing_secret_of_the_sign_in_is_shown(kroeger):
    page = page_of(UserFactory.create(role="administrator"), kroeger).content.decode()
    assert kroeger.password not in page


def test_looking_is_written_down_once_in_ten_minutes_and_told_to_its_owner(kroeger):
    desk, other = UserFactory.create(role="staff"), UserFactory.create(role="advisor")
    for _look in range(3):
        page_of(desk, kroeger)
        file_of(desk, kroeger)
    page_of(other, kroeger)
    looks = Event.objects.filter(kind="accounts.customer_viewed")
    assert [look.by_id for look in looks.order_by("pk")] == [desk.pk, other.pk]
    assert all(look.data == {} for look in looks)
    history = signed_in(kroeger).get(reverse("accounts:history")).content.decode()
    assert history.count("Unser Service hat Ihre Akte angesehen") == 2
    assert desk.last_name not in history or desk.last_name == kroeger.last_name


def test_ten_minutes_later_it_is_a_new_look(kroeger, now):
    desk = UserFactory.create(role="staff")
    looks = [
        file.note_look(by=desk, customer=kroeger, now=now + timedelta(minutes=minutes))
        for minutes in (0, 9, 11)
    ]
    assert [look is not None for look in looks] == [True, False, True]


def test_shells_and_strangers_have_no_file(kroeger):
    desk = UserFactory.create(role="staff")
    User.objects.filter(pk=kroeger.pk).update(
        standing="merged", email=None, first_name="", last_name="", phone="", is_active=False
    )
    assert page_of(desk, kroeger).status_code == 404
    assert file_of(desk, kroeger).status_code == 404
    assert signed_in(desk).get("/api/v1/customers/999999999999/").status_code == 404


def test_the_file_costs_the_same_with_little_and_much(kroeger, django_assert_max_num_queries):
    chief = UserFactory.create(role="administrator")
    url = reverse("accounts:customer-detail", args=[kroeger.pk])
    client = signed_in(chief)
    own(kroeger)
    client.get(url)
    with django_assert_max_num_queries(40) as few:
        client.get(url)
    for _more in range(4):
        car = own(kroeger)
        AppointmentFactory.create(booked_by=kroeger, vehicle=car)
        NoticeFactory.create(user=kroeger)
        opened(kroeger, now=timezone.now())
    with django_assert_max_num_queries(40) as many:
        client.get(url)
    assert len(many.captured_queries) <= len(few.captured_queries) + 1


def test_pages_write_down_mend_invite_merge_and_part(client: Client):
    client.force_login(UserFactory.create(role="staff"))
    known = UserFactory.create(first_name="Jürgen", last_name="Kröger", phone="+49 1512 3004400")
    typed = {
        "first_name": "Jurgen",
        "last_name": "Kroeger",
        "phone": "0151 23004400",
        "email": "",
        "language": "de",
    }
    hints = client.post(reverse("accounts:customer-duplicates"), typed)
    assert [hit.customer for hit in hints.context["found"]] == [known]
    wrong = client.post(reverse("accounts:customer-create"), {**typed, "phone": ""})
    assert wrong.status_code == 422
    assert "Kroeger" in wrong.content.decode()
    made = client.post(reverse("accounts:customer-create"), typed)
    walked = User.objects.get(standing="customer")
    assert made["Location"] == reverse("accounts:customer-detail", args=[walked.pk])
    client.post(reverse("accounts:customer-edit", args=[walked.pk]), {**typed, "first_name": "Jürgen"})
    client.post(reverse("accounts:customer-invite", args=[walked.pk]), {"email": "k@example.org"})
    walked.refresh_from_db()
    assert (walked.first_name, walked.email) == ("Jürgen", "k@example.org")
    choice = client.get(reverse("accounts:customer-merge-choice", args=[walked.pk]))
    assert [hit.customer for hit in choice.context["found"]] == [known]
    # The row with the account stays, whichever way somebody came.
    turned = client.get(reverse("accounts:customer-merge", args=[walked.pk, known.pk]))
    assert turned["Location"] == reverse("accounts:customer-merge", args=[known.pk, walked.pk])
    assert (
        client.post(reverse("accounts:customer-merge", args=[walked.pk, known.pk]))["Location"]
        == turned["Location"]
    )
    assert client.post(reverse("accounts:customer-merge", args=[known.pk, known.pk])).status_code == 302
    assert not CustomerMerge.objects.exists()
    assert client.get(turned["Location"]).status_code == 200
    assert client.post(turned["Location"], {"name": "kept"}).status_code == 302
    merge = CustomerMerge.objects.get()
    assert b"popovertarget" in client.get(reverse("accounts:customer-detail", args=[known.pk])).content
    parted = client.post(reverse("accounts:customer-merge-undo", args=[merge.pk]))
    assert parted["Location"] == reverse("accounts:customer-detail", args=[walked.pk])


def post(client: Client, url: str, body: dict[str, Any]) -> Any:
    return client.post(url, json.dumps(body), content_type="application/json")


def test_the_api_does_what_the_pages_do(client: Client):
    client.force_login(UserFactory.create(role="staff"))
    made = post(
        client,
        "/api/v1/customers/",
        {
            "last_name": "Kröger",
            "phone": "0151 23004400",
            "email": "k@example.org",
            "address": {"street": "Weg 1", "postcode": "24103", "town": "Kiel"},
        },
    )
    assert made.status_code == 201, made.content
    pk = made.json()["id"]
    again = post(client, "/api/v1/customers/", {"last_name": "X", "email": "k@example.org"})
    assert (again.status_code, again.json()["code"], again.json()["customer"]) == (409, "email_known", pk)
    found = client.get("/api/v1/customers/", {"search": "kroger"}).json()
    assert [hit["customer"]["id"] for hit in found["results"]] == [pk]
    assert post(client, f"/api/v1/customers/{pk}/invite/", {}).status_code == 201
    other = walk_in(phone="0151 23004401")
    preview = client.get(f"/api/v1/customers/{pk}/merge-preview/", {"gone": other.pk}).json()
    assert (preview["blocked"], preview["choices"]) == (False, ["name", "phone"])
    merged = post(client, f"/api/v1/customers/{pk}/merge/", {"gone": other.pk, "facts_of_gone": ["phone"]})
    assert merged.status_code == 201, merged.content
    assert client.get(f"/api/v1/customers/{pk}/").json()["customer"]["phone"] == "+49 1512 3004401"
    assert post(client, f"/api/v1/customers/{pk}/merge/", {"gone": other.pk}).status_code == 404
    undone = post(client, f"/api/v1/customer-merges/{merged.json()['id']}/undo/", {})
    assert undone.json()["stayed"] == []
    assert post(client, f"/api/v1/customer-merges/{merged.json()['id']}/undo/", {}).status_code == 409
