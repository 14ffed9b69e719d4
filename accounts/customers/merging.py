"""Two rows that are one person become one; undoable for 30 days.

``gone`` becomes an empty shell: its rows move to ``kept`` as accounts/customers/movers.py says, its
sign-in ends at once. What may not be rewritten (journal, consents, signatures) stays with the
shell; reads that need it follow ``one_person``.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from accounts import sessions
from accounts.customers import movers
from accounts.customers.movers import (
    Clash,
    Mover,
    one_person,
    register_clashes,
    register_mover,
    register_stay,
)
from accounts.models import CustomerMerge, User
from accounts.partners import connections
from common import realtime
from common.errors import Conflict, Invalid, NotAllowed
from journal import log

UNDO_WITHIN = timedelta(days=30)
LIVE = (User.Standing.ACCOUNT, User.Standing.CUSTOMER)
# What a row says of its person; the first group stays or goes as one.
FACTS = {"name": ("first_name", "last_name"), "phone": ("phone",), "email": ("email",)}
KEPT_OF_GONE = (
    "standing", "email", "first_name", "last_name", "phone", "language", "time_zone", "formats", "photo_id",
)  # fmt: skip


@dataclass(frozen=True)
class Preview:
    """What a merge would do. ``moving`` and ``staying`` are (what, how many)."""

    kept: User
    gone: User
    moving: list[tuple[Any, int]]
    staying: list[tuple[Any, int]]
    clashes: list[Clash]
    choices: list[str]  # facts that differ and can be chosen: "name", "phone", "email"

    @property
    def blocked(self) -> bool:
        return any(clash.blocks for clash in self.clashes)


def preview_merge(*, kept: User, gone: User, now: datetime) -> Preview:
    """What merging ``gone`` into ``kept`` would move, keep and ask. Raises as ``merge_customers``."""
    _require_two(kept, gone)
    moving: dict[str, int] = {}
    staying: dict[str, int] = {}
    for mover in movers.all_movers():
        if mover.label:
            label = str(mover.label)
            moving[label] = moving.get(label, 0) + mover.moving(kept, gone).count()
            staying[label] = staying.get(label, 0) + mover.staying(kept, gone).count()
    return Preview(
        kept,
        gone,
        [(label, count) for label, count in moving.items() if count],
        [(label, count) for label, count in staying.items() if count],
        movers.clashes_between(kept, gone, now),
        [fact for fact in FACTS if _is_open(fact, kept, gone)],
    )


def merge_customers(
    *,
    by: User,
    kept: User,
    gone: User,
    proof: str = CustomerMerge.Proof.STAFF,
    facts_of_gone: frozenset[str] = frozenset(),
    now: datetime,
) -> CustomerMerge:
    """Make ``gone`` a part of ``kept``. ``facts_of_gone`` ("name", "phone", "email") win over kept's;
    what ``kept`` lacks is taken over in any case.

    ``by`` is a colleague, or (``proof`` EMAIL) the person themselves, who proved the address of
    ``gone`` before. Raises NotAllowed, Invalid for one and the same row or for an account merged
    into a customer without one, Conflict for what was merged or erased meanwhile, or blocks.
    """
    _require_right(by, kept, proof)
    with transaction.atomic():
        kept, gone = _locked(kept, gone)
        _require_two(kept, gone)
        blocking = [clash for clash in movers.clashes_between(kept, gone, now) if clash.blocks]
        if blocking:
            raise Conflict(blocking[0].words, code="merge_blocked")
        merge = CustomerMerge.objects.create(kept=kept, gone=gone, proof=proof, by=by, at=now)
        closed = [_close(mover, kept, gone, now) for mover in movers.all_movers() if mover.closes]
        merge.moved = [moved for mover in movers.all_movers() if (moved := _move(mover, kept, gone))]
        merge.before = {**_settle(kept, gone, facts_of_gone), "closed": [rows for rows in closed if rows[3]]}
        merge.save(update_fields=["moved", "before"])
        connections.revoke_all(by=by, user=gone, now=now)
        sessions.end_sessions(by=by, user=gone)
        realtime.recheck(gone.pk)
        log.record(
            "accounts.customers_merged",
            by=by,
            subject=kept,
            data={"merge": merge.pk, "gone": gone.pk, "proof": str(proof)},
            audience=[kept],
            at=now,
        )
    return merge


def forget_merges(*, now: datetime) -> int:
    """Empty what is remembered for undoing once that is over, sign-in methods too; how many merges."""
    over = CustomerMerge.objects.filter(at__lt=now - UNDO_WITHIN).exclude(before={})
    count = 0
    for merge in over.select_related("gone"):
        with transaction.atomic():
            merge.before, merge.moved = {}, []
            merge.save(update_fields=["before", "moved"])
            if merge.undone_at is None:
                Authenticator.objects.filter(user=merge.gone).delete()
                merge.gone.set_unusable_password()
                merge.gone.save(update_fields=["password"])
        count += 1
    return count


def _require_right(by: User, kept: User, proof: str) -> None:
    own = proof == CustomerMerge.Proof.EMAIL and by.pk == kept.pk
    if not own and not by.has_permission("accounts.merge_customers"):
        raise NotAllowed(_("You may not merge customers."))


def _require_two(kept: User, gone: User) -> None:
    if kept.pk == gone.pk:
        raise Invalid(_("Choose another customer."), code="same_customer", field="gone")
    if kept.standing not in LIVE or gone.standing not in LIVE:
        raise Conflict(
            _("One of the two was merged or erased meanwhile. Please search again."), code="customer_gone"
        )
    if kept.standing == User.Standing.CUSTOMER and gone.standing == User.Standing.ACCOUNT:
        raise Invalid(
            _("The row with the account must stay: merge the other way round."), code="account_must_stay"
        )


def _locked(kept: User, gone: User) -> tuple[User, User]:
    """In the order of numbers: two who merge both ways at once must not wait for each other."""
    ids = [kept.pk, gone.pk]
    rows = {
        row.pk: row for row in User.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))
    }
    return rows[kept.pk], rows[gone.pk]


def _is_open(fact: str, kept: User, gone: User) -> bool:
    """Both say something, and not the same. How somebody signs in, only they change."""
    if fact == "email" and kept.standing == User.Standing.ACCOUNT:
        return False
    ours, theirs = _said(fact, kept), _said(fact, gone)
    return any(ours) and any(theirs) and ours != theirs


def _said(fact: str, user: User) -> list[Any]:
    return [getattr(user, name) for name in FACTS[fact]]


def _close(mover: Mover, kept: User, gone: User, now: datetime) -> list[Any]:
    rows = mover.staying(kept, gone).filter(**{f"{mover.closes}__isnull": True})
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    mover.table()._base_manager.filter(pk__in=ids).update(**{mover.closes: now})
    return [*mover.key, mover.closes, ids]


def _move(mover: Mover, kept: User, gone: User) -> list[Any]:
    ids = list(mover.moving(kept, gone).order_by("pk").values_list("pk", flat=True))
    if not ids:
        return []
    mover.table()._base_manager.filter(pk__in=ids).update(**{mover.field: kept.pk})
    return [*mover.key, ids]


def _settle(kept: User, gone: User, facts_of_gone: frozenset[str]) -> dict[str, Any]:
    """Empty the shell, give ``kept`` what was chosen; returns what both said before."""
    addresses = EmailAddress.objects.filter(user=gone)
    before: dict[str, Any] = {
        "gone": {name: getattr(gone, name) for name in KEPT_OF_GONE},
        "addresses": list(addresses.values("email", "verified", "primary")),
        "kept": {},
        "set": {},
    }
    chosen: dict[str, Any] = {}
    for fact, names in FACTS.items():
        wins = fact in facts_of_gone and _is_open(fact, kept, gone)
        if any(_said(fact, gone)) and (wins or not any(_said(fact, kept))):
            chosen |= {name: getattr(gone, name) for name in names}
    addresses.delete()
    _empty(gone)
    for name, value in chosen.items():
        before["kept"][name], before["set"][name] = getattr(kept, name), value
        setattr(kept, name, value)
    kept.save(update_fields=list(chosen) or ["standing"])
    return before


def _empty(gone: User) -> None:
    """The address is free for the other row only once it is saved here."""
    gone.standing, gone.email, gone.is_active, gone.photo = User.Standing.MERGED, None, False, None
    gone.first_name = gone.last_name = gone.phone = ""
    gone.save(update_fields=["standing", "email", "is_active", "photo", "first_name", "last_name", "phone"])


__all__ = [
    "Clash",
    "Mover",
    "Preview",
    "forget_merges",
    "merge_customers",
    "one_person",
    "preview_merge",
    "register_clashes",
    "register_mover",
    "register_stay",
]
