"""How long things are kept: rules as data, carried out every day in batches.

Apps register a rule with what is usual and the bounds of what a house may choose; the
administrators' choice is a row (RetentionRule).
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from accounts.models import RetentionRule, RetentionRun, User
from common.errors import Invalid, NotAllowed, NotFound
from journal import log

logger = structlog.get_logger(__name__)

BATCH = 500
MOST_BATCHES = 200  # a day's run ends somewhere; the next goes on


@dataclass(frozen=True)
class Rule:
    """``sweep(days=, now=, limit=)`` erases at most ``limit`` and says how many; ``count(days=, now=)``
    says how many would go now. ``basis`` says why it is kept, or why not longer."""

    name: str
    label: Any
    basis: str
    default_days: int
    sweep: Callable[..., int]
    count: Callable[..., int] | None
    least_days: int
    most_days: int

    @property
    def is_fixed(self) -> bool:
        return self.least_days == self.most_days


@dataclass(frozen=True)
class Standing:
    """A rule as it stands in this house."""

    rule: Rule
    days: int
    changed: RetentionRule | None
    run: RetentionRun | None
    would_go: int | None = None


_rules: dict[str, Rule] = {}


def register_rule(
    name: str,
    *,
    default_days: int,
    label: Any,
    basis: Any,
    sweep: Callable[..., int],
    count: Callable[..., int] | None = None,
    least_days: int | None = None,
    most_days: int | None = None,
) -> None:
    """From an app's apps.py or privacy.py. Without bounds the time is fixed."""
    least = default_days if least_days is None else least_days
    most = default_days if most_days is None else most_days
    if not least <= default_days <= most:
        raise ValueError(f"{name}: the usual time lies outside its bounds")
    _rules[name] = Rule(name, label, basis, default_days, sweep, count, least, most)


def all_rules() -> list[Rule]:
    return sorted(_rules.values(), key=lambda rule: rule.name)


def rule_named(name: str) -> Rule:
    """Raises NotFound for a rule that nobody registered."""
    if name not in _rules:
        raise NotFound(_("There is no such rule."))
    return _rules[name]


def days_of(name: str) -> int:
    """How many days hold in this house, within the rule's bounds. Raises NotFound."""
    return _within(rule_named(name), RetentionRule.objects.filter(name=name).first())


def _within(rule: Rule, chosen: RetentionRule | None) -> int:
    """A release may have narrowed the bounds since somebody chose."""
    days = chosen.days if chosen else rule.default_days
    return min(max(days, rule.least_days), rule.most_days)


def standings() -> list[Standing]:
    """All rules with what was chosen and when they last ran. Two queries."""
    chosen = {row.name: row for row in RetentionRule.objects.select_related("changed_by")}
    runs = {row.name: row for row in RetentionRun.objects.all()}
    return [
        Standing(rule, _within(rule, chosen.get(rule.name)), chosen.get(rule.name), runs.get(rule.name))
        for rule in all_rules()
    ]


def standing_of(name: str, *, now: datetime) -> Standing:
    """One rule, with how many would go if it ran now. Raises NotFound."""
    rule = rule_named(name)
    chosen = RetentionRule.objects.select_related("changed_by").filter(name=name).first()
    days = _within(rule, chosen)
    would_go = rule.count(days=days, now=now) if rule.count else None
    return Standing(rule, days, chosen, RetentionRun.objects.filter(name=name).first(), would_go)


def change_rule(*, by: User, name: str, days: int, now: datetime) -> RetentionRule:
    """Choose another time. Raises NotAllowed, NotFound, Invalid outside the bounds."""
    if not by.has_permission("accounts.run_retention"):
        raise NotAllowed(_("Only administrators change how long things are kept."))
    rule = rule_named(name)
    if not rule.least_days <= days <= rule.most_days:
        raise Invalid(
            _("Please choose %(least)d to %(most)d days.")
            % {"least": rule.least_days, "most": rule.most_days},
            code="retention_out_of_bounds",
            field="days",
        )
    with transaction.atomic():
        row, _new = RetentionRule.objects.update_or_create(
            name=name, defaults={"days": days, "changed_at": now, "changed_by": by}
        )
        data = {"rule": name, "days": days}
        log.record("accounts.retention_changed", by=by, subject=row, data=data, at=now)
    return row


def sweep(*, name: str, now: datetime) -> int:
    """Carry one rule out, batch by batch; how many went. A run that breaks off goes on next time."""
    rule = rule_named(name)
    days = days_of(name)
    gone = 0
    for _batch in range(MOST_BATCHES):
        count = rule.sweep(days=days, now=now, limit=BATCH)
        gone += count
        if count < BATCH:
            break
    with transaction.atomic():
        run, _new = RetentionRun.objects.get_or_create(name=name, defaults={"ran_at": now})
        RetentionRun.objects.filter(pk=run.pk).update(
            ran_at=now, erased=gone, erased_ever=F("erased_ever") + gone
        )
    if gone:
        logger.info("retention_swept", rule=name, count=gone)
    return gone


__all__ = [
    "Rule",
    "Standing",
    "all_rules",
    "change_rule",
    "days_of",
    "register_rule",
    "rule_named",
    "standing_of",
    "standings",
    "sweep",
]
