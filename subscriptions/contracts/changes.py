"""Changes of a running contract: a larger or smaller plan, a larger battery for a while, a pause."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, Value
from django.db.models.functions import Least
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import civil
from common.writing import written_as
from journal import log, outbox
from subscriptions.contracts import change_rules, change_words, holders, previewing, timeline
from subscriptions.contracts.change_rules import Wish
from subscriptions.contracts.letters import CHANGED
from subscriptions.contracts.timeline import Agreed, Slice
from subscriptions.errors import ChangeImpossible, ContractNotFound, OfferChanged
from subscriptions.models import Contract, ContractChange
from vehicles.models import Vehicle

Kind = ContractChange.Kind


@dataclass(frozen=True)
class Planned:
    """A change as it would be agreed now: from when, at what cost, in which words."""

    contract: Contract
    change: Agreed
    before: Sequence[Slice]
    after: Sequence[Slice]
    costs: previewing.Costs
    lines: tuple[tuple[str, str], ...] = field(default=())

    @property
    def text(self) -> str:
        return "\n".join(f"{label}: {value}" for label, value in self.lines)

    @property
    def hash(self) -> str:
        """SHA-256 of the words with contract and version: what the holder saw and nothing else."""
        version = self.change.version.pk if self.change.version else 0
        return hashlib.sha256(f"{self.contract.pk}\n{version}\n{self.text}".encode()).hexdigest()


def preview_change(*, contract: Contract, wish: Wish, now: datetime) -> Planned:
    """What the change would be if it were agreed ``now``; writes nothing.

    ``contract`` comes with ``plan_version__plan``. Raises ChangeImpossible (409), with the reason and
    what would make it possible, and OfferChanged for a version that is not on sale.
    """
    today = civil.local_date(now)
    if contract.withdrawn_at or (contract.ends_on and contract.ends_on <= today):
        raise ChangeImpossible(_("This contract is over."))
    agreed = timeline.agreed_changes(contract)
    before = _slices(contract, agreed)
    change = change_rules.plan_change(contract=contract, wish=wish, before=before, today=today)
    if contract.ends_on and change.starts_on >= contract.ends_on:
        raise ChangeImpossible(_("This contract ends before the change could begin."))
    after = _slices(contract, [*_cut(agreed, change), change])
    costs = previewing.costs(contract=contract, before=before, after=after, today=today)
    current = timeline.slice_on(before, max(today, contract.starts_on)).base
    with translation.override(contract.language), written_as(""):
        lines = tuple(change_words.lines(contract=contract, current=current, change=change, costs=costs))
    return Planned(contract, change, before, after, costs, lines)


def change_contract(
    *, by: User, contract: Contract, wish: Wish, offer_hash: str | None, now: datetime
) -> ContractChange:
    """Agree on a change exactly as it was shown (``offer_hash``); the confirmation goes out by mail.

    The car's row is locked first, then the contract: of those who change at once one wins, the others
    read what is now. Raises ContractNotFound (404) for whoever does not hold it, OfferChanged (409)
    when price or days are no longer those shown, ChangeImpossible (409).
    """
    with transaction.atomic():
        locked = lock(contract)
        if not holders.acts_for(by=by, contract=locked):
            raise ContractNotFound(_("There is no such contract."))
        planned = preview_change(contract=locked, wish=wish, now=now)
        if offer_hash is not None and offer_hash != planned.hash:
            raise OfferChanged
        row = agree(by=by, planned=planned, now=now)
        outbox.enqueue(CHANGED, f"change:{row.pk}", {"change": row.pk, "person": by.pk})
    return row


def agree(*, by: User, planned: Planned, now: datetime) -> ContractChange:
    """Write a planned change and the timeline that follows from it; under lock of the contract."""
    contract, change = planned.contract, planned.change
    _cut_rows(contract, change, now)
    row = ContractChange.objects.create(
        contract=contract,
        kind=change.kind,
        plan_version=change.version,
        starts_on=change.starts_on,
        ends_on=change.ends_on,
        offer_text=planned.text,
        offer_hash=planned.hash,
        agreed_at=now,
        by=by,
    )
    timeline.write(contract, timeline.slices_of(contract))
    # What a change costs is billed from its first day, not only with the next period.
    Contract.objects.filter(pk=contract.pk).update(next_bill_on=Least("next_bill_on", Value(row.starts_on)))
    log.record(
        "subscriptions.changed",
        by=by,
        subject=contract,
        data={"code": contract.code, "change": row.kind, "starts_on": str(row.starts_on)},
        audience=holders.people_of(contract),
    )
    return row


def take_back(*, by: User, change: ContractChange, now: datetime) -> None:
    """Undo a change before its first day. Raises ContractNotFound, ChangeImpossible (409)."""
    with transaction.atomic():
        contract = lock(change.contract)
        if not holders.acts_for(by=by, contract=contract):
            raise ContractNotFound(_("There is no such contract."))
        row = ContractChange.objects.select_for_update(of=("self",)).get(pk=change.pk)
        if row.undone_at is not None or row.kind == Kind.RESUME:
            raise ChangeImpossible(_("This change was taken back already."))
        if row.starts_on <= civil.local_date(now):
            raise ChangeImpossible(_("This change has begun. You can change the contract again instead."))
        row.undone_at = now
        row.save(update_fields=["undone_at"])
        timeline.write(contract, timeline.slices_of(contract))
        log.record(
            "subscriptions.change_taken_back",
            by=by,
            subject=contract,
            data={"code": contract.code, "change": row.kind},
            audience=holders.people_of(contract),
        )


def lock(contract: Contract) -> Contract:
    """The contract under lock, its car first: all who write versions of a car come one after the other."""
    if contract.vehicle_id is not None:
        Vehicle.objects.select_for_update(of=("self",)).filter(pk=contract.vehicle_id).first()
    rows = Contract.objects.select_for_update(of=("self",))
    return rows.select_related("plan_version__plan", "holder", "organisation", "vehicle__model").get(
        pk=contract.pk
    )


def _slices(contract: Contract, changes: Sequence[Agreed]) -> list[Slice]:
    return timeline.slices(
        starts_on=contract.starts_on,
        version=contract.plan_version,
        changes=changes,
        ends_on=contract.ends_on,
    )


def _cut(agreed: Sequence[Agreed], change: Agreed) -> list[Agreed]:
    """What was agreed before and still holds: a switch ends a flex upgrade, a resumption its pause."""
    ended = _ended_by(change.kind)
    found = []
    for each in agreed:
        if each.kind == ended and (each.ends_on is None or each.ends_on > change.starts_on):
            if each.starts_on >= change.starts_on:
                continue
            found.append(each._replace(ends_on=change.starts_on))
        else:
            found.append(each)
    return found


def _cut_rows(contract: Contract, change: Agreed, now: datetime) -> None:
    """The same in the database; plans that were to begin later give way to a switch, too."""
    day = change.starts_on
    rows = ContractChange.objects.filter(contract=contract, undone_at__isnull=True)
    over = rows.filter(Q(ends_on__isnull=True) | Q(ends_on__gt=day), kind=_ended_by(change.kind))
    over.filter(starts_on__gte=day).update(undone_at=now)
    over.filter(starts_on__lt=day).update(ends_on=day)
    if change.kind in timeline.SWITCHES:
        # What began today stays in the history: it held for no whole day, and costs nothing.
        later = max(day, civil.local_date(now) + timedelta(days=1))
        rows.filter(kind__in=timeline.SWITCHES, starts_on__gte=later).update(undone_at=now)


def _ended_by(kind: str) -> str:
    return {Kind.UPGRADE: Kind.FLEX, Kind.RESUME: Kind.PAUSE}.get(Kind(kind), "")
