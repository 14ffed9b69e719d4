"""Cars, who owns them when, and who else may do what with them."""

from vehicles.models.access import Ownership, Share
from vehicles.models.cars import VIN_PATTERN, Vehicle, VehicleModel
from vehicles.models.claims import ClaimVerdict, OwnershipClaim
from vehicles.models.garages import GarageShare
from vehicles.models.handover import ClaimCode, Transfer

__all__ = [
    "VIN_PATTERN",
    "ClaimCode",
    "ClaimVerdict",
    "GarageShare",
    "Ownership",
    "OwnershipClaim",
    "Share",
    "Transfer",
    "Vehicle",
    "VehicleModel",
]
