"""What technicians find, with pictures: the front desk makes lines of estimates of it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict, Invalid, NotFound
from documents import erasing, uploads
from documents.models import Document
from journal import log
from services import live
from services.models import Appointment, Centre, CheckItem, Estimate, EstimateLine, Finding, Job
from services.work.jobs import DO_WORK, locked_job
from services.work.moments import moment_of

PICTURE = "services.finding_picture"
ABOUT = "services.finding"
MOST_PICTURES = 6
TEXT_LENGTH = 600
# In which the customer has been told of it.
TOLD = [Estimate.State.SENT, Estimate.State.DECIDED, Estimate.State.EXPIRED, Estimate.State.REPLACED]


def record_finding(
    *,
    by: User,
    job: Job,
    text: str,
    item: CheckItem | None = None,
    pictures: Sequence[Document] = (),
    at: datetime | None = None,
    now: datetime,
) -> Finding:
    """Write down what was found at a job, at the instant ``at``. ``pictures`` are received uploads.

    The same words of the same person at the same instant are one finding, whenever they arrive.
    Raises NotFound, Invalid (no_text, too_many, in_future, too_old), Conflict (visit_over).
    """
    moment, words = moment_of(at=at, now=now), _words(text)
    if len(pictures) > MOST_PICTURES:
        raise Invalid(
            _("Please send at most %(count)d pictures.") % {"count": MOST_PICTURES},
            code="too_many",
            field="pictures",
        )
    with transaction.atomic():
        held = locked_job(by=by, job=job)
        visit = held.appointment
        _require_running(visit)
        if item is not None and item.service_type_id != held.service_type_id:
            raise NotFound(_("This point is not on the check sheet."), field="item")
        known = Finding.objects.filter(job=held, by=by, at=moment, text=words).first()
        if known is not None and at is not None:
            return known
        finding = Finding.objects.create(job=held, item=item, text=words, by=by, at=moment)
        for picture in pictures:
            uploads.attach(document=picture, about=finding)
        log.record(
            "services.finding_recorded",
            by=by,
            subject=visit,
            data={"centre": visit.centre_id, "job": held.pk, "finding": finding.pk},
            at=moment,
        )
        live.announce("services.finding_recorded", visit)
    return finding


def change_finding(*, by: User, finding: Finding, text: str, now: datetime) -> Finding:
    """Say it in other words, as long as no customer has read it.

    Raises NotFound, Invalid (no_text), Conflict (visit_over, told).
    """
    words = _words(text)
    with transaction.atomic():
        held = _lock_untold(by, finding)
        if held.text != words:
            held.text = words
            held.save(update_fields=["text"])
            _record("services.finding_changed", held, by=by, now=now)
    return held


def withdraw_finding(*, by: User, finding: Finding, now: datetime) -> None:
    """It was none: it is gone with its pictures. One in a draft goes after its line.

    Raises NotFound, Conflict (visit_over, told, in_draft).
    """
    with transaction.atomic():
        held = _lock_untold(by, finding)
        if held.lines.exists():
            raise Conflict(
                _("A draft of an estimate mentions it. Please drop that line first."), code="in_draft"
            )
        erasing.erase_all(documents=pictures_of([held]).get(held.pk, []), now=now, by=by)
        _record("services.finding_withdrawn", held, by=by, now=now)
        held.delete()


def _words(text: str) -> str:
    words = text.strip()
    if not words or len(words) > TEXT_LENGTH:
        raise Invalid(_("Please say in a few words what you found."), code="no_text", field="text")
    return words


def _require_running(visit: Appointment) -> None:
    if visit.status in (Appointment.Status.DONE, *Appointment.Status.gone()):
        raise Conflict(_("This visit is over; nothing more is to be done."), code="visit_over")


def _lock_untold(by: User, finding: Finding) -> Finding:
    """Under the lock of its visit, which whoever sends an estimate takes, too."""
    row = Finding.objects.select_related("job__appointment").filter(pk=finding.pk).first()
    if row is None or not Job.objects.workable_by(by).filter(pk=row.job_id).exists():
        raise NotFound(_("This finding was not found."))
    visit = Appointment.objects.select_for_update(of=("self",)).get(pk=row.job.appointment_id)
    _require_running(visit)
    held = (
        Finding.objects.select_related("job__appointment__centre")
        .select_for_update(of=("self",))
        .filter(pk=finding.pk)
        .first()
    )
    if held is None:
        raise NotFound(_("This finding was not found."))
    if held.lines.filter(estimate__state__in=TOLD).exists():
        raise Conflict(
            _("The customer has read it in an estimate. Please write down another finding."), code="told"
        )
    return held


def _record(kind: str, finding: Finding, *, by: User, now: datetime) -> None:
    visit = finding.job.appointment
    log.record(
        kind,
        by=by,
        subject=visit,
        data={"centre": visit.centre_id, "job": finding.job_id, "finding": finding.pk},
        at=now,
    )
    live.announce(kind, visit)


def open_findings(*, appointment: Appointment) -> QuerySet[Finding]:
    """Findings of a visit that no estimate mentions yet, the oldest first.

    A line of an estimate that was replaced or ran out does not count.
    """
    mentioned = EstimateLine.objects.filter(
        finding=OuterRef("pk"),
        estimate__state__in=[Estimate.State.DRAFT, Estimate.State.SENT, Estimate.State.DECIDED],
    )
    return (
        Finding.objects.filter(job__appointment=appointment)
        .exclude(Exists(mentioned))
        .select_related("job__service_type", "item", "by")
        .order_by("at", "pk")
    )


def findings_of(*, appointment: Appointment) -> QuerySet[Finding]:
    """All of a visit, the oldest first; ``is_told`` says whether an estimate mentions it."""
    mentioned = EstimateLine.objects.filter(finding=OuterRef("pk"), estimate__state__in=TOLD)
    return (
        Finding.objects.filter(job__appointment=appointment)
        .annotate(is_told=Exists(mentioned))
        .select_related("job__service_type", "item", "by")
        .order_by("at", "pk")
    )


def pictures_of(findings: Iterable[Finding]) -> dict[int, list[Document]]:
    """The pictures of each finding, by its id; one read. Those without any are missing."""
    ids = [finding.pk for finding in findings]
    found: dict[int, list[Document]] = {}
    rows = Document.objects.not_erased().filter(about_kind=ABOUT, about_id__in=ids).order_by("pk")
    for picture in rows:
        found.setdefault(int(picture.about_id or 0), []).append(picture)
    return found


def may_send_picture(user: Any) -> bool:
    """Whoever works on cars."""
    return bool(user.has_permission(DO_WORK))


def may_read_picture(*, user: Any, document: Document, now: datetime) -> bool:
    """Colleagues of the visit's centre; its customer, once an estimate that was sent mentions it."""
    if not user.is_authenticated or document.about_kind != ABOUT:
        return False
    finding = Finding.objects.select_related("job").filter(pk=document.about_id or 0).first()
    if finding is None:
        return False
    visits = Appointment.objects.filter(pk=finding.job.appointment_id)
    if visits.filter(centre__in=Centre.objects.staffed_by(user, "services.view_day")).exists():
        return True
    told = finding.lines.filter(estimate__state__in=TOLD).exists()
    return told and visits.visible_to(user, now).exists()


def unattached_pictures(user: Any) -> QuerySet[Document]:
    """What somebody sent to ``/api/v1/documents/`` as pictures of findings and has not used yet."""
    return Document.objects.unattached(user).filter(kind=PICTURE)
