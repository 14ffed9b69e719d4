"""The administrators' pages: the journal, and work that is parked."""

from datetime import datetime
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from journal import log
from journal.models import OutboxEntry, ReactionRun
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def chief(client: Client) -> User:
    user: User = UserFactory.create(role="administrator")
    client.force_login(user)
    return user


def events(user: User, count: int) -> None:
    with transaction.atomic():
        for _n in range(count):
            log.record(
                "accounts.profile_changed", by=user, subject=user, data={"fields": []}, audience=[user]
            )


def test_the_journal_pages_back_without_losing_place(client: Client, chief: User) -> None:
    events(chief, 60)
    first = client.get(reverse("accounts:staff-journal"))
    events(chief, 5)
    second = client.get(f"{reverse('accounts:staff-journal')}?{first.context['older']}")
    shown = [event.pk for event, _label in (*first.context["entries"], *second.context["entries"])]
    assert len(shown) == len(set(shown)) == 60
    assert second.context["older"] == ""


def test_the_journal_is_filtered_by_kind_person_and_day(client: Client, chief: User) -> None:
    other = UserFactory.create()
    events(other, 2)
    events(chief, 1)
    page = client.get(reverse("accounts:staff-journal"), {"person": str(other.email)})
    assert len(page.context["entries"]) == 2
    page = client.get(reverse("accounts:staff-journal"), {"kind": "accounts.role_granted"})
    assert page.context["entries"] == []
    page = client.get(reverse("accounts:staff-journal"), {"until": "2020-01-01"})
    assert page.context["entries"] == []
    for nonsense in ({"since": "nonsense", "before": "x"}, {"since": "0001-01-01"}, {"until": "9999-12-31"}):
        assert client.get(reverse("accounts:staff-journal"), nonsense).status_code == 200


def test_the_journal_costs_the_same_with_one_and_many(
    client: Client, chief: User, django_assert_max_num_queries: Any
) -> None:
    events(chief, 1)
    client.get(reverse("accounts:staff-journal"))
    with django_assert_max_num_queries(8) as one:
        client.get(reverse("accounts:staff-journal"))
    events(chief, 40)
    with django_assert_max_num_queries(8) as many:
        client.get(reverse("accounts:staff-journal"))
    assert len(one.captured_queries) == len(many.captured_queries)


def test_parked_work_shows_its_error_and_runs_again(client: Client, chief: User, now: datetime) -> None:
    events(chief, 1)
    event = log.Event.objects.get()
    run = ReactionRun.objects.create(
        event=event, reaction="tests.nothing", state="parked", attempts=8, due_at=now, last_error="Kaboom"
    )
    entry = OutboxEntry.objects.create(
        channel="mail",
        stable_id="x",
        payload={},
        state="parked",
        due_at=now,
        created_at=now,
        last_error="No way",
    )
    page = client.get(reverse("accounts:staff-work"))
    assert b"Kaboom" in page.content
    assert b"No way" in page.content
    client.post(reverse("accounts:staff-rerun", args=["reaction", run.pk]))
    client.post(reverse("accounts:staff-rerun", args=["outbox", entry.pk]))
    run.refresh_from_db()
    entry.refresh_from_db()
    assert (run.state, entry.state) == ("open", "open")
    assert client.post(reverse("accounts:staff-rerun", args=["shelf", 1])).status_code == 404


def test_the_back_office_opens_for_administrators_alone(client: Client, chief: User) -> None:
    assert client.get("/staff/office/").status_code == 200
    assert client.get("/staff/office/accounts/user/").status_code == 200
    assert client.get(f"/staff/office/accounts/user/{chief.pk}/change/").status_code == 200
    assert client.get("/staff/office/accounts/rolegrant/add/").status_code == 403
    other = Client()
    other.force_login(UserFactory.create(role="moderator"))
    assert other.get("/staff/office/", follow=True).status_code == 403
    visitor = Client().get("/staff/office/", follow=True)
    assert visitor.redirect_chain[-1][0].startswith(reverse("account_login"))
