"""Plans and contracts for tests: ``offer_plan()`` is on sale, ``subscribed(user, car)`` is agreed."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import factory
from factory.django import DjangoModelFactory

from accounts.models import User
from subscriptions.contracts import ordering
from subscriptions.contracts.declarations import Wording
from subscriptions.models import Contract, Plan, PlanVersion
from vehicles.models import Vehicle

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)
TWO_SWAPS = [{"unit": "swap", "included": 2, "overage_cents": 1000}]


class PlanFactory(DjangoModelFactory):
    """A plan without a version: nobody can order it yet."""

    class Meta:
        model = Plan

    code = factory.Sequence(lambda n: f"battery-{n}")
    kind = Plan.Kind.BATTERY
    name_de = "Akku-Abo 75 kWh"
    name_en = "Battery 75 kWh"
    text_de = "Für den Alltag in der Stadt und auf dem Land."
    text_en = "For everyday life in town and country."
    place = factory.Sequence(lambda n: n)


class PlanVersionFactory(DjangoModelFactory):
    """Published and valid since the beginning of the year."""

    class Meta:
        model = PlanVersion

    plan = factory.SubFactory(PlanFactory)
    number = factory.Sequence(lambda n: n + 1)
    valid_from = date(2026, 1, 1)
    price_cents = 169_00
    vat_rate = Decimal("0.190")
    allowances = factory.LazyFunction(lambda: [dict(each) for each in TWO_SWAPS])
    term_months = 0
    notice_months = 1
    published_at = LONG_AGO


def offer_plan(*, plan: dict[str, Any] | None = None, **version: Any) -> PlanVersion:
    """A plan that is on sale, as the version that holds."""
    created: PlanVersion = PlanVersionFactory.create(plan=PlanFactory.create(**(plan or {})), **version)
    return created


def subscribed(
    user: User, vehicle: Vehicle | None, *, now: datetime, version: PlanVersion | None = None, **asked: Any
) -> Contract:
    """A contract through the domain function, as people conclude it."""
    return ordering.subscribe(
        by=user, plan_version=version or offer_plan(), vehicle=vehicle, now=now, **asked
    )


def wording(**fields: Any) -> Wording:
    """What somebody types on the page for cancelling."""
    return Wording(
        **{
            "name": "Karla Lund",
            "email": "karla@example.org",
            "contract_hint": "Akku-Abo, HH NL 512E",
            "manner": "ordinary",
            **fields,
        }
    )
