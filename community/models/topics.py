"""Topics, their posts, and how far each person has read."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from community.models.categories import Category, may_moderate, open_to
from community.models.members import MemberProfile

if TYPE_CHECKING:
    from community.models.categories import Reader


POPULAR_FROM = 30  # replies


class TopicQuerySet(models.QuerySet["Topic"]):
    def visible_to(self, user: "Reader") -> "TopicQuerySet":
        topics = self.filter(open_to(user, "read", "category__"))
        return topics if may_moderate(user) else topics.filter(hidden_at__isnull=True)


class Topic(models.Model):
    """A conversation. ``bumped_at`` is the time of its newest post and orders the lists."""

    category = models.ForeignKey(Category, models.PROTECT, related_name="topics")
    author = models.ForeignKey(MemberProfile, models.PROTECT, related_name="topics")
    title = models.CharField(_("title"), max_length=120)
    created_at = models.DateTimeField()
    bumped_at = models.DateTimeField()
    last_author = models.ForeignKey(MemberProfile, models.PROTECT, related_name="+")
    last_post_no = models.PositiveIntegerField(default=0)  # the highest given, hidden ones too
    post_count = models.PositiveIntegerField(default=0)  # posts that are not hidden
    solved_post_no = models.PositiveIntegerField(null=True, blank=True)
    locked_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)

    objects = TopicQuerySet.as_manager()

    class Meta:
        verbose_name = _("topic")
        verbose_name_plural = _("topics")
        constraints = [
            models.CheckConstraint(
                condition=Q(post_count__lte=models.F("last_post_no")), name="topic_counts_agree"
            ),
        ]
        indexes = [
            models.Index(
                fields=["category", "-bumped_at", "-id"],
                condition=Q(hidden_at__isnull=True),
                name="topic_list_of_category",
            ),
            models.Index(
                fields=["-bumped_at", "-id"],
                condition=Q(hidden_at__isnull=True),
                name="topic_list",
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def reply_count(self) -> int:
        return max(self.post_count - 1, 0)

    @property
    def is_popular(self) -> bool:
        """Many have something to say here."""
        return self.reply_count >= POPULAR_FROM

    @property
    def unread_count(self) -> int:
        """How many posts they may see came since the reader was last here; 0 for topics never opened.

        Counts only on topics from ``reading.listed_topics``.
        """
        unread: int | None = getattr(self, "unread_no", None)
        return unread or 0


class PostQuerySet(models.QuerySet["Post"]):
    def visible_to(self, user: "Reader") -> "PostQuerySet":
        """Posts in topics one may read; hidden ones for the moderation and their author."""
        posts = self.filter(open_to(user, "read", "topic__category__"))
        if may_moderate(user):
            return posts
        own = Q(author__user=user) if user.is_authenticated else Q(pk__in=[])
        return posts.filter(Q(hidden_at__isnull=True, topic__hidden_at__isnull=True) | own)


class Post(models.Model):
    """One contribution: what was typed, and what the renderer of that version made of it."""

    topic = models.ForeignKey(Topic, models.PROTECT, related_name="posts")
    post_no = models.PositiveIntegerField()
    author = models.ForeignKey(MemberProfile, models.PROTECT, related_name="posts")
    source = models.TextField(_("text"))
    html = models.TextField(editable=False)
    plain = models.TextField(editable=False)
    renderer_version = models.PositiveSmallIntegerField(editable=False)
    created_at = models.DateTimeField()
    version = models.PositiveIntegerField(default=1, editable=False)  # rises with each change of the text
    edited_at = models.DateTimeField(null=True, blank=True)
    hidden_at = models.DateTimeField(null=True, blank=True)
    hidden_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    hidden_reason = models.TextField(_("reason"), blank=True)

    by_team = False  # set by reading.topic_page where the author answers for the house

    objects = PostQuerySet.as_manager()

    class Meta:
        verbose_name = _("post")
        verbose_name_plural = _("posts")
        constraints = [
            models.UniqueConstraint(fields=["topic", "post_no"], name="post_number_once"),
            models.CheckConstraint(condition=Q(post_no__gte=1), name="post_number_from_one"),
            models.CheckConstraint(
                condition=Q(version=1, edited_at__isnull=True) | Q(version__gt=1, edited_at__isnull=False),
                name="post_edited_has_versions",
            ),
            models.CheckConstraint(
                condition=Q(hidden_at__isnull=True) | (Q(hidden_by__isnull=False) & ~Q(hidden_reason="")),
                name="post_hidden_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.topic_id}#{self.post_no}"

    @property
    def body(self) -> SafeString:
        """The HTML for pages: it is safe because nothing but rendering.render() writes it."""
        return SafeString(self.html)


class TopicRead(models.Model):
    """How far a person has read a topic, and whether they want to hear of replies."""

    class Watch(models.TextChoices):
        NORMAL = "normal", _("quiet")
        WATCHING = "watching", _("watching")

    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    topic = models.ForeignKey(Topic, models.CASCADE, related_name="reads")
    last_read_no = models.PositiveIntegerField(default=0)
    watch = models.CharField(max_length=8, choices=Watch, default=Watch.NORMAL)

    class Meta:
        verbose_name = _("reading mark")
        verbose_name_plural = _("reading marks")
        constraints = [
            models.UniqueConstraint(fields=["user", "topic"], name="topic_read_once"),
        ]
        indexes = [
            models.Index(fields=["topic"], condition=Q(watch="watching"), name="topic_watchers"),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.topic_id} {self.last_read_no}"
