"""The contracts' part of a person's data. The law wants contracts kept: they are locked, not erased."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.customers.movers import one_person
from accounts.models import User
from accounts.privacy import keeping
from accounts.privacy.parts import Attached, Fate, Hold, PersonalData, Sheet, register_part
from common.civil import local_date
from subscriptions.contracts import papers
from subscriptions.models import (
    Contract,
    ContractChange,
    ContractVersion,
    Declaration,
    DeclarationAnswer,
)
from subscriptions.models.contracts import ContractQuerySet

Row = dict[str, Any]
PART = "subscriptions"
BASIS = "AO § 147, HGB § 257"
YEARS = 10  # declarations are evidence for that long, as their trigger says


def export(user: User) -> Iterable[Sheet | Attached]:
    yield Sheet("contracts", _("Your contracts, as agreed"), lambda: _contracts(user))
    for contract in _held(user):
        if paper := papers.find_paper(contract):
            yield Attached(f"{paper.pk}-{paper.file_name}", paper.file)
    yield Sheet("declarations", _("What you cancelled or withdrew from"), lambda: _declarations(user))


def _held(user: User) -> ContractQuerySet:
    return Contract.objects.filter(holder=user).order_by("pk")


def _contracts(user: User) -> Iterator[Row]:
    for contract in (
        _held(user).select_related("plan", "vehicle").prefetch_related("versions__plan_version", "changes")
    ):
        yield {
            "number": contract.code,
            "plan": contract.plan.name,
            "vin": contract.vehicle.vin if contract.vehicle else None,
            "ordered": contract.ordered_at,
            "starts": contract.starts_on,
            "ends": contract.ends_on,
            "cancelled": contract.cancelled_at,
            "withdrawn": contract.withdrawn_at,
            "offer": contract.offer_text,
            "offer_sha256": contract.offer_hash,
            "early_wish": contract.early_wish,
            "changes": [
                {
                    "kind": change.get_kind_display(),
                    "from": change.starts_on,
                    "until": change.ends_on,
                    "agreed": change.agreed_at,
                    "words": change.offer_text,
                    "taken_back": change.undone_at,
                }
                for change in contract.changes.all()
            ],
            "versions": [
                {"plan_version": version.plan_version.number, "valid": version.valid}
                for version in contract.versions.all()
            ],
        }


def _made_by(user: User) -> QuerySet[Declaration]:
    """What the person declared; what others declared about their contract is the others' words."""
    mine = Q(by_id__in=one_person(user))
    if user.email:
        mine |= Q(by__isnull=True, email__iexact=user.email)
    return Declaration.objects.filter(mine).order_by("pk")


def _declarations(user: User) -> Iterator[Row]:
    for made in _made_by(user).select_related("contract", "answer"):
        answer = getattr(made, "answer", None)
        yield {
            "number": made.code,
            "kind": made.get_kind_display(),
            "manner": made.get_manner_display(),
            "reason": made.reason,
            "name": made.name,
            "email": made.email,
            "contract": made.contract.code if made.contract else made.contract_hint,
            "wished_end": made.wished_end,
            "received": made.received_at,
            "answer": answer.get_outcome_display() if answer else None,
            "answered": answer.at if answer else None,
        }


def holds(*, user: User, now: datetime) -> Iterable[Hold]:
    running = _held(user).running(local_date(now)).select_related("plan")
    for contract in running:
        yield Hold(
            "contract_running",
            _("The contract %(code)s (%(plan)s) is running: it has to end first.")
            % {"code": contract.code, "plan": contract.plan.name},
            reverse("subscriptions:contract-detail", args=[contract.pk]),
        )


def lock(*, user: User, now: datetime) -> None:
    """Contracts point at an empty shell from now on; who it was is locked away beside them."""
    contracts, declared = list(_held(user)), list(_made_by(user))
    if not contracts and not declared:
        return
    last = max(
        [contract.ends_on or local_date(contract.ordered_at) for contract in contracts]
        + [local_date(made.received_at) for made in declared]
    )
    keeping.lock_away(
        user=user,
        part=PART,
        basis=BASIS,
        until=keeping.end_of_year_after(last, years=YEARS),
        content={
            **keeping.identity_of(user),
            "contracts": [contract.code for contract in contracts],
            "declarations": [made.code for made in declared],
        },
        now=now,
    )


def forget(*, user: User, now: datetime) -> None:
    """After ten years declarations go with what was said in them; contracts name nobody."""
    records = user.kept_records.filter(part=PART).values_list("content", flat=True)
    codes = [code for content in records for code in content.get("declarations", [])]
    made = Declaration.objects.filter(Q(by_id__in=one_person(user)) | Q(code__in=codes))
    DeclarationAnswer.objects.filter(declaration__in=made).delete()
    made.delete()


register_part(
    PersonalData(
        name=PART,
        label=_("Subscriptions"),
        models={
            Contract: Fate.KEPT,
            ContractChange: Fate.KEPT,
            ContractVersion: Fate.KEPT,
            Declaration: Fate.KEPT,
            DeclarationAnswer: Fate.KEPT,
        },
        export=export,
        erase=lock,
        forget=forget,
        holds=holds,
        place=60,
        stays=_(
            "Contracts, cancellations and withdrawals with your name: locked for ten years after the end "
            "of the year, because tax and commercial law want it (AO § 147, HGB § 257)."
        ),
    )
)
