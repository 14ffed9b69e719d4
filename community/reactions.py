"""What the community does when something has happened."""

from django.urls import reverse

from accounts.models import User
from accounts.telling.inbox import notify
from community import moderation
from community.models import Category, Post, PostVersion, Report, TopicRead
from journal.models import Event
from journal.reacting import reacts_to


@reacts_to("community.post_written")
def tell_watchers(event: Event) -> None:
    """A notice for everybody who watches the topic and may still read it."""
    post = Post.objects.select_related("topic__category", "author").filter(pk=event.data["post"]).first()
    if post is None or post.hidden_at is not None or post.topic.hidden_at is not None:
        return
    watching = TopicRead.objects.filter(topic=post.topic, watch=TopicRead.Watch.WATCHING)
    people = User.objects.filter(pk__in=watching.values("user"), is_active=True)
    for person in people.exclude(pk=post.author.user_id):
        if not Category.objects.visible_to(person).filter(pk=post.topic.category_id).exists():
            continue
        notify(
            user=person,
            kind="community.reply",
            params={"title": post.topic.title, "handle": post.author.name},
            url=reverse("community:post-detail", args=[post.pk]),
            event=event,
        )


@reacts_to("community.post_hidden", "community.post_restored")
def tell_author(event: Event) -> None:
    """The statement of reasons (DSA Art. 17), or that it was lifted."""
    post = Post.objects.select_related("topic", "author__user").filter(pk=event.data["post"]).first()
    if post is None or post.author.user_id == event.by_id:
        return
    notify(
        user=post.author.user,
        kind=event.kind,
        params={
            "title": post.topic.title,
            "reason": post.hidden_reason,
            "contact": moderation.complaint_contact(),
        },
        url=reverse("community:post-detail", args=[post.pk]) if post.hidden_at is None else "",
        event=event,
    )


@reacts_to("community.post_edited")
def tell_author_of_change(event: Event) -> None:
    """What the moderation changed in one's words, and why."""
    version = (
        PostVersion.objects.select_related("post__topic", "post__author__user")
        .filter(post=event.data["post"], number=event.data["version"], moderator__isnull=False)
        .first()
    )
    if version is None:
        return
    notify(
        user=version.post.author.user,
        kind=event.kind,
        params={
            "title": version.post.topic.title,
            "reason": version.reason,
            "contact": moderation.complaint_contact(),
        },
        url=reverse("community:post-versions", args=[version.post_id]),
        event=event,
    )


@reacts_to("community.report_received", "community.report_decided")
def tell_notifier(event: Event) -> None:
    """Receipt and decision for a notifier with an account; others get them by e-mail."""
    report = Report.objects.select_related("reported_by").filter(pk=event.data["report"]).first()
    if report is None or report.reported_by is None:
        return
    notify(
        user=report.reported_by,
        kind=event.kind,
        params={
            "code": report.code,
            "statement": report.statement,
            "contact": moderation.complaint_contact(),
        },
        event=event,
    )
