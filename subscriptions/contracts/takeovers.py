"""A contract passes to the next keeper with its car: seller, buyer and brand agree, one instant cuts."""

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import Organisation, User
from common import civil
from common.errors import Conflict, NotFound
from journal import log, outbox
from subscriptions.billing import billing_accounts
from subscriptions.contracts import ending, holders, offers, ordering, timeline
from subscriptions.contracts.letters import CONFIRMATION
from subscriptions.errors import ContractNotFound, OfferChanged
from subscriptions.models import Contract, OpenItem, Takeover
from subscriptions.packs import settling
from vehicles import ownership, transfers
from vehicles.models import Transfer

DESK = "subscriptions.view_desk"


class TakeoverClosed(Conflict):
    """Answered, withdrawn or refused before, or the transfer is over."""

    code = "takeover_closed"

    def __init__(self) -> None:
        super().__init__(_("This takeover is no longer open."))


class TakeoverNotApproved(Conflict):
    """The house has not agreed yet."""

    code = "takeover_not_approved"

    def __init__(self) -> None:
        super().__init__(_("We have to agree to this takeover first and will tell you as soon as we have."))


def open_takeovers(now: datetime) -> QuerySet[Takeover]:
    """Those whose car still waits for its buyer."""
    rows = Takeover.objects.filter(ended_at__isnull=True, follows__isnull=True)
    waiting = rows.filter(transfer__state=Transfer.State.OFFERED, transfer__expires_at__gt=now)
    return waiting.select_related(
        "contract__plan", "contract__plan_version__plan", "contract__holder", "contract__organisation",
        "transfer__vehicle__model",
    )  # fmt: skip


def count_unapproved() -> int:
    """How many wait for the desk; an offer whose time is over counts until it is closed."""
    rows = Takeover.objects.filter(ended_at__isnull=True, follows__isnull=True, approved_at__isnull=True)
    return rows.filter(transfer__state=Transfer.State.OFFERED).count()


def takeover_for(*, by: User, transfer: Transfer, now: datetime) -> Takeover | None:
    """The open takeover of a transfer addressed to ``by``; None for everybody else."""
    if not by.email or transfer.email != by.email:
        return None
    return open_takeovers(now).filter(transfer=transfer).first()


def offered_takeover(*, contract: Contract, now: datetime) -> Takeover | None:
    return open_takeovers(now).filter(contract=contract).first()


def pending_transfer(*, contract: Contract, now: datetime) -> Transfer | None:
    """The offer of the contract's car that waits for its buyer."""
    return Transfer.objects.pending(now).filter(vehicle=contract.vehicle_id).first()


def offer_takeover(*, by: User, contract: Contract, now: datetime) -> Takeover:
    """The seller lets the contract go with the car that is offered already.

    The house agrees at once where nothing of the seller is overdue, else at the desk.
    Raises ContractNotFound (404), TakeoverClosed (409) for a contract that ends, a car that is not
    offered, or a second offer.
    """
    if contract.vehicle_id is None:
        raise TakeoverClosed
    with transaction.atomic():
        # The car first, then the contract: the same order everywhere.
        ownership.lock_vehicle(vehicle_id=contract.vehicle_id)
        locked = _locked(contract)
        if not holders.acts_for(by=by, contract=locked):
            raise ContractNotFound(_("There is no such contract."))
        transfer = pending_transfer(contract=locked, now=now)
        if transfer is None or locked.ends_on is not None or not _same_seller(locked, transfer):
            raise TakeoverClosed
        if Takeover.objects.filter(transfer=transfer).exists():
            raise TakeoverClosed
        takeover = Takeover.objects.create(
            contract=locked,
            transfer=transfer,
            offered_by=by,
            offered_at=now,
            approved_at=None
            if is_behind(person=locked.holder, organisation=locked.organisation, now=now)
            else now,
        )
        _record("offered", takeover, by, now)
    return takeover


def approve_takeover(*, by: User, takeover: Takeover, agrees: bool, now: datetime) -> Takeover:
    """The desk agrees for the house, or refuses.

    Raises NotFound (404) without the permission, TakeoverClosed (409).
    """
    if not by.has_permission(DESK):
        raise NotFound(_("There is no such takeover."))
    with transaction.atomic():
        locked = _open_under_lock(takeover)
        if agrees:
            locked.approved_at, locked.approved_by = now, by
        else:
            locked.ended_at = now
        locked.save(update_fields=["approved_at", "approved_by", "ended_at"])
        _record("approved" if agrees else "refused", locked, by, now)
    return locked


def withdraw_takeover(*, by: User, takeover: Takeover, now: datetime) -> Takeover:
    """The seller keeps the contract; the car stays offered. Raises ContractNotFound, TakeoverClosed."""
    with transaction.atomic():
        locked = _open_under_lock(takeover)
        if not holders.acts_for(by=by, contract=locked.contract):
            raise ContractNotFound(_("There is no such contract."))
        locked.ended_at = now
        locked.save(update_fields=["ended_at"])
        _record("withdrawn", locked, by, now)
    return locked


def render_terms(
    *, takeover: Takeover, by: User, organisation: Organisation | None, now: datetime
) -> offers.Offer:
    """What the buyer agrees to: the plan as it holds today, from today, in the buyer's language."""
    contract, today = takeover.contract, civil.local_date(now)
    found = timeline.slices(
        starts_on=contract.starts_on,
        version=contract.plan_version,
        changes=timeline.agreed_changes(contract),
    )
    return offers.render_offer(
        plan_version=timeline.slice_on(found, today).base,
        vehicle=takeover.transfer.vehicle,
        starts_on=today,
        language=by.language,
        organisation=organisation,
    )


def accept_takeover(
    *,
    by: User,
    takeover: Takeover,
    offer_hash: str,
    early_wish: bool = False,
    organisation: Organisation | None = None,
    now: datetime,
) -> Contract:
    """The buyer takes car and contract at one instant; the day of it (Berlin) is the buyer's first.

    The seller is billed up to the day before. Of two acceptances one wins. Raises NotFound (404) for
    who is not addressed, TakeoverClosed, TakeoverNotApproved, OfferChanged (all 409).
    """
    with transaction.atomic():
        locked = _open_under_lock(takeover)
        if takeover_for(by=by, transfer=locked.transfer, now=now) is None:
            raise TakeoverClosed
        behind = is_behind(person=None if organisation else by, organisation=organisation, now=now)
        if locked.approved_at is None or (behind and locked.approved_by_id is None):
            raise TakeoverNotApproved
        offer = render_terms(takeover=locked, by=by, organisation=organisation, now=now)
        if offer.hash != offer_hash:
            raise OfferChanged
        old = locked.contract
        if old.ends_on is not None:
            raise TakeoverClosed
        transfers.answer_transfer(
            by=by, transfer=locked.transfer, accept=True, organisation=organisation, now=now
        )
        cut = _begin_of_ownership(locked)
        ending.end_at_takeover(contract=old, day=offer.starts_on)
        wished = early_wish and ordering.asks_wish(
            organisation=organisation, starts_on=offer.starts_on, now=now
        )
        new = ordering.write_contract(by, offer, now, early_wish=wished)
        locked.follows, locked.cut_off = new, cut
        locked.save(update_fields=["follows", "cut_off"])
        if old.plan.kind == old.plan.Kind.BATTERY:
            settling.pass_on(by=by, contract=old, now=now)
        billing_accounts.account_for(person=new.holder, organisation=new.organisation, now=now)
        log.record(
            "subscriptions.taken_over",
            by=by,
            subject=old,
            data={"code": old.code, "follows": new.code},
            audience=holders.people_of(old),
            at=cut,
        )
        log.record(
            "subscriptions.ordered",
            by=by,
            subject=new,
            data={
                "code": new.code,
                "plan_version": new.plan_version_id,
                "amount": new.plan_version.price_cents,
            },
            audience=[by, *holders.people_of(new)],
        )
        outbox.enqueue(CONFIRMATION, f"contract:{new.pk}", {"contract": new.pk, "person": by.pk})
    return new


def is_behind(*, person: User | None, organisation: Organisation | None, now: datetime) -> bool:
    """Whether anything of this holder is overdue on the civil day (Berlin)."""
    overdue = OpenItem.objects.filter(open_cents__gt=0, due_on__lt=civil.local_date(now))
    if organisation is not None:
        return overdue.filter(account__organisation=organisation).exists()
    return overdue.filter(account__holder=person).exists()


def _begin_of_ownership(takeover: Takeover) -> datetime:
    running = takeover.transfer.vehicle.ownerships.filter(period__upper_inf=True).get()
    begin: datetime = running.period.lower
    return begin


def _same_seller(contract: Contract, transfer: Transfer) -> bool:
    if transfer.organisation_id is not None or contract.organisation_id is not None:
        return transfer.organisation_id == contract.organisation_id
    return transfer.offered_by_id == contract.holder_id


def _open_under_lock(takeover: Takeover) -> Takeover:
    """The car, then the contract, then what is agreed so far."""
    ownership.lock_vehicle(vehicle_id=takeover.transfer.vehicle_id)
    contract = _locked(takeover.contract)
    locked = Takeover.objects.select_related("transfer__vehicle__model").get(pk=takeover.pk)
    if locked.ended_at is not None or locked.follows_id is not None:
        raise TakeoverClosed
    if locked.transfer.state != Transfer.State.OFFERED:
        raise TakeoverClosed
    locked.contract = contract
    return locked


def _locked(contract: Contract) -> Contract:
    rows = Contract.objects.select_for_update(of=("self",))
    return rows.select_related("plan", "plan_version__plan", "holder", "organisation", "vehicle").get(
        pk=contract.pk
    )


def _record(what: str, takeover: Takeover, by: User, now: datetime) -> None:
    log.record(
        f"subscriptions.takeover_{what}",
        by=by,
        subject=takeover.contract,
        data={"code": takeover.contract.code, "transfer": takeover.transfer_id},
        audience=holders.people_of(takeover.contract),
        at=now,
    )
