"""Lists come in pages that never skip or repeat, whatever is added meanwhile."""

import pytest

from accounts.models import Notice
from tests.factories.accounts import NoticeFactory

pytestmark = pytest.mark.django_db


def test_a_list_answers_results_next_and_previous(api, anna):
    NoticeFactory.create_batch(5, user=anna)
    page = api.get("/api/v1/notifications/?page_size=2").json()
    assert set(page) == {"results", "next", "previous"}
    assert page["previous"] is None
    assert len(page["results"]) == 2


def test_following_next_shows_each_thing_once(api, anna):
    NoticeFactory.create_batch(5, user=anna)
    seen: list[int] = []
    address = "/api/v1/notifications/?page_size=2"
    while address:
        page = api.get(address).json()
        seen += [row["id"] for row in page["results"]]
        NoticeFactory.create(user=anna)  # news while reading
        address = page["next"]
        assert len(seen) < 20
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == 5


def test_a_page_has_at_most_a_hundred_rows(api, anna):
    Notice.objects.bulk_create([Notice(user=anna, kind="accounts.welcome") for _ in range(105)])
    assert len(api.get("/api/v1/notifications/?page_size=100000").json()["results"]) == 100


def test_foreign_things_are_not_there(api):
    foreign = NoticeFactory.create()
    assert api.get("/api/v1/notifications/").json()["results"] == []
    assert api.get(f"/api/v1/notifications/{foreign.pk}/").status_code == 404
