"""The demo's forum reads naturally, adds up, and is loaded quickly."""

import random
import time
from typing import Any

import pytest

from accounts import demo as accounts_demo
from community import demo, demo_writing
from community.models import Category, MemberProfile, Post, Report, Topic
from community.names import normalise_handle
from community.rendering import render

pytestmark = pytest.mark.django_db


@pytest.fixture
def forum() -> float:
    """Loads it; the seconds that took."""
    context: dict[str, Any] = {}
    accounts_demo.seed(rng=random.Random(1), scale=1, say=lambda _words: None, context=context)
    start = time.perf_counter()
    demo.seed(rng=random.Random(1), scale=1, say=lambda _words: None, context=context)
    return time.perf_counter() - start


def test_it_has_twelve_categories_and_fifteen_hundred_posts(forum: float) -> None:
    assert forum < 8
    assert Category.objects.count() == 12
    assert Post.objects.count() == 1500
    for category in Category.objects.all():
        assert category.topic_count == category.topics.count() > 0
        assert category.post_count == Post.objects.filter(topic__category=category).count()
    for topic in Topic.objects.all():
        numbers = list(topic.posts.order_by("post_no").values_list("post_no", flat=True))
        assert numbers == list(range(1, topic.last_post_no + 1))
        times = list(topic.posts.order_by("post_no").values_list("created_at", flat=True))
        assert times == sorted(times)
        assert (topic.created_at, topic.bumped_at) == (times[0], times[-1])
    assert Report.objects.open().count() == 3


def test_its_texts_are_whole(forum: float) -> None:
    for source in Post.objects.values_list("source", flat=True):
        assert "{" not in source
        assert "||" not in source
        assert len(source) > 15
    post = Post.objects.order_by("?").first()
    assert post is not None
    assert post.html == render(post.source).html


def test_its_names_follow_the_rules(forum: float) -> None:
    for handle in MemberProfile.objects.values_list("handle", flat=True):
        assert normalise_handle(handle) == handle


def test_texts_are_the_same_every_time() -> None:
    room = demo_writing.rooms()[0]
    first = demo_writing.Writer(random.Random(5)).replies(room, 20)
    assert first == demo_writing.Writer(random.Random(5)).replies(room, 20)
    assert len(set(first)) > 17
