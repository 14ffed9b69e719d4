"""Visits as calendar files (RFC 5545): one visit, or a person's own address that calendars read.

Times are written in UTC, so that every calendar shows the same instant in its reader's zone and no
file needs a zone table. The UID of a visit stays; SEQUENCE is its version and rises with each change.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.db.models import Max
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vCalAddress, vGeo, vText

from accounts.models import Notice, User
from accounts.telling.notice_kinds import Attachment
from common import brand
from common.errors import NotFound
from journal import log
from journal.models import Event as JournalEvent
from services.models import Appointment, CalendarFeed
from services.models.visits import AppointmentQuerySet

MEDIA_TYPE: Final = "text/calendar; charset=utf-8; method=PUBLISH"
PAST: Final = timedelta(days=90)  # what is over stays in the feed for so long
MOST = 500
ASK_AGAIN: Final = timedelta(hours=1)
_signer = signing.Signer(salt="services.calendar", sep="~")


@dataclass(frozen=True)
class Feed:
    """A person's calendar at a moment; ``etag`` changes with its content."""

    content: bytes
    etag: str
    changed_at: datetime


def open_feed(*, by: User, now: datetime) -> CalendarFeed:
    """The person's address, made when there is none."""
    with transaction.atomic():
        feed, new = CalendarFeed.objects.get_or_create(user=by, defaults={"created_at": now})
        if new:
            log.record("services.calendar_opened", by=by, subject=feed, audience=[by], at=now)
    return feed


def renew_feed(*, by: User, now: datetime) -> CalendarFeed:
    """Another address; the ones before are no more. Raises NotFound without one."""
    with transaction.atomic():
        feed = _locked(by)
        feed.serial += 1
        feed.created_at, feed.last_used_at = now, None
        feed.save(update_fields=["serial", "created_at", "last_used_at"])
        log.record(
            "services.calendar_renewed",
            by=by,
            subject=feed,
            data={"serial": feed.serial},
            audience=[by],
            at=now,
        )
    return feed


def close_feed(*, by: User, now: datetime) -> None:
    """No address any more. Raises NotFound without one."""
    with transaction.atomic():
        feed = _locked(by)
        log.record("services.calendar_closed", by=by, subject=feed, audience=[by], at=now)
        feed.delete()


def token_of(feed: CalendarFeed) -> str:
    """What opens the feed: signed, so that nobody guesses another's."""
    return _signer.sign(f"{feed.pk}.{feed.serial}")


def address_of(feed: CalendarFeed) -> str:
    """The whole address that a calendar subscribes to."""
    return settings.PUBLIC_URL + reverse("services:calendar-feed", args=[token_of(feed)])


def feed_named(token: str) -> CalendarFeed:
    """Raises NotFound for a token that we did not sign, that was renewed, or whose person has left."""
    try:
        pk, serial = _signer.unsign(token).split(".")
    except signing.BadSignature as error:
        raise NotFound(_("There is no such calendar.")) from error
    found = CalendarFeed.objects.filter(pk=int(pk), serial=int(serial), user__is_active=True)
    feed = found.select_related("user").first()
    if feed is None:
        raise NotFound(_("There is no such calendar."))
    return feed


def read_feed(*, feed: CalendarFeed, now: datetime) -> Feed:
    """The person's visits from 90 days ago on, the cancelled ones marked so. Three queries and a mark
    of use, once an hour."""
    visits = list(
        _complete(Appointment.objects.visible_to(feed.user, now))
        .filter(span__endswith__gt=now - PAST)
        .order_by("span", "pk")[:MOST]
    )
    changes = _changes(visits)
    with translation.override(feed.user.language):
        book = _calendar(visits, changes, name=_("%(brand)s service") % {"brand": brand.current()["name"]})
    content = book.to_ical()
    CalendarFeed.objects.filter(pk=feed.pk).exclude(last_used_at__gt=now - ASK_AGAIN).update(last_used_at=now)
    return Feed(
        content,
        f'"{sha256(content).hexdigest()[:32]}"',
        max([feed.created_at, *changes.values()]),
    )


def file_of(appointment: Appointment, *, language: str) -> Attachment:
    """One visit as it stands, as a file to open in a calendar."""
    visit = _complete(Appointment.objects.filter(pk=appointment.pk)).get()
    with translation.override(language):
        content = _calendar([visit], _changes([visit])).to_ical()
    return Attachment(f"{visit.code}.ics", content, MEDIA_TYPE)


def of_notice(notice: Notice) -> list[Attachment]:
    """The visit that a notice tells of, if it still exists."""
    if notice.event_id is None:
        return []
    about = JournalEvent.objects.filter(pk=notice.event_id).select_related("subject").first()
    if about is None or about.subject.kind != Appointment._meta.label_lower:
        return []
    visit = Appointment.objects.filter(pk=int(about.subject.object_id)).first()
    return [file_of(visit, language=notice.user.language)] if visit else []


def _complete(rows: AppointmentQuerySet) -> AppointmentQuerySet:
    return rows.with_names().prefetch_related("jobs__service_type")


def _changes(visits: Sequence[Appointment]) -> dict[int, datetime]:
    """Visit id → when something about it happened last; a calendar tells versions apart by it."""
    events = JournalEvent.objects.filter(
        subject__kind=Appointment._meta.label_lower, subject__object_id__in=[v.pk for v in visits]
    )
    last = events.values_list("subject__object_id").annotate(last=Max("at")).order_by()
    found = {int(pk): at for pk, at in last}
    return {visit.pk: max(found.get(visit.pk, visit.created_at), visit.created_at) for visit in visits}


def _calendar(visits: Iterable[Appointment], changes: dict[int, datetime], *, name: str = "") -> Calendar:
    book = Calendar()
    book.add("prodid", f"-//{brand.current()['name']}//Service//EN")
    book.add("version", "2.0")
    book.add("calscale", "GREGORIAN")
    book.add("method", "PUBLISH")
    if name:
        book.add("name", name)  # RFC 7986
        book.add("x-wr-calname", name)  # older calendars
        book.add("refresh-interval", ASK_AGAIN, parameters={"VALUE": "DURATION"})
        book.add("x-published-ttl", "PT1H")
    for visit in visits:
        book.add_component(_event(visit, changes[visit.pk]))
    return book


def _event(visit: Appointment, changed_at: datetime) -> Event:
    centre = visit.centre
    page = settings.PUBLIC_URL + reverse("services:appointment-detail", args=[visit.pk])
    works = ", ".join(job.service_type.name for job in visit.jobs.all()) or visit.service_type.name
    lines = [_("Appointment %(code)s") % {"code": visit.code}]
    lines += [visit.car_name] if visit.car_name else []
    lines += [f"{centre.name}, {centre.phone}", page]
    row = Event()
    row.add("uid", f"visit-{visit.pk}@{urlsplit(settings.PUBLIC_URL).hostname or 'localhost'}")
    row.add("sequence", visit.version)
    row.add("dtstamp", _whole(changed_at))
    row.add("last-modified", _whole(changed_at))
    row.add("created", _whole(visit.created_at))
    row.add("dtstart", _whole(visit.starts_at))
    row.add("dtend", _whole(visit.ends_at))
    gone = visit.status == Appointment.Status.CANCELLED
    row.add("status", "CANCELLED" if gone else "CONFIRMED")
    row.add("transp", "TRANSPARENT" if gone else "OPAQUE")
    row.add("summary", _("%(brand)s: %(work)s") % {"brand": brand.current()["name"], "work": works})
    row.add("description", "\n".join(lines))
    row.add("location", f"{centre.name}, {centre.street}, {centre.postcode} {centre.town}")
    row.add("geo", vGeo((centre.latitude, centre.longitude)))
    row.add("url", page)
    row.add("class", "PRIVATE")
    organizer = vCalAddress(f"mailto:{centre.email}")
    organizer.params["CN"] = vText(centre.name)
    row.add("organizer", organizer)
    return row


def _whole(moment: datetime) -> datetime:
    """UTC, in whole seconds: a calendar knows no smaller ones."""
    return moment.astimezone(UTC).replace(microsecond=0)


def _locked(by: User) -> CalendarFeed:
    feed = CalendarFeed.objects.select_for_update(of=("self",)).filter(user=by).first()
    if feed is None:
        raise NotFound(_("You have no calendar address."))
    return feed
