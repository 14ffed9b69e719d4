"""SEPA mandates: signed on the screen, one in force per account, lapsing when unused."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.civil import local_date
from common.errors import Conflict, Invalid, NotFound
from documents import signing
from journal import log
from subscriptions.contracts import terms
from subscriptions.models import BillingAccount, Mandate, Payment
from subscriptions.payments import banking, creditors, debtors, mandate_papers

UNUSED_MONTHS = 36  # SEPA Core rulebook 4.1: without a collection for so long a mandate is void
NAME_LENGTH = 70


@dataclass(frozen=True)
class Debtor:
    """As typed: who holds the account that is debited, and which it is."""

    name: str
    iban: str


class MandateInUse(Conflict):
    code = "mandate_in_use"

    def __init__(self) -> None:
        super().__init__(
            _("A direct debit has been handed in to the bank. Please revoke after it was collected.")
        )


def visible_to(user: User) -> QuerySet[Mandate]:
    """Mandates of one's own account and of organisations that one runs."""
    return Mandate.objects.filter(account__in=BillingAccount.objects.visible_to(user))


def active_mandate(account: BillingAccount) -> Mandate | None:
    return Mandate.objects.filter(account=account, revoked_at__isnull=True).first()


def lapses_on(mandate: Mandate) -> date:
    """The first civil day on which it is void when nothing is collected until then."""
    return terms.add_months(mandate.last_used_on or local_date(mandate.signed_at), UNUSED_MONTHS)


def sign_mandate(
    *, by: User, account: BillingAccount, debtor: Debtor, now: datetime, **signed: Any
) -> Mandate:
    """A new mandate, signed on the screen under the text that was shown; it replaces the one before.

    ``signed`` is what ``signing.sign`` takes of the signature (``signer_name``, ``strokes``, ``typed``,
    ``device``). From now on the account pays by direct debit. Raises NotFound for an account of others,
    Invalid for a wrong IBAN, NotSetUp as long as the house can't collect, SignatureEmpty.
    """
    creditor = creditors.collecting()
    iban = banking.checked_iban(debtor.iban)
    name = " ".join(debtor.name.split())
    if not 2 <= len(name) <= NAME_LENGTH:
        raise Invalid(_("Who holds this account?"), code="debtor_missing", field="debtor")
    debtors.require_account(by=by, account=account)
    with transaction.atomic():
        held = debtors.lock_account(account.pk)
        mandate = Mandate(
            reference=_next_reference(held),
            account=held,
            debtor=name,
            iban=str(iban),
            bic=banking.bic_of(iban),
            signed_at=now,
        )
        paper = mandate_papers.make_paper(mandate=mandate, creditor=creditor, by=by, now=now)
        language = debtors.language_of(held)
        signing.sign(document=paper, sha256=paper.sha256, signer=by, language=language, now=now, **signed)
        _end_active(held, by=by, cause="replaced", now=now)
        mandate.paper = paper
        mandate.save(force_insert=True)
        mandate_papers.belongs_to(paper, mandate)
        held.pay_by = BillingAccount.PayBy.DEBIT
        held.save(update_fields=["pay_by"])
        _record("subscriptions.mandate_signed", mandate, by=by, now=now)
    return mandate


def revoke_mandate(*, by: User, mandate: Mandate, now: datetime) -> Mandate:
    """Nothing more is collected by it; what was announced is paid by transfer then.

    Raises NotFound for a mandate of others, Conflict when it is over already, MandateInUse while a
    collection is at the bank.
    """
    if not visible_to(by).filter(pk=mandate.pk).exists():
        raise NotFound(_("There is no such mandate."))
    with transaction.atomic():
        account = debtors.lock_account(mandate.account_id)
        held = Mandate.objects.select_for_update(of=("self",)).get(pk=mandate.pk)
        if held.revoked_at is not None:
            raise Conflict(_("This mandate is over already."), code="mandate_over")
        if held.payments.filter(state=Payment.State.SUBMITTED).exists():
            raise MandateInUse
        end(held, account=account, by=by, cause="revoked", now=now)
    return held


def lapse_unused(*, now: datetime) -> int:
    """End mandates that nothing was collected by for 36 months; how many they were."""
    today, ended = local_date(now), 0
    oldest = terms.add_months(today, -UNUSED_MONTHS)
    candidates = Mandate.objects.filter(revoked_at__isnull=True, signed_at__date__lte=oldest)
    for number, account_id in candidates.order_by("pk").values_list("pk", "account_id"):
        with transaction.atomic():
            account = debtors.lock_account(account_id)
            mandate = Mandate.objects.select_for_update(of=("self",)).get(pk=number)
            if mandate.revoked_at is None and lapses_on(mandate) <= today:
                end(mandate, account=account, by=None, cause="lapsed", now=now)
                ended += 1
    return ended


def end(mandate: Mandate, *, account: BillingAccount, by: User | None, cause: str, now: datetime) -> None:
    """Inside a transaction that holds the account: the mandate is over, and what it announced with it."""
    mandate.revoked_at = now
    mandate.save(update_fields=["revoked_at"])
    mandate.payments.filter(state=Payment.State.PLANNED).update(
        state=Payment.State.FAILED, reason=f"mandate_{cause}"
    )
    if account.pay_by == BillingAccount.PayBy.DEBIT:
        account.pay_by = BillingAccount.PayBy.TRANSFER
        account.save(update_fields=["pay_by"])
    _record("subscriptions.mandate_ended", mandate, by=by, now=now, cause=cause)


def _end_active(account: BillingAccount, *, by: User, cause: str, now: datetime) -> None:
    """What was announced by the mandate before is collected by the new one: it is planned anew."""
    before = Mandate.objects.select_for_update(of=("self",)).filter(account=account, revoked_at__isnull=True)
    for mandate in before:
        end(mandate, account=account, by=by, cause=cause, now=now)


def _next_reference(account: BillingAccount) -> str:
    """``K-1004-M2``: the customer number and how many mandates there were, on the caller's lock."""
    return f"{account.number}-M{Mandate.objects.filter(account=account).count() + 1}"


def _record(kind: str, mandate: Mandate, *, by: User | None, now: datetime, **data: Any) -> None:
    log.record(
        kind,
        by=by,
        subject=mandate,
        data={"account": mandate.account_id, **data},
        audience=debtors.people_of(mandate.account),
        at=now,
    )
