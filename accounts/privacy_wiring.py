"""What privacy registers at the start: the parts of accounts, the copies' channel, the rules."""

from django.utils.translation import gettext_lazy as _

from accounts import (
    exports,
    privacy_dealings,  # noqa: F401  (registers its parts)
    privacy_desk,  # noqa: F401  (registers its parts)
    privacy_people,  # noqa: F401  (registers its part)
    privacy_rules,
)
from common import realtime
from documents.registry import DocumentKind, register_kind


def register() -> None:
    """From accounts/apps.py, which also opens the channel."""
    realtime.register_topic("export", exports.may_watch)
    register_kind(
        DocumentKind(exports.KIND, _("Copy of your data"), exports.never_by_number, accepts=frozenset())
    )
    privacy_rules.register()


__all__ = ["register"]
