"""Passing a car on: its owner offers, the new owner answers, ownership changes at one instant."""

from datetime import datetime, timedelta
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from common.errors import Invalid, NotFound
from journal import log
from vehicles import attempts, live, ownership
from vehicles.errors import TransferClosed, TransferPending, VehicleNotFound
from vehicles.models import GarageShare, Ownership, Share, Transfer, Vehicle

LIFETIME = timedelta(days=14)
KEEP_ADDRESS = timedelta(days=30)  # so that both sides still see with whom it was


def parse_address(typed: str, *, by: User) -> str:
    """An e-mail address in lower case that is not one's own; raises Invalid."""
    email = typed.strip().lower()
    try:
        validate_email(email)
    except ValidationError:
        raise Invalid(_("Please enter a complete e-mail address."), field="email") from None
    if email == by.email:
        raise Invalid(_("This is your own address."), code="own_address", field="email")
    return email


def offer_transfer(*, by: User, vehicle: Vehicle, email: str, now: datetime) -> Transfer:
    """Offer the car to whoever has this address, now or after signing up; open for 14 days.

    Nothing changes until they accept. Raises Invalid, VehicleNotFound unless ``by`` owns
    the car, NotAllowed for a fleet manager, TransferPending while another offer waits,
    TooManyTries after 20 letters in a quarter of an hour.
    """
    address = parse_address(email, by=by)
    attempts.count_letter(user_id=by.pk, now=now)
    with transaction.atomic():
        locked, own = ownership.lock_owned(by=by, vehicle_id=vehicle.pk, now=now)
        ownership.require_giving(by=by, ownership=own)
        _close_overdue(locked, now)
        if locked.transfers.filter(state=Transfer.State.OFFERED).exists():
            raise TransferPending
        transfer = Transfer.objects.create(
            vehicle=locked,
            offered_by=by,
            organisation=own.organisation,
            email=address,
            offered_at=now,
            expires_at=now + LIFETIME,
        )
        _record("offered", transfer, by=by)
        return transfer


def answer_transfer(
    *,
    by: User,
    transfer: Transfer,
    accept: bool,
    organisation: Organisation | None = None,
    now: datetime,
) -> Transfer:
    """Accept, for oneself or for an ``organisation`` that one runs, or refuse an offer to ``by``.

    On acceptance the old period ends and the new one begins at the same instant, and all
    access that the old owner gave ends. Raises NotFound for other people's offers,
    TransferClosed when it was answered or withdrawn, or when its 14 days are over.
    """
    with transaction.atomic():
        vehicle, locked = _lock(transfer)
        if locked.email != by.email:
            raise NotFound(_("There is no such transfer."))
        if locked.state != Transfer.State.OFFERED or locked.expires_at <= now:
            raise TransferClosed
        if not accept:
            _close(locked, Transfer.State.REFUSED, now, answered_by=by)
            _record("refused", locked, by=by)
            return locked
        before = _ownership_of_offer(vehicle, locked)
        if before is None:
            raise TransferClosed
        _pass_on(vehicle, before, locked, by, organisation, now)
        return locked


def _ownership_of_offer(vehicle: Vehicle, transfer: Transfer) -> Ownership | None:
    running = vehicle.ownerships.filter(period__upper_inf=True).select_related("user")
    if transfer.organisation_id is not None:
        return running.filter(organisation=transfer.organisation_id).first()
    return running.filter(user=transfer.offered_by_id).first()


def _pass_on(
    vehicle: Vehicle,
    before: Ownership,
    transfer: Transfer,
    to: User,
    organisation: Organisation | None,
    now: datetime,
) -> None:
    # Closed first: ending an ownership withdraws what is still offered.
    _close(transfer, Transfer.State.ACCEPTED, now, answered_by=to)
    at = ownership.end_ownership(ownership=before, vehicle=vehicle, now=now)
    after = ownership.begin_ownership(vehicle=vehicle, user=to, organisation=organisation, at=at)
    log.record(
        "vehicles.transferred",
        by=to,
        subject=vehicle,
        data={
            "transfer": transfer.pk,
            **ownership.owner_data("before", before),
            **ownership.owner_data("after", after),
        },
        audience=[to, *ownership.keepers(before), *ownership.keepers(after)],
        at=at,
    )
    live.tell(vehicle.pk)


def withdraw_transfer(*, by: User, transfer: Transfer, now: datetime) -> Transfer:
    """Take an offer back before it is answered. Raises NotFound, TransferClosed."""
    with transaction.atomic():
        _vehicle, locked = _lock(transfer)
        if not _offers(by, locked):
            raise NotFound(_("There is no such transfer."))
        if locked.state != Transfer.State.OFFERED or locked.expires_at <= now:
            raise TransferClosed
        _close(locked, Transfer.State.WITHDRAWN, now)
        _record("withdrawn", locked, by=by)
        return locked


def _offers(by: User, transfer: Transfer) -> bool:
    if transfer.organisation_id is None:
        return transfer.offered_by_id == by.pk
    return Organisation.objects.run_by(by).filter(pk=transfer.organisation_id).exists()


def expire_transfers(*, now: datetime) -> int:
    """Close all offers whose time is over at ``now``; how many."""
    overdue = Transfer.objects.filter(state=Transfer.State.OFFERED, expires_at__lte=now)
    vehicles = overdue.values_list("vehicle_id", flat=True)
    return sum(_expire_one(vehicle_id, now) for vehicle_id in list(vehicles))


def _expire_one(vehicle_id: int, now: datetime) -> int:
    with transaction.atomic():
        return _close_overdue(ownership.lock_vehicle(vehicle_id=vehicle_id), now)


def _close_overdue(vehicle: Vehicle, now: datetime) -> int:
    overdue = list(vehicle.transfers.filter(state=Transfer.State.OFFERED, expires_at__lte=now))
    for transfer in overdue:
        _close(transfer, Transfer.State.EXPIRED, now)
        _record("expired", transfer, by=None)
    return len(overdue)


def forget_addresses(*, now: datetime, keep: timedelta = KEEP_ADDRESS) -> int:
    """Blank the invited addresses of offers and invitations closed ``keep`` ago; how many."""
    old = {"closed_at__lte": now - keep}
    kept: tuple[Any, ...] = (Transfer, Share, GarageShare)
    return sum(model.objects.filter(**old).exclude(email="").update(email="") for model in kept)


def _lock(transfer: Transfer) -> tuple[Vehicle, Transfer]:
    """The car first, then its offer: the same order everywhere."""
    try:
        vehicle = ownership.lock_vehicle(vehicle_id=transfer.vehicle_id)
    except VehicleNotFound:
        raise TransferClosed from None
    return vehicle, Transfer.objects.select_related("offered_by").get(pk=transfer.pk)


def _close(transfer: Transfer, state: str, now: datetime, answered_by: User | None = None) -> None:
    transfer.state, transfer.closed_at = state, now
    transfer.answered_by = answered_by
    transfer.save(update_fields=["state", "closed_at", "answered_by"])


def _record(what: str, transfer: Transfer, *, by: User | None) -> None:
    people = [transfer.offered_by, *([by] if by else [])]
    log.record(
        f"vehicles.transfer_{what}",
        by=by,
        subject=transfer.vehicle,
        data={"transfer": transfer.pk},
        audience=people,
    )
    live.tell(transfer.vehicle_id)
