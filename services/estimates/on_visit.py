"""What the staff's page of a visit shows of its estimates."""

from datetime import datetime
from typing import Any

from accounts.models import User
from services.desk.workday import CHANGE_DAY
from services.estimates import reading
from services.estimates.locking import OVER
from services.models import Appointment
from services.work import findings


def read_estimates(visit: Appointment, user: User, now: datetime) -> dict[str, Any]:
    """What the visit's page shows of its estimates."""
    found = reading.of_visit(visit, now, drafts=True)
    waiting = list(findings.open_findings(appointment=visit))
    pictures = findings.pictures_of(waiting)
    return {
        "estimates": found,
        "has_open": any(each.estimate.state in ("draft", "sent") for each in found),
        "budget": reading.budget_of(visit, found),
        "findings": [(finding, pictures.get(finding.pk, [])) for finding in waiting],
        "may_estimate": user.has_permission(CHANGE_DAY, visit.centre) and visit.status not in OVER,
    }
