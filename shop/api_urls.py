from typing import Any

from shop.api import ModelViewSet

router_entries: list[tuple[str, Any, str]] = [("models", ModelViewSet, "model")]
