"""What is on sale on a day, in words."""

from dataclasses import dataclass
from datetime import date

from subscriptions.contracts import offers
from subscriptions.models import Plan, PlanVersion


@dataclass(frozen=True)
class PlanOnSale:
    """A plan with the version in force, as people read it."""

    plan: Plan
    version: PlanVersion

    @property
    def name(self) -> str:
        return self.plan.name

    @property
    def text(self) -> str:
        return self.plan.text

    @property
    def included(self) -> list[str]:
        return [offers.allowance_words(each) for each in self.version.allowances]

    @property
    def price(self) -> str:
        return offers.price_words(self.version)

    @property
    def term(self) -> str:
        return offers.term_words(self.version)


def plans_on_sale(day: date, *, kind: str | None = None) -> list[PlanOnSale]:
    """All plans on sale on ``day`` (a civil day in Berlin), or those of one kind; two queries."""
    plans = Plan.objects.on_sale(day)
    if kind is not None:
        plans = plans.filter(kind=kind)
    versions = {plan.pk: plan.version_id for plan in plans}  # type: ignore[attr-defined]
    known = PlanVersion.objects.in_bulk(versions.values())
    found = []
    for plan in plans:
        version = known[versions[plan.pk]]
        version.plan = plan
        found.append(PlanOnSale(plan, version))
    return found


def plan_on_sale(day: date, code: str) -> PlanOnSale | None:
    """One plan by its code, or None when it is not on sale on ``day``."""
    version = (
        PlanVersion.objects.in_force(day)
        .filter(plan__code=code, plan__is_offered=True)
        .select_related("plan")
        .first()
    )
    return PlanOnSale(version.plan, version) if version else None
