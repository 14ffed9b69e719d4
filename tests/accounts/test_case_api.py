"""Requests in the API: the same functions as the pages."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from accounts.cases import cases
from accounts.models import Case, User
from tests.factories.accounts import UserFactory
from tests.factories.cases import GENERAL, opened
from tests.factories.documents import DocumentFactory
from tests.factories.services import make_car

pytestmark = pytest.mark.django_db
CASES, DESK = "/api/v1/cases/", "/api/v1/desk-cases/"
MARKER = "Streng-intern-4711"


@pytest.fixture
def anna(client: Client) -> User:
    user = UserFactory.create()
    client.force_login(user)
    return user


@pytest.fixture
def advisor() -> User:
    return UserFactory.create(role="advisor")


@pytest.fixture
def desk(advisor: User) -> Client:
    client = Client()
    client.force_login(advisor)
    return client


def send(client: Client, address: str, body: dict[str, Any] | None = None, **headers: str) -> Any:
    return client.post(address, body or {}, content_type="application/json", headers=headers)


def test_a_customer_opens_a_request_with_links_and_pictures(client: Client, anna: User) -> None:
    car = make_car(anna)
    picture = DocumentFactory.create(by=anna, kind="accounts.case_picture")
    body = {
        "queue": GENERAL,
        "title": "Kratzer",
        "text": "Siehe Bild",
        "links": [f"vehicles.vehicle:{car.pk}"],
        "documents": [picture.pk],
    }
    answer = send(client, CASES, body)
    assert answer.status_code == 201, answer.text
    case = Case.objects.get()
    assert answer.json()["promised_by"]
    assert [(link.kind, link.object_id) for link in case.links.all()] == [("vehicles.vehicle", car.pk)]
    said = client.get(f"{CASES}{case.pk}/messages/").json()["results"]
    assert said[0]["documents"] == [picture.pk]
    assert client.get(f"/api/v1/documents/{picture.pk}/content/").status_code == 200


def test_another_s_car_and_picture_are_a_404(client: Client, anna: User) -> None:
    other = UserFactory.create()
    good = {"queue": GENERAL, "title": "Kratzer", "text": "Siehe Bild"}
    picture = DocumentFactory.create(by=other, kind="accounts.case_picture")
    for wrong in (
        {"links": [f"vehicles.vehicle:{make_car(other).pk}"]},
        {"documents": [picture.pk]},
    ):
        assert send(client, CASES, {**good, **wrong}).status_code == 404
    assert send(client, CASES, {**good, "links": ["accounts.user:1"]}).status_code == 400
    # A queue that the desk alone fills is none that a customer can choose.
    assert send(client, CASES, {**good, "queue": "subscriptions.declarations"}).status_code == 400
    assert not Case.objects.exists()


def test_topics_are_what_customers_can_choose(client: Client, anna: User) -> None:
    names = [topic["name"] for topic in client.get(f"{CASES}topics/").json()]
    assert GENERAL in names
    assert "subscriptions.declarations" not in names


def test_a_complaint_goes_to_a_queue_of_its_own(client: Client, anna: User, desk: Client) -> None:
    assert "accounts.complaints" in [topic["name"] for topic in client.get(f"{CASES}topics/").json()]
    complaint = {"queue": "accounts.complaints", "title": "Termin geplatzt", "text": "Zum zweiten Mal"}
    promised = send(client, CASES, complaint).json()["promised_by"]
    # Sooner than what is merely asked.
    assert promised < send(client, CASES, {**complaint, "queue": GENERAL}).json()["promised_by"]
    listed = desk.get(f"{DESK}?queue=accounts.complaints").json()["results"]
    assert [case["title"] for case in listed] == ["Termin geplatzt"]


def test_a_conversation_from_both_sides(client: Client, anna: User, desk: Client) -> None:
    case = opened(anna, now=timezone.now())
    seen = desk.get(f"{DESK}{case.pk}/").json()["version"]
    answer = send(desk, f"{DESK}{case.pk}/messages/", {"text": "Im Zubehör", "version": seen})
    assert answer.status_code == 201, answer.text
    assert client.get(f"{CASES}{case.pk}/").json()["state"] == "waiting"
    assert send(client, f"{CASES}{case.pk}/messages/", {"text": "Danke"}).status_code == 201
    assert send(client, f"{CASES}{case.pk}/close/").json()["state"] == "closed"
    assert send(client, f"{CASES}{case.pk}/reopen/", {"text": "Doch nicht"}).json()["state"] == "open"
    words = [said["text"] for said in client.get(f"{CASES}{case.pk}/messages/").json()["results"]]
    assert words == ["Wo bekomme ich eins?", "Im Zubehör", "Danke", "Doch nicht"]


def test_a_note_stays_with_the_desk(client: Client, anna: User, desk: Client) -> None:
    case = opened(anna, now=timezone.now())
    send(desk, f"{DESK}{case.pk}/notes/", {"text": MARKER, "version": case.version})
    case.refresh_from_db()
    reason = {"reason": MARKER, "queue": "accounts.call_back", "version": case.version}
    assert send(desk, f"{DESK}{case.pk}/hand-over/", reason).status_code == 200
    for address in (CASES, f"{CASES}{case.pk}/", f"{CASES}{case.pk}/messages/"):
        answer = client.get(address)
        assert answer.status_code == 200
        assert MARKER not in answer.text
        assert "version" not in answer.text  # it would rise with each note
    assert desk.get(f"{DESK}{case.pk}/messages/").text.count(MARKER) == 2


def test_a_picture_of_a_note_stays_with_the_desk(
    client: Client, anna: User, desk: Client, advisor: User
) -> None:
    case = opened(anna, now=timezone.now())
    picture = DocumentFactory.create(by=advisor, kind="accounts.case_picture")
    body = {"text": "intern", "documents": [picture.pk], "version": case.version}
    assert send(desk, f"{DESK}{case.pk}/notes/", body).status_code == 201
    assert client.get(f"/api/v1/documents/{picture.pk}/content/").status_code == 404
    assert desk.get(f"/api/v1/documents/{picture.pk}/content/").status_code == 200


def test_a_version_that_moved_on_is_a_409_with_the_new_one(anna: User, desk: Client) -> None:
    case = opened(anna, now=timezone.now())
    seen = case.version
    cases.write_to_case(by=anna, case=case, text="Noch etwas", now=timezone.now())
    answer = send(desk, f"{DESK}{case.pk}/messages/", {"text": "Antwort", "version": seen})
    assert (answer.status_code, answer.json()["code"]) == (409, "case_moved_on")
    assert answer.json()["version"] == seen + 1


def test_the_desk_assigns_promises_closes_opens_and_merges(anna: User, desk: Client, advisor: User) -> None:
    case, other = opened(anna, now=timezone.now()), opened(anna, now=timezone.now())

    def version() -> int:
        case.refresh_from_db()
        return case.version

    def do(deed: str, **body: Any) -> Any:
        answer = send(desk, f"{DESK}{case.pk}/{deed}/", {**body, "version": version()})
        assert answer.status_code == 200, answer.text
        return answer.json()

    assert do("assign", assignee=advisor.pk)["assignee"] == advisor.pk
    for nobody in (anna.pk, 10**9):  # a customer is none of the team, and an unknown id says no more
        sent = send(desk, f"{DESK}{case.pk}/assign/", {"assignee": nobody, "version": version()})
        assert (sent.status_code, sent.json()["code"]) == (404, "not_found")
    assert do("assign", assignee=None)["assignee"] is None
    assert do("take")["assignee"] == advisor.pk
    assert do("promise", promised_by="2099-01-05T10:00:00Z")["promised_by"].startswith("2099")
    assert do("close", summary="Erledigt")["state"] == "closed"
    assert do("reopen", reason="Doch nicht")["state"] == "open"
    assert do("merge", into=other.pk)["id"] == other.pk
    assert [row["id"] for row in desk.get(DESK).json()["results"]] == [other.pk]


def test_nobody_merges_into_what_they_don_t_see(anna: User, desk: Client) -> None:
    mine = opened(anna, now=timezone.now())
    theirs = opened(anna, queue="accounts.privacy", now=timezone.now())
    body = {"into": theirs.pk, "version": mine.version}
    assert send(desk, f"{DESK}{mine.pk}/merge/", body).status_code == 404


def test_the_desk_filters(anna: User, desk: Client, advisor: User) -> None:
    taken = opened(anna, now=timezone.now())
    cases.take(by=advisor, case=taken, now=timezone.now())
    call = opened(anna, queue="accounts.call_back", title="Rückruf", now=timezone.now())

    def found(query: str) -> list[int]:
        return [row["id"] for row in desk.get(f"{DESK}?{query}").json()["results"]]

    assert found("queue=accounts.call_back") == [call.pk]
    assert found(f"assignee={advisor.pk}") == [taken.pk]
    assert found("unassigned=true") == [call.pk]
    assert found("words=rückruf") == [call.pk]


def test_a_customer_does_not_enter_the_desk(client: Client, anna: User) -> None:
    case = opened(anna, now=timezone.now())
    assert client.get(DESK).status_code == 403
    assert send(client, f"{DESK}{case.pk}/notes/", {"text": "x", "version": 1}).status_code == 403


def test_the_same_key_says_it_once(client: Client, anna: User) -> None:
    case = opened(anna, now=timezone.now())
    for _try in range(2):
        answer = send(client, f"{CASES}{case.pk}/messages/", {"text": "Einmal"}, **{"Idempotency-Key": "k1"})
        assert answer.status_code == 201
    assert case.messages.count() == 2


@pytest.mark.parametrize("count", [1, 8])
def test_lists_cost_the_same_for_one_and_for_many(
    client: Client, anna: User, desk: Client, count: int, django_assert_num_queries: Any
) -> None:
    for _n in range(count):
        case = opened(anna, now=timezone.now())
    for n in range(count):
        cases.write_to_case(by=anna, case=case, text=f"Satz {n}", now=timezone.now())
    with django_assert_num_queries(3):
        client.get(CASES)
    with django_assert_num_queries(4):
        client.get(f"{CASES}{case.pk}/messages/")
    with django_assert_num_queries(4):
        desk.get(DESK)
