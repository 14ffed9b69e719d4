"""What privacy registers at the start: the parts of accounts, the copies' channel, the rules."""

from django.utils.translation import gettext_lazy as _

from accounts.privacy import (
    dealings,  # noqa: F401  (registers its parts)
    desk,  # noqa: F401  (registers its parts)
    exports,
    people,  # noqa: F401  (registers its part)
    rules,
)
from common import realtime
from documents.registry import DocumentKind, register_kind


def register() -> None:
    """From accounts/apps.py, which also opens the channel."""
    realtime.register_topic("export", exports.may_watch)
    register_kind(
        DocumentKind(exports.KIND, _("Copy of your data"), exports.never_by_number, accepts=frozenset())
    )
    rules.register()


__all__ = ["register"]
