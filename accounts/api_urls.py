from typing import Any

router_entries: list[tuple[str, Any, str]] = []
