"""The garage: which cars a person sees, what they may do with each, and a car's details."""

from collections.abc import Collection
from datetime import datetime
from typing import IO, Any

from django.db import transaction

from accounts.models import User
from journal import log
from vehicles import live, ownership, pictures
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


def set_photo(*, by: User, vehicle: Vehicle, upload: IO[bytes], size: int, now: datetime) -> Vehicle:
    """Replace the car's photo by a cleaned one. ``size`` in bytes. Raises PictureRefused."""
    picture = pictures.clean_picture(upload, size=size)
    with transaction.atomic():
        locked, _own = ownership.lock_owned(by=by, vehicle_id=vehicle.pk, now=now)
        pictures.forget(locked.photo)
        locked.photo.save(str(picture.name), picture, save=False)
        _save(locked, ["photo"], by=by)
    return locked


def remove_photo(*, by: User, vehicle: Vehicle, now: datetime) -> Vehicle:
    """Delete the car's photo. Raises VehicleNotFound unless owned."""
    with transaction.atomic():
        locked, _own = ownership.lock_owned(by=by, vehicle_id=vehicle.pk, now=now)
        pictures.forget(locked.photo)
        locked.photo = ""
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


def vehicle_image(user: User, vehicle_id: int, now: datetime) -> Any | None:
    """The stored photo of a car that the person sees at ``now``, or None."""
    vehicle = Vehicle.objects.visible_to(user, now).filter(pk=vehicle_id).only("photo").first()
    return vehicle.photo if vehicle is not None and vehicle.photo else None


def access_list(vehicle: Vehicle, now: datetime) -> list[Share]:
    """Who may do what with the car until when: running access first, then open invitations."""
    running = list(vehicle.shares.in_force(now).select_related("user").order_by("pk"))
    waiting = list(vehicle.shares.open_invitations(now).order_by("pk"))
    return running + waiting


def owners_of(vehicle: Vehicle) -> list[Ownership]:
    """Who owned the car from when to when, the latest first; one query."""
    return list(vehicle.ownerships.select_related("user").order_by("-period"))


def waiting_for(user: User, now: datetime) -> tuple[list[Transfer], list[Share]]:
    """Offers and invitations that wait for this person's answer; two queries."""
    transfers = Transfer.objects.addressed_to(user, now).select_related("vehicle__model", "offered_by")
    shares = Share.objects.addressed_to(user, now).select_related("vehicle__model", "given_by")
    return list(transfers.order_by("pk")), list(shares.order_by("pk"))
