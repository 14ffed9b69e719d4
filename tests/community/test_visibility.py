"""A hidden category leaks nowhere: one visibility query, walked through every door."""

from collections.abc import Callable
from datetime import datetime

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse

from accounts.models import Notice, User
from common.realtime import can_watch
from community import moderation, posting, reading, reporting
from community.models import Category, Post, Topic
from community.reactions import tell_watchers
from journal.models import Event
from tests.factories.accounts import UserFactory
from tests.factories.community import CategoryFactory, MemberFactory, open_topic, reply

pytestmark = pytest.mark.django_db

SECRET = "Zauberwort"


@pytest.fixture
def inner(now: datetime) -> Topic:
    """A topic of the moderation among themselves, with a reply."""
    category = CategoryFactory.create(
        slug="intern",
        name_de=f"Raum {SECRET}",
        name_en=f"Room {SECRET}",
        read_access="roles",
        read_roles=["moderator"],
        write_access="roles",
        write_roles=["moderator"],
    )
    moderator = UserFactory.create(role="moderator")
    topic = open_topic(
        by=moderator, category=category, title=f"Titel {SECRET}", text=f"Text {SECRET}", now=now
    )
    reply(topic, by=moderator, text=f"Antwort {SECRET}", now=now)
    return topic


READERS: dict[str, Callable[[], User | None]] = {
    "a guest": lambda: None,
    "an owner": lambda: UserFactory.create(),
    "a technician": lambda: UserFactory.create(role="technician"),
    "a member who writes elsewhere": lambda: MemberFactory.create().user,
}


def browser(user: User | None) -> Client:
    client = Client()
    if user is not None:
        client.force_login(user)
    return client


@pytest.mark.parametrize("who", READERS)
def test_pages_and_api_neither_show_nor_admit_it(who: str, inner: Topic, topic: Topic) -> None:
    client = browser(READERS[who]())
    post = inner.posts.get(post_no=2)
    for url in (
        reverse("community:home"),
        reverse("community:category-detail", args=[topic.category.slug]),
        "/api/v1/categories/",
        "/api/v1/topics/",
        "/api/v1/topics/?category=intern",
        f"/api/v1/topics/?category={inner.category_id}",
        "/api/v1/posts/",
        f"/api/v1/posts/?topic={inner.pk}",
        reverse("overview"),
    ):
        answer = client.get(url, follow=True)
        assert answer.status_code == 200, url
        assert SECRET not in answer.content.decode(), url
    for url in (
        reverse("community:category-detail", args=["intern"]),
        reverse("community:topic-detail", args=[inner.pk]),
        reverse("community:topic-news", args=[inner.pk]),
        reverse("community:topic-unread", args=[inner.pk]),
        reverse("community:post-detail", args=[post.pk]),
        reverse("community:report-create", args=[post.pk]),
        f"/api/v1/categories/{inner.category_id}/",
        f"/api/v1/topics/{inner.pk}/",
        f"/api/v1/posts/{post.pk}/",
    ):
        answer = client.get(url)
        assert answer.status_code == 404, url
        assert SECRET not in answer.content.decode(), url


def test_writing_into_it_is_the_same_as_into_nothing(inner: Topic) -> None:
    client = browser(UserFactory.create())
    answers = [
        client.post(
            "/api/v1/topics/",
            {"category": category, "title": "Ein Titel", "text": "Text"},
            content_type="application/json",
        )
        for category in ("intern", "gibt-es-nicht", inner.category_id, 999_999)
    ]
    assert {answer.status_code for answer in answers} == {404}
    assert len({answer.content for answer in answers}) == 1
    for topic_id in (inner.pk, 999_999):
        answer = client.post(
            "/api/v1/posts/", {"topic": topic_id, "text": "Text"}, content_type="application/json"
        )
        assert answer.status_code == 404
    answer = client.post(reverse("community:post-create", args=[inner.pk]), {"text": "Text"})
    assert answer.status_code == 404
    assert inner.posts.count() == 2


def test_reads_for_other_apps_leave_it_out(inner: Topic, topic: Topic) -> None:
    for reader in (AnonymousUser(), UserFactory.create()):
        assert reading.latest_topics(reader, 10) == [topic]


def test_nobody_else_can_listen_to_it(inner: Topic, moderator: User) -> None:
    for reader in (AnonymousUser(), UserFactory.create()):
        assert not can_watch(reader, f"topic:{inner.pk}")
        assert not can_watch(reader, f"category:{inner.category_id}")
    assert can_watch(moderator, f"topic:{inner.pk}")


@pytest.mark.parametrize(
    "name", ["topic:", "topic:x", "topic:99999999999999999999999", "category:-1", "topic:²"]
)
def test_odd_socket_topics_are_for_nobody(name: str) -> None:
    assert not can_watch(AnonymousUser(), name)


def test_a_watcher_who_lost_access_hears_nothing_more(
    topic: Topic, anna: User, ben: User, now: datetime
) -> None:
    reply(topic, by=ben, now=now)
    Category.objects.filter(pk=topic.category_id).update(read_access="roles", read_roles=["moderator"])
    tell_watchers(Event.objects.get(kind="community.post_written"))
    assert not Notice.objects.filter(user=anna).exists()


def test_a_report_of_a_post_one_cannot_read_is_a_404(inner: Topic) -> None:
    answer = browser(None).post(
        "/api/v1/reports/",
        {
            "post": inner.posts.get(post_no=1).pk,
            "reason": "spam",
            "explanation": "x" * 20,
            "good_faith": True,
        },
        content_type="application/json",
    )
    assert answer.status_code == 404
    assert SECRET not in answer.content.decode()


def test_members_only_means_signed_in(now: datetime) -> None:
    topic = open_topic(category=CategoryFactory.create(read_access="members"), now=now)
    url = reverse("community:topic-detail", args=[topic.pk])
    assert browser(None).get(url).status_code == 404
    assert browser(UserFactory.create()).get(url).status_code == 200


def test_a_hidden_post_is_for_the_moderation_and_its_author(
    topic: Topic, ben: User, moderator: User, now: datetime
) -> None:
    post = reply(topic, by=ben, text=f"Böses {SECRET}", now=now)
    moderation.hide_post(by=moderator, post=post, reason="Gegen Regel 2: Beleidigung.", now=now)
    url = reverse("community:topic-detail", args=[topic.pk])
    for reader, sees in ((None, False), (UserFactory.create(), False), (ben, True), (moderator, True)):
        assert (SECRET in browser(reader).get(url).content.decode()) is sees
        listed = browser(reader).get(f"/api/v1/posts/?topic={topic.pk}").json()["results"]
        assert (len(listed) == 2) is sees
    assert "Gegen Regel 2" in browser(ben).get(url).content.decode()


def test_every_read_goes_through_the_one_question() -> None:
    for model in (Category, Topic, Post):
        assert "access" in str(model.objects.visible_to(AnonymousUser()).query)
    assert reporting.Report.objects.visible_to(AnonymousUser()).count() == 0
    assert posting.Category.objects.writable_by(AnonymousUser()).count() == 0
