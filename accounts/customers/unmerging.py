"""Undoing a merge: exactly what moved goes back; what changed since stays, and is named."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.customers import movers
from accounts.customers.merging import UNDO_WITHIN
from accounts.models import CustomerMerge, User
from common.errors import Conflict, NotAllowed
from journal import log

WORDS = {
    "first_name": _("first name"),
    "last_name": _("last name"),
    "phone": _("phone"),
    "email": _("e-mail"),
}


@dataclass
class Undone:
    """``stayed``: what changed since the merge and so did not go back, (what, how many)."""

    merge: CustomerMerge
    stayed: list[tuple[str, int]] = field(default_factory=list)


def undo_merge(*, by: User, merge: CustomerMerge, now: datetime) -> Undone:
    """Part the two again, within 30 days.

    Rows that were deleted or passed on since stay where they are, as does all that came new. An
    address that somebody else has by now is lost to the one who comes back. Raises NotAllowed,
    Conflict for what is undone, over, or was itself merged into a third one.
    """
    if not by.has_permission("accounts.merge_customers"):
        raise NotAllowed(_("You may not merge customers."))
    with transaction.atomic():
        # As merging does: people first, in the order of numbers.
        people = User.objects.filter(pk__in=[merge.kept_id, merge.gone_id]).order_by("pk")
        rows = {row.pk: row for row in people.select_for_update(of=("self",))}
        locked = CustomerMerge.objects.select_for_update(of=("self",)).get(pk=merge.pk)
        kept, gone = rows[locked.kept_id], rows[locked.gone_id]
        _require_undoable(locked, kept, now)
        done = Undone(locked)
        done.stayed += _move_back(locked)
        _open_again(locked)
        done.stayed += _give_back(locked, kept, gone)
        locked.undone_at, locked.undone_by, locked.before, locked.moved = now, by, {}, []
        locked.save(update_fields=["undone_at", "undone_by", "before", "moved"])
        log.record(
            "accounts.customer_merge_undone",
            by=by,
            subject=kept,
            data={"merge": locked.pk, "gone": gone.pk},
            audience=[kept, gone],
            at=now,
        )
    return done


def may_be_undone(merge: CustomerMerge, now: datetime) -> bool:
    """Whether it is in force and not longer ago than 30 days."""
    return merge.undone_at is None and now <= merge.at + UNDO_WITHIN and bool(merge.before)


def _require_undoable(merge: CustomerMerge, kept: User, now: datetime) -> None:
    if merge.undone_at is not None:
        raise Conflict(_("This merge was undone already."), code="merge_undone")
    if not may_be_undone(merge, now):
        raise Conflict(_("A merge can be undone for 30 days; these are over."), code="merge_final")
    if kept.standing == User.Standing.MERGED:
        raise Conflict(
            _("The customer was merged into another one since. Undo that merge first."), code="merged_since"
        )
    if kept.standing == User.Standing.ERASED:
        raise Conflict(_("The customer was erased since."), code="customer_gone")


def _move_back(merge: CustomerMerge) -> list[tuple[str, int]]:
    stayed = []
    for model, name, ids in merge.moved:
        table = apps.get_model(model)._base_manager
        back = table.filter(pk__in=ids, **{name: merge.kept_id}).update(**{name: merge.gone_id})
        mover = movers.mover_named(model, name)
        if back < len(ids) and mover is not None and mover.label:
            stayed.append((str(mover.label), len(ids) - back))
    return stayed


def _open_again(merge: CustomerMerge) -> None:
    """What the merge closed, unless it was closed anew since."""
    for model, _name, closes, ids in merge.before["closed"]:
        table = apps.get_model(model)._base_manager
        table.filter(pk__in=ids, **{closes: merge.at}).update(**{closes: None})


def _give_back(merge: CustomerMerge, kept: User, gone: User) -> list[tuple[str, int]]:
    before: dict[str, Any] = merge.before
    stayed = []
    for name, value in before["set"].items():
        if getattr(kept, name) == value:
            setattr(kept, name, before["kept"][name])
        else:
            stayed.append((str(WORDS[name]), 1))
    # Two rows may not have one address even for a moment: the lender first.
    kept.save(update_fields=list(before["set"]) or ["standing"])
    for name, value in before["gone"].items():
        setattr(gone, name, value)
    gone.is_active = True
    if gone.email and _is_taken(gone.email, gone):
        stayed.append((str(WORDS["email"]), 1))
        gone.email, gone.standing = None, User.Standing.CUSTOMER
    gone.save(update_fields=[*before["gone"], "is_active"])
    for address in before["addresses"]:
        if not _is_taken(address["email"], gone):
            EmailAddress.objects.create(user=gone, **address)
    return stayed


def _is_taken(email: str, but: User) -> bool:
    others = User.objects.exclude(pk=but.pk).filter(Q(email=email) | Q(emailaddress__email__iexact=email))
    return others.exists()
