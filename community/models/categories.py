"""The rooms of the forum, and the one question of who may read and write in them."""

from typing import TYPE_CHECKING, TypeAlias

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser

    from accounts.models import User

    Reader: TypeAlias = User | AnonymousUser

MODERATE = "community.moderate"


def may_moderate(user: "Reader") -> bool:
    """Whether this reader sees what is hidden and may decide about it."""
    return bool(user.is_authenticated and user.has_permission(MODERATE))


class CategoryQuerySet(models.QuerySet["Category"]):
    def visible_to(self, user: "Reader") -> "CategoryQuerySet":
        """What this reader may read. Everything else in the forum asks this one query."""
        return self.filter(open_to(user, "read"))

    def writable_by(self, user: "Reader") -> "CategoryQuerySet":
        """Where this person may open topics and answer: only where they may read, too."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(open_to(user, "read") & open_to(user, "write"))


def open_to(user: "Reader", deed: str, prefix: str = "") -> Q:
    if not user.is_authenticated:
        return Q(**{f"{prefix}{deed}_access": Category.Access.PUBLIC})
    if user.has_permission(MODERATE):
        return Q()
    return Q(**{f"{prefix}{deed}_access__in": [Category.Access.PUBLIC, Category.Access.MEMBERS]}) | Q(
        **{
            f"{prefix}{deed}_access": Category.Access.ROLES,
            f"{prefix}{deed}_roles__overlap": sorted(user.roles),
        }
    )


class Category(models.Model):
    """A room of the forum. ``read_roles`` and ``write_roles`` count where access is by role."""

    class Access(models.TextChoices):
        PUBLIC = "public", _("everybody")
        MEMBERS = "members", _("everybody who is signed in")
        ROLES = "roles", _("certain roles")

    class Colour(models.TextChoices):
        AURORA = "aurora", _("green")
        VIOLET = "violet", _("violet")
        AMBER = "amber", _("amber")
        ROSE = "rose", _("rose")
        INK = "ink", _("blue-black")

    slug = models.SlugField(max_length=40, unique=True)
    name_de = models.CharField(_("name (German)"), max_length=60)
    name_en = models.CharField(_("name (English)"), max_length=60)
    about_de = models.CharField(_("about (German)"), max_length=160, blank=True)
    about_en = models.CharField(_("about (English)"), max_length=160, blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    colour = models.CharField(_("colour"), max_length=8, choices=Colour, default=Colour.AURORA)
    icon = models.CharField(_("icon"), max_length=40, default="message-circle")
    read_access = models.CharField(_("who may read"), max_length=8, choices=Access, default=Access.PUBLIC)
    read_roles = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    write_access = models.CharField(_("who may write"), max_length=8, choices=Access, default=Access.MEMBERS)
    write_roles = ArrayField(models.CharField(max_length=20), default=list, blank=True)
    # Topics and posts that are not hidden, kept by F() where they change.
    topic_count = models.PositiveIntegerField(default=0, editable=False)
    post_count = models.PositiveIntegerField(default=0, editable=False)

    objects = CategoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "id"]
        constraints = [
            models.CheckConstraint(condition=~Q(write_access="public"), name="category_guests_do_not_write"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        return self.name_en if _english() else self.name_de

    @property
    def about(self) -> str:
        return self.about_en if _english() else self.about_de


def _english() -> bool:
    return (get_language() or "de").startswith("en")
