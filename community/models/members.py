"""Who people are in the forum."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _


class MemberProfile(models.Model):
    """A person in the forum. The handle is all that others see; the legal name stays away."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.CASCADE, related_name="member")
    handle = models.CharField(_("name in the forum"), max_length=24)
    # The handle with look-alike characters folded together; see community/names.py.
    handle_key = models.CharField(max_length=48, unique=True, editable=False)
    created_at = models.DateTimeField()
    # Since when nobody stands behind it any more: posts stay, the name is gone.
    left_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        verbose_name = _("member")
        verbose_name_plural = _("members")
        constraints = [
            models.UniqueConstraint(Lower("handle"), name="member_handle_once"),
            models.CheckConstraint(condition=Q(handle__regex=r"^\S{3,24}$"), name="member_handle_shape"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """What readers see: the handle, or that its bearer left."""
        return str(_("Former member")) if self.left_at else self.handle

    @property
    def initials(self) -> str:
        return "–" if self.left_at else self.handle[:2].upper()
