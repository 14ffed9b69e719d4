"""The front page: what a visitor may see without signing in."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True)
class FrontPage:
    now: datetime


def front_page(*, now: datetime) -> FrontPage:
    """What the brand offers at the instant ``now``."""
    return FrontPage(now=now)
