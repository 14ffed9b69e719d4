from typing import Any

from subscriptions.api import PlanViewSet
from subscriptions.contracts.api import SubscriptionViewSet

router_entries: list[tuple[str, Any, str]] = [
    ("plans", PlanViewSet, "plan"),
    ("subscriptions", SubscriptionViewSet, "subscription"),
]
