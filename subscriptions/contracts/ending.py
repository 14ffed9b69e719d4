"""Contracts end: cancelled with notice, or withdrawn from."""

from datetime import date, datetime

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from psycopg.types.range import Range

from accounts.models import User
from common import civil
from journal import log
from subscriptions.contracts import change_rules, holders, terms, timeline
from subscriptions.errors import AlreadyEnded, ContractNotFound, NoConsumer, WithdrawalOver
from subscriptions.models import Contract, ContractVersion

DESK = "subscriptions.view_desk"  # whose holders end contracts for those who declared it


def end_if_cancelled(contract: Contract, now: datetime) -> date:
    """The first day without the contract if it were cancelled at ``now``."""
    found = timeline.slices(
        starts_on=contract.starts_on,
        version=contract.plan_version,
        changes=timeline.agreed_changes(contract),
    )
    today = civil.local_date(now)
    day = max(today, contract.starts_on)
    return terms.earliest_end(
        version=timeline.slice_on(found, day).base,
        starts_on=change_rules.held_since(found=found, day=day),
        today=today,
    )


def cancel_contract(*, by: User, contract: Contract, now: datetime) -> Contract:
    """Cancel at the earliest lawful day; ``by`` is the holder (or runs it), or staff at the desk.

    Raises ContractNotFound (404) for anybody else, AlreadyEnded (409).
    """
    with transaction.atomic():
        locked = _locked(contract, by)
        _end(locked, ends_on=end_if_cancelled(locked, now), cancelled_at=now)
        log.record(
            "subscriptions.cancelled",
            by=by,
            subject=locked,
            data={"code": locked.code, "ends_on": str(locked.ends_on)},
            audience=holders.people_of(locked),
        )
    return locked


def withdraw_contract(*, by: User, contract: Contract, declared_at: datetime) -> Contract:
    """Undo the contract from today on (BGB §355), if declared within the 14 days.

    ``by`` is the holder, or staff at the desk. Raises ContractNotFound (404) for anybody
    else, NoConsumer for an organisation's contract, WithdrawalOver, AlreadyEnded (409).
    """
    with transaction.atomic():
        locked = _locked(contract, by, allow_cancelled=True)
        if not locked.by_consumer:
            raise NoConsumer(_("Only consumers can withdraw. You can cancel this contract."))
        if declared_at >= terms.withdrawal_ends(locked.ordered_at):
            raise WithdrawalOver(
                _("The 14 days to withdraw from this contract have passed. You can still cancel it.")
            )
        day = max(civil.local_date(declared_at), locked.starts_on)
        if locked.ends_on is not None:  # cancelled before: a withdrawal never lengthens it
            day = min(day, locked.ends_on)
        _end(locked, ends_on=day, withdrawn_at=declared_at)
        log.record(
            "subscriptions.withdrawn",
            by=by,
            subject=locked,
            data={"code": locked.code, "ends_on": str(locked.ends_on)},
            audience=holders.people_of(locked),
        )
    return locked


def end_at_takeover(*, contract: Contract, day: date) -> None:
    """The next keeper has it from civil ``day`` on (Berlin); under lock of car and contract."""
    _end(contract, ends_on=max(day, contract.starts_on))


def _locked(contract: Contract, by: User, *, allow_cancelled: bool = False) -> Contract:
    rows = Contract.objects.select_for_update(of=("self",)).select_related(
        "plan_version__plan", "holder", "organisation"
    )
    locked = rows.get(pk=contract.pk)
    if not holders.acts_for(by=by, contract=locked) and not by.has_permission(DESK):
        raise ContractNotFound(_("There is no such contract."))
    if locked.withdrawn_at or (locked.cancelled_at and not allow_cancelled):
        raise AlreadyEnded(_("This contract was already ended."))
    return locked


def _end(contract: Contract, *, ends_on: date, **stamps: datetime) -> None:
    contract.ends_on = ends_on
    for name, value in stamps.items():
        setattr(contract, name, value)
    # The next run settles it: what was billed beyond the end is credited.
    contract.next_bill_on = contract.starts_on
    contract.save(update_fields=["ends_on", "next_bill_on", *stamps])
    # What lies wholly behind the end never came to be; what spans it is cut there.
    versions = ContractVersion.objects.filter(contract=contract)
    versions.filter(valid__startswith__gte=ends_on).delete()
    for version in versions.filter(Q(valid__endswith__gt=ends_on) | Q(valid__upper_inf=True)):
        version.valid = Range(version.valid.lower, ends_on, "[)")
        version.save(update_fields=["valid"])


def may_withdraw(contract: Contract, now: datetime) -> bool:
    """Whether a consumer holds it, the 14 days still run and nobody withdrew yet."""
    return (
        contract.by_consumer
        and contract.withdrawn_at is None
        and now < terms.withdrawal_ends(contract.ordered_at)
    )
