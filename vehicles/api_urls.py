from typing import Any

from vehicles import api, claim_api, garage_api

router_entries: list[tuple[str, Any, str]] = [
    ("vehicles", api.VehicleViewSet, "vehicle"),
    ("shares", api.ShareViewSet, "share"),
    ("garages", garage_api.WholeGarageViewSet, "garage"),
    ("claims", claim_api.ClaimViewSet, "claim"),
    ("transfers", api.TransferViewSet, "transfer"),
]
