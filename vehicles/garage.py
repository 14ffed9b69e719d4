"""The garage: which cars a person sees, what they may do with each, and a car's details."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db import transaction

from accounts.models import User
from documents import rights, uploads
from documents.models import Document
from journal import log
from vehicles import live, ownership
from vehicles.models import Ownership, Share, Transfer, Vehicle
from vehicles.plates import parse_plate


def edit_vehicle(*, by: User, vehicle: Vehicle, changes: dict[str, str], now: datetime) -> Vehicle:
    """Change ``plate`` or ``nickname``. Raises PlateInvalid, VehicleNotFound unless owned."""
    values = {key: changes[key].strip() for key in ("plate", "nickname") if key in changes}
    if "plate" in values:
        values["plate"] = parse_plate(values["plate"])
    with transaction.atomic():
        locked, _own = ownership.lock_owned(by=by, vehicle_id=vehicle.pk, now=now)
        changed = [key for key, value in values.items() if getattr(locked, key) != value]
        for key in changed:
            setattr(locked, key, values[key])
        _save(locked, changed, by=by)
    return locked


def set_photo(*, by: User, vehicle: Vehicle, photo: Document, now: datetime) -> Vehicle:
    """Replace the car's photo by a received one, which shows once it was checked.

    Raises VehicleNotFound unless owned, AlreadyAttached for a file that belongs to something else.
    """
    with transaction.atomic():
        locked, _own = ownership.lock_owned(by=by, vehicle_id=vehicle.pk, now=now)
        uploads.attach(document=photo, about=locked)
        ownership.erase_photos(vehicle=locked, but=photo, now=now)
        locked.photo = photo
        _save(locked, ["photo"], by=by)
    return locked


def remove_photo(*, by: User, vehicle: Vehicle, now: datetime) -> Vehicle:
    """Delete the car's photo. Raises VehicleNotFound unless owned."""
    with transaction.atomic():
        locked, _own = ownership.lock_owned(by=by, vehicle_id=vehicle.pk, now=now)
        ownership.erase_photos(vehicle=locked, now=now)
        locked.photo = None
        _save(locked, ["photo"], by=by)
    return locked


def _save(vehicle: Vehicle, changed: Collection[str], *, by: User) -> None:
    if not changed:
        return
    vehicle.save(update_fields=list(changed))
    log.record(
        "vehicles.details_changed", by=by, subject=vehicle, data={"fields": sorted(changed)}, audience=[by]
    )
    live.tell(vehicle.pk)


def may_see_photo(*, user: Any, document: Document, now: datetime) -> bool:
    """Whoever sees the car at ``now``."""
    return bool(user.is_authenticated and rights.about_id_in(Vehicle.objects.visible_to(user, now), document))


def access_list(vehicle: Vehicle, now: datetime) -> list[Share]:
    """Who may do what with the car until when: running access first, then open invitations."""
    running = list(vehicle.shares.in_force(now).select_related("user").order_by("pk"))
    waiting = list(vehicle.shares.open_invitations(now).order_by("pk"))
    return running + waiting


def owners_of(vehicle: Vehicle) -> list[Ownership]:
    """Who owned the car from when to when, the latest first; one query."""
    return list(vehicle.ownerships.select_related("user", "organisation").order_by("-period"))


def waiting_for(user: User, now: datetime) -> tuple[list[Transfer], list[Share]]:
    """Offers and invitations that wait for this person's answer; two queries."""
    offered = Transfer.objects.addressed_to(user, now)
    transfers = offered.select_related("vehicle__model", "offered_by", "organisation")
    shares = Share.objects.addressed_to(user, now).select_related("vehicle__model", "given_by")
    return list(transfers.order_by("pk")), list(shares.order_by("pk"))
