"""The forum's part of a person's data: their name there, what they wrote, read and reported."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Func, JSONField, Q, QuerySet, TextField, Value
from django.db.models.functions import Cast
from django.utils.translation import gettext_lazy as _

from accounts.models import Notice, User
from accounts.privacy.parts import Attached, Fate, PersonalData, Sheet, register_part
from community.models import MemberProfile, Post, PostVersion, Report, Topic, TopicRead

Row = dict[str, Any]


def export(user: User) -> Iterable[Sheet | Attached]:
    yield Sheet("profile", _("Your name in the forum"), lambda: _profile(user))
    yield Sheet("topics", _("Topics you opened"), lambda: _topics(user), table=True)
    yield Sheet("posts", _("What you wrote"), lambda: _posts(user), table=True)
    yield Sheet("versions", _("Earlier wordings of what you wrote"), lambda: _versions(user), table=True)
    yield Sheet("reading", _("What you read and watch"), lambda: _reads(user), table=True)
    yield Sheet("reports", _("What you reported"), lambda: _reports(user))


def _profile(user: User) -> Iterator[Row]:
    for member in MemberProfile.objects.filter(user=user):
        yield {"name": member.handle, "since": member.created_at}


def _topics(user: User) -> Iterator[Row]:
    for topic in Topic.objects.filter(author__user=user).order_by("pk").iterator(500):
        yield {"number": topic.pk, "title": topic.title, "opened": topic.created_at}


def _posts(user: User) -> Iterator[Row]:
    written = Post.objects.filter(author__user=user).select_related("topic__author").order_by("pk")
    for post in written.iterator(500):
        own_topic = post.topic.author.user_id == user.pk
        yield {
            "topic": post.topic_id,
            # Somebody else's title is their words.
            "title": post.topic.title if own_topic else "",
            "number": post.post_no,
            "written": post.created_at,
            "text": post.source,
            "hidden": post.hidden_at,
            "hidden_because": post.hidden_reason,
        }


def _versions(user: User) -> Iterator[Row]:
    own = PostVersion.objects.filter(post__author__user=user, moderator__isnull=True)
    for version in own.select_related("post").order_by("pk").iterator(500):
        yield {
            "topic": version.post.topic_id,
            "number": version.post.post_no,
            "version": version.number,
            "written": version.written_at,
            "title": version.title,
            "text": version.source,
        }


def _reads(user: User) -> Iterator[Row]:
    for read in TopicRead.objects.filter(user=user).order_by("pk").iterator(500):
        yield {"topic": read.topic_id, "read_up_to": read.last_read_no, "watching": read.watch == "watching"}


def _made_by(user: User) -> QuerySet[Report]:
    mine = Q(reported_by=user)
    if user.email:
        mine |= Q(notifier_email__iexact=user.email)
    return Report.objects.filter(mine).order_by("pk")


def _reports(user: User) -> Iterator[Row]:
    for report in _made_by(user):
        yield {
            "receipt": report.code,
            "post": report.post_id,
            "name": report.notifier_name,
            "email": report.notifier_email,
            "reason": report.get_reason_display(),
            "explanation": report.explanation,
            "law": report.law,
            "reported": report.created_at,
            "outcome": report.get_outcome_display(),
            "statement": report.statement,
        }


def erase(*, user: User, now: datetime) -> None:
    """Posts stay for those who talk with them, under "former member"; the name is free for nobody."""
    TopicRead.objects.filter(user=user).delete()
    PostVersion.objects.filter(post__author__user=user).delete()
    _made_by(user).update(reported_by=None, notifier_name="", notifier_email="")
    for member in MemberProfile.objects.filter(user=user, left_at__isnull=True):
        # Their name stands in others' inboxes, too.
        told = Notice.objects.filter(kind="community.reply", params__handle=member.handle)
        told.update(params=_with_handle("–"))
        # Nobody could choose it: names that people take have no such beginning (see names.py).
        member.handle = member.handle_key = f"left/{member.pk}"
        member.left_at = now
        member.save(update_fields=["handle", "handle_key", "left_at"])


def _with_handle(name: str) -> Func:
    path, value = Cast(Value("{handle}"), ArrayField(TextField())), Value(name, output_field=JSONField())
    return Func("params", path, value, function="jsonb_set", output_field=JSONField())


register_part(
    PersonalData(
        name="community",
        label=_("Community"),
        models={
            MemberProfile: Fate.ANONYMOUS,
            Topic: Fate.ANONYMOUS,
            Post: Fate.ANONYMOUS,
            PostVersion: Fate.ERASED,
            TopicRead: Fate.ERASED,
            Report: Fate.ANONYMOUS,
        },
        export=export,
        erase=erase,
        place=80,
        goes=_("Your name in the forum, what you read and watched, earlier wordings of your posts."),
        stays=_(
            "What you wrote in the forum, under “Former member”. To have posts deleted, do it before, or "
            "write to us."
        ),
    )
)
