"""How a person wants to be told: what they switch, what they cannot, when, and what is collected."""

import multiprocessing
import os
import signal
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.core import mail as outgoing
from django.db import connections, transaction
from django.test import Client
from django.urls import reverse

from accounts.consents import consents
from accounts.models import Notice, NoticePreference, NoticeTimes, User
from accounts.telling import inbox, mail, notice_digest, notice_kinds, notice_wishes
from journal import log, outbox
from journal.models import Event, OutboxEntry
from tests.accounts.test_consents import give, withdraw
from tests.factories.accounts import UserFactory

PLAIN, LAW, URGENT, NEWS = "tests.plain", "tests.law", "tests.urgent", "tests.news"
FIRST, LAST = "tests.visit_booked", "tests.visit_cancelled"
OPTIONS: dict[str, dict[str, Any]] = {
    PLAIN: {},
    LAW: {"required": True},
    URGENT: {"urgent": True},
    NEWS: {"group": "news", "consent": consents.MARKETING_MAIL},
    FIRST: {"replaces": "tests.visit"},
    LAST: {"replaces": "tests.visit"},
}
for kind, options in OPTIONS.items():
    inbox.register_notice(kind, title=kind, mail=True, **{"group": "service", **options})

NIGHT = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)  # 23:00 in Berlin
MORNING = datetime(2026, 11, 25, 6, 0, tzinfo=UTC)  # 07:00


def entries(channel: str = "mail") -> Any:
    return OutboxEntry.objects.filter(channel=channel)


def event_of(user: User) -> Event:
    with transaction.atomic():
        return log.record("accounts.profile_changed", by=user, subject=user, data={"fields": []})


def sleep_at_night(user: User, digest: str = "at_once") -> None:
    notice_wishes.change_times(by=user, quiet_from=time(22), quiet_until=time(7), digest=digest)


def told(user: User, kind: str, at: datetime, event: Event | None = None) -> Notice:
    notice = inbox.notify(user=user, kind=kind, event=event)
    Notice.objects.filter(pk=notice.pk).update(created_at=at)
    return notice


@pytest.mark.django_db
def test_every_kind_of_the_house_is_in_a_group_that_people_can_switch() -> None:
    groups = {group.name for group in notice_kinds.all_groups()}
    assert {"car", "service", "subscription", "community", "account"} <= groups
    assert not [kind.name for kind in notice_kinds.all_kinds() if kind.group not in groups]


def test_what_the_law_requires_is_required() -> None:
    required = {kind.name for kind in notice_kinds.all_kinds() if kind.required}
    assert required >= {
        "subscriptions.cancelled",
        "subscriptions.withdrawn",
        "community.post_hidden",
        "community.report_decided",
        "accounts.role_granted",
        "vehicles.transfer_given",
    }
    assert all(notice_kinds.kind_named(name).mail for name in required)
    # Who switches a group off must read what comes all the same.
    always = {group.name for group in notice_kinds.all_groups() if group.always}
    assert {kind.group for kind in notice_kinds.all_kinds() if kind.required} - {"service"} <= always


@pytest.mark.django_db
def test_a_group_switched_off_sends_no_mail_but_what_is_required_comes() -> None:
    user = UserFactory.create()
    notice_wishes.change_wishes(by=user, wishes={("service", "mail"): False})
    inbox.notify(user=user, kind=PLAIN)
    assert not entries().exists()
    inbox.notify(user=user, kind=LAW)
    assert entries().count() == 1
    assert inbox.unread_count(user) == 2


@pytest.mark.django_db
def test_switching_off_counts_for_what_has_not_gone_out_yet(now: datetime) -> None:
    user = UserFactory.create()
    notice = inbox.notify(user=user, kind=PLAIN)
    notice_wishes.change_wishes(by=user, wishes={("service", "mail"): False})
    mail.deliver("notice:1", {"notice": notice.pk}, now=now)
    assert outgoing.outbox == []


@pytest.mark.django_db
def test_offers_are_mailed_only_with_consent_and_never_after_its_withdrawal(now: datetime) -> None:
    user = UserFactory.create()
    inbox.notify(user=user, kind=NEWS)
    assert not entries().exists()
    give(user, now - timedelta(days=2))
    notice = inbox.notify(user=user, kind=NEWS)
    assert entries().count() == 1
    withdraw(user, now)
    mail.deliver("notice:1", {"notice": notice.pk}, now=now)
    assert outgoing.outbox == []


@pytest.mark.django_db
def test_a_mail_says_why_it_came_and_where_to_change_that(now: datetime) -> None:
    user = UserFactory.create()
    give(user, now - timedelta(days=2))
    for kind in (PLAIN, NEWS, LAW):
        notice = inbox.notify(user=user, kind=kind)
        mail.deliver(kind, {"notice": notice.pk}, now=now)
    plain, news, law = (letter.body for letter in outgoing.outbox)
    assert "/account/notifications/" in plain
    assert "/account/consents/" in news
    assert "/account/" not in law


@pytest.mark.django_db
def test_quiet_hours_hold_a_mail_until_they_end_and_urgent_ones_pass() -> None:
    user = UserFactory.create()
    sleep_at_night(user)
    plain, urgent = inbox.notify(user=user, kind=PLAIN), inbox.notify(user=user, kind=URGENT)
    with pytest.raises(outbox.Later) as later:
        mail.deliver("notice:1", {"notice": plain.pk}, now=NIGHT)
    assert later.value.until == MORNING
    mail.deliver("notice:2", {"notice": urgent.pk}, now=NIGHT)
    mail.deliver("notice:1", {"notice": plain.pk}, now=MORNING)
    assert [letter.subject for letter in outgoing.outbox] == [URGENT, PLAIN]


@pytest.mark.django_db
def test_waiting_for_the_morning_is_no_failed_try() -> None:
    def at_night(stable_id: str, payload: dict[str, Any]) -> None:
        raise outbox.Later(MORNING)

    outbox.register_channel("test-quiet", at_night)
    with transaction.atomic():
        outbox.enqueue("test-quiet", "1", {})
    assert outbox.deliver_due() == 0
    entry = OutboxEntry.objects.get(channel="test-quiet")
    assert (entry.state, entry.attempts, entry.due_at, entry.last_error) == ("open", 0, MORNING, "")


@pytest.mark.django_db
def test_a_collected_mail_tells_everything_since_once() -> None:
    user = UserFactory.create(language="en")
    sleep_at_night(user, digest="daily")
    told(user, PLAIN, NIGHT)
    told(user, PLAIN, NIGHT + timedelta(hours=1))
    assert not entries().exists()
    assert notice_digest.collect_due(now=MORNING - timedelta(minutes=1)) == 0
    assert notice_digest.collect_due(now=MORNING) == 1
    assert notice_digest.collect_due(now=MORNING) == 0
    entry = entries("notice-digest").get()
    notice_digest.deliver(entry.stable_id, entry.payload, now=MORNING)
    (letter,) = outgoing.outbox
    assert letter.subject == "2 messages for you"
    assert letter.body.count(f"* {PLAIN}") == 2


@pytest.mark.django_db
def test_what_is_required_or_urgent_is_never_collected() -> None:
    user = UserFactory.create()
    sleep_at_night(user, digest="weekly")
    inbox.notify(user=user, kind=LAW)
    inbox.notify(user=user, kind=URGENT)
    assert entries().count() == 2
    assert not Notice.objects.filter(mail_waits=True).exists()


@pytest.mark.django_db
def test_of_one_visit_only_the_last_news_is_collected() -> None:
    user, other = UserFactory.create(), UserFactory.create()
    sleep_at_night(user, digest="daily")
    told(user, FIRST, NIGHT, event_of(user))
    last = told(user, LAST, NIGHT, event_of(user))
    elsewhere = told(user, FIRST, NIGHT, event_of(other))
    notice_digest.collect_due(now=MORNING)
    assert entries("notice-digest").get().payload["notices"] == [last.pk, elsewhere.pk]


@pytest.mark.django_db
def test_who_returns_to_each_mail_at_once_gets_what_waited() -> None:
    user = UserFactory.create()
    sleep_at_night(user, digest="weekly")
    told(user, PLAIN, NIGHT)
    notice_wishes.change_times(by=user, quiet_from=None, quiet_until=None, digest="at_once")
    assert notice_digest.collect_due(now=NIGHT + timedelta(minutes=5)) == 1


@pytest.mark.django_db
def test_a_collected_mail_minds_quiet_hours_and_wishes_of_the_moment_it_goes() -> None:
    user = UserFactory.create()
    sleep_at_night(user, digest="daily")
    told(user, PLAIN, NIGHT)
    notice_digest.collect_due(now=MORNING)
    entry = entries("notice-digest").get()
    with pytest.raises(outbox.Later):  # the mail server was away until the evening
        notice_digest.deliver(entry.stable_id, entry.payload, now=NIGHT + timedelta(days=1))
    notice_wishes.change_wishes(by=user, wishes={("service", "mail"): False})
    notice_digest.deliver(entry.stable_id, entry.payload, now=MORNING)
    assert outgoing.outbox == []


def test_two_collectors_at_once_make_one_mail(committing_db: None, race: Callable[..., list[Any]]) -> None:
    users = UserFactory.create_batch(3)
    for user in users:
        sleep_at_night(user, digest="daily")
        told(user, PLAIN, NIGHT)
    made = race([lambda: notice_digest.collect_due(now=MORNING)] * 4)
    assert sum(made) == 3
    assert entries("notice-digest").count() == 3


def test_a_collector_killed_in_the_middle_leaves_its_work_to_the_next(committing_db: None) -> None:
    user = UserFactory.create()
    sleep_at_night(user, digest="daily")
    told(user, PLAIN, NIGHT)
    theirs, ours = multiprocessing.Pipe()

    def collect() -> None:
        with transaction.atomic():
            notice_digest.collect_due(now=MORNING)
            theirs.send("in the middle")
            signal.pause()

    connections.close_all()  # a connection can't be shared with a child
    worker = multiprocessing.get_context("fork").Process(target=collect)
    worker.start()
    assert ours.poll(20)
    assert worker.pid
    os.kill(worker.pid, signal.SIGKILL)
    worker.join(10)
    assert not entries("notice-digest").exists()
    assert notice_digest.collect_due(now=MORNING) == 1
    assert notice_digest.collect_due(now=MORNING) == 0
    assert entries("notice-digest").count() == 1


@pytest.mark.django_db
def test_telling_costs_the_same_for_few_and_many(django_assert_max_num_queries: Any) -> None:
    user = UserFactory.create()
    with django_assert_max_num_queries(8):
        inbox.notify(user=user, kind=PLAIN)
    for _ in range(5):
        inbox.notify(user=user, kind=PLAIN)
    with django_assert_max_num_queries(8):
        inbox.notify(user=user, kind=PLAIN)


# --- The page and the API


@pytest.fixture
def anna(client: Client) -> User:
    user = UserFactory.create()
    client.force_login(user)
    return user


@pytest.mark.django_db
def test_one_page_saves_groups_hours_and_rhythm(client: Client, anna: User) -> None:
    url = reverse("accounts:notice-wishes")
    page = client.get(url).content.decode()
    assert "Das Gesetz verlangt es" in page  # why it cannot be switched off
    typed = {"service-push": "on", "quiet_from": "22:00", "quiet_until": "07:00", "digest": "daily"}
    assert client.post(url, typed)["Location"] == url
    wishes = {wish.group.name: (wish.mail, wish.push) for wish in notice_wishes.wishes_of(anna)}
    assert wishes["service"] == (False, True)
    assert wishes["car"] == (False, False)
    times = NoticeTimes.objects.get(user=anna)
    assert (times.quiet_from, times.quiet_until, times.digest) == (time(22), time(7), "daily")


@pytest.mark.django_db
@pytest.mark.parametrize(("start", "end"), [("22:00", ""), ("", "07:00"), ("22:00", "22:00")])
def test_half_a_night_is_refused_and_what_was_typed_stays(
    client: Client, anna: User, start: str, end: str
) -> None:
    answer = client.post(
        reverse("accounts:notice-wishes"), {"quiet_from": start, "quiet_until": end, "digest": "weekly"}
    )
    assert answer.status_code == 422
    assert answer.context["form"]["quiet_from"].value() == start
    assert not NoticeTimes.objects.exists()
    assert not NoticePreference.objects.exists()


@pytest.mark.django_db
def test_apps_choose_as_pages_do(client: Client, anna: User) -> None:
    url = "/api/v1/notification-preferences/"
    shown = client.get(url).json()
    assert (shown["digest"], shown["quiet_from"]) == ("at_once", None)
    body = {
        "groups": [{"group": "car", "mail": False, "push": True}],
        "quiet_from": "22:00",
        "quiet_until": "06:30",
        "digest": "weekly",
    }
    changed = client.put(url, body, "application/json").json()
    assert changed["digest"] == "weekly"
    assert {g["group"]: g["mail"] for g in changed["groups"]}["car"] is False
    unknown = {**body, "groups": [{"group": "spam", "mail": True, "push": True}], "digest": "daily"}
    assert client.put(url, unknown, "application/json").json()["code"] == "notice_group_unknown"
    assert client.get(url).json()["digest"] == "weekly"  # nothing of the refused request stays
    half = {**body, "quiet_until": None}
    assert client.put(url, half, "application/json").json()["code"] == "quiet_hours_incomplete"


@pytest.mark.django_db
def test_the_inbox_shows_what_one_asks_for(client: Client, anna: User, now: datetime) -> None:
    read = inbox.notify(user=anna, kind=PLAIN)
    inbox.mark_read(user=anna, notice=read, now=now)
    inbox.notify(user=anna, kind=PLAIN)
    inbox.notify(user=anna, kind="accounts.welcome")
    url = reverse("accounts:notices")

    def shown(query: str) -> int:
        return len(client.get(f"{url}?{query}").context["entries"])

    assert [shown(q) for q in ("", "show=unread", "group=service", "group=account", "group=car")] == [
        3,
        2,
        2,
        1,
        0,
    ]
    assert shown("show=nonsense&group=nonsense") == 3
    api = "/api/v1/notifications/"
    assert len(client.get(api, {"unread": "true"}).json()["results"]) == 2
    assert len(client.get(api, {"unread": "false"}).json()["results"]) == 1
    (welcome,) = client.get(api, {"group": "account"}).json()["results"]
    assert (welcome["kind"], welcome["group"]) == ("accounts.welcome", "account")


@pytest.mark.django_db
def test_the_page_of_wishes_costs_little(
    client: Client, anna: User, django_assert_max_num_queries: Any
) -> None:
    client.get(reverse("accounts:notice-wishes"))
    with django_assert_max_num_queries(9):
        client.get(reverse("accounts:notice-wishes"))
