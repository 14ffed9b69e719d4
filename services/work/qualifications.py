"""Qualifications that run out: seen by the technician, warned about once, 60 days before."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet

from accounts.models import RoleGrant, User
from accounts.permissions import Role
from common import civil
from journal import log
from services.models import Qualification, Resource

WARN = timedelta(days=60)


def qualifications_of(*, resource: Resource) -> QuerySet[Qualification]:
    """By skill; ``valid_until`` is the last civil day on which each holds."""
    return resource.qualifications.select_related("skill").order_by("skill")


def state_of(*, qualification: Qualification, today: date) -> str:
    """ "expired", "expiring" (within 60 days) or "valid" on a civil day of the centre."""
    last = qualification.valid_until
    if last is None or last > today + WARN:
        return "valid"
    return "expired" if last < today else "expiring"


def warn_of_expiry(*, now: datetime) -> int:
    """Record once for each last day that it lies within 60 days; how many that were.

    The reaction tells the technician and the centre's staff.
    """
    today = civil.local_date(now)
    due = (
        Qualification.objects.filter(
            ~Q(warned_for=F("valid_until")) | Q(warned_for__isnull=True),
            valid_until__range=(today, today + WARN),
            resource__is_active=True,
            resource__kind__in=Resource.Kind.people(),
        )
        .order_by("pk")
        .values_list("pk", flat=True)
    )
    return sum(_warn(pk, now) for pk in list(due))


def _warn(pk: int, now: datetime) -> int:
    """The mark and the event commit together: said exactly once, however often the job runs."""
    with transaction.atomic():
        held = (
            Qualification.objects.select_related("resource")
            .select_for_update(of=("self",))
            .filter(pk=pk)
            .first()
        )
        if held is None or held.valid_until is None or held.warned_for == held.valid_until:
            return 0
        held.warned_for = held.valid_until
        held.save(update_fields=["warned_for"])
        log.record(
            "services.qualification_expiring",
            by=None,
            subject=held.resource,
            data={"qualification": held.pk, "skill": held.skill_id, "until": held.valid_until.isoformat()},
            at=now,
        )
    return 1


def whom_to_warn(*, resource: Resource) -> list[User]:
    """The technician and the staff of the centre, each once."""
    staff = (
        RoleGrant.objects.in_force()
        .filter(role=Role.STAFF, scope_kind=resource.centre._meta.label_lower, scope_id=resource.centre_id)
        .values("user")
    )
    return list(User.objects.filter(Q(pk__in=staff) | Q(pk=resource.user_id), is_active=True).order_by("pk"))
