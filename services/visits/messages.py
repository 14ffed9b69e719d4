"""What customer and workshop say to each other about one visit: one thread, with pictures."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict, Invalid, NotFound
from documents import uploads
from documents.models import Document
from journal import log
from services.models import Appointment, VisitMessage
from services.visits import concerned, live

PICTURE = "services.message_picture"
ABOUT = "services.visitmessage"
LONGEST_TEXT = 2000  # characters
MOST_PICTURES = 6
WRITABLE_FOR = timedelta(days=30)  # after the visit; then a new request says what it is about


@dataclass
class Said:
    """One message with its pictures."""

    message: VisitMessage
    pictures: list[Document] = field(default_factory=list)


def can_write(visit: Appointment, now: datetime) -> bool:
    return now <= visit.ends_at + WRITABLE_FOR


def write_as_customer(
    *, by: User, appointment: Appointment, text: str, pictures: Sequence[Document] = (), now: datetime
) -> VisitMessage:
    """The customer writes to the workshop; ``pictures`` are received uploads of this kind.

    Raises NotFound for a visit that is not shared with ``by``, Invalid for no or too many words,
    Conflict (visit_over) more than 30 days after the visit.
    """
    with transaction.atomic():
        visit = _locked(concerned.shared_with(by, now), appointment)
        return _say(visit, by=by, from_customer=True, text=text, pictures=pictures, now=now)


def write_as_staff(
    *, by: User, appointment: Appointment, text: str, pictures: Sequence[Document] = (), now: datetime
) -> VisitMessage:
    """A colleague of the centre writes to the customer. Raises as ``write_as_customer`` does."""
    with transaction.atomic():
        visit = _locked(Appointment.objects.at_centres_of(by), appointment)
        return _say(visit, by=by, from_customer=False, text=text, pictures=pictures, now=now)


def write(
    *, by: User, appointment: Appointment, text: str, pictures: Sequence[Document] = (), now: datetime
) -> VisitMessage:
    """As the customer where the visit is shared with ``by``, else as a colleague of its centre."""
    is_customer = concerned.shared_with(by, now).filter(pk=appointment.pk).exists()
    say = write_as_customer if is_customer else write_as_staff
    return say(by=by, appointment=appointment, text=text, pictures=pictures, now=now)


def mark_read(*, appointment: Appointment, by_customer: bool, now: datetime) -> int:
    """What the other side wrote was read; how many messages that changed. The caller checked the right."""
    with transaction.atomic():
        unread = VisitMessage.objects.filter(
            appointment=appointment, from_customer=not by_customer, read_at__isnull=True
        )
        changed = unread.update(read_at=now)
        if changed:
            live.tell(appointment, "read")
    return changed


def thread_of(visit: Appointment) -> list[Said]:
    """All that was said, oldest first, with pictures. Two reads."""
    rows = VisitMessage.objects.filter(appointment=visit).select_related("author").order_by("at", "pk")
    said = {message.pk: Said(message) for message in rows}
    for picture in _pictures(said):
        if picture.about_id is not None:
            said[picture.about_id].pictures.append(picture)
    return list(said.values())


def readable_by(user: User, now: datetime) -> QuerySet[VisitMessage]:
    """Messages of the visits that are shared with the person, and of those at their centres."""
    return VisitMessage.objects.filter(appointment__in=concerned.readable_by(user, now).values("pk"))


def unread_of_staff(visit_ids: Iterable[int]) -> dict[int, int]:
    """How many messages of customers nobody here has read, by visit. One read, for boards and lists."""
    rows = (
        VisitMessage.objects.filter(appointment__in=list(visit_ids), from_customer=True, read_at__isnull=True)
        .values("appointment")
        .annotate(count=Count("pk"))
        .order_by()
    )
    return {row["appointment"]: row["count"] for row in rows}


def mark_unread(visits: Iterable[Appointment], *, user: User, now: datetime) -> None:
    """Give each visit of a list ``unread``: what the workshop wrote that its customer has not read.

    0 where the thread is not shared with ``user``. One read, none for an empty list.
    """
    found = list(visits)
    counts: dict[int, int] = {}
    if found:
        shared = concerned.shared_with(user, now).filter(pk__in=[visit.pk for visit in found])
        counts = unread_of_customer(shared.values("pk"))
    for visit in found:
        visit.unread = counts.get(visit.pk, 0)


def unread_of_customer(visits: Iterable[int] | QuerySet[Any, Any]) -> dict[int, int]:
    """How many messages of the workshop the customer has not read, by visit. One read."""
    rows = (
        VisitMessage.objects.filter(appointment__in=visits, from_customer=False, read_at__isnull=True)
        .values("appointment")
        .annotate(count=Count("pk"))
        .order_by()
    )
    return {row["appointment"]: row["count"] for row in rows}


def pictures_of(message_ids: Iterable[int]) -> dict[int, list[int]]:
    """The ids of each message's pictures. One read."""
    found: dict[int, list[int]] = {}
    for picture in _pictures(message_ids):
        if picture.about_id is not None:
            found.setdefault(picture.about_id, []).append(picture.pk)
    return found


def may_read_picture(user: Any, document: Document, *, now: datetime) -> bool:
    """Whoever reads the message that it belongs to."""
    if document.about_kind != ABOUT or not user.is_authenticated:
        return False
    return readable_by(user, now).filter(pk=document.about_id or 0).exists()


def _locked(visits: QuerySet[Appointment], appointment: Appointment) -> Appointment:
    visit = (
        visits.select_related("centre", "service_type", "booked_by")
        .select_for_update(of=("self",))
        .filter(pk=appointment.pk)
        .first()
    )
    if visit is None:
        raise NotFound(_("This appointment was not found."))
    return visit


def _say(
    visit: Appointment,
    *,
    by: User,
    from_customer: bool,
    text: str,
    pictures: Sequence[Document],
    now: datetime,
) -> VisitMessage:
    words = text.strip()
    if not words:
        raise Invalid(_("Please write a few words."), code="text_missing", field="text")
    if len(words) > LONGEST_TEXT:
        raise Invalid(_("This is too long. Please shorten it."), code="text_too_long", field="text")
    if len(pictures) > MOST_PICTURES:
        raise Invalid(_("These are too many pictures."), code="too_many_pictures", field="pictures")
    if not can_write(visit, now):
        raise Conflict(
            _("This visit was long ago. Please write us a new request."), code="visit_over", field="text"
        )
    message = VisitMessage.objects.create(
        appointment=visit, author=by, from_customer=from_customer, text=words, at=now
    )
    for picture in pictures:
        uploads.attach(document=picture, about=message)
    # Whoever answers has read what was said before.
    mark_read(appointment=visit, by_customer=from_customer, now=now)
    log.record(
        "services.message_written",
        by=by,
        subject=visit,
        data={
            "centre": visit.centre_id,
            "code": visit.code,
            "said": message.pk,
            "from_customer": from_customer,
        },
        audience=[by] if from_customer else concerned.payers_of(visit, now),
        at=now,
    )
    live.tell(visit, "message")
    return message


def _pictures(message_ids: Iterable[int]) -> Iterable[Document]:
    ids = list(message_ids)
    return Document.objects.not_erased().filter(about_kind=ABOUT, about_id__in=ids).order_by("pk")
