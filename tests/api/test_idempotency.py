"""The same creating request twice does its work once and answers the same."""

import json
import uuid
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from common import idempotency
from common.errors import Conflict, Invalid
from common.models import IdempotencyKey
from community.models import Topic
from tests.factories.accounts import UserFactory
from tests.factories.community import CategoryFactory


def open_topic(client: Client, key: str | None, category: str, title: str = "Reichweite bei Frost"):
    return client.post(
        "/api/v1/topics/",
        json.dumps({"category": category, "title": title, "text": "Wie weit kommen Sie?"}),
        content_type="application/json",
        headers={"Idempotency-Key": key} if key else {},
    )


@pytest.fixture
def category(db) -> str:
    return CategoryFactory.create().slug


def test_the_same_key_and_body_answer_the_same_again(api, category):
    key = uuid.uuid4().hex
    first, again = (open_topic(api, key, category) for _ in range(2))
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert "Idempotent-Replayed" not in first
    assert again["Idempotent-Replayed"] == "true"
    assert Topic.objects.count() == 1


def test_the_same_key_with_another_body_is_refused(api, category):
    key = uuid.uuid4().hex
    open_topic(api, key, category)
    other = open_topic(api, key, category, title="Etwas ganz anderes")
    assert other.status_code == 422
    assert other.json()["code"] == "idempotency_key_reused"
    assert Topic.objects.count() == 1


def test_a_failed_request_leaves_its_key_free(api, category):
    key = uuid.uuid4().hex
    assert open_topic(api, key, "no-such-category").status_code == 404
    assert not IdempotencyKey.objects.exists()
    assert open_topic(api, key, category).status_code == 201


def test_two_people_may_choose_the_same_key(api, category):
    other = Client()
    other.force_login(UserFactory.create())
    assert open_topic(api, "1", category).json()["id"] != open_topic(other, "1", category).json()["id"]


@pytest.mark.parametrize("key", ["x" * 201, "\x00"])
def test_a_key_that_cannot_be_kept_is_refused(api, category, key):
    assert open_topic(api, key, category).status_code == 400


@pytest.mark.parametrize("age", [timedelta(hours=23), timedelta(hours=25)])
def test_answers_are_kept_for_a_day(api, category, age):
    open_topic(api, "1", category)
    IdempotencyKey.objects.update(created_at=timezone.now() - age)
    forgotten = idempotency.forget_answers(now=timezone.now())
    assert forgotten == (age > timedelta(hours=24))


def test_only_success_is_kept(anna, now):
    def work():
        return 202, {"n": len(tries)}

    def refuse():
        raise Conflict("moved on")

    tries = [1]
    given = {"user_id": anna.pk, "route": "POST /x", "key": "k", "body": {}, "now": now}
    with pytest.raises(Conflict):
        idempotency.perform_once(**given, work=refuse)
    assert idempotency.perform_once(**given, work=lambda: (303, None)).status == 303
    assert idempotency.perform_once(**given, work=work) == (202, {"n": 1}, False)
    tries.append(2)
    assert idempotency.perform_once(**given, work=work) == (202, {"n": 1}, True)
    with pytest.raises(Invalid):
        idempotency.perform_once(**{**given, "key": ""}, work=work)


def test_eight_at_the_same_moment_create_one(committing_db, race):
    anna, category, key = UserFactory.create(), CategoryFactory.create().slug, uuid.uuid4().hex
    clients = [Client() for _ in range(8)]
    for client in clients:
        client.force_login(anna)
    answers = race([lambda client=client: open_topic(client, key, category) for client in clients])
    assert [answer.status_code for answer in answers] == [201] * 8
    assert len({answer.content for answer in answers}) == 1
    assert sorted("Idempotent-Replayed" in answer for answer in answers) == [False] + [True] * 7
    assert Topic.objects.count() == 1
    connection.close()
