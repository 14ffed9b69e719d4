"""Visits at which the battery of an ended contract can be handed in."""

from datetime import datetime

from django.utils import formats, timezone

from accounts.models import User
from services.visits import appointments
from subscriptions.models import Contract

MOST = 10


def visits_for(contract: Contract, by: User, now: datetime) -> list[tuple[str, str]]:
    """Number and words of the coming visits of the contract's car that the person may see; one query."""
    coming = appointments.upcoming(by, now).filter(vehicle=contract.vehicle_id)[:MOST]
    return [
        (
            visit.code,
            f"{formats.date_format(timezone.localtime(visit.starts_at), 'DATETIME_FORMAT')} · "
            f"{visit.centre.name} · {visit.code}",
        )
        for visit in coming
    ]
