"""What the moderation may do to posts and topics; each deed is in the journal."""

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from common import brand
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from common.realtime import push
from community.models import Category, Post, Topic, may_moderate
from journal.log import record

if TYPE_CHECKING:
    from accounts.models import User

MAX_REASON = 1000


def require_moderator(by: "User") -> None:
    """Raises NotAllowed for anybody else."""
    if not may_moderate(by):
        raise NotAllowed(_("Only the moderation may do this."))


def clean_reason(reason: str, *, field: str = "reason") -> str:
    """A reason in words that its reader will see. Raises Invalid for none, or too long a one."""
    reason = reason.replace("\0", "").strip()
    if not 10 <= len(reason) <= MAX_REASON:
        raise Invalid(
            _("Please give the reason in 10 to %(limit)d characters: the person will read it.")
            % {"limit": MAX_REASON},
            code="reason_missing",
            field=field,
        )
    return reason


def hide_post(*, by: "User", post: Post, reason: str, now: datetime) -> Post:
    """Hide a post; its author still sees it, with the reason (DSA Art. 17).

    The first post takes its topic with it. Raises NotAllowed, Invalid (no reason), Conflict
    when it is hidden already.
    """
    require_moderator(by)
    reason = clean_reason(reason)
    with transaction.atomic():
        topic, post = locked(post)
        if post.hidden_at is not None:
            raise Conflict(_("This post is hidden already."), code="post_hidden")
        post.hidden_at, post.hidden_by, post.hidden_reason = now, by, reason
        post.save(update_fields=["hidden_at", "hidden_by", "hidden_reason"])
        _recount(topic, post, now)
        author = post.author.user
        record(
            "community.post_hidden",
            by=by,
            subject=topic,
            data={"topic": topic.pk, "post": post.pk},
            audience=[author],
        )
        push(f"topic:{topic.pk}", {"type": "post", "id": post.pk, "version": post.post_no})
    return post


def restore_post(*, by: "User", post: Post, now: datetime) -> Post:
    """Show a hidden post again. Raises NotAllowed, Conflict when it is not hidden."""
    require_moderator(by)
    with transaction.atomic():
        topic, post = locked(post)
        if post.hidden_at is None:
            raise Conflict(_("This post is not hidden."), code="post_not_hidden")
        post.hidden_at, post.hidden_by, post.hidden_reason = None, None, ""
        post.save(update_fields=["hidden_at", "hidden_by", "hidden_reason"])
        _recount(topic, post, now)
        record(
            "community.post_restored",
            by=by,
            subject=topic,
            data={"topic": topic.pk, "post": post.pk},
            audience=[post.author.user],
        )
    return post


def lock_topic(*, by: "User", topic: Topic, now: datetime) -> Topic:
    """Close a topic for answers; it stays readable. Raises NotAllowed, Conflict."""
    return _set_locked(by, topic, now)


def unlock_topic(*, by: "User", topic: Topic) -> Topic:
    """Open a locked topic again. Raises NotAllowed, Conflict."""
    return _set_locked(by, topic, None)


def complaint_contact() -> str:
    """Where a person who disagrees turns to."""
    return str(brand.current()["email"])


def _set_locked(by: "User", topic: Topic, moment: datetime | None) -> Topic:
    require_moderator(by)
    with transaction.atomic():
        fresh = Topic.objects.select_for_update(of=("self",)).get(pk=topic.pk)
        if (fresh.locked_at is None) == (moment is None):
            raise Conflict(_("The topic is in that state already."), code="topic_state")
        fresh.locked_at = moment
        fresh.save(update_fields=["locked_at"])
        kind = "community.topic_unlocked" if moment is None else "community.topic_locked"
        record(kind, by=by, subject=fresh, data={"topic": fresh.pk}, audience=[fresh.author.user])
    return fresh


def locked(post: Post) -> tuple[Topic, Post]:
    """Topic first, then post: the order in which posting locks, too."""
    topic = Topic.objects.select_for_update(of=("self",)).filter(pk=post.topic_id).first()
    fresh = Post.objects.select_for_update(of=("self",)).filter(pk=post.pk).first()
    if topic is None or fresh is None:
        raise NotFound(_("There is no such post."))
    return topic, fresh


def _recount(topic: Topic, post: Post, now: datetime) -> None:
    """Bring the counters in line with a post that was just hidden or shown.

    Under the topic's lock, so a recount of this one topic is exact; the category, which
    nobody locks, moves by the difference.
    """
    before = (0, 0) if topic.hidden_at else (1, topic.post_count)
    if post.post_no == 1:
        topic.hidden_at = now if post.hidden_at else None
    visible = topic.posts.filter(hidden_at__isnull=True)
    topic.post_count = visible.count()
    newest = visible.order_by("-post_no").first()
    if newest is not None:
        topic.bumped_at, topic.last_author_id = newest.created_at, newest.author_id
    if topic.solved_post_no and not visible.filter(post_no=topic.solved_post_no).exists():
        topic.solved_post_no = None
    topic.save(update_fields=["hidden_at", "post_count", "bumped_at", "last_author", "solved_post_no"])
    after = (0, 0) if topic.hidden_at else (1, topic.post_count)
    Category.objects.filter(pk=topic.category_id).update(
        topic_count=F("topic_count") + after[0] - before[0],
        post_count=F("post_count") + after[1] - before[1],
    )
