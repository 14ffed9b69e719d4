"""Contracts are concluded: check the choice, subscribe."""

from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import Range

from accounts.models import Organisation, User
from accounts.organisations import organisations
from common import civil
from common.codes import unused_code
from journal import log, outbox
from subscriptions.contracts import holders, offers, terms
from subscriptions.contracts.letters import CONFIRMATION
from subscriptions.errors import (
    AlreadySubscribed,
    OfferChanged,
    StartInvalid,
    VehicleMissing,
    VehicleNotOwned,
)
from subscriptions.models import Contract, ContractVersion, PlanVersion
from vehicles import ownership
from vehicles.models import Vehicle

FURTHEST_START = timedelta(days=180)


def subscribe(
    *,
    by: User,
    plan_version: PlanVersion,
    vehicle: Vehicle | None,
    now: datetime,
    starts_on: date | None = None,
    offer_hash: str | None = None,
    organisation: Organisation | None = None,
    early_wish: bool = False,
) -> Contract:
    """Conclude a contract at exactly the shown terms, from ``starts_on`` (today in Berlin if not given),
    for oneself or in the name of an ``organisation`` that one runs.

    ``offer_hash`` is the hash of the offer that the person saw; the confirmation with all terms
    is queued as a mail in the same transaction (BGB §312f(2), a durable medium by §126b).
    ``early_wish``: the consumer expressly asked to begin before the withdrawal period is over, and owes
    the days used after a withdrawal (BGB §357a(2)); it means nothing where it does not apply.
    Raises VehicleMissing, VehicleNotOwned (404), StartInvalid, OfferChanged (409) when the shown
    version is no longer the one on sale, AlreadySubscribed (409), HolderMismatch, and
    OrganisationNotFound (404) for those who do not act for it.
    """
    today = civil.local_date(now)
    start = starts_on or today
    _check_start(start, today)
    car = _car_of(plan_version, vehicle)
    with transaction.atomic():
        _take_turn(by, organisation, car, now)
        holders.check_holder(by=by, organisation=organisation, vehicle=car, now=now)
        _check_on_sale(plan_version, today)
        offer = offers.render_offer(
            plan_version=plan_version,
            vehicle=car,
            starts_on=start,
            language=by.language,
            organisation=organisation,
        )
        if offer_hash is not None and offer_hash != offer.hash:
            raise OfferChanged
        _check_free(by, organisation, plan_version, car, start)
        wished = early_wish and asks_wish(organisation=organisation, starts_on=start, now=now)
        contract = write_contract(by, offer, now, early_wish=wished)
        log.record(
            "subscriptions.ordered",
            by=by,
            subject=contract,
            data={"code": contract.code, "plan_version": plan_version.pk, "amount": plan_version.price_cents},
            audience=[by, *holders.people_of(contract)],
        )
        # The person who ordered gets the terms; of an organisation's contract nobody else could be meant.
        outbox.enqueue(CONFIRMATION, f"contract:{contract.pk}", {"contract": contract.pk, "person": by.pk})
    return contract


def check_choice(
    *,
    by: User,
    plan_version: PlanVersion,
    vehicle: Vehicle | None,
    starts_on: date,
    organisation: Organisation | None = None,
    now: datetime,
) -> None:
    """Say before the order what would stop it; the order checks again, under lock.

    Raises what subscribe raises for the car and the start.
    """
    _check_start(starts_on, civil.local_date(now))
    car = _car_of(plan_version, vehicle)
    holders.check_holder(by=by, organisation=organisation, vehicle=car, now=now)
    _check_free(by, organisation, plan_version, car, starts_on)


def _check_start(start: date, today: date) -> None:
    if not today <= start <= today + FURTHEST_START:
        raise StartInvalid(_("Choose a start between today and in 180 days."), field="starts_on")


def _car_of(plan_version: PlanVersion, vehicle: Vehicle | None) -> Vehicle | None:
    if not plan_version.plan.belongs_to_a_car:
        return None
    if vehicle is None:
        raise VehicleMissing(_("Choose the car that this plan is for."), field="vehicle")
    return vehicle


def _take_turn(by: User, organisation: Organisation | None, vehicle: Vehicle | None, now: datetime) -> None:
    """Orders for one car (or of one holder) come one after the other: no deadlock, clean losers."""
    if vehicle is None and organisation is not None:
        organisations.lock_organisation(organisation)
        return
    if vehicle is None:
        User.objects.select_for_update(of=("self",)).get(pk=by.pk)
        return
    # Locked first, asked then: whoever had to wait sees what the one before left behind.
    Vehicle.objects.select_for_update(of=("self",)).filter(pk=vehicle.pk).first()
    at = ownership.instant_under_lock(vehicle=vehicle, now=now)
    if not Vehicle.objects.owned_by(by, at).filter(pk=vehicle.pk).exists():
        raise VehicleNotOwned(_("This car is not in your garage."), field="vehicle")


def _check_on_sale(plan_version: PlanVersion, today: date) -> None:
    plan = plan_version.plan
    newest = PlanVersion.objects.in_force(today).filter(plan=plan).first()
    if not plan.is_offered or newest is None or newest.pk != plan_version.pk:
        raise OfferChanged


def _check_free(
    by: User,
    organisation: Organisation | None,
    plan_version: PlanVersion,
    vehicle: Vehicle | None,
    start: date,
) -> None:
    """One battery contract per car and day; of other plans the same one not twice at once."""
    plan = plan_version.plan
    taken = ContractVersion.objects.filter(valid__overlap=Range(start, None, "[)"))
    if plan.kind == plan.Kind.BATTERY:
        taken = taken.filter(kind=plan.kind, vehicle=vehicle)
    else:
        held = Contract.objects.held_by(person=by, organisation=organisation)
        taken = taken.filter(plan_version__plan=plan, vehicle=vehicle, contract__in=held.order_by())
    if taken.exists():
        raise AlreadySubscribed(field="vehicle" if vehicle else None)


def asks_wish(*, organisation: Organisation | None, starts_on: date, now: datetime) -> bool:
    """Whether a consumer's contract ordered ``now`` begins before the right to withdraw ends."""
    return organisation is None and civil.day_span(starts_on)[0] < terms.withdrawal_ends(now)


def write_contract(by: User, offer: offers.Offer, now: datetime, *, early_wish: bool) -> Contract:
    """The rows of a contract at exactly these terms; who calls has locked the car and checked the rest."""
    contract = Contract.objects.create(
        code=unused_code(Contract.objects.all()),
        holder=None if offer.organisation else by,
        organisation=offer.organisation,
        vehicle=offer.vehicle,
        plan=offer.plan_version.plan,
        plan_version=offer.plan_version,
        ordered_at=now,
        starts_on=offer.starts_on,
        language=offer.language,
        offer_text=offer.text,
        offer_hash=offer.hash,
        early_wish=early_wish,
        next_bill_on=offer.starts_on,
    )
    ContractVersion.objects.create(
        contract=contract,
        plan_version=offer.plan_version,
        vehicle=offer.vehicle,
        kind=offer.plan_version.plan.kind,
        valid=Range(offer.starts_on, None, "[)"),
    )
    return contract
