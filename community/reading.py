"""What readers see: lists by keyset, topics by post number, and how far each has read."""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from django.db import connection
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from accounts.models import RoleGrant
from accounts.permissions import PERMISSIONS
from community.models import Category, Post, Topic, TopicRead
from community.models.categories import MODERATE

if TYPE_CHECKING:
    from accounts.models import User
    from community.models.categories import Reader

TOPICS_PER_PAGE = 25
POSTS_PER_PAGE = 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class TopicList(NamedTuple):
    """One page of topics, and the cursors of its neighbours ("" where there is none)."""

    topics: Sequence[Topic]
    newer: str
    older: str


class TopicPage(NamedTuple):
    """One page of a topic's posts: numbers ``first`` to ``last``, page ``number`` of ``pages``."""

    posts: Sequence[Post]
    number: int
    pages: int
    last_no: int


def listed_topics(user: "Reader") -> QuerySet[Topic]:
    """Topics as lists show them, newest activity first.

    For somebody signed in, each has ``unread_no``: how many posts that they may see have come
    since they were last there (None where there are none, or they never were).
    """
    topics = Topic.objects.visible_to(user).select_related("category", "author", "last_author")
    if user.is_authenticated:
        own = TopicRead.objects.filter(user=user, topic=OuterRef("pk")).values("last_read_no")
        since = Post.objects.visible_to(user).filter(
            topic=OuterRef("pk"), post_no__gt=OuterRef("last_read_no")
        )
        unread = since.order_by().values("topic").annotate(number=Count("pk")).values("number")
        topics = topics.annotate(last_read_no=Subquery(own)).annotate(unread_no=Subquery(unread))
    return topics.order_by("-bumped_at", "-id")


def latest_topics(user: "Reader", limit: int) -> list[Topic]:
    """The most recently active topics that this reader may see, in one query."""
    return list(listed_topics(user)[:limit])


def topic_list(
    user: "Reader", *, category: Category | None = None, before: str = "", after: str = ""
) -> TopicList:
    """A page of topics older than ``before`` or newer than ``after`` (cursors of this function).

    A cursor that nobody gave out is read as none.
    """
    topics = listed_topics(user)
    if category is not None:
        topics = topics.filter(category=category)
    place = _place(before or after)
    forward = bool(after and place)
    if place is not None:
        moment, pk = place
        if forward:
            topics = topics.filter(bumped_at__gte=moment).filter(Q(bumped_at__gt=moment) | Q(pk__gt=pk))
            topics = topics.order_by("bumped_at", "id")
        else:
            topics = topics.filter(bumped_at__lte=moment).filter(Q(bumped_at__lt=moment) | Q(pk__lt=pk))
    rows = list(topics[: TOPICS_PER_PAGE + 1])
    more = len(rows) > TOPICS_PER_PAGE
    rows = rows[:TOPICS_PER_PAGE]
    if forward:
        rows.reverse()
    if not rows:
        return TopicList([], "", "")
    has_newer = more if forward else place is not None
    has_older = True if forward else more
    return TopicList(rows, _cursor(rows[0]) if has_newer else "", _cursor(rows[-1]) if has_older else "")


def _cursor(topic: Topic) -> str:
    return f"{(topic.bumped_at - _EPOCH) // timedelta(microseconds=1)}-{topic.pk}"


def _place(cursor: str) -> tuple[datetime, int] | None:
    match = re.fullmatch(r"(\d{1,17})-(\d{1,18})", cursor)
    if match is None:
        return None
    return _EPOCH + timedelta(microseconds=int(match[1])), int(match[2])


def page_of(post_no: int) -> int:
    """On which page of its topic a post stands; numbers never move, so links stay right."""
    return (max(post_no, 1) - 1) // POSTS_PER_PAGE + 1


def topic_page(user: "Reader", topic: Topic, number: int) -> TopicPage:
    """The posts of one page by their numbers: the thousandth costs what the first does."""
    pages = page_of(topic.last_post_no)
    number = min(max(number, 1), pages)
    first = (number - 1) * POSTS_PER_PAGE + 1
    last = first + POSTS_PER_PAGE - 1
    posts = list(
        Post.objects.visible_to(user)
        .filter(topic=topic, post_no__range=(first, last))
        .select_related("author")
        .order_by("post_no")
    )
    team = team_members(post.author.user_id for post in posts)
    for post in posts:
        post.by_team = post.author.user_id in team
    return TopicPage(posts, number, pages, min(last, topic.last_post_no))


def team_members(user_ids: Any) -> set[int]:
    """Which of these people answer for the house, so that their posts say so."""
    grants = RoleGrant.objects.in_force().filter(user__in=set(user_ids), role__in=PERMISSIONS[MODERATE])
    return set(grants.values_list("user_id", flat=True))


def first_unread_no(user: "Reader", topic: Topic) -> int:
    """The number of the first post after what the person has read; the last one, if all is read."""
    if not user.is_authenticated:
        return 1
    read = TopicRead.objects.filter(user=user, topic=topic).values("last_read_no")
    since = Post.objects.visible_to(user).filter(topic=topic, post_no__gt=Coalesce(Subquery(read), Value(0)))
    first = since.order_by("post_no").values_list("post_no", flat=True).first()
    return first or max(topic.last_post_no, 1)


def mark_read(*, by: "User", topic: Topic, up_to: int) -> None:
    """The person has read up to this number. Never moves back, never past the last post."""
    _remember(by, topic, read_no=max(0, min(up_to, topic.last_post_no)))


def set_watching(*, by: "User", topic: Topic, watching: bool) -> None:
    """Hear of replies to this topic, or no longer."""
    watch = TopicRead.Watch.WATCHING if watching else TopicRead.Watch.NORMAL
    _remember(by, topic, watch=watch)


def _remember(by: "User", topic: Topic, *, read_no: int = 0, watch: str | None = None) -> None:
    """The topic is locked before one's own row, as whoever posts does: else the two wait crosswise."""
    with connection.cursor() as cursor:
        cursor.execute(
            """WITH topic AS MATERIALIZED (SELECT id FROM community_topic WHERE id = %s FOR KEY SHARE)
               INSERT INTO community_topicread AS own (user_id, topic_id, last_read_no, watch)
               SELECT %s, topic.id, %s, coalesce(%s, 'normal') FROM topic
               ON CONFLICT (user_id, topic_id) DO UPDATE
               SET last_read_no = GREATEST(own.last_read_no, EXCLUDED.last_read_no),
                   watch = coalesce(%s, own.watch)""",
            [topic.pk, by.pk, read_no, watch, watch],
        )


def reading_of(user: "Reader", topic: Topic) -> TopicRead | None:
    """How far this person has read, and whether they watch."""
    if not user.is_authenticated:
        return None
    return TopicRead.objects.filter(user=user, topic=topic).first()


def may_watch_topic(user: "Reader", topic: str) -> bool:
    """Socket topics ``topic:<id>``: for whoever may read it."""
    number = topic.partition(":")[2]
    return number.isdecimal() and Topic.objects.visible_to(user).filter(pk=int(number)).exists()


def may_watch_category(user: "Reader", topic: str) -> bool:
    """Socket topics ``category:<id>``: for whoever may read it."""
    number = topic.partition(":")[2]
    return number.isdecimal() and Category.objects.visible_to(user).filter(pk=int(number)).exists()
