from typing import Any

from subscriptions.api import PlanViewSet, SubscriptionViewSet

router_entries: list[tuple[str, Any, str]] = [
    ("plans", PlanViewSet, "plan"),
    ("subscriptions", SubscriptionViewSet, "subscription"),
]
