"""What a person is told: once, in their language, by mail where it matters."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from django.core import mail as outgoing
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from accounts.models import Notice
from accounts.telling import inbox, mail
from journal import log
from journal.models import Event, OutboxEntry
from tests.factories.accounts import NoticeFactory, UserFactory

KIND = "tests.told"
inbox.register_notice(KIND, title=_("German"), text="%(code)s – %(missing)s", mail=True)


def event_of(user: Any) -> Event:
    with transaction.atomic():
        return log.record("accounts.profile_changed", by=user, subject=user, data={"fields": []})


@pytest.mark.django_db
def test_the_same_event_is_told_once() -> None:
    user = UserFactory.create()
    event = event_of(user)
    first = inbox.notify(user=user, kind=KIND, params={"code": "NL-1"}, event=event)
    again = inbox.notify(user=user, kind=KIND, params={"code": "NL-2"}, event=event)
    assert first == again
    assert OutboxEntry.objects.filter(channel="mail").count() == 1
    assert inbox.unread_count(user) == 1


def test_ten_at_once_tell_it_once(committing_db: None, race: Callable[..., list[Any]]) -> None:
    user = UserFactory.create()
    event = event_of(user)
    results = race([lambda: inbox.notify(user=user, kind=KIND, event=event)] * 10)
    assert {notice.pk for notice in results} == {Notice.objects.get().pk}


@pytest.mark.django_db
def test_words_follow_the_reader_not_the_writer() -> None:
    notice = NoticeFactory.create(kind=KIND, params={"code": "NL-7F3K"})
    with override("en"):
        assert inbox.words_of(notice) == ("German", "NL-7F3K – …")
    with override("de"):
        assert inbox.words_of(notice).title == "Deutsch"


@pytest.mark.django_db
def test_a_mail_goes_out_in_the_reader_s_language_under_a_stable_id(now: datetime) -> None:
    user = UserFactory.create(language="en", first_name="Ann", last_name="Lee")
    notice = inbox.notify(user=user, kind=KIND, params={"code": "NL-1"}, url="/garage/")
    with override("de"):
        mail.deliver("notice:1", {"notice": notice.pk}, now=now)
        mail.deliver("notice:1", {"notice": notice.pk}, now=now)
    first, second = outgoing.outbox
    assert first.to == [user.email]
    assert first.subject == "German"
    assert "Hello Ann Lee," in first.body
    assert "/garage/" in first.body
    assert first.extra_headers["Message-ID"] == second.extra_headers["Message-ID"]


@pytest.mark.django_db
def test_nobody_who_left_gets_mail(now: datetime) -> None:
    notice = NoticeFactory.create(kind=KIND)
    notice.user.is_active = False
    notice.user.save()
    mail.deliver("notice:1", {"notice": notice.pk}, now=now)
    mail.deliver("notice:2", {"notice": 10**9}, now=now)
    assert outgoing.outbox == []


@pytest.mark.django_db
def test_opening_a_notice_reads_it_and_leads_on(client: Client) -> None:
    notice = NoticeFactory.create(url="/account/profile/")
    client.force_login(notice.user)
    answer = client.post(reverse("accounts:notice-open", args=[notice.pk]))
    assert answer["Location"] == "/account/profile/"
    assert inbox.unread_count(notice.user) == 0


@pytest.mark.django_db
def test_other_people_s_notices_do_not_exist(client: Client) -> None:
    notice = NoticeFactory.create()
    client.force_login(UserFactory.create())
    assert client.post(reverse("accounts:notice-open", args=[notice.pk])).status_code == 404
    assert client.post(f"/api/v1/notifications/{notice.pk}/read/").status_code == 404
    notice.refresh_from_db()
    assert notice.read_at is None


@pytest.mark.django_db
def test_the_inbox_costs_the_same_with_one_and_many(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    user = NoticeFactory.create().user
    client.force_login(user)
    client.get(reverse("accounts:notices"))
    with django_assert_max_num_queries(7) as one:
        client.get(reverse("accounts:notices"))
    NoticeFactory.create_batch(30, user=user)
    with django_assert_max_num_queries(7) as many:
        page = client.get(reverse("accounts:notices"))
    assert len(one.captured_queries) == len(many.captured_queries)
    assert len(page.context["entries"]) == 25


@pytest.mark.django_db
def test_everything_read_with_one_button(client: Client, now: datetime) -> None:
    user = NoticeFactory.create().user
    NoticeFactory.create_batch(3, user=user)
    client.force_login(user)
    client.post(reverse("accounts:notices-read"))
    assert inbox.unread_count(user) == 0
    assert inbox.mark_read(user=user, now=now) == 0


@pytest.mark.django_db
def test_only_oneself_watches_one_s_inbox() -> None:
    user, other = UserFactory.create(), UserFactory.create()
    assert inbox.may_watch(user, f"inbox:{user.pk}")
    assert not inbox.may_watch(other, f"inbox:{user.pk}")
