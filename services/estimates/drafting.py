"""Writing an estimate: lines with labour and parts, pictures, and where they come from."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict, Invalid, NotFound
from documents import uploads
from documents.models import Document
from services.desk import workday
from services.estimates.errors import AlreadyDecided, NotOpen
from services.estimates.locking import go_on, lock_for_staff, require_running, store, tell
from services.models import Appointment, CostEntry, Estimate, EstimateLine, Finding

State = Estimate.State
MOST_LINES, MOST_ENTRIES, MOST_PICTURES = 30, 20, 6
MOST_CENTS = 10_000_000  # per entry, net: 100,000 euros is a typing error
USUAL_VAT = Decimal(19)  # UStG §12(1)


class Entry(NamedTuple):
    """Labour or a part: net cents per unit, VAT in percent."""

    kind: str
    text: str
    quantity: Decimal
    unit_cents: int
    vat_percent: Decimal = USUAL_VAT


class Work(NamedTuple):
    """One thing to decide about: what, why and how urgent it is."""

    title: str
    text: str = ""
    urgency: str = EstimateLine.Urgency.SOON
    entries: Sequence[Entry] = ()
    pictures: Sequence[Document] = ()


def draft_of(*, by: User, appointment: Appointment, now: datetime) -> Estimate:
    """The draft of a visit; begun if there is none.

    Raises NotFound and NotAllowed as a change of status does; Conflict once the visit is over, or
    while an estimate waits for the customer (revise it instead).
    """
    with transaction.atomic():
        visit = workday.locked_visit(by=by, appointment=appointment)
        require_running(visit)
        open_one = visit.estimates.filter(state__in=[State.DRAFT, State.SENT]).first()
        if open_one is not None and open_one.state == State.SENT:
            raise NotOpen
        return open_one or _begin(visit, by=by, now=now)


def revise(*, by: User, estimate: Estimate, now: datetime) -> Estimate:
    """Take an estimate back, or one that ran out up again: a new draft with the same lines.

    The customer can't decide about the old one any more. Raises NotFound, NotAllowed,
    AlreadyDecided, Conflict (draft_exists, visit_over).
    """
    with transaction.atomic():
        old = lock_for_staff(by=by, estimate=estimate)
        visit = old.appointment
        require_running(visit)
        if old.state not in (State.SENT, State.EXPIRED):
            raise AlreadyDecided if old.state == State.DECIDED else NotOpen
        if visit.estimates.filter(state__in=[State.DRAFT, State.SENT]).exclude(pk=old.pk).exists():
            raise Conflict(_("There is a newer estimate already."), code="draft_exists")
        if old.state == State.SENT:
            old.state = State.REPLACED
            store(old, "state")
            tell("replaced", old, by=by, now=now)
            go_on(visit, by=by, now=now)
        draft = _begin(visit, by=by, now=now, note=old.note)
        for line in old.lines.prefetch_related("entries"):
            _copy(line, draft)
    return draft


def write_line(
    *,
    by: User,
    estimate: Estimate,
    work: Work,
    line: EstimateLine | None = None,
    finding: Finding | None = None,
    now: datetime,
) -> EstimateLine:
    """Add a line to a draft, or write ``line`` anew; its entries are those of ``work``.

    ``finding`` is what it comes from; pictures are received uploads, added to those it has.
    Raises NotFound, NotAllowed, NotOpen, Invalid (title_missing, too_many, wrong_entry).
    """
    _check(work)
    with transaction.atomic():
        draft = _locked_draft(by, estimate)
        if finding is not None and finding.job.appointment_id != draft.appointment_id:
            raise NotFound(_("There is no such finding."))
        if line is None:
            line = EstimateLine(estimate=draft, position=_next_position(draft), finding=finding)
        elif line.estimate_id != draft.pk:
            raise NotFound(_("There is no such line."))
        line.title, line.text, line.urgency = work.title.strip(), work.text.strip(), work.urgency
        line.save()
        line.entries.all().delete()
        CostEntry.objects.bulk_create(
            CostEntry(line=line, position=place, **entry._asdict())
            for place, entry in enumerate(work.entries, 1)
        )
        for picture in work.pictures:
            uploads.attach(document=picture, about=line)
        store(draft)
        tell("changed", draft, by=by, now=now, line=line.pk)
    return line


def drop_line(*, by: User, line: EstimateLine, now: datetime) -> None:
    """Take a line out of a draft. Raises NotFound, NotAllowed, NotOpen."""
    with transaction.atomic():
        draft = _locked_draft(by, line.estimate)
        number = line.pk
        line.delete()
        store(draft)
        tell("changed", draft, by=by, now=now, line=number)


def discard(*, by: User, estimate: Estimate, now: datetime) -> None:
    """Throw a draft away. Raises NotFound, NotAllowed, NotOpen."""
    with transaction.atomic():
        draft = _locked_draft(by, estimate)
        tell("discarded", draft, by=by, now=now)
        draft.delete()


def _begin(visit: Appointment, *, by: User, now: datetime, note: str = "") -> Estimate:
    last = visit.estimates.aggregate(last=Max("number"))["last"] or 0
    draft = Estimate.objects.create(
        appointment=visit, number=last + 1, note=note, created_by=by, created_at=now
    )
    tell("drafted", draft, by=by, now=now)
    return draft


def _copy(line: EstimateLine, draft: Estimate) -> None:
    fresh = EstimateLine.objects.create(
        estimate=draft,
        position=line.position,
        title=line.title,
        text=line.text,
        urgency=line.urgency,
        finding_id=line.finding_id,
    )
    CostEntry.objects.bulk_create(
        CostEntry(
            line=fresh,
            position=entry.position,
            kind=entry.kind,
            text=entry.text,
            quantity=entry.quantity,
            unit_cents=entry.unit_cents,
            vat_percent=entry.vat_percent,
        )
        for entry in line.entries.all()
    )
    # A picture belongs to one thing: to the line that counts.
    Document.objects.about(line).update(about_id=fresh.pk)


def _locked_draft(by: User, estimate: Estimate) -> Estimate:
    draft = lock_for_staff(by=by, estimate=estimate)
    if draft.state != State.DRAFT:
        raise NotOpen
    return draft


def _next_position(draft: Estimate) -> int:
    count = draft.lines.count()
    if count >= MOST_LINES:
        raise Invalid(_("An estimate has up to 30 lines."), code="too_many")
    return (draft.lines.aggregate(last=Max("position"))["last"] or 0) + 1


def _check(work: Work) -> None:
    if not work.title.strip():
        raise Invalid(_("Please say what is to be done."), code="title_missing", field="title")
    if len(work.entries) > MOST_ENTRIES:
        raise Invalid(_("A line has up to 20 entries."), code="too_many")
    if len(work.pictures) > MOST_PICTURES:
        raise Invalid(_("These are too many pictures."), code="too_many", field="pictures")
    for entry in work.entries:
        sound = entry.quantity > 0 and entry.unit_cents >= 0 and 0 <= entry.vat_percent <= 99
        if not sound or entry.quantity * entry.unit_cents > MOST_CENTS or not entry.text.strip():
            raise Invalid(_("Please check quantity and price of each entry."), code="wrong_entry")
