"""The overview of one person: what is theirs, what it costs, what happens next."""

from dataclasses import dataclass
from datetime import datetime

from accounts.models import User


@dataclass(frozen=True)
class OverviewPage:
    """Everything the page shows, read once."""

    now: datetime


def read_overview(*, user: User, now: datetime) -> OverviewPage:
    """Compose the overview from the apps' reads, at the instant ``now``."""
    return OverviewPage(now=now)
