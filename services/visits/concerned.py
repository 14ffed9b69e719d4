"""Whom a visit concerns: the customers who share it, and the team that works on it."""

from datetime import datetime
from typing import NamedTuple

from django.db.models import Exists, F, OuterRef, Q

from accounts.models import RoleGrant, User
from accounts.permissions import PERMISSIONS
from services.models import Allocation, Appointment, Estimate, Resource, StatusChange, VisitMessage
from services.models.visits import AppointmentQuerySet
from vehicles import ownership
from vehicles.models import Ownership

VIEW_DAY = "services.view_day"
CHANGE_DAY = "services.change_day"
MOST = 20  # colleagues told of one thing


def shared_with(user: User, now: datetime) -> AppointmentQuerySet:
    """Visits whose messages and estimates the person may read: their own, and those of their time.

    Whoever takes a car over while it is in the workshop sees the visit, but not what the owner
    before wrote about it, nor what that owner was asked to pay.
    """
    of_their_time = Ownership.objects.filter(
        vehicle=OuterRef("vehicle"), period__contains=now, period__startswith__lte=OuterRef("created_at")
    )
    return Appointment.objects.visible_to(user, now).filter(Q(booked_by=user) | Exists(of_their_time))


def readable_by(user: User, now: datetime) -> AppointmentQuerySet:
    """Visits that are shared with the person, and those at the centres where they work."""
    theirs = shared_with(user, now).values("pk")
    ours = Appointment.objects.at_centres_of(user).values("pk")
    return Appointment.objects.filter(Q(pk__in=theirs) | Q(pk__in=ours))


def payers_of(visit: Appointment, now: datetime) -> list[User]:
    """Who may order work for the visit: whoever booked it, and those who answer for the car."""
    keepers = ownership.keepers_of(vehicle_id=visit.vehicle_id, now=now) if visit.vehicle_id else []
    everyone = {person.pk: person for person in (visit.booked_by, *keepers)}
    return [person for person in everyone.values() if shared_with(person, now).filter(pk=visit.pk).exists()]


def team_of(visit: Appointment) -> list[User]:
    """The colleagues who have to do with the visit; nobody yet: who runs the centre's day.

    Only those who still may see the centre's day.
    """
    ids = _involved(visit) or _front_desk(visit)
    people = User.objects.filter(pk__in=ids, is_active=True).order_by("pk")[:MOST]
    return [person for person in people if person.has_permission(VIEW_DAY, visit.centre)]


def _involved(visit: Appointment) -> set[int]:
    rows = (
        StatusChange.objects.filter(appointment=visit).values_list("by_id"),
        Estimate.objects.filter(appointment=visit).values_list("created_by_id"),
        VisitMessage.objects.filter(appointment=visit, from_customer=False).values_list("author_id"),
        Allocation.objects.filter(
            appointment=visit, active=True, part=Allocation.Part.TECHNICIAN
        ).values_list("resource__user_id"),
    )
    found = rows[0].order_by().union(*(more.order_by() for more in rows[1:]))
    return {pk for (pk,) in found if pk is not None} - {visit.booked_by_id}


def _front_desk(visit: Appointment) -> set[int]:
    here = RoleGrant.objects.in_force().filter(
        role__in=PERMISSIONS[CHANGE_DAY], scope_kind=visit.centre._meta.label_lower, scope_id=visit.centre_id
    )
    return set(here.order_by("user").values_list("user", flat=True)[:MOST])


class Shown(NamedTuple):
    """Somebody who worked on the car and agreed that customers see it."""

    resource_id: int
    name: str
    photo_id: int | None


def shown_people(visit: Appointment) -> list[Shown]:
    """Technicians of the visit who show themselves, each once: name, and the photo if there is one."""
    rows = (
        Resource.objects.filter(
            allocations__appointment=visit,
            allocations__active=True,
            allocations__part=Allocation.Part.TECHNICIAN,
            shown_since__isnull=False,
            is_active=True,
            user__isnull=False,
        )
        .annotate(first=F("user__first_name"), last=F("user__last_name"), photo=F("user__photo"))
        .order_by("pk")
        .distinct()
    )
    return [
        Shown(row.pk, f"{row.first} {row.last}".strip() or row.name, row.photo)  # type: ignore[attr-defined]
        for row in rows
    ]
