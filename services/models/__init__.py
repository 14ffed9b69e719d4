"""What the workshop has, and what is booked."""

from services.models.capacity import (
    BayType,
    Centre,
    Closure,
    OpeningHours,
    Resource,
    ServiceType,
    Shift,
    Skill,
)
from services.models.visits import Allocation, Appointment

__all__ = [
    "Allocation",
    "Appointment",
    "BayType",
    "Centre",
    "Closure",
    "OpeningHours",
    "Resource",
    "ServiceType",
    "Shift",
    "Skill",
]
