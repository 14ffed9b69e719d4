"""Pictures that somebody sends with a booking: of a noise's source, a warning, a scratch."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from accounts.models import User
from documents import uploads
from documents.models import Document
from services.models import Appointment
from services.visits import concerned

PICTURE = "services.booking_picture"
ABOUT = "services.appointment"
MOST_PICTURES = 6


def unused(user: User, ids: Iterable[int]) -> list[Document]:
    """Those of the person's own uploads that belong to nothing yet."""
    wanted = list(ids)[:MOST_PICTURES]
    if not wanted:
        return []
    rows = Document.objects.unattached(user).filter(kind=PICTURE, pk__in=wanted)
    return list(rows.exclude(state=Document.State.REFUSED).order_by("pk"))


def attach(*, appointment: Appointment, pictures: Sequence[Document]) -> None:
    """They belong to the visit from now on; called in the transaction that books it."""
    for picture in pictures:
        uploads.attach(document=picture, about=appointment)


def of_visit(appointment: Appointment) -> QuerySet[Document]:
    return (
        Document.objects.not_erased()
        .filter(kind=PICTURE, about_kind=ABOUT, about_id=appointment.pk)
        .order_by("pk")
    )


def may_read(user: Any, document: Document, *, now: datetime) -> bool:
    """Whom the visit is shared with, and the colleagues of its centre."""
    if document.about_kind != ABOUT or not user.is_authenticated:
        return False
    return concerned.readable_by(user, now).filter(pk=document.about_id or 0).exists()
