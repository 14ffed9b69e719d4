"""Systems that report usage: each signs its reports with a key of its own."""

import hashlib
import secrets
from datetime import datetime
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict, Invalid, NotAllowed
from journal import log
from subscriptions.models import UsageSource

RUN = "subscriptions.run_sources"
PREFIX = "use_"


class Opened(NamedTuple):
    """The key is shown this once; we keep its hash only."""

    source: UsageSource
    key: str


def add_source(*, by: User, code: str, name: str, now: datetime) -> Opened:
    """A new source with its key. Raises NotAllowed, Invalid for a code that is taken."""
    _require(by)
    key = _new_key()
    with transaction.atomic():
        source, created = UsageSource.objects.get_or_create(
            code=code,
            defaults={"name": name, "key_hash": _hash(key), "key_end": key[-4:], "added_at": now},
        )
        if not created:
            raise Invalid(_("There is a source with this code already."), field="code")
        log.record("subscriptions.source_added", by=by, subject=source, data={"code": code}, at=now)
    return Opened(source, key)


def renew_key(*, by: User, source: UsageSource, now: datetime) -> Opened:
    """Another key; the one before is void at once. Raises NotAllowed, Conflict for a closed source."""
    _require(by)
    key = _new_key()
    with transaction.atomic():
        locked = UsageSource.objects.select_for_update(of=("self",)).get(pk=source.pk)
        if locked.closed_at is not None:
            raise Conflict(_("This source is closed."), code="source_closed")
        locked.key_hash, locked.key_end = _hash(key), key[-4:]
        locked.save(update_fields=["key_hash", "key_end"])
        log.record("subscriptions.source_renewed", by=by, subject=locked, data={"code": locked.code}, at=now)
    return Opened(locked, key)


def close_source(*, by: User, source: UsageSource, now: datetime) -> None:
    """It may report no more; what it reported stays. Closing again changes nothing."""
    _require(by)
    with transaction.atomic():
        if UsageSource.objects.filter(pk=source.pk, closed_at=None).update(closed_at=now):
            log.record(
                "subscriptions.source_closed", by=by, subject=source, data={"code": source.code}, at=now
            )


def source_of(key: str) -> UsageSource | None:
    """Who reports with this key; None for any other text, and for closed sources."""
    if not key.startswith(PREFIX):
        return None
    return UsageSource.objects.filter(key_hash=_hash(key), closed_at=None).first()


def _require(by: User) -> None:
    if not by.has_permission(RUN):
        raise NotAllowed(_("Looking after the sources of usage is not among your tasks."))


def _new_key() -> str:
    """256 bits: a plain hash keeps them safe, nobody guesses one."""
    return PREFIX + secrets.token_urlsafe(32)


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()
