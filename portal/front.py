"""The front page: what a visitor may see without signing in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from common.civil import local_date
from community import reading
from community.models import Topic
from services.models import Centre
from subscriptions import catalogue
from subscriptions.catalogue import PlanOnSale
from subscriptions.models import Plan
from vehicles.models import VehicleModel

TOPICS = 6
CENTRES = 6
PLANS = 3


@dataclass(frozen=True)
class FrontPage:
    """Models, plans, houses and the latest of the forum."""

    models: Sequence[VehicleModel]
    plans: Sequence[PlanOnSale]
    centres: Sequence[Centre]
    topics: Sequence[Topic]


def front_page(*, now: datetime) -> FrontPage:
    """What the brand offers at the instant ``now``: five queries."""
    return FrontPage(
        models=list(VehicleModel.objects.filter(is_sold=True)),
        plans=catalogue.plans_on_sale(local_date(now), kind=Plan.Kind.BATTERY)[:PLANS],
        centres=list(Centre.objects.filter(is_active=True).order_by("name")[:CENTRES]),
        topics=reading.latest_topics(AnonymousUser(), TOPICS),
    )
