"""Cases for tests: ``opened(customer)`` is one in the general queue, through the domain function."""

from datetime import datetime
from typing import Any

from accounts.cases import cases
from accounts.models import Case, User

GENERAL = "accounts.general"


def opened(customer: User | None, *, now: datetime, **asked: Any) -> Case:
    """Opened by the customer, or by a guest with a mail address where there is none."""
    if customer is not None and not asked.get("call_time"):
        asked.setdefault("contact", cases.Contact(phone="040 1234567"))
    if customer is None:
        asked.setdefault("contact", cases.Contact(name="Gerda Gast", email="gerda@example.org"))
    return cases.open_case(
        by=asked.pop("by", customer),
        customer=customer,
        now=now,
        **{"queue": GENERAL, "title": "Ladekabel", "text": "Wo bekomme ich eins?", **asked},
    )
