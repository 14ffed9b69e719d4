"""Opening topics, answering them, and saying which answer helped."""

import re
import unicodedata
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import connection, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from common.errors import Invalid, NotAllowed, NotFound
from common.realtime import push
from community import limits, rendering
from community.errors import TopicLocked
from community.models import Category, MemberProfile, Post, Topic, may_moderate
from community.names import ensure_member
from journal.log import record

if TYPE_CHECKING:
    from accounts.models import User

MIN_TITLE, MAX_TITLE = 5, 120
# Control characters, direction overrides, zero-width characters.
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def clean_title(typed: str) -> str:
    """The title as it is stored: NFC, single blanks. Raises Invalid with the reason."""
    title = unicodedata.normalize("NFC", typed)
    if "\0" in title or any("\ud800" <= char <= "\udfff" for char in title):
        raise Invalid(
            _("The title contains a control character."), code="title_control_character", field="title"
        )
    title = " ".join(_UNSEEN.sub(" ", title).split())
    if not MIN_TITLE <= len(title) <= MAX_TITLE:
        raise Invalid(
            _("The title must have %(low)d to %(high)d characters.") % {"low": MIN_TITLE, "high": MAX_TITLE},
            code="title_length",
            field="title",
        )
    return title


def open_topic(
    *, by: "User", category: Category, title: str, text: str, now: datetime, handle: str = ""
) -> Topic:
    """Open a topic with its first post; its author watches it from then on.

    ``handle`` is the name in the forum that a person takes with their first post.
    Raises NotFound for a category that the person can't read, NotAllowed for one where they
    may not write, Invalid for title or text, TooMany for the rate limit.
    """
    if not Category.objects.visible_to(by).filter(pk=category.pk).exists():
        raise NotFound(_("There is no such category."))
    _require_writable(by, category)
    title = clean_title(title)
    source = rendering.clean_source(text)
    rendered = rendering.render(source)
    limits.count(user=by, action="topic")
    with transaction.atomic():
        member = ensure_member(user=by, now=now, handle=handle)
        topic = Topic.objects.create(
            category=category,
            author=member,
            last_author=member,
            title=title,
            created_at=now,
            bumped_at=now,
            last_post_no=1,
            post_count=1,
        )
        post = _write(topic, 1, member, source, rendered, now)
        _mark_own(by, topic, 1)
        record(
            "community.topic_opened",
            by=by,
            subject=topic,
            data={"topic": topic.pk, "category": category.pk, "post": post.pk},
            audience=[by],
        )
        Category.objects.filter(pk=category.pk).update(
            topic_count=F("topic_count") + 1, post_count=F("post_count") + 1
        )
        push(f"category:{category.pk}", {"type": "topic", "id": topic.pk, "version": 1})
    return topic


def reply(*, by: "User", topic: Topic, text: str, now: datetime, handle: str = "") -> Post:
    """Answer a topic. Numbers are given under the topic's lock, so they have no gaps.

    ``handle`` is the name in the forum that a person takes with their first post.
    Raises NotFound for a topic that the person can't read, TopicLocked, NotAllowed where
    they may not write, Invalid for the text, TooMany for the rate limit.
    """
    if not Topic.objects.visible_to(by).filter(pk=topic.pk).exists():
        raise NotFound(_("There is no such topic."))
    source = rendering.clean_source(text)
    rendered = rendering.render(source)
    limits.count(user=by, action="post")
    with transaction.atomic():
        member = ensure_member(user=by, now=now, handle=handle)
        locked = _lock(by, topic)
        number = locked.last_post_no + 1
        post = _write(locked, number, member, source, rendered, now)
        Topic.objects.filter(pk=locked.pk).update(
            last_post_no=number, post_count=F("post_count") + 1, bumped_at=now, last_author=member
        )
        _mark_own(by, locked, number)
        record(
            "community.post_written",
            by=by,
            subject=locked,
            data={"topic": locked.pk, "post": post.pk, "post_no": number},
            audience=[by],
        )
        if locked.hidden_at is None:
            Category.objects.filter(pk=locked.category_id).update(post_count=F("post_count") + 1)
        news = {"type": "post", "id": post.pk, "topic_id": locked.pk, "version": number}
        push(f"topic:{locked.pk}", news)
        push(f"category:{locked.category_id}", news)
    return post


def accept_answer(*, by: "User", post: Post) -> Topic:
    """Say that this reply solved the topic; saying it again takes it back.

    For the topic's author and the moderation. Raises NotFound, NotAllowed, Invalid for the
    first post.
    """
    with transaction.atomic():
        topic = Topic.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=post.topic_id).first()
        if topic is None or not Post.objects.visible_to(by).filter(pk=post.pk).exists():
            raise NotFound(_("There is no such post."))
        if topic.author.user_id != by.pk and not may_moderate(by):
            raise NotAllowed(_("Only whoever asked can say which answer helped."))
        if post.post_no == 1:
            raise Invalid(_("The question can't be its own answer."), code="answer_is_question")
        taken_back = topic.solved_post_no == post.post_no
        topic.solved_post_no = None if taken_back else post.post_no
        topic.save(update_fields=["solved_post_no"])
        record(
            "community.answer_withdrawn" if taken_back else "community.answer_accepted",
            by=by,
            subject=topic,
            data={"topic": topic.pk, "post": post.pk},
            audience=[by],
        )
    return topic


def may_write(user: "User", topic: Topic) -> bool:
    """Whether the answer box is for this person."""
    return (
        topic.locked_at is None and Category.objects.writable_by(user).filter(pk=topic.category_id).exists()
    )


def _require_writable(by: "User", category: Category) -> None:
    if not Category.objects.writable_by(by).filter(pk=category.pk).exists():
        raise NotAllowed(_("You can read here, but not write."), code="category_read_only")


def _lock(by: "User", topic: Topic) -> Topic:
    locked = Topic.objects.visible_to(by).select_for_update(of=("self",)).filter(pk=topic.pk).first()
    if locked is None:
        raise NotFound(_("There is no such topic."))
    if locked.locked_at is not None:
        raise TopicLocked(_("This topic is locked: it can be read, but not answered any more."))
    _require_writable(by, locked.category)
    return locked


def _write(
    topic: Topic,
    number: int,
    member: MemberProfile,
    source: str,
    rendered: rendering.Rendered,
    now: datetime,
) -> Post:
    return Post.objects.create(
        topic=topic,
        post_no=number,
        author=member,
        source=source,
        html=rendered.html,
        plain=rendered.plain,
        renderer_version=rendered.version,
        created_at=now,
    )


def _mark_own(user: "User", topic: Topic, number: int) -> None:
    """Who writes has read up to there, and hears of replies from then on."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO community_topicread AS own (user_id, topic_id, last_read_no, watch)
               VALUES (%s, %s, %s, 'watching')
               ON CONFLICT (user_id, topic_id) DO UPDATE
               SET last_read_no = GREATEST(own.last_read_no, EXCLUDED.last_read_no)""",
            [user.pk, topic.pk, number],
        )
