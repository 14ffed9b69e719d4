"""The front page: what a visitor may see without signing in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser

from common.civil import local_date
from community import reading
from community.models import Topic
from services.models import Centre
from subscriptions import offers
from subscriptions.models import Plan, PlanVersion
from vehicles.models import VehicleModel

TOPICS = 4
CENTRES = 6
PLANS = 3


@dataclass(frozen=True)
class PlanOnSale:
    """A battery plan in the words of its offer."""

    name: str
    text: str
    price: str
    included: Sequence[str]


@dataclass(frozen=True)
class FrontPage:
    """Models, plans, houses and the latest of the forum."""

    models: Sequence[VehicleModel]
    plans: Sequence[PlanOnSale]
    centres: Sequence[Centre]
    topics: Sequence[Topic]


def front_page(*, now: datetime) -> FrontPage:
    """What the brand offers at the instant ``now``: four queries."""
    return FrontPage(
        models=list(VehicleModel.objects.filter(is_sold=True)),
        plans=_battery_plans(now),
        centres=list(Centre.objects.filter(is_active=True).order_by("name")[:CENTRES]),
        topics=reading.latest_topics(AnonymousUser(), TOPICS),
    )


def _battery_plans(now: datetime) -> list[PlanOnSale]:
    on_sale = Plan.objects.on_sale(local_date(now)).filter(kind=Plan.Kind.BATTERY)
    versions = PlanVersion.objects.filter(pk__in=on_sale.values("version_id")).select_related("plan")
    return [
        PlanOnSale(
            name=version.plan.name,
            text=version.plan.text,
            price=offers.price_words(version),
            included=[offers.allowance_words(each) for each in version.allowances],
        )
        for version in versions.order_by("plan__place", "plan")[:PLANS]
    ]
