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


def edit_vehicle(*, by: User, vehicle: Vehicle, changes: dict[str, Any], now: datetime) -> Vehicle:
    """Change ``plate``, ``nickname`` or ``photo`` (a received document, or None to erase it).

    A new photo shows once it was checked. Raises PlateInvalid, VehicleNotFound unless owned,
    AlreadyAttached for a file that belongs to something else.
    """
    values: dict[str, str] = {key: changes[key].strip() for key in ("plate", "nickname") if key in changes}
    if "plate" in values:
        values["plate"] = parse_plate(values["plate"])
    with transaction.atomic():
        locked, _own = ownership.lock_owned(by=by, vehicle_id=vehicle.pk, now=now)
        changed = [key for key, value in values.items() if getattr(locked, key) != value]
        for key in changed:
            setattr(locked, key, values[key])
        if "photo" in changes and changes["photo"] != locked.photo:
            _change_photo(locked, changes["photo"], now)
            changed.append("photo")
        _save(locked, changed, by=by)
    return locked


def _change_photo(vehicle: Vehicle, photo: Document | None, now: datetime) -> None:
    if photo is not None:
        uploads.attach(document=photo, about=vehicle)
    ownership.erase_photos(vehicle=vehicle, but=photo, now=now)
    vehicle.photo = photo


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
