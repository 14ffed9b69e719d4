"""Visits as what requests are about, and the queues of the workshop: each centre sees its own."""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.cases.links import LinkKind, Thing, register_link_kind
from accounts.cases.queues import Queue, register_queue
from accounts.models import User
from common.templatetags.typography import clock, day
from services.models import Appointment, Centre

VISIT = "services.appointment"
CALL_BACK, QUESTIONS = "services.call_back", "services.questions"
MOST = 10  # choices


def register() -> None:
    """From services/apps.py."""
    register_queue(
        Queue(
            CALL_BACK,
            _("Call-backs of the workshop"),
            promise=timedelta(hours=4),
            permission="services.change_day",
            scoped=True,
            is_call=True,
            topic=_("A visit at short notice: please call me"),
            place=20,
        )
    )
    register_queue(
        Queue(
            QUESTIONS,
            _("Workshop"),
            promise=timedelta(days=1),
            permission="services.change_day",
            scoped=True,
            topic=_("A visit to the workshop"),
            for_guests=True,
            place=30,
        )
    )
    register_link_kind(
        LinkKind(
            VISIT,
            _("Appointment"),
            describe=_describe,
            may_link=lambda user, number, now: (
                Appointment.objects.visible_to(user, now).filter(pk=number).exists()
            ),
            choices=_choices,
            permission="services.view_day",
            scope_of=_centre_of,
        )
    )


def _describe(ids: list[int]) -> dict[int, Thing]:
    return {
        visit.pk: Thing(
            title=_named(visit),
            owner_url=reverse("services:appointment-detail", args=[visit.pk]),
            staff_url=reverse("services:staff-visit", args=[visit.pk]),
            staff_title=f"{_named(visit)} · {visit.code}",
        )
        for visit in Appointment.objects.filter(pk__in=ids).with_names()
    }


def _choices(user: User, now: datetime) -> list[tuple[int, str]]:
    visits = Appointment.objects.visible_to(user, now).with_names().order_by("-span")[:MOST]
    return [(visit.pk, _named(visit)) for visit in visits]


def _named(visit: Appointment) -> str:
    starts_at = visit.starts_at.astimezone(visit.centre.zone)
    return f"{visit.service_type.name}, {day(starts_at)}, {clock(starts_at)}"


def _centre_of(number: int) -> Centre | None:
    return Centre.objects.filter(appointments=number).first()
