"""What the law wants kept of somebody who left: a locked record, read by few, erased in its time."""

from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import KeptRecord, User
from accounts.privacy import parts
from common.civil import local_date
from common.errors import NotAllowed
from journal import log


def end_of_year_after(day: date, *, years: int) -> date:
    """The last day of a period of full years that begins with the end of ``day``'s year.

    So run the periods of tax and commercial law (AO §147(4), HGB §257(5)) and of limitation
    (BGB §199(1)).
    """
    return date(day.year + years, 12, 31)


def identity_of(user: User) -> dict[str, Any]:
    """Who somebody was, for papers that stay: name, ways to reach them, addresses."""
    return {
        "name": user.display_name,
        "email": user.email or "",
        "phone": user.phone,
        "addresses": [str(address) for address in user.addresses.order_by("pk")],
    }


def lock_away(
    *, user: User, part: str, basis: str, until: date, content: dict[str, Any], now: datetime
) -> KeptRecord | None:
    """Keep ``content`` of a person who leaves, for ``part``; None when its time is over already.

    ``basis`` names the law, ``until`` is the last Berlin day. What was locked away before stays
    as it was: after a killed worker there may be nothing left to read.
    """
    if until < local_date(now):
        return None
    record, _new = KeptRecord.objects.get_or_create(
        user=user, part=part, defaults={"basis": basis, "until": until, "content": content}
    )
    return record


def kept_records() -> QuerySet[KeptRecord]:
    """Those with a content, without reading it, what ends first on top."""
    return KeptRecord.objects.filter(erased_at__isnull=True).defer("content").order_by("until", "pk")


def look_at(*, by: User, record: KeptRecord) -> KeptRecord:
    """Read a locked record. The journal keeps who looked. Raises NotAllowed without the right."""
    if not by.has_permission("accounts.see_locked"):
        raise NotAllowed(_("Only administrators open locked records."))
    with transaction.atomic():
        log.record("accounts.locked_seen", by=by, subject=record.user, data={"record": record.pk})
        return KeptRecord.objects.get(pk=record.pk)


def erase_overdue(*, now: datetime, limit: int) -> int:
    """Erase the contents whose last day is over, at most ``limit``; how many records that were."""
    today = local_date(now)
    overdue = KeptRecord.objects.filter(erased_at__isnull=True, until__lt=today).order_by("pk")
    count = 0
    for pk in list(overdue.values_list("pk", flat=True)[:limit]):
        with transaction.atomic():
            record = KeptRecord.objects.select_for_update(of=("self",)).filter(pk=pk, erased_at=None).first()
            if record is None:
                continue
            part = parts.part_named(record.part)
            if part is not None:
                part.forget(user=record.user, now=now)
            record.content, record.erased_at = {}, now
            record.save(update_fields=["content", "erased_at"])
            log.record("accounts.locked_erased", by=None, subject=record.user, data={"record": pk}, at=now)
            count += 1
    return count


def count_overdue(*, now: datetime) -> int:
    today = local_date(now)
    return KeptRecord.objects.filter(erased_at__isnull=True, until__lt=today).count()


__all__ = [
    "count_overdue",
    "end_of_year_after",
    "erase_overdue",
    "identity_of",
    "kept_records",
    "lock_away",
    "look_at",
]
