"""Who stands behind a billing account: whom we tell, and by which name and language."""

from django.db import transaction

from accounts.models import User
from accounts.organisations import organisations
from common.errors import NotFound
from subscriptions.models import BillingAccount

LANGUAGE = "de"


def people_of(account: BillingAccount) -> list[User]:
    """Whom news about money reaches: the holder, or those who run the organisation."""
    if account.holder is not None:
        return [account.holder] if account.holder.is_active else []
    return organisations.runners_of(account.organisation_id)


def name_of(account: BillingAccount) -> str:
    return account.organisation.name if account.organisation else account.holder.display_name  # type: ignore[union-attr]


def language_of(account: BillingAccount) -> str:
    people = people_of(account)
    return people[0].language if people else LANGUAGE


def require_account(*, by: User, account: BillingAccount) -> BillingAccount:
    """The account again, for whom it is visible. Raises NotFound."""
    found = BillingAccount.objects.visible_to(by).filter(pk=account.pk).first()
    if found is None:
        raise NotFound("")
    return found


def lock_account(account_id: int) -> BillingAccount:
    """First of every change of money: the account's row, then its open items by number.

    As billing_accounts.lock_account, with the names of who is behind it.
    """
    if not transaction.get_connection().in_atomic_block:
        raise RuntimeError("lock_account() belongs into a transaction")
    rows = BillingAccount.objects.select_for_update(of=("self",), no_key=True)
    return rows.select_related("holder", "organisation").get(pk=account_id)
