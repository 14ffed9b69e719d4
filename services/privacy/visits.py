"""Visits, what was said about them, and what was found and estimated."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.privacy import keeping
from accounts.privacy.parts import Attached, Fate, Hold, PersonalData, Sheet, register_part
from common.civil import local_date
from documents import erasing as documents_erasing
from documents.models import Document
from services.booking import booking
from services.booking import pictures as booking_pictures
from services.models import (
    Appointment,
    CheckResult,
    CostEntry,
    DamageMark,
    Displacement,
    Estimate,
    EstimateLine,
    Finding,
    Job,
    PromiseChange,
    StatusChange,
    Thanks,
    VisitMessage,
)
from services.models.visits import AppointmentQuerySet
from services.privacy import counter

Row = dict[str, Any]
PART = "services"
LIMITATION_YEARS = 3  # BGB §195; claims for defects of a repair: §634a
PERSON_GONE = "person_gone"  # the reason in the journal


def visits_of(user: User) -> AppointmentQuerySet:
    return Appointment.objects.filter(booked_by=user)


def export(user: User) -> Iterable[Sheet | Attached]:
    yield Sheet("visits", _("Your visits to the workshop"), lambda: _visits(user), table=True)
    yield Sheet("timeline", _("How your visits went"), lambda: _timeline(user))
    yield Sheet("messages", _("What you and the workshop wrote"), lambda: _messages(user))
    yield Sheet("findings", _("What was checked and found"), lambda: _findings(user))
    yield Sheet("estimates", _("Estimates and what you decided"), lambda: _estimates(user))
    # Pictures of their own are among their documents.
    for picture in pictures_of(user).ready().exclude(owner=user).order_by("pk"):
        yield Attached(f"{picture.pk}-{picture.file_name}", picture.file)


def _visits(user: User) -> Iterator[Row]:
    booked = visits_of(user).select_related("centre", "service_type", "vehicle").order_by("pk")
    for visit in booked.iterator(200):
        yield {
            "number": visit.code,
            "service": visit.service_type.name,
            "centre": visit.centre.name,
            "vin": visit.vehicle.vin if visit.vehicle else None,
            "starts": visit.starts_at,
            "ends": visit.ends_at,
            "car": visit.car_words,
            "how": visit.get_way_display(),
            "loan_car": visit.loan_car,
            "street": visit.street,
            "postcode": visit.postcode,
            "town": visit.town,
            "status": visit.get_status_display(),
            "price_cents": visit.price_cents,
            "note": visit.note,
            "symptoms": visit.symptoms,
            "promised": visit.promised_at,
            "asked_to_start_early": visit.early_start_at,
            "booked": visit.created_at,
        }


def _timeline(user: User) -> Iterator[Row]:
    mine = visits_of(user).values("pk")
    for step in StatusChange.objects.filter(appointment__in=mine).select_related("appointment"):
        yield {
            "visit": step.appointment.code,
            "at": step.at,
            "step": step.get_status_display(),
            "note": step.note,
            "parts": step.parts,
            "parts_expected": step.parts_expected_on,
        }
    for promise in PromiseChange.objects.filter(appointment__in=mine).select_related("appointment"):
        yield {
            "visit": promise.appointment.code,
            "at": promise.at,
            "promised": promise.promised_at,
            "reason": promise.reason,
        }
    for job in Job.objects.filter(appointment__in=mine).select_related("appointment", "service_type"):
        yield {
            "visit": job.appointment.code,
            "job": job.service_type.name,
            "planned": job.span,
            "state": job.get_state_display(),
            "price_cents": job.price_cents,
        }
    for lost in Displacement.objects.filter(appointment__in=mine).select_related("appointment"):
        yield {
            "visit": lost.appointment.code,
            "at": lost.at,
            "needed_another_time": lost.get_state_display(),
        }


def _messages(user: User) -> Iterator[Row]:
    for said in _said(user).select_related("appointment").order_by("pk").iterator(500):
        yield {
            "visit": said.appointment.code,
            "at": said.at,
            "by": "you" if said.author_id == user.pk else "customer" if said.from_customer else "our team",
            "text": said.text,
        }
    for thanks in Thanks.objects.filter(by=user).select_related("appointment").order_by("pk"):
        yield {"visit": thanks.appointment.code, "at": thanks.at, "thanks": thanks.text}


def _said(user: User) -> QuerySet[VisitMessage]:
    """In the threads of their visits, and what they wrote as a guest of somebody else's car."""
    return VisitMessage.objects.filter(Q(appointment__booked_by=user) | Q(author=user, from_customer=True))


def _findings(user: User) -> Iterator[Row]:
    found = Finding.objects.filter(job__appointment__booked_by=user).select_related("job__appointment")
    for finding in found.order_by("pk").iterator(500):
        yield {"visit": finding.job.appointment.code, "at": finding.at, "found": finding.text}
    checked = CheckResult.objects.filter(job__appointment__booked_by=user)
    for result in checked.select_related("job__appointment", "item").order_by("pk").iterator(500):
        yield {
            "visit": result.job.appointment.code,
            "at": result.at,
            "checked": result.item.text,
            "verdict": result.get_verdict_display(),
            "value": result.value,
            "unit": result.item.unit,
        }


def _estimates(user: User) -> Iterator[Row]:
    """As they were sent: drafts are nobody's yet."""
    made = Estimate.objects.filter(appointment__booked_by=user).exclude(state=Estimate.State.DRAFT)
    for estimate in made.select_related("appointment").prefetch_related("lines__entries").order_by("pk"):
        yield {
            "visit": estimate.appointment.code,
            "number": estimate.number,
            "state": estimate.get_state_display(),
            "note": estimate.note,
            "sent": estimate.sent_at,
            "decided": estimate.decided_at,
            "decided_through": estimate.get_decided_through_display(),
            "lines": [_line(line) for line in estimate.lines.all()],
        }


def _line(line: EstimateLine) -> Row:
    return {
        "title": line.title,
        "why": line.text,
        "urgency": line.get_urgency_display(),
        "decision": line.get_decision_display(),
        "entries": [
            {
                "kind": entry.get_kind_display(),
                "what": entry.text,
                "quantity": entry.quantity,
                "unit_cents": entry.unit_cents,
                "vat_percent": entry.vat_percent,
            }
            for entry in line.entries.all()
        ],
    }


def pictures_of(user: User) -> Any:
    """Pictures in the threads of their visits, and of what was seen on their car."""
    of = {
        VisitMessage: _said(user),
        Finding: Finding.objects.filter(job__appointment__booked_by=user),
        EstimateLine: EstimateLine.objects.filter(estimate__appointment__booked_by=user),
        DamageMark: DamageMark.objects.filter(order__appointment__booked_by=user),
    }
    which = Q()
    for model, rows in of.items():
        which |= Q(about_kind=model._meta.label_lower, about_id__in=rows.values("pk"))
    which |= Q(kind=booking_pictures.PICTURE, about_id__in=visits_of(user).values("pk"))
    return Document.objects.not_erased().filter(which)


def holds(*, user: User, now: datetime) -> Iterable[Hold]:
    for visit in visits_of(user).filter(status__in=Appointment.Status.in_house()).order_by("pk"):
        yield Hold("car_in_workshop", _("A car of the visit %(code)s is with us.") % {"code": visit.code})


def erase(*, user: User, now: datetime) -> None:
    """Words go; visits stay with the car's and the workshop's history, who came is locked away."""
    _call_off_coming(user, now)
    done = visits_of(user).filter(status=Appointment.Status.DONE)
    last = done.order_by("span").last()
    if last is not None:
        keeping.lock_away(
            user=user,
            part=PART,
            basis="BGB §§ 195, 199, 634a",
            until=keeping.end_of_year_after(local_date(last.ends_at), years=LIMITATION_YEARS),
            content={
                **keeping.identity_of(user),
                "visits": list(done.order_by("pk").values_list("code", flat=True)),
            },
            now=now,
        )
    said = pictures_of(user).filter(
        Q(about_kind=VisitMessage._meta.label_lower) | Q(kind=booking_pictures.PICTURE)
    )
    documents_erasing.erase_all(documents=said.order_by("pk"), now=now)
    _said(user).delete()
    Thanks.objects.filter(by=user).delete()
    blank = Q(note="", car_words="", street="", postcode="", town="", symptoms={})
    visits_of(user).exclude(blank).update(
        note="", car_words="", street="", postcode="", town="", symptoms={}, version=F("version") + 1
    )


def _call_off_coming(user: User, now: datetime) -> None:
    """Test drives and visits of cars that we don't know: those of their own cars ended with the cars."""
    coming = visits_of(user).filter(
        status=Appointment.Status.BOOKED, span__startswith__gt=now, vehicle__isnull=True
    )
    visits = coming.select_related("centre", "service_type", "booked_by").select_for_update(of=("self",))
    for visit in visits.order_by("pk"):
        booking.call_off(visit)
        booking.record_change(
            "services.appointment_cancelled",
            visit,
            by=None,
            now=now,
            audience=[visit.booked_by],
            reason=PERSON_GONE,
        )


def forget(*, user: User, now: datetime) -> None:
    """Claims are barred: pictures and notes go. What was done to the car is the car's history."""
    documents_erasing.erase_all(documents=pictures_of(user).order_by("pk"), now=now)
    Estimate.objects.filter(appointment__booked_by=user).exclude(note="").update(note="")
    counter.forget_orders(user=user)


register_part(
    PersonalData(
        name=PART,
        label=_("Workshop"),
        models={
            Appointment: Fate.KEPT,
            Job: Fate.KEPT,
            StatusChange: Fate.KEPT,
            PromiseChange: Fate.KEPT,
            Displacement: Fate.KEPT,
            CheckResult: Fate.KEPT,
            Finding: Fate.KEPT,
            Estimate: Fate.KEPT,
            EstimateLine: Fate.KEPT,
            CostEntry: Fate.KEPT,
            VisitMessage: Fate.ERASED,
            Thanks: Fate.ERASED,
        },
        export=export,
        erase=erase,
        forget=forget,
        holds=holds,
        place=70,
        goes=_("What you and the workshop wrote about your visits, and where we fetched your car."),
        stays=_(
            "Your visits with your name, and what was found and estimated: locked for three years after "
            "the end of the year, as long as either side could claim something from them "
            "(BGB §§ 195, 199)."
        ),
    )
)
