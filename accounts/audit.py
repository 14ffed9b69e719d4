"""The journal as its readers ask for it: what, who, when."""

from datetime import date

from django.db.models import Q, QuerySet

from common.civil import day_span
from journal.models import Event


def find_events(
    *,
    kind: str = "",
    person: str = "",
    since: date | None = None,
    until: date | None = None,
    before: int | None = None,
) -> QuerySet[Event]:
    """Events, newest first: those of a kind, by or about a person (e-mail), on Berlin days.

    ``until`` is included. ``before`` is an event's id: the next page starts below it, so
    that new events move nothing.
    """
    events = Event.objects.select_related("subject", "by").order_by("-pk")
    if kind:
        events = events.filter(kind=kind)
    if person:
        email = person.strip().lower()
        events = events.filter(
            Q(by__email=email) | Q(pk__in=Event.objects.filter(audience__user__email=email).values("pk"))
        )
    if since:
        events = events.filter(at__gte=day_span(since)[0])
    if until:
        events = events.filter(at__lt=day_span(until)[1])
    if before is not None:
        events = events.filter(pk__lt=before)
    return events
