"""A customer's contracts for our staff: found by number, shown in their file, moved by a merge."""

from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.customers.file import Entry, Reading, Section, register_section
from accounts.customers.finding import EXACT, Asked, Hit, Searcher, register_searcher
from accounts.customers.movers import Clash, Mover, register_clashes, register_mover, register_stay
from accounts.models import User
from common import civil
from common.templatetags.typography import short_day
from subscriptions.models import BillingAccount, Contract

PERMISSION = "subscriptions.view_desk"
TONES = {Contract.Status.ACTIVE: "good", Contract.Status.CANCELLED: "wait"}

# Colleagues in the books, at the bank and at the desk.
ACTED = (
    ("BillingRun", "by"),
    ("Charge", "by"),
    ("MonthClose", "by"),
    ("DebitFile", "made_by"),
    ("Allocation", "by"),
    ("BankFile", "by"),
    ("Refund", "asked_by"),
    ("Refund", "released_by"),
    ("PackSettlement", "by"),
    ("Takeover", "offered_by"),
    ("Takeover", "approved_by"),
)


def register() -> None:
    """From apps.py."""
    register_searcher(Searcher("subscriptions.contract", PERMISSION, find_by_contract))
    register_section(Section("contracts", gettext_lazy("Contracts"), PERMISSION, _contracts, 20, "receipt"))
    register_mover(Mover("subscriptions.Contract", "holder", gettext_lazy("contracts")))
    register_stay("subscriptions.Declaration", "by", "declarations are kept as received")
    register_stay("subscriptions.ContractChange", "by", "who agreed stays who agreed")
    register_stay("subscriptions.DeclarationAnswer", "by", "who acted stays who acted")
    register_mover(
        Mover("subscriptions.BillingAccount", "holder", gettext_lazy("billing account"), stays=_has_one)
    )
    for model, field in ACTED:
        register_stay(f"subscriptions.{model}", field, "who acted stays who acted")
    register_clashes(_clashes)


def _has_one(kept: User, gone: User) -> Q:
    """An account with its numbers stays beside one that is there already; both are shown to the person."""
    return Q(pk__isnull=not BillingAccount.objects.filter(holder=kept).exists())


def find_by_contract(asked: Asked) -> list[Hit]:
    """The holder of the contract with this number."""
    if asked.code is None:
        return []
    rows = Contract.objects.filter(code=asked.code, holder__isnull=False).values_list("holder_id", "code")
    return [Hit(holder, EXACT, 1, gettext_lazy("Contract"), code) for holder, code in rows]


def _contracts(customer: User, by: User, now: datetime) -> Reading:
    today = civil.local_date(now)

    def shape(contract: Contract) -> Entry:
        parts = [
            contract.code,
            _("from %(day)s") % {"day": short_day(contract.starts_on)},
        ]
        if contract.vehicle is not None:
            parts.insert(0, str(contract.vehicle))
        status = contract.status(today)
        return Entry(
            title=str(contract.plan),
            text=" · ".join(parts),
            state=status.label,
            tone=TONES.get(status, ""),
            kind="subscriptions.contract",
            id=contract.pk,
        )

    return Reading(
        Contract.objects.filter(holder=customer).with_facts().order_by("-ordered_at", "-pk"), shape
    )


def _clashes(kept: User, gone: User, now: datetime) -> list[Clash]:
    """Both pay for the same kind of plan, in one case even for the same car."""
    running = Contract.objects.running(civil.local_date(now)).select_related("plan", "vehicle__model")
    ours = {(row.plan.kind, row.vehicle_id) for row in running.filter(holder=kept)}
    found = []
    for row in running.filter(holder=gone).order_by("pk"):
        if row.vehicle_id is not None and (row.plan.kind, row.vehicle_id) in ours:
            words = _("Both have a running contract of this kind for %(car)s: check whether one is to end.")
            found.append(Clash(words % {"car": row.vehicle}, False))
        elif row.vehicle_id is None and (row.plan.kind, None) in ours:
            words = _("Both have a running contract “%(plan)s”: check whether one is to end.")
            found.append(Clash(words % {"plan": row.plan}, False))
    return found


__all__ = ["find_by_contract", "register"]
