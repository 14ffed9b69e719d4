"""Loan cars and test-drive cars in a customer's hands: given out against a licence, taken back."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import civil
from common.errors import Conflict, Invalid, NotFound
from documents import signing
from documents.models import Signature
from journal import log
from services.booking import allocating
from services.desk import counter, late_cars, loan_papers
from services.models import Allocation, Appointment, LoanHandover, Resource

# Cars up to 3.5 t: class B, with what includes it (FeV §6; B197 as written on the card).
LICENCE_CLASSES = ("B", "B197", "B96", "BE", "C1", "C1E", "C", "CE", "D1", "D", "DE")
KINDS = (Resource.Kind.LOAN_CAR, Resource.Kind.TEST_CAR)
MOST_KM = 2_000_000
LONGEST = timedelta(days=60)


@dataclass(frozen=True)
class Licence:
    """As it was seen; no copy is kept. ``expires`` is the civil day on the card, if it has one."""

    driver_name: str
    licence_class: str
    expires: date | None = None


class CarGone(Conflict):
    """Somebody else has this car, or has it booked for a part of the time."""

    code = "car_gone"

    def __init__(self) -> None:
        super().__init__(_("This car is taken for that time. Please choose another one."), field="car")


def hand_out(
    *,
    by: User,
    appointment: Appointment,
    car: Resource,
    licence: Licence,
    due_at: datetime,
    mileage_km: int,
    charge_percent: int,
    remarks: str = "",
    now: datetime,
) -> LoanHandover:
    """Give a car to the customer of a visit until ``due_at``: the agreement is ready to be signed.

    Raises as ``counter.lock_visit``; NotFound for a car of another centre, Invalid for a licence that
    does not do or ends before the car is back, CarGone when somebody else has it, Conflict when this
    visit has its car already.
    """
    _check_state(mileage_km, charge_percent)
    if not now < due_at <= now + LONGEST:
        raise Invalid(
            _("When is the car due back? At most 60 days from now."), code="due_wrong", field="due_at"
        )
    _check_licence(licence, due_at)
    try:
        with transaction.atomic():
            allocating.lock_day(appointment.centre, civil.local_date(now, appointment.centre.zone))
            visit = counter.lock_visit(by=by, appointment=appointment)
            chosen = _lock_car(visit, car)
            if LoanHandover.objects.filter(appointment=visit).exists():
                raise Conflict(_("This customer has got a car already."), code="handed_out")
            _take(visit, chosen, DateTimeTZRange(now, due_at, "[)"))
            handover = LoanHandover.objects.create(
                appointment=visit,
                car=chosen,
                driver_name=" ".join(licence.driver_name.split()),
                licence_class=licence.licence_class,
                licence_expires=licence.expires,
                licence_seen_by=by,
                handed_at=now,
                due_at=due_at,
                mileage_out_km=mileage_km,
                charge_out_percent=charge_percent,
                remarks=remarks.strip(),
            )
            handover.paper = loan_papers.make_paper(handover=handover, by=by, now=now)
            handover.save(update_fields=["paper"])
            _record("services.loan_car_handed_out", handover, by=by, now=now, mileage_km=mileage_km)
    except IntegrityError as error:
        # The database is the last guard of "one car, one person"; whoever was faster has it.
        raise CarGone from error
    return handover


def take_back(
    *,
    by: User,
    handover: LoanHandover,
    mileage_km: int,
    charge_percent: int,
    remarks: str = "",
    now: datetime,
) -> LoanHandover:
    """The car is back: it is free for the next customer at once.

    Raises NotFound outside ``by``'s centres, NotAllowed, Invalid for a mileage below the one at
    hand-over, Conflict for a car that was back already.
    """
    _check_state(mileage_km, charge_percent)
    with transaction.atomic():
        held = _lock_handover(by, handover)
        if held.returned_at is not None:
            raise Conflict(_("This car is back already."), code="returned")
        if mileage_km < held.mileage_out_km:
            raise Invalid(
                _("That is less than at hand-over. Please look again."),
                code="mileage_back",
                field="mileage_km",
            )
        held.returned_at, held.mileage_in_km, held.charge_in_percent = now, mileage_km, charge_percent
        held.remarks = "\n".join(part for part in (held.remarks, remarks.strip()) if part)
        held.save(update_fields=["returned_at", "mileage_in_km", "charge_in_percent", "remarks"])
        _shorten(held, now)
        late_cars.release_car(by=by, car=held.car, now=now)
        _record("services.loan_car_returned", held, by=by, now=now, mileage_km=mileage_km)
    return held


def sign_agreement(
    *, by: User, handover: LoanHandover, sha256: str, now: datetime, **signed: Any
) -> Signature:
    """The driver signs on the screen that ``by`` hands over; ``signed`` as ``signing.sign`` takes it."""
    with transaction.atomic():
        held = _lock_handover(by, handover)
        if held.paper is None:
            raise NotFound(_("There is no paper yet."))
        return signing.sign(
            document=held.paper,
            sha256=sha256,
            signer=held.appointment.booked_by,
            witnessed_by=by,
            now=now,
            **signed,
        )


def cars_for(*, appointment: Appointment, now: datetime) -> QuerySet[Resource]:
    """Cars of the centre that are in the yard: loan cars, or for a test drive the cars for these."""
    kind = Resource.Kind.LOAN_CAR if appointment.service_type.needs_car else Resource.Kind.TEST_CAR
    out = LoanHandover.objects.out().values("car")
    return (
        Resource.objects.filter(centre=appointment.centre_id, kind=kind, is_active=True)
        .exclude(pk__in=out)
        .select_related("car_model")
        .order_by("name", "pk")
    )


def reserved_car(appointment: Appointment) -> Resource | None:
    """The car that the visit has booked, if it has one."""
    found = _reserved(appointment).select_related("resource").first()
    return found.resource if found else None


def out_at(*, by: User) -> QuerySet[LoanHandover]:
    """Cars on the road of ``by``'s centres, the one due first on top."""
    return LoanHandover.objects.at_centres_of(by).out().with_names().order_by("due_at", "pk")


def _reserved(appointment: Appointment) -> QuerySet[Allocation]:
    return Allocation.objects.filter(appointment=appointment, active=True, resource__kind__in=KINDS)


def _lock_car(visit: Appointment, car: Resource) -> Resource:
    """One hand-over of a car after the other."""
    chosen = (
        Resource.objects.select_for_update(of=("self",))
        .filter(pk=car.pk, centre=visit.centre_id, kind__in=KINDS, is_active=True)
        .first()
    )
    if chosen is None:
        raise NotFound(_("There is no such car here."), field="car")
    if LoanHandover.objects.out().filter(car=chosen).exists():
        raise CarGone
    return chosen


def _take(visit: Appointment, car: Resource, span: DateTimeTZRange) -> None:
    """Hold the car for the time it is out, on the row that the visit has or on a new one."""
    row = _reserved(visit).first()
    others = Allocation.objects.filter(resource=car, active=True, span__overlap=span).exclude(
        appointment=visit
    )
    # A hold that has run out blocks nobody: the engine sweeps it, here it gives way.
    others.filter(kind=Allocation.Kind.HOLD, expires_at__lte=span.lower).update(active=False)
    if others.exists():
        raise CarGone
    if row is None:
        Allocation.objects.create(
            resource=car,
            kind=Allocation.Kind.VISIT,
            span=span,
            appointment=visit,
            part=Allocation.Part.LOAN_CAR,
        )
    else:
        row.resource, row.span = car, span
        row.save(update_fields=["resource", "span"])


def _shorten(handover: LoanHandover, now: datetime) -> None:
    """What the visit had of the car ends with its return."""
    row = _reserved(handover.appointment).filter(resource=handover.car_id).first()
    if row is None:
        return
    if row.span.lower < now < row.span.upper:
        row.span = DateTimeTZRange(row.span.lower, now, "[)")
        row.save(update_fields=["span"])
    elif now <= row.span.lower:
        row.active = False
        row.save(update_fields=["active"])


def _lock_handover(by: User, handover: LoanHandover) -> LoanHandover:
    held = (
        LoanHandover.objects.at_centres_of(by)
        .select_related("car", "paper", "appointment__centre", "appointment__booked_by")
        .select_for_update(of=("self",))
        .filter(pk=handover.pk)
        .first()
    )
    if held is None:
        raise NotFound(_("This hand-over was not found."))
    counter.require_counter(by=by, centre=held.appointment.centre)
    return held


def _check_state(mileage_km: int, charge_percent: int) -> None:
    if not 0 <= mileage_km <= MOST_KM:
        raise Invalid(_("Please check the mileage."), code="mileage_wrong", field="mileage_km")
    if not 0 <= charge_percent <= 100:
        raise Invalid(_("The charge is between 0 and 100 %."), code="charge_wrong", field="charge_percent")


def _check_licence(licence: Licence, due_at: datetime) -> None:
    if len(licence.driver_name.strip()) < 2:
        raise Invalid(_("Who drives the car?"), code="driver_missing", field="driver_name")
    if licence.licence_class not in LICENCE_CLASSES:
        raise Invalid(
            _("This licence does not allow driving a car."), code="licence_class", field="licence_class"
        )
    if licence.expires is not None and licence.expires < civil.local_date(due_at):
        raise Invalid(
            _("This licence ends before the car is due back."),
            code="licence_expired",
            field="licence_expires",
        )


def _record(kind: str, handover: LoanHandover, *, by: User, now: datetime, **data: Any) -> None:
    visit = handover.appointment
    log.record(
        kind,
        by=by,
        subject=visit,
        data={"centre": visit.centre_id, "car": handover.car_id, "handover": handover.pk, **data},
        audience=[visit.booked_by],
        at=now,
    )
