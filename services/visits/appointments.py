"""Reading appointments: what comes next for a person, what is coming, what was."""

from datetime import datetime

from django.db.models import Q

from accounts.models import User
from services.models import Appointment, Centre
from services.models.visits import AppointmentQuerySet


def upcoming(user: User, now: datetime) -> AppointmentQuerySet:
    """The person's visits that are not over, the nearest first. ``now`` is an aware instant."""
    return (
        Appointment.objects.visible_to(user, now)
        .standing()
        .exclude(status=Appointment.Status.DONE)
        # A car that is still here stays, though its time is over.
        .filter(Q(span__endswith__gt=now) | Q(status__in=Appointment.Status.in_house()))
        .with_names()
        .order_by("span", "pk")
    )


def past(user: User, now: datetime) -> AppointmentQuerySet:
    """The person's visits that are over, cancelled or missed, the latest first."""
    coming = upcoming(user, now).order_by().values("pk")
    return (
        Appointment.objects.visible_to(user, now).exclude(pk__in=coming).with_names().order_by("-span", "-pk")
    )


def usual_centre(user: User) -> Centre | None:
    """Where the person was last, else the first centre that takes bookings."""
    last = Appointment.objects.filter(booked_by=user, centre__is_active=True).order_by("-created_at", "-pk")
    booked = last.select_related("centre").first()
    return booked.centre if booked else Centre.objects.open_to_owners().first()
