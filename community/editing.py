"""Changing what one wrote: every wording is kept, and what changed can be seen."""

import difflib
import itertools
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from common.errors import Conflict, NotAllowed, NotFound
from community import limits, moderation, posting, rendering
from community.errors import TopicLocked
from community.models import Category, Post, PostVersion, Topic, may_moderate
from journal.log import record

if TYPE_CHECKING:
    from accounts.models import User
    from community.models.categories import Reader

# Comparing word by word is quadratic; a text of more pieces is compared line by line.
_MOST_WORDS = 1_500


class Piece(NamedTuple):
    """A stretch of text that is in both versions (""), only in the newer ("added") or older ("removed")."""

    change: str
    text: str


class Step(NamedTuple):
    """A version, and what it changed in the one before (nothing for the first)."""

    version: PostVersion
    title_pieces: Sequence[Piece]
    pieces: Sequence[Piece]


def require_editable(by: "User", post: Post) -> None:
    """The author may while the topic is open and the post is not hidden; the moderation always.

    Raises NotAllowed or TopicLocked with the reason in words.
    """
    if may_moderate(by):
        return
    if post.author.user_id != by.pk:
        raise NotAllowed(_("Only whoever wrote a post can change it."))
    if post.hidden_at is not None:
        raise NotAllowed(_("The moderation has hidden this post; it can't be changed now."))
    if post.topic.locked_at is not None:
        raise TopicLocked(_("This topic is locked: its posts can't be changed any more."))
    if not Category.objects.writable_by(by).filter(pk=post.topic.category_id).exists():
        raise NotAllowed(_("You can read here, but not write."), code="category_read_only")


def edit_post(
    *,
    by: "User",
    post: Post,
    text: str,
    version: int,
    now: datetime,
    title: str | None = None,
    reason: str = "",
) -> Post:
    """Change a post; with the first post also the ``title`` of its topic (None leaves it).

    ``version`` is the one that the person saw: nobody overwrites what they have not read. The same
    words again change nothing. The moderation gives a ``reason``, which the author reads (DSA
    Art. 17). Raises NotFound, NotAllowed, TopicLocked, Invalid, Conflict ("post_changed"), TooMany.
    """
    if not Post.objects.visible_to(by).filter(pk=post.pk).exists():
        raise NotFound(_("There is no such post."))
    source = rendering.clean_source(text)
    rendered = rendering.render(source)
    limits.count(user=by, action="edit")
    with transaction.atomic():
        topic, post = moderation.locked(post)
        post.topic = topic
        require_editable(by, post)
        own = post.author.user_id == by.pk
        reason = "" if own else moderation.clean_reason(reason)
        if post.version != version:
            raise Conflict(
                _("Somebody changed this post meanwhile. Please compare, and save again."),
                code="post_changed",
            )
        wanted = posting.clean_title(title) if title is not None and post.post_no == 1 else topic.title
        if source == post.source and wanted == topic.title:
            return post
        _keep(topic, post, wanted, source, None if own else by, reason, now)
        _change(topic, post, wanted, source, rendered, now)
        record(
            "community.post_edited",
            by=by,
            subject=topic,
            data={"topic": topic.pk, "post": post.pk, "version": post.version},
            audience=[post.author.user],
        )
    return post


def history(user: "Reader", post: Post) -> list[Step]:
    """Every version of a post that this reader may see, the newest first; [] if it never changed.

    The earlier wordings of a hidden post are for the moderation and its author, like the post.
    """
    if not Post.objects.visible_to(user).filter(pk=post.pk).exists():
        raise NotFound(_("There is no such post."))
    versions = list(post.versions.all())
    steps = [Step(version, (), ()) for version in versions[:1]]
    for older, newer in itertools.pairwise(versions):
        steps.append(
            Step(newer, differences(older.title, newer.title), differences(older.source, newer.source))
        )
    return steps[::-1]


def erase_versions(*, by: "User", post: Post) -> Post:
    """Take the earlier wordings away for good, where they must not stay (a phone number, say).

    For the moderation; what is shown now stays. Raises NotAllowed, Conflict where there is nothing
    to erase.
    """
    moderation.require_moderator(by)
    with transaction.atomic():
        topic, post = moderation.locked(post)
        if not post.versions.filter(number__lt=post.version).delete()[0]:
            raise Conflict(_("There are no earlier versions."), code="no_versions")
        record(
            "community.versions_erased",
            by=by,
            subject=topic,
            data={"topic": topic.pk, "post": post.pk},
            audience=[post.author.user],
        )
    return post


def differences(older: str, newer: str) -> list[Piece]:
    """What was added and removed, word by word; line by line where the text is very long.

    The pieces without "removed" are the newer text, those without "added" the older one.
    """
    if older == newer:
        return [Piece("", newer)] if newer else []
    before, after = _words(older), _words(newer)
    if max(len(before), len(after)) > _MOST_WORDS:
        before, after = older.splitlines(keepends=True), newer.splitlines(keepends=True)
    if max(len(before), len(after)) > _MOST_WORDS:
        return [Piece("removed", older), Piece("added", newer)]
    return list(_pieces(before, after))


def _pieces(before: list[str], after: list[str]) -> Iterator[Piece]:
    matcher = difflib.SequenceMatcher(a=before, b=after, autojunk=False)
    for tag, left, right, start, end in matcher.get_opcodes():
        if tag == "equal":
            yield Piece("", "".join(after[start:end]))
            continue
        if right > left:
            yield Piece("removed", "".join(before[left:right]))
        if end > start:
            yield Piece("added", "".join(after[start:end]))


def _words(text: str) -> list[str]:
    return re.findall(r"\w+|\s+|[^\w\s]", text)


def _keep(
    topic: Topic, post: Post, title: str, source: str, moderator: "User | None", reason: str, now: datetime
) -> None:
    """The first change keeps the original, too, so that an unchanged post costs nothing."""
    first = post.post_no == 1
    if post.version == 1:
        PostVersion.objects.create(
            post=post,
            number=1,
            title=topic.title if first else "",
            source=post.source,
            written_at=post.created_at,
        )
    PostVersion.objects.create(
        post=post,
        number=post.version + 1,
        title=title if first else "",
        source=source,
        moderator=moderator,
        reason=reason,
        written_at=now,
    )


def _change(
    topic: Topic, post: Post, title: str, source: str, rendered: rendering.Rendered, now: datetime
) -> None:
    post.source, post.html, post.plain = source, rendered.html, rendered.plain
    post.renderer_version, post.version, post.edited_at = rendered.version, post.version + 1, now
    post.save(update_fields=["source", "html", "plain", "renderer_version", "version", "edited_at"])
    if title != topic.title:
        topic.title = title
        topic.save(update_fields=["title"])
