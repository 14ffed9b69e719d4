"""The forum's pages: readable by all, writable by members, cheap however many rows."""

import re
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.urls import reverse

from accounts.models import User
from community import moderation, reading
from community.models import Category, Post, Topic, TopicRead
from tests.factories.accounts import UserFactory
from tests.factories.community import CategoryFactory, open_topic, reply

pytestmark = pytest.mark.django_db


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def topic_url(topic: Topic) -> str:
    return reverse("community:topic-detail", args=[topic.pk])


def test_a_visitor_reads_without_signing_in(client: Client, topic: Topic) -> None:
    for url in (reverse("community:home"), reverse("community:category-detail", args=["winter"])):
        assert topic.title in client.get(url).content.decode()
    page = client.get(topic_url(topic)).content.decode()
    assert "<strong>minus zehn</strong>" in page
    assert reverse("community:report-create", args=[topic.posts.get().pk]) in page
    assert reverse("community:post-create", args=[topic.pk]) not in page


def test_writing_asks_for_a_sign_in(client: Client, topic: Topic) -> None:
    for url in (reverse("community:topic-create"), reverse("community:post-create", args=[topic.pk])):
        assert client.get(url).status_code == 302
        assert "login" in client.post(url, {"text": "x"}).headers["Location"]


def test_an_owner_opens_a_topic_and_lands_on_it(category: Category) -> None:
    client = signed_in(UserFactory.create())
    answer = client.post(
        reverse("community:topic-create"),
        {"category": category.pk, "title": "Wallbox im Carport", "text": "Wer hat das?", "handle": "Elchkuh"},
        follow=True,
    )
    page = answer.content.decode()
    assert "Wallbox im Carport" in page
    assert "Elchkuh" in page


def test_a_double_click_posts_once(topic: Topic, ben: User) -> None:
    client = signed_in(ben)
    url = reverse("community:post-create", args=[topic.pk])
    typed = {"text": "Einmal genügt.", "idempotency_key": "the-same-key"}
    first, second = client.post(url, typed), client.post(url, typed)
    assert first.headers["Location"] == second.headers["Location"]
    assert topic.posts.count() == 2


def test_a_preview_shows_and_sends_nothing(topic: Topic, ben: User) -> None:
    answer = signed_in(ben).post(
        reverse("community:post-create", args=[topic.pk]), {"text": "**Probe**", "preview": "1"}
    )
    page = answer.content.decode()
    assert "<strong>Probe</strong>" in page
    assert "**Probe**" in page
    assert topic.posts.count() == 1
    fragment = signed_in(ben).post(reverse("community:text-preview"), {"text": "**Probe**"})
    assert "<strong>Probe</strong>" in fragment.content.decode()


def test_what_was_typed_stays_when_it_is_refused(topic: Topic, ben: User) -> None:
    answer = signed_in(ben).post(
        reverse("community:post-create", args=[topic.pk]), {"text": "> " * 40 + "Tief"}
    )
    assert answer.status_code == 422
    assert "&gt; &gt; &gt;" in answer.content.decode()


def test_a_nul_byte_is_a_message_and_no_error(topic: Topic, ben: User) -> None:
    client = signed_in(ben)
    assert client.post(reverse("community:post-create", args=[topic.pk]), {"text": "a\0b"}).status_code == 422
    assert client.post(reverse("community:text-preview"), {"text": "a\0b"}).status_code == 200


@pytest.mark.parametrize("query", ["?page=0", "?page=-1", "?page=x", "?page=99999999999", "?page=²"])
def test_odd_page_numbers_show_a_page(query: str, client: Client, topic: Topic) -> None:
    assert client.get(topic_url(topic) + query).status_code == 200


@pytest.mark.parametrize("query", ["?before=x", "?before=1-1", "?after=0-0", "?before=99999999999999999-1"])
def test_odd_cursors_show_a_list(query: str, client: Client, topic: Topic) -> None:
    assert client.get(reverse("community:home") + query).status_code == 200


def fill(topic: Topic, numbers: range) -> None:
    """Posts in bulk, for reading tests."""
    first = topic.posts.get(post_no=1)
    Post.objects.bulk_create(
        Post(
            topic=topic,
            post_no=number,
            author=first.author,
            source=f"Nr. {number}",
            html=f"<p>Nr. {number}</p>",
            plain=f"Nr. {number}",
            renderer_version=1,
            created_at=first.created_at,
        )
        for number in numbers
    )
    Topic.objects.filter(pk=topic.pk).update(last_post_no=numbers[-1], post_count=numbers[-1])


def test_a_long_topic_has_pages_by_number(client: Client, topic: Topic) -> None:
    fill(topic, range(2, 46))
    page = client.get(topic_url(topic) + "?page=3").content.decode()
    assert re.findall(r"<p>Nr\. (\d+)</p>", page) == ["41", "42", "43", "44", "45"]
    post = topic.posts.get(post_no=25)
    answer = client.get(reverse("community:post-detail", args=[post.pk]))
    assert answer.headers["Location"] == f"{topic_url(topic)}?page=2#post-25"


def test_one_jumps_to_the_first_unread(topic: Topic, ben: User) -> None:
    fill(topic, range(2, 46))
    client = signed_in(ben)
    client.post(reverse("community:topic-mark-read", args=[topic.pk]), {"up_to": "22"})
    assert TopicRead.objects.get(user=ben, topic=topic).last_read_no == 22
    answer = client.get(reverse("community:topic-unread", args=[topic.pk]))
    assert answer.headers["Location"] == f"{topic_url(topic)}?page=2#post-23"
    assert "23" in client.get(reverse("community:home")).content.decode()


def test_hidden_posts_are_not_counted_as_new(topic: Topic, ben: User, moderator: User, now: datetime) -> None:
    reading.mark_read(by=ben, topic=topic, up_to=1)
    hidden, shown = reply(topic, by=topic.author.user, now=now), reply(topic, by=topic.author.user, now=now)
    moderation.hide_post(by=moderator, post=hidden, reason="Werbung für Wetten", now=now)

    def unread_by(reader: User) -> int:
        return reading.listed_topics(reader).get(pk=topic.pk).unread_count

    assert unread_by(ben) == 1
    topic.refresh_from_db()
    assert reading.first_unread_no(ben, topic) == shown.post_no
    reading.mark_read(by=ben, topic=topic, up_to=shown.post_no)
    assert unread_by(ben) == 0
    reading.mark_read(by=moderator, topic=topic, up_to=1)
    assert unread_by(moderator) == 2
    assert unread_by(UserFactory.create()) == 0


def test_unread_posts_cost_no_query_of_their_own(
    topic: Topic, ben: User, django_assert_num_queries: Any
) -> None:
    reading.mark_read(by=ben, topic=topic, up_to=1)
    ben.has_permission("community.moderate")  # roles are asked once per request
    with django_assert_num_queries(1):
        assert [found.unread_count for found in reading.listed_topics(ben)] == [0]


def test_new_replies_are_announced_quietly(client: Client, topic: Topic, ben: User, now: datetime) -> None:
    url = reverse("community:topic-news", args=[topic.pk]) + "?after=1"
    assert client.get(url).content.decode().strip() == ""
    for _ in range(3):
        reply(topic, by=ben, now=now)
    fragment = client.get(url).content.decode()
    assert "3" in fragment
    # Not the page's own address with another anchor: that would show the old page.
    first = topic.posts.get(post_no=2)
    assert reverse("community:post-detail", args=[first.pk]) in fragment


def test_older_and_newer_lists_meet_without_gap(client: Client, category: Category, now: datetime) -> None:
    by = UserFactory.create()
    topics = [
        open_topic(by=by, category=category, title=f"Thema {n:03d}", now=now - timedelta(minutes=n // 2))
        for n in range(20)
    ]
    reading_size, reading.TOPICS_PER_PAGE = reading.TOPICS_PER_PAGE, 6
    try:
        seen: list[int] = []
        listing = reading.topic_list(by)
        pages = [listing]
        while listing.older:
            listing = reading.topic_list(by, before=listing.older)
            pages.append(listing)
        for page in pages:
            seen += [topic.pk for topic in page.topics]
        back = reading.topic_list(by, after=pages[-1].newer)
    finally:
        reading.TOPICS_PER_PAGE = reading_size
    assert sorted(seen) == sorted(topic.pk for topic in topics)
    assert len(seen) == len(set(seen))
    assert [topic.pk for topic in back.topics] == [topic.pk for topic in pages[-2].topics]


def test_the_name_can_be_chosen(ben: User) -> None:
    client = signed_in(ben)
    assert client.post(reverse("community:handle-choice"), {"handle": "Polarwolf"}).status_code == 302
    answer = client.post(reverse("community:handle-choice"), {"handle": "Support"})
    assert answer.status_code == 422
    assert "Support" in answer.content.decode()


@pytest.mark.parametrize("many", [1, 24])
def test_lists_cost_the_same_with_one_row_and_with_many(
    many: int, category: Category, now: datetime, django_assert_max_num_queries: Any
) -> None:
    by = UserFactory.create()
    for n in range(many):
        open_topic(by=UserFactory.create(), category=CategoryFactory.create() if n else category, now=now)
    client = signed_in(by)
    client.get(reverse("community:home"))
    # session, person, roles, unread notices, topics, categories
    with django_assert_max_num_queries(7):
        client.get(reverse("community:home"))
    with django_assert_max_num_queries(7):
        client.get(reverse("community:category-detail", args=["winter"]))
    with django_assert_max_num_queries(2):
        Client().get(reverse("community:home"))
    with django_assert_max_num_queries(1):
        reading.latest_topics(AnonymousUser(), 5)


@pytest.mark.parametrize("many", [2, 20])
def test_a_topic_costs_the_same_with_few_posts_and_with_many(
    many: int, topic: Topic, anna: User, django_assert_max_num_queries: Any
) -> None:
    fill(topic, range(2, many + 1))
    client = signed_in(anna)
    client.get(topic_url(topic))
    # session, person, roles, unread notices, topic, posts, team, mark, writable, profile
    with django_assert_max_num_queries(10):
        client.get(topic_url(topic))
    with django_assert_max_num_queries(3):
        Client().get(topic_url(topic))
