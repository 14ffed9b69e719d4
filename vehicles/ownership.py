"""Who owns a car from when to when: the one place where ownership begins and ends."""

from datetime import datetime, timedelta

from django.db import connection, transaction
from django.db.backends.postgresql.psycopg_any import DateTimeTZRange
from django.utils.translation import ngettext

from accounts.models import Organisation, User
from accounts.organisations import organisations, rights
from documents import erasing
from documents.models import Document
from journal import log
from vehicles import live
from vehicles.errors import VehicleNotFound
from vehicles.models import Ownership, Share, Transfer, Vehicle

PHOTO_KIND = "vehicles.photo"
TICK = timedelta(microseconds=1)  # the resolution of PostgreSQL's timestamps


def lock_vehicle(*, vehicle_id: int) -> Vehicle:
    """The car's row, locked until commit: everything that changes who may what begins here.

    Raises VehicleNotFound.
    """
    vehicle = Vehicle.objects.select_for_update(of=("self",)).filter(pk=vehicle_id).first()
    if vehicle is None:
        raise VehicleNotFound
    return vehicle


def lock_owned(*, by: User, vehicle_id: int, now: datetime) -> tuple[Vehicle, Ownership]:
    """The locked car and its present ownership; VehicleNotFound unless ``by`` owns it now, or runs
    the organisation that does."""
    vehicle = lock_vehicle(vehicle_id=vehicle_id)
    # Not ended: who waited for the lock with an older ``now`` may have lost the car meanwhile.
    rows = vehicle.ownerships.filter(period__contains=now, period__upper_inf=True)
    ownership = rows.select_related("organisation").first()
    if ownership is None or not _disposes(by, ownership):
        raise VehicleNotFound
    return vehicle, ownership


def require_giving(*, by: User, ownership: Ownership) -> None:
    """For whoever disposes of the car: raises NotAllowed where they may not part with it.

    A fleet manager looks after the cars of an organisation; they are not theirs to give away.
    """
    if ownership.organisation_id is not None:
        rights.require_right(by=by, organisation_id=ownership.organisation_id, right="give_cars_away")


def _disposes(by: User, ownership: Ownership) -> bool:
    if ownership.organisation_id is None:
        return ownership.user_id == by.pk
    return Organisation.objects.run_by(by).filter(pk=ownership.organisation_id).exists()


def keepers_of(*, vehicle_id: int, now: datetime) -> list[User]:
    """Who answers for the car at ``now``: its owner, or those who run the organisation that owns it."""
    owned = Ownership.objects.filter(vehicle=vehicle_id, period__contains=now).select_related("user").first()
    return keepers(owned) if owned else []


def keeper_ids_of(*, vehicle_id: int, now: datetime) -> list[int]:
    """As keepers_of, where their ids are enough."""
    rows = Ownership.objects.filter(vehicle=vehicle_id, period__contains=now)
    for user_id, organisation_id in rows.values_list("user_id", "organisation_id"):
        return [user_id] if user_id else [user.pk for user in organisations.runners_of(organisation_id)]
    return []


def keepers(ownership: Ownership) -> list[User]:
    """The people behind an ownership."""
    if ownership.user is not None:
        return [ownership.user]
    return organisations.runners_of(ownership.organisation_id)


def instant_under_lock(*, vehicle: Vehicle, now: datetime) -> datetime:
    """The instant at which rights to the locked car are to be asked for.

    It is ``now``, or the last change of owner or access when a request that waited for the
    lock brings an older time: whoever lost the car meanwhile has lost it.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            """SELECT greatest(
                 %s::timestamptz,
                 (SELECT greatest(max(lower(period)), max(upper(period))) FROM vehicles_ownership
                  WHERE vehicle_id = %s),
                 (SELECT max(closed_at) FROM vehicles_share WHERE vehicle_id = %s))""",
            [now, vehicle.pk, vehicle.pk],
        )
        at: datetime = cursor.fetchone()[0]
    return at


def begin_ownership(
    *, vehicle: Vehicle, user: User, at: datetime, organisation: Organisation | None = None
) -> Ownership:
    """Let ``user`` own the locked car from ``at`` on, or the ``organisation`` that they act for.

    Raises OrganisationNotFound unless they run it.
    """
    if organisation is not None:
        # Locked, so that it is not closed at this moment and left with a car.
        organisations.lock_organisation(organisation)
        organisations.require_running(by=user, organisation=organisation)
    return Ownership.objects.create(
        vehicle=vehicle,
        user=None if organisation else user,
        organisation=organisation,
        period=DateTimeTZRange(at, None, "[)"),
    )


def end_ownership(*, ownership: Ownership, vehicle: Vehicle, now: datetime) -> datetime:
    """End a period of the locked car, and with it all that the owner granted.

    Returns the instant of the end: ``now``, or just after the beginning when a request
    that waited for the lock brings an older time. Plate, nickname and photo belong to the
    owner who leaves and are forgotten.
    """
    at = max(now, ownership.period.lower + TICK)
    ownership.period = DateTimeTZRange(ownership.period.lower, at, "[)")
    ownership.save(update_fields=["period"])
    _end_grants(vehicle, ownership, at)
    Transfer.objects.filter(vehicle=vehicle, state=Transfer.State.OFFERED).update(
        state=Transfer.State.WITHDRAWN, closed_at=at
    )
    erase_photos(vehicle=vehicle, now=at)
    vehicle.plate, vehicle.nickname, vehicle.photo = "", "", None
    vehicle.save(update_fields=["plate", "nickname", "photo"])
    return at


def erase_photos(*, vehicle: Vehicle, now: datetime, but: Document | None = None) -> None:
    """Erase the photos of a locked car, those that were refused as well, ``but`` for one."""
    photos = Document.objects.about(vehicle).filter(kind=PHOTO_KIND)
    erasing.erase_all(documents=photos.exclude(pk=but.pk) if but else photos, now=now)


def _end_grants(vehicle: Vehicle, ownership: Ownership, at: datetime) -> None:
    """Shares and open invitations end with the ownership and never come back to life."""
    given = Share.objects.filter(vehicle=vehicle, organisation=ownership.organisation_id, outcome="")
    if ownership.user_id is not None:
        given = given.filter(given_by=ownership.user_id)
    given.filter(period__isnull=True).update(outcome=Share.Outcome.OWNER_CHANGED, closed_at=at)
    running = list(given.filter(period__contains=at))
    for share in running:
        close_share(share=share, outcome=Share.Outcome.OWNER_CHANGED, now=at)
    live.close_for(keeper.pk for keeper in keepers(ownership))


def owner_data(when: str, ownership: Ownership) -> dict[str, int | None]:
    """``owner_before`` (or ``_after``) and, for an organisation, ``organisation_before``: for the journal."""
    data: dict[str, int | None] = {f"owner_{when}": ownership.user_id}
    if ownership.organisation_id is not None:
        data[f"organisation_{when}"] = ownership.organisation_id
    return data


def close_share(*, share: Share, outcome: str, now: datetime) -> None:
    """End an invitation or running access of a locked car at ``now``; open sockets close."""
    share.outcome, share.closed_at = outcome, now
    if share.period is not None:
        at = max(now, share.period.lower + TICK)
        share.period = DateTimeTZRange(share.period.lower, at, "[)")
        live.close_for([share.user_id])
    share.save(update_fields=["outcome", "closed_at", "period"])


def release_vehicle(*, by: User, vehicle: Vehicle, now: datetime) -> None:
    """``by`` no longer owns the car from ``now`` on; shares and a pending transfer end too.

    Raises VehicleNotFound unless ``by`` owns it at ``now``, NotAllowed for a fleet manager.
    """
    with transaction.atomic():
        locked, ownership = lock_owned(by=by, vehicle_id=vehicle.pk, now=now)
        require_giving(by=by, ownership=ownership)
        at = end_ownership(ownership=ownership, vehicle=locked, now=now)
        log.record(
            "vehicles.released",
            by=by,
            subject=locked,
            data=owner_data("before", ownership),
            audience=[by, *keepers(ownership)],
            at=at,
        )
        live.tell(locked.pk)


def holds_of(organisation: Organisation, now: datetime) -> list[str]:
    """What keeps an organisation from being closed: its cars."""
    cars = Ownership.objects.filter(organisation=organisation, period__contains=now).count()
    if not cars:
        return []
    return [
        ngettext(
            "%(count)s car is its own: transfer it or give it up.",
            "%(count)s cars are its own: transfer them or give them up.",
            cars,
        )
        % {"count": cars}
    ]
