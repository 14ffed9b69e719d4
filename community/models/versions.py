"""What stood in a post before it was changed: every version is kept and can be compared."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from community.models.topics import Post


class PostVersion(models.Model):
    """One wording of a post that was changed at least once; an unchanged post has no rows.

    The author wrote it, unless ``moderator`` did, with a ``reason``.
    """

    post = models.ForeignKey(Post, models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    title = models.CharField(_("title"), max_length=120, blank=True)  # of the topic, on its first post
    source = models.TextField(_("text"))
    moderator = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+"
    )
    reason = models.TextField(_("reason"), blank=True)
    written_at = models.DateTimeField()

    class Meta:
        verbose_name = _("version of a post")
        verbose_name_plural = _("versions of posts")
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["post", "number"], name="post_version_once"),
            models.CheckConstraint(
                condition=Q(moderator__isnull=True, reason="") | Q(moderator__isnull=False) & ~Q(reason=""),
                name="post_version_of_moderation_with_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.post_id} v{self.number}"
