"""Estimates of a visit, written by a colleague as the pages do it."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import User
from services.estimates import drafting, sending
from services.estimates.drafting import Entry, Work
from services.models import Appointment, Estimate
from tests.factories.services import AppointmentFactory, Workshop

# 1.2 h × 119 € + 1 × 149 € = 291.80 € net; 2 × 24.90 € = 49.80 € net; VAT 19 %.
BRAKES = Work(
    "Bremsbeläge vorn",
    "Noch 2,5 mm.",
    "safety",
    [Entry("labour", "Mechanik", Decimal("1.2"), 11900), Entry("part", "Satz Beläge", Decimal(1), 14900)],
)
WIPERS = Work("Wischerblätter", "", "later", [Entry("part", "Wischerblatt", Decimal(2), 2490)])
BRAKES_GROSS, WIPERS_GROSS = 34724, 5926


def visit_in_house(workshop: Workshop, owner: User, vehicle: Any, **fields: Any) -> Appointment:
    """The owner's car is in work at the workshop."""
    return AppointmentFactory.create(
        vehicle=vehicle,
        centre=workshop.centre,
        service_type=workshop.service_type,
        booked_by=owner,
        **{"status": "in_work", **fields},
    )


def draft(visit: Appointment, staff: User, now: datetime, *works: Work) -> Estimate:
    """A draft with the brakes and the wipers, or with these works."""
    estimate = drafting.draft_of(by=staff, appointment=visit, now=now)
    for work in works or (BRAKES, WIPERS):
        drafting.write_line(by=staff, estimate=estimate, work=work, now=now)
    return estimate


def sent(
    visit: Appointment, staff: User, now: datetime, *works: Work, lasts: timedelta = timedelta(hours=24)
) -> Estimate:
    """An estimate that waits for the customer."""
    return sending.send(by=staff, estimate=draft(visit, staff, now, *works), expires_at=now + lasts, now=now)


def line_ids(estimate: Estimate) -> list[int]:
    return list(estimate.lines.order_by("position").values_list("pk", flat=True))
