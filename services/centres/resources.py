"""The people, places and cars of a centre: what each is and can do."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import civil
from common.errors import Conflict, Invalid
from journal import log
from services.centres import shifts
from services.centres.rights import require_right
from services.models import Allocation, Centre, Qualification, Resource, Skill

Kind = Resource.Kind
WARNED_DAYS = 60  # before a qualification runs out
# What a resource of a kind has besides its name; the rest stays empty.
FIELDS: dict[str, tuple[str, ...]] = {
    Kind.TECHNICIAN: ("user",),
    Kind.MOBILE: ("user", "area", "travel_minutes"),
    Kind.DRIVER: ("user", "area", "travel_minutes"),
    Kind.BAY: ("bay_type",),
    Kind.LANE: (),
    Kind.LOAN_CAR: ("plate", "car_model"),
    Kind.TEST_CAR: ("plate", "car_model"),
}
SKILLED = (Kind.TECHNICIAN, Kind.MOBILE)

Skills = Mapping[Skill, date | None]


def add_resource(
    *, by: User, centre: Centre, kind: str, values: dict[str, Any], skills: Skills, now: datetime
) -> Resource:
    """A new one, shut whenever its centre is; people work the opening hours until told otherwise.

    ``values`` are its name and the FIELDS of its kind; ``skills`` each with the last day it is valid,
    or None. Raises NotAllowed, Invalid (unknown_kind, no_area), Conflict (technician_placed).
    """
    require_right(by)
    if kind not in FIELDS:
        raise Invalid(_("There is no such kind."), code="unknown_kind", field="kind")
    with transaction.atomic():
        resource = Resource(centre=centre, kind=kind)
        _write(resource, values, skills)
        if kind in Kind.people():
            shifts.follow_opening_hours(resource, civil.local_date(now, centre.zone))
        _shut_with_its_centre(resource, now)
        _note("services.resource_added", by, resource, now)
    return resource


def change_resource(
    *, by: User, resource: Resource, values: dict[str, Any], skills: Skills, now: datetime
) -> Resource:
    """Booked visits stay as they are; from now on the search asks what is told here.

    Raises NotAllowed, Invalid (no_area), Conflict (technician_placed).
    """
    require_right(by)
    with transaction.atomic():
        held = Resource.objects.select_for_update(of=("self",), no_key=True).get(pk=resource.pk)
        _write(held, values, skills)
        _note("services.resource_changed", by, held, now)
    return held


def switch_resource(*, by: User, resource: Resource, active: bool, now: datetime) -> None:
    """Whether new visits may use it; booked ones stay. Raises NotAllowed."""
    require_right(by)
    with transaction.atomic():
        Resource.objects.filter(pk=resource.pk).update(is_active=active)
        _note("services.resource_changed", by, resource, now)


def expiry_of(qualification: Qualification, today: date) -> str:
    """Empty, "soon" within WARNED_DAYS, or "over": then the search no longer counts it."""
    last = qualification.valid_until
    if last is None or last > today + timedelta(days=WARNED_DAYS):
        return ""
    return "over" if last < today else "soon"


def _write(resource: Resource, values: dict[str, Any], skills: Skills) -> None:
    kind = resource.kind
    resource.name = values["name"]
    for name in FIELDS[kind]:
        setattr(resource, name, values[name])
    if kind in (Kind.MOBILE, Kind.DRIVER) and not (resource.area and resource.travel_minutes):
        raise Invalid(
            _("Please say where to, as beginnings of postcodes, and how long one way takes."),
            code="no_area",
            field="area" if not resource.area else "travel_minutes",
        )
    user = resource.user
    if user and Resource.objects.filter(user=user, is_active=True).exclude(pk=resource.pk).exists():
        raise Conflict(_("This colleague works at a centre already."), code="technician_placed", field="user")
    resource.save()
    if kind in SKILLED:
        _qualify(resource, skills)


def _qualify(resource: Resource, skills: Skills) -> None:
    resource.qualifications.exclude(skill__in=list(skills)).delete()
    for skill, valid_until in skills.items():
        Qualification.objects.update_or_create(
            resource=resource, skill=skill, defaults={"valid_until": valid_until}
        )


def _shut_with_its_centre(resource: Resource, now: datetime) -> None:
    """What shuts the centre shuts what is new in it, too."""
    with connection.cursor() as cursor:
        cursor.execute(
            """INSERT INTO services_allocation (resource_id, kind, span, active, closure_id, part)
               SELECT %s, %s, span, true, id, '' FROM services_closure
               WHERE centre_id = %s AND upper(span) > %s AND cancelled_at IS NULL ORDER BY id
               ON CONFLICT DO NOTHING""",
            [resource.pk, Allocation.Kind.CLOSURE, resource.centre_id, now],
        )


def _note(kind: str, by: User, resource: Resource, now: datetime) -> None:
    log.record(kind, by=by, subject=resource, data={"centre": resource.centre_id}, at=now)
