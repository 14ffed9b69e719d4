"""What people and organisations hang into other parts' registries; called once from apps.py."""

from django.utils.translation import gettext_lazy as _

from accounts import photos
from accounts.organisations import member_letters, memberships
from documents import registry
from journal import outbox


def register() -> None:
    registry.register_kind(photos.photo_kind(_("Photo of a person")))
    outbox.register_channel(memberships.LETTER, member_letters.deliver)
