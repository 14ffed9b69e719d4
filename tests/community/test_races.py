"""Many people at the same moment."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from threading import Thread
from typing import Any

import pytest
from django.db import connection, transaction
from django.db.models import Sum

from community import editing, moderation, names, posting, reading
from community.models import Category, MemberProfile, Post, Topic, TopicRead
from tests.factories.accounts import UserFactory
from tests.factories.community import CategoryFactory, MemberFactory, open_topic
from tests.locks import somebody_waits_for_me

pytestmark = pytest.mark.usefixtures("committing_db")

LOOKS = 20_000  # at a table of locks: far more than a thread needs to come to one
Race = Callable[[list[Callable[[], Any]]], list[Any]]


def assert_counters_equal_recounts() -> None:
    for topic in Topic.objects.all():
        numbers = list(topic.posts.order_by("post_no").values_list("post_no", flat=True))
        assert numbers == list(range(1, len(numbers) + 1))
        assert topic.last_post_no == len(numbers)
        assert topic.post_count == topic.posts.filter(hidden_at__isnull=True).count()
    for category in Category.objects.all():
        shown = category.topics.filter(hidden_at__isnull=True)
        assert category.topic_count == shown.count()
        assert category.post_count == (shown.aggregate(all=Sum("post_count"))["all"] or 0)


def test_fifty_parallel_replies_leave_no_gap_and_no_double(race: Race, now: datetime) -> None:
    category = CategoryFactory.create()
    topics = [open_topic(category=category, now=now) for _ in range(10)]
    people = [MemberFactory.create().user for _ in range(50)]
    calls: list[Callable[[], Any]] = [
        partial(posting.reply, by=by, topic=topics[place % 10], text="Hier auch.", now=now)
        for place, by in enumerate(people)
    ]
    assert [result for result in race(calls) if isinstance(result, Exception)] == []
    assert Post.objects.count() == 60
    assert_counters_equal_recounts()


def test_two_changes_of_a_post_at_once_have_one_winner(race: Race, now: datetime) -> None:
    topic = open_topic(now=now)
    post, author = topic.posts.get(), topic.author.user
    calls: list[Callable[[], Any]] = [
        partial(editing.edit_post, by=author, post=post, text=f"Fassung {turn}", version=1, now=now)
        for turn in range(8)
    ]
    lost = [result for result in race(calls) if isinstance(result, Exception)]
    assert [getattr(error, "code", error) for error in lost] == ["post_changed"] * 7
    assert list(post.versions.values_list("number", flat=True)) == [1, 2]


def test_hiding_while_others_reply_keeps_the_counters(race: Race, now: datetime) -> None:
    topic = open_topic(now=now)
    answers = [
        posting.reply(by=MemberFactory.create().user, topic=topic, text="Ja.", now=now) for _ in range(5)
    ]
    moderator = UserFactory.create(role="moderator")
    people = [MemberFactory.create().user for _ in range(10)]
    calls: list[Callable[[], Any]] = [
        partial(posting.reply, by=by, topic=topic, text="Nein.", now=now) for by in people
    ]
    calls += [
        partial(moderation.hide_post, by=moderator, post=post, reason="Gegen die Regel 3.", now=now)
        for post in answers
    ]
    assert [result for result in race(calls) if isinstance(result, Exception)] == []
    assert_counters_equal_recounts()


def test_of_two_people_one_gets_the_name(race: Race, now: datetime) -> None:
    people = [UserFactory.create() for _ in range(8)]
    results = race([partial(names.choose_handle, by=by, handle="Polarlicht", now=now) for by in people])
    assert sum(isinstance(result, MemberProfile) for result in results) == 1
    assert MemberProfile.objects.filter(handle="Polarlicht").count() == 1


def test_one_person_posting_in_parallel_for_the_first_time_has_one_profile(race: Race, now: datetime) -> None:
    topic = open_topic(now=now)
    newcomer = UserFactory.create()
    calls = [lambda: posting.reply(by=newcomer, topic=topic, text="Hallo!", now=now) for _ in range(6)]
    assert [result for result in race(calls) if isinstance(result, Exception)] == []
    assert MemberProfile.objects.filter(user=newcomer).count() == 1
    assert_counters_equal_recounts()


def test_whoever_reads_while_they_reply_waits_and_never_crosswise(now: datetime) -> None:
    topic, by = open_topic(now=now), MemberFactory.create().user
    failed: list[Exception] = []

    def read() -> None:
        try:
            reading.mark_read(by=by, topic=topic, up_to=1)
        except Exception as error:
            failed.append(error)
        finally:
            connection.close()

    reader = Thread(target=read)
    with transaction.atomic():
        Topic.objects.select_for_update(of=("self",)).get(pk=topic.pk)
        reader.start()
        assert any(somebody_waits_for_me() for _look in range(LOOKS))
        posting.reply(by=by, topic=topic, text="Hier auch.", now=now)
    reader.join()
    assert failed == []
    assert TopicRead.objects.get(user=by, topic=topic).last_read_no == 2
