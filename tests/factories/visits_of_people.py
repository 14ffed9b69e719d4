"""A person's visits with all that can belong to them, each text with the person's marker."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.backends.postgresql.psycopg_any import DateRange, DateTimeTZRange

from accounts.models import User
from services.models import (
    Absence,
    Allocation,
    Appointment,
    CalendarFeed,
    Campaign,
    CampaignCar,
    CheckItem,
    CheckResult,
    CostEntry,
    DamageMark,
    Displacement,
    Estimate,
    EstimateLine,
    Finding,
    Hold,
    Job,
    JobTime,
    LoanHandover,
    PromiseChange,
    Qualification,
    RepairOrder,
    Resource,
    Shift,
    Skill,
    StatusChange,
    Thanks,
    TyreSet,
    Upkeep,
    VisitMessage,
    WaitlistEntry,
)
from tests.factories.documents import KIND, DocumentFactory, picture_bytes
from tests.factories.services import AppointmentFactory
from vehicles.models import Vehicle

# Another picture than the person's own: the same content is stored once.
COLOURS = {"alpha": "olive", "omega": "maroon"}


def fill_workshop(user: User, marker: str, *, car: Vehicle, colleague: User, now: datetime) -> Appointment:
    """A visit that is over, with a row of every model of the workshop that says something of its person."""
    visit = AppointmentFactory.create(
        vehicle=car,
        booked_by=user,
        note=f"{marker}-visit",
        status=Appointment.Status.DONE,
        way="pick_up",
        street=f"{marker}-yard",
        postcode="22767",
        town=f"{marker}-suburb",
        symptoms={"1": f"{marker}-symptom"},
    )
    AppointmentFactory.create(
        booked_by=user,
        centre=visit.centre,
        service_type=visit.service_type,
        car_words=f"{marker}-unknown-car",
        starts_at=datetime(2027, 2, 4, 8, tzinfo=UTC),
    )
    fill_progress(visit, user, marker, colleague, now)
    fill_findings(visit, marker, colleague, now)
    fill_counter(visit, user, marker, colleague, now)
    fill_times(visit, user, now)
    return visit


def fill_progress(visit: Appointment, user: User, marker: str, colleague: User, now: datetime) -> None:
    StatusChange.objects.create(
        appointment=visit, status="arrived", note=f"{marker}-step", by=colleague, at=now
    )
    PromiseChange.objects.create(
        appointment=visit, promised_at=now, reason=f"{marker}-later", by=colleague, at=now
    )
    message = VisitMessage.objects.create(
        appointment=visit, author=user, from_customer=True, text=f"{marker}-wrote", at=now
    )
    VisitMessage.objects.create(
        appointment=visit, author=colleague, from_customer=False, text=f"{marker}-replied", at=now
    )
    DocumentFactory.create(
        by=colleague,
        kind=KIND,
        content=picture_bytes(colour=COLOURS.get(marker, "gray")),
        name=f"{marker}-sent.jpg",
        about=message,
    )
    Thanks.objects.create(appointment=visit, by=user, text=f"{marker}-thanks", at=now)


def fill_findings(visit: Appointment, marker: str, colleague: User, now: datetime) -> None:
    job = Job.objects.get(appointment=visit)
    item, _new = CheckItem.objects.get_or_create(
        service_type=visit.service_type, position=1, defaults={"text_de": "Profil", "text_en": "Tread"}
    )
    CheckResult.objects.create(job=job, item=item, verdict="bad", by=colleague, at=now)
    finding = Finding.objects.create(job=job, text=f"{marker}-found", by=colleague, at=now)
    estimate = Estimate.objects.create(
        appointment=visit,
        number=1,
        state=Estimate.State.SENT,
        note=f"{marker}-offer",
        created_by=colleague,
        created_at=now,
        sent_at=now,
        expires_at=now + timedelta(days=1),
    )
    line = EstimateLine.objects.create(
        estimate=estimate, position=1, title=f"{marker}-line", text=f"{marker}-because", finding=finding
    )
    CostEntry.objects.create(
        line=line, position=1, kind="part", text=f"{marker}-part", quantity=1, unit_cents=900
    )


def fill_counter(visit: Appointment, user: User, marker: str, colleague: User, now: datetime) -> None:
    car = visit.vehicle
    assert car is not None
    order = RepairOrder.objects.create(
        appointment=visit,
        work=f"{marker}-work",
        remarks=f"{marker}-remark",
        mileage_km=12000,
        checked_in_by=colleague,
        checked_in_at=now,
    )
    DamageMark.objects.create(order=order, view="left", x=10, y=10, text=f"{marker}-scratch")
    lent = Resource.objects.create(centre=visit.centre, kind="loan_car", name="Ersatzwagen", plate="HH N 1E")
    LoanHandover.objects.create(
        appointment=visit,
        car=lent,
        driver_name=f"{marker}-driver",
        licence_class="B",
        licence_seen_by=colleague,
        handed_at=now,
        due_at=now,
        returned_at=now,
        mileage_out_km=1,
        mileage_in_km=2,
        charge_out_percent=80,
    )
    TyreSet.objects.create(
        vehicle=car,
        centre=visit.centre,
        place=f"B-{car.pk}",
        season="winter",
        tread_mm=[6, 6, 6, 6],
        remarks=f"{marker}-wheels",
        stored_by=colleague,
        stored_at=now - timedelta(hours=1),
    )
    Upkeep.objects.create(vehicle=car, mileage_km=12000, mileage_at=now)
    campaign, _new = Campaign.objects.get_or_create(
        code="N5-2026-03",
        defaults={
            "kind": "recall",
            "title_de": "Airbag",
            "title_en": "Airbag",
            "service_type": visit.service_type,
            "published_at": now,
        },
    )
    CampaignCar.objects.create(campaign=campaign, vin=car.vin, appointment=visit)


def fill_times(visit: Appointment, user: User, now: datetime) -> None:
    span = DateTimeTZRange(now + timedelta(days=1), now + timedelta(days=1, hours=1), "[)")
    Hold.objects.create(
        user=user,
        centre=visit.centre,
        service_types=[visit.service_type_id],
        span=span,
        created_at=now,
        expires_at=now + timedelta(minutes=10),
    )
    WaitlistEntry.objects.create(
        appointment=visit, user=user, not_before=now.date(), created_at=now, state="ended", ended_at=now
    )
    CalendarFeed.objects.create(user=user, created_at=now)
    technician = employed(visit, now)
    lost = Allocation.objects.create(
        resource=technician,
        kind="visit",
        span=visit.span,
        appointment=visit,
        job=Job.objects.get(appointment=visit),
        part="technician",
        active=False,
    )
    absence = Absence.objects.get(resource=technician)
    Displacement.objects.create(
        appointment=visit,
        allocation=lost,
        absence=absence,
        state="reassigned",
        at=now,
        settled_at=now,
    )


def employed(visit: Appointment, now: datetime, user: User | None = None, **fields: Any) -> Resource:
    """Somebody of the team with a skill, a shift, a day ill and an hour of work on the visit."""
    technician = Resource.objects.create(
        centre=visit.centre, kind="technician", name="M. Sahin", user=user, **fields
    )
    skill, _new = Skill.objects.get_or_create(code="mechanics", defaults={"name_de": "M", "name_en": "M"})
    Qualification.objects.create(resource=technician, skill=skill)
    Shift.objects.create(
        resource=technician, weekday=1, starts="08:00", ends="16:00", valid=DateRange(None, None)
    )
    Absence.objects.create(
        resource=technician,
        span=DateTimeTZRange(now - timedelta(days=40), now - timedelta(days=39), "[)"),
        reason=Absence.Reason.SICK,
        entered_at=now,
    )
    JobTime.objects.create(
        job=Job.objects.get(appointment=visit),
        technician=technician,
        started_at=visit.starts_at,
        ended_at=visit.starts_at + timedelta(hours=1),
    )
    return technician
