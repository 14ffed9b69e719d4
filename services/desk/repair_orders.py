"""The repair order: what the customer orders, the car as it came, and who signed for it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict, Invalid, NotFound
from documents import signing, uploads
from documents.models import Document, Signature
from journal import log
from services.desk import counter, order_papers
from services.models import Appointment, DamageMark, RepairOrder

MOST_KM = 2_000_000
WORK_LENGTH = 2000
MOST_MARKS = 40
PICTURE = "services.check_in_picture"


class Mark(NamedTuple):
    """A damage on an outline; ``x`` and ``y`` are thousandths from its upper left."""

    view: str
    x: int
    y: int
    text: str


@dataclass(frozen=True)
class Order:
    """What is written down at the counter. Amounts are gross cents; no limit is None."""

    work: str
    mileage_km: int
    charge_percent: int | None = None
    price_limit_cents: int | None = None
    key: str = RepairOrder.Key.HANDED
    key_place: str = ""
    remarks: str = ""
    marks: Sequence[Mark] = ()


def order_of(appointment: Appointment) -> RepairOrder | None:
    """The visit's order, with all that a page shows, if it was checked in."""
    return RepairOrder.objects.with_names().filter(appointment=appointment).first()


def change_order(
    *,
    by: User,
    order: RepairOrder,
    written: Order,
    version: int,
    pictures: Sequence[Document] = (),
    ask_online: bool = False,
    now: datetime,
) -> RepairOrder:
    """Write the order anew: a new paper, to be signed again; the old one stays with its signature.

    ``version`` is the one that was on the screen. ``ask_online`` tells the customer to read and sign
    it. Raises as ``counter.lock_visit``, Invalid, Conflict when a colleague was faster or the car has
    left.
    """
    check_order(written)
    with transaction.atomic():
        visit = counter.lock_visit(by=by, appointment=order.appointment)
        if visit.status == Appointment.Status.DONE:
            raise Conflict(_("This car has been handed back."), code="handed_back")
        held = RepairOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)
        if held.version != version:
            raise Conflict(
                _("A colleague has changed this order meanwhile. Please look at it again."),
                code="order_changed",
            )
        held.appointment = visit
        held.marks.all().delete()
        held.version += 1
        write(order=held, written=written, pictures=pictures, by=by, now=now)
        record("services.order_changed", held, by=by, now=now, version=held.version, ask=ask_online)
    return held


def write(
    *, order: RepairOrder, written: Order, pictures: Sequence[Document], by: User, now: datetime
) -> None:
    """Inside the caller's transaction: the checked values, the marks, the pictures, and the paper of it."""
    order.work, order.remarks = written.work.strip(), written.remarks.strip()
    order.mileage_km, order.charge_percent = written.mileage_km, written.charge_percent
    order.price_limit_cents = written.price_limit_cents
    order.key, order.key_place = RepairOrder.Key(written.key), written.key_place.strip()
    order.paper, order.signed_at = None, None
    order.save()
    DamageMark.objects.bulk_create(
        DamageMark(order=order, view=m.view, x=m.x, y=m.y, text=m.text.strip()) for m in written.marks
    )
    for picture in pictures:
        uploads.attach(document=picture, about=order)
    order.paper = order_papers.make_paper(order=order, by=by, now=now)
    order.save(update_fields=["paper"])


def check_order(written: Order) -> None:
    """Raises Invalid for what an order can't say, beside the field."""
    if not written.work.strip():
        raise Invalid(_("Please write down what is to be done."), code="work_missing", field="work")
    if len(written.work) > WORK_LENGTH:
        raise Invalid(_("This is too long."), code="work_too_long", field="work")
    if not 0 <= written.mileage_km <= MOST_KM:
        raise Invalid(_("Please check the mileage."), code="mileage_wrong", field="mileage_km")
    if written.charge_percent is not None and not 0 <= written.charge_percent <= 100:
        raise Invalid(_("The charge is between 0 and 100 %."), code="charge_wrong", field="charge_percent")
    if written.price_limit_cents is not None and not 0 <= written.price_limit_cents <= 100_000_00:
        raise Invalid(_("Please check the price limit."), code="limit_wrong", field="price_limit_cents")
    if written.key not in RepairOrder.Key.values:
        raise Invalid(_("How did the key come?"), code="key_unknown", field="key")
    if written.key == RepairOrder.Key.DROPPED and not written.key_place.strip():
        raise Invalid(
            _("Where does the key hang now? Whoever works on the car has to find it."),
            code="key_place_missing",
            field="key_place",
        )
    if len(written.marks) > MOST_MARKS:
        raise Invalid(_("An order takes up to 40 marks."), code="too_many_marks", field="marks")
    for mark in written.marks:
        on_outline = 0 <= mark.x <= 1000 and 0 <= mark.y <= 1000 and mark.view in DamageMark.View.values
        if not on_outline or not 0 < len(mark.text.strip()) <= 160:
            raise Invalid(
                _("Each mark needs a place on the car and a word about it."),
                code="mark_incomplete",
                field="marks",
            )


def sign_order(*, by: User, order: RepairOrder, sha256: str, now: datetime, **signed: Any) -> Signature:
    """The customer signs the order's present paper on the screen that ``by`` hands over.

    ``signed`` is what ``signing.sign`` takes of the signature itself. Raises as that and as
    ``counter.lock_visit``; PaperChanged when the order has been written anew since.
    """
    with transaction.atomic():
        visit = counter.lock_visit(by=by, appointment=order.appointment)
        held = RepairOrder.objects.select_for_update(of=("self",)).get(pk=order.pk)
        if held.paper is None:
            raise NotFound(_("There is no paper yet."))
        signature = signing.sign(
            document=held.paper, sha256=sha256, signer=visit.booked_by, witnessed_by=by, now=now, **signed
        )
        held.appointment = visit
        mark_signed(order=held, by=by, now=now)
    return signature


def mark_signed(*, order: RepairOrder, by: User | None, now: datetime) -> None:
    """Inside a transaction that holds the order: its present paper is signed. Again changes nothing."""
    if order.signed_at is None:
        order.signed_at = now
        order.save(update_fields=["signed_at"])
        record("services.order_signed", order, by=by, now=now, version=order.version)


def note_signature(*, paper_id: int, by: User | None, now: datetime) -> None:
    """Somebody signed a paper on their own screen; an order's present one makes it a signed order."""
    with transaction.atomic():
        order = (
            RepairOrder.objects.select_for_update(of=("self",))
            .select_related("appointment__booked_by")
            .filter(paper=paper_id)
            .first()
        )
        if order is not None:
            mark_signed(order=order, by=by, now=now)


def record(kind: str, order: RepairOrder, *, by: User | None, now: datetime, **data: Any) -> None:
    """Into the journal, about the visit, for the customer to read."""
    visit = order.appointment
    log.record(
        kind,
        by=by,
        subject=visit,
        data={"centre": visit.centre_id, "order": order.pk, **data},
        audience=[visit.booked_by],
        at=now,
    )
