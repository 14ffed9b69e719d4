from typing import Any

from vehicles import api, claim_api

router_entries: list[tuple[str, Any, str]] = [
    ("vehicles", api.VehicleViewSet, "vehicle"),
    ("shares", api.ShareViewSet, "share"),
    ("claims", claim_api.ClaimViewSet, "claim"),
    ("transfers", api.TransferViewSet, "transfer"),
]
