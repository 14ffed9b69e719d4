"""The handover: staff prepare a car and its claim code, the new owner proves it with both."""

from datetime import datetime, timedelta
from typing import NamedTuple

from django.contrib.auth.hashers import check_password, make_password
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from common.codes import new_code, parse_code
from common.errors import Conflict, Invalid, NotAllowed
from journal import log
from vehicles import attempts, live, ownership
from vehicles.errors import AlreadyYours, ClaimRefused
from vehicles.models import ClaimCode, Ownership, Vehicle, VehicleModel
from vehicles.plates import parse_plate
from vehicles.vin import parse_vin

CODE_LIFETIME = timedelta(days=90)


class Handover(NamedTuple):
    """A prepared car and its code in clear: to be shown once, never stored."""

    vehicle: Vehicle
    code: str
    expires_at: datetime


def hand_over_vehicle(
    *, by: User, vin: str, model: VehicleModel, colour: str = Vehicle.Colour.AURORA, now: datetime
) -> Handover:
    """Enter a new car and issue its claim code, valid for 90 days.

    Needs the permission ``vehicles.hand_over`` (NotAllowed). Raises VinInvalid, Conflict
    for a number that is already known.
    """
    _check_permission(by)
    number = parse_vin(vin)
    with transaction.atomic():
        vehicle, new = Vehicle.objects.get_or_create(vin=number, defaults={"model": model, "colour": colour})
        if not new:
            raise Conflict(
                _("A car with this number is already known. Issue a new code for it instead."),
                code="vin_known",
                field="vin",
            )
        log.record("vehicles.handed_over", by=by, subject=vehicle, data={"model": model.code})
        return _issue(by=by, vehicle=vehicle, now=now)


def issue_claim_code(*, by: User, vehicle: Vehicle, now: datetime) -> Handover:
    """A new code for a car without owner; the earlier one stops working.

    Raises NotAllowed without ``vehicles.hand_over``, Conflict while someone owns the car.
    """
    _check_permission(by)
    with transaction.atomic():
        locked = ownership.lock_vehicle(vehicle_id=vehicle.pk)
        if locked.ownerships.filter(period__contains=now).exists():
            raise Conflict(
                _("This car has an owner. They can transfer it or give it up."), code="vehicle_owned"
            )
        return _issue(by=by, vehicle=locked, now=now)


def _issue(*, by: User, vehicle: Vehicle, now: datetime) -> Handover:
    ClaimCode.objects.filter(vehicle=vehicle, closed_at__isnull=True).update(closed_at=now)
    code = new_code()
    row = ClaimCode.objects.create(
        vehicle=vehicle,
        code_hash=make_password(code),
        issued_by=by,
        issued_at=now,
        expires_at=now + CODE_LIFETIME,
    )
    log.record("vehicles.claim_code_issued", by=by, subject=vehicle, data={"claim_code": row.pk})
    return Handover(vehicle, code, row.expires_at)


def _check_permission(by: User) -> None:
    if not by.has_permission("vehicles.hand_over"):
        raise NotAllowed(_("Handing over cars is not among your tasks."))


def claim_vehicle(
    *,
    by: User,
    vin: str,
    code: str,
    plate: str = "",
    nickname: str = "",
    organisation: Organisation | None = None,
    now: datetime,
) -> Vehicle:
    """Make ``by``, or the ``organisation`` that they run, the owner from ``now`` on, proven by the
    claim code from the handover.

    Raises VinInvalid, PlateInvalid, Invalid for a mistyped code; TooManyTries after 5 tries
    for one number in a quarter of an hour; AlreadyYours; and ClaimRefused alike for an
    unknown number, a wrong, used or expired code and a car that has an owner.
    """
    number = parse_vin(vin)
    number_plate = parse_plate(plate)
    meant = parse_code(code)
    if meant is None:
        raise Invalid(
            _("This claim code is incomplete or mistyped. It looks like NL-7F3K-2QH."),
            code="claim_code_invalid",
            field="code",
        )
    if Vehicle.objects.owned_by(by, now).filter(vin=number).exists():
        raise AlreadyYours
    attempts.count_try(user_id=by.pk, vin=number, now=now)
    proof = _matching_code(number, meant, now)
    with transaction.atomic():
        vehicle = ownership.lock_vehicle(vehicle_id=proof.vehicle_id)
        used = ClaimCode.objects.filter(pk=proof.pk, closed_at__isnull=True).update(closed_at=now)
        begins = _free_from(vehicle, now)
        if not used or begins is None:
            raise ClaimRefused
        vehicle.plate, vehicle.nickname = number_plate, nickname.strip()
        vehicle.save(update_fields=["plate", "nickname"])
        owned = ownership.begin_ownership(vehicle=vehicle, user=by, organisation=organisation, at=begins)
        log.record(
            "vehicles.claimed",
            by=by,
            subject=vehicle,
            data=ownership.owner_data("after", owned),
            audience=ownership.keepers(owned),
        )
        live.tell(vehicle.pk)
        return vehicle


def _matching_code(vin: str, code: str, now: datetime) -> ClaimCode:
    """The open code of this car, if it is the one typed; hashing takes as long without a car."""
    proof = ClaimCode.objects.usable(now).filter(vehicle__vin=vin).first()
    if proof is None:
        make_password(code)
        raise ClaimRefused
    if not check_password(code, proof.code_hash):
        raise ClaimRefused
    return proof


def _free_from(vehicle: Vehicle, now: datetime) -> datetime | None:
    """From when the locked car can have a new owner: now, or the last end just after; None if owned."""
    last = Ownership.objects.filter(vehicle=vehicle).order_by("-period").first()
    if last is None:
        return now
    return None if last.period.upper is None else max(now, last.period.upper)
