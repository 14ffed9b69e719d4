from typing import Any

from vehicles import api

router_entries: list[tuple[str, Any, str]] = [
    ("vehicles", api.VehicleViewSet, "vehicle"),
    ("shares", api.ShareViewSet, "share"),
    ("transfers", api.TransferViewSet, "transfer"),
]
