"""Sharing several cars at once, by a role: what family, a driver or a helper usually needs."""

from collections.abc import Iterable
from datetime import datetime
from enum import StrEnum
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Invalid
from vehicles import sharing
from vehicles.errors import AlreadyShared
from vehicles.models import Share, Vehicle

Right = Share.Right


class GarageRole(StrEnum):
    FAMILY = "family"
    DRIVER = "driver"
    HELPER = "helper"


# What each role may do; single rights of single cars are changed afterwards.
ROLES: dict[GarageRole, tuple[Any, tuple[Right, ...]]] = {
    GarageRole.FAMILY: (_("Family: drive, charge and book service"), tuple(Right)),
    GarageRole.DRIVER: (_("Driver: drive and charge"), (Right.DRIVE, Right.CHARGE)),
    GarageRole.HELPER: (_("For the workshop: book service"), (Right.SERVICE,)),
}
CHOICES = [(role.value, label) for role, (label, _rights) in ROLES.items()]


def rights_of(role: str) -> tuple[Right, ...]:
    """What a role may do with each car. Raises Invalid for an unknown one."""
    if role not in {known.value for known in ROLES}:
        raise Invalid(_("Please choose a role."), field="role")
    return ROLES[GarageRole(role)][1]


def share_garage(
    *,
    by: User,
    vehicles: Iterable[Vehicle],
    email: str,
    role: str,
    scope: str = Share.Scope.BASIC,
    until: datetime | None = None,
    now: datetime,
) -> list[Share]:
    """Invite whoever has this address to several cars, all or none; the new invitations.

    Cars that they have access or an invitation to already stay as they are; AlreadyShared when
    that are all. Raises Invalid without a car or for an unknown role, and what
    sharing.invite_to_share raises.
    """
    chosen = sorted(vehicles, key=lambda vehicle: vehicle.pk)  # one order of locks
    if not chosen:
        raise Invalid(_("Please choose at least one car."), field="vehicles")
    rights = rights_of(role)
    made: list[Share] = []
    with transaction.atomic():
        for vehicle in chosen:
            try:
                made.append(
                    sharing.invite_to_share(
                        by=by, vehicle=vehicle, email=email, rights=rights, scope=scope, until=until, now=now
                    )
                )
            except AlreadyShared:
                continue
        if not made:
            raise AlreadyShared
    return made
