"""The forum's API: the same deeds as the pages, with the same rules."""

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from community.models import Category, Post, Report, Topic
from tests.factories.accounts import UserFactory
from tests.factories.community import open_topic, reply

pytestmark = pytest.mark.django_db


def post_json(client: Client, url: str, body: Any, **headers: str) -> Any:
    return client.post(url, body, content_type="application/json", headers=headers)


@pytest.fixture
def app(ben: User) -> Client:
    client = Client()
    client.force_login(ben)
    return client


def test_a_topic_is_opened_by_id_or_by_slug(app: Client, category: Category) -> None:
    for named in (category.pk, str(category.pk), "winter"):
        answer = post_json(
            app, "/api/v1/topics/", {"category": named, "title": "Winterreifen", "text": "Welche?"}
        )
        assert answer.status_code == 201
        assert answer.json()["category"] == category.pk
        assert answer.json()["author"] == "Ben"


def test_a_post_answers_with_its_rendered_html(app: Client, topic: Topic) -> None:
    answer = post_json(app, "/api/v1/posts/", {"topic": topic.pk, "text": "**Ja**, sehr."})
    assert answer.status_code == 201
    assert answer.json()["html"] == "<p><strong>Ja</strong>, sehr.</p>\n"
    assert (answer.json()["topic"], answer.json()["post_no"]) == (topic.pk, 2)


def test_the_same_key_answers_the_same_body_again(app: Client, topic: Topic) -> None:
    body = {"topic": topic.pk, "text": "Einmal."}
    first = post_json(app, "/api/v1/posts/", body, idempotency_key="k1")
    second = post_json(app, "/api/v1/posts/", body, idempotency_key="k1")
    assert first.json() == second.json()
    assert topic.posts.count() == 2
    other = post_json(app, "/api/v1/posts/", {**body, "text": "Zweimal."}, idempotency_key="k1")
    assert other.status_code == 422


def test_guests_read_and_do_not_write(client: Client, topic: Topic) -> None:
    assert client.get("/api/v1/topics/").json()["results"][0]["title"] == topic.title
    assert client.get(f"/api/v1/posts/?topic={topic.pk}").json()["results"][0]["post_no"] == 1
    assert client.get("/api/v1/categories/").json()["results"][0]["slug"] == "winter"
    for url, body in (
        ("/api/v1/topics/", {"category": "winter", "title": "Ein Titel", "text": "x"}),
        ("/api/v1/posts/", {"topic": topic.pk, "text": "x"}),
    ):
        assert post_json(client, url, body).status_code in (401, 403)
    assert Post.objects.count() == 1


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"title": "Ein Titel", "text": "x"}, "category"),
        ({"category": "winter", "title": "kurz", "text": "x"}, "title"),
        ({"category": "winter", "title": "Ein Titel", "text": ""}, "text"),
        ({"category": {"a": 1}, "title": "Ein Titel", "text": "x"}, "category"),
        ({"category": True, "title": "Ein Titel", "text": "x"}, "category"),
        ({"category": "winter", "title": "Ein Titel", "text": "x" * 20_001}, "text"),
        ({"category": "winter", "title": "Ein Titel", "text": "> " * 50 + "x"}, "text"),
    ],
)
def test_bad_input_is_a_problem_that_names_the_field(
    body: dict[str, Any], field: str, app: Client, category: Category
) -> None:
    answer = post_json(app, "/api/v1/topics/", body)
    assert answer.status_code == 400
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert field in answer.json()["errors"]
    assert Topic.objects.count() == 0


@pytest.mark.parametrize("field", ["category", "title", "text"])
def test_a_nul_byte_is_a_clean_refusal(field: str, app: Client, category: Category) -> None:
    body = {"category": "winter", "title": "Ein Titel", "text": "x"}
    answer = post_json(app, "/api/v1/topics/", {**body, field: body[field] + "\0"})
    assert answer.status_code == 400
    assert Topic.objects.count() == 0


def test_invalid_utf8_is_a_clean_refusal(app: Client, topic: Topic) -> None:
    answer = app.post("/api/v1/posts/", b'{"topic": 1, "text": "\xff\xfe"}', content_type="application/json")
    assert answer.status_code == 400


def test_ten_megabytes_are_a_clean_refusal(app: Client, topic: Topic) -> None:
    answer = post_json(app, "/api/v1/posts/", {"topic": topic.pk, "text": "a" * 10_000_000})
    assert answer.status_code in (400, 413)


def test_lists_are_filtered_and_paged(app: Client, topic: Topic, now: datetime) -> None:
    open_topic(now=now)
    for _ in range(3):
        reply(topic, now=now)
    for named in ("winter", topic.category_id):
        found = app.get(f"/api/v1/topics/?category={named}").json()["results"]
        assert [entry["id"] for entry in found] == [topic.pk]
    page = app.get(f"/api/v1/posts/?topic={topic.pk}&page_size=3").json()
    assert [post["post_no"] for post in page["results"]] == [1, 2, 3]
    rest = app.get(page["next"]).json()
    assert [post["post_no"] for post in rest["results"]] == [4]


@pytest.mark.parametrize("many", [1, 20])
def test_lists_cost_the_same_however_many(
    many: int, topic: Topic, now: datetime, django_assert_max_num_queries: Any
) -> None:
    for _ in range(many):
        open_topic(now=now)
        reply(topic, now=now)
    client = Client()
    client.force_login(UserFactory.create())
    for url in ("/api/v1/topics/", f"/api/v1/posts/?topic={topic.pk}", "/api/v1/categories/"):
        with django_assert_max_num_queries(5):
            assert client.get(url).status_code == 200


def test_a_guest_reports_and_gets_a_receipt(client: Client, topic: Topic) -> None:
    body = {
        "post": topic.posts.get().pk,
        "reason": "privacy",
        "explanation": "Hier steht ein Kennzeichen im Klartext.",
        "good_faith": True,
        "notifier_name": "Karla Notiz",
        "notifier_email": "karla@example.org",
    }
    answer = post_json(client, "/api/v1/reports/", body)
    assert answer.status_code == 201
    assert answer.json()["code"] == Report.objects.get().code
    nameless = {**body, "notifier_email": ""}
    assert post_json(client, "/api/v1/reports/", nameless).json()["code"] == "report_notifier"


def test_reports_can_not_be_listed(app: Client) -> None:
    assert app.get("/api/v1/reports/").status_code == 405


@pytest.mark.parametrize("endless", ["1" * 5000, "1" * 31])
def test_a_number_without_end_is_no_category(app: Client, category: Category, endless: str) -> None:
    assert app.get(f"/api/v1/topics/?category={endless}").json()["results"] == []
    body = {"category": endless, "title": "Winterreifen", "text": "Welche?"}
    assert post_json(app, "/api/v1/topics/", body).status_code == 404
