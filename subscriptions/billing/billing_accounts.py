"""The account that a holder's invoices, payments and open items belong to."""

from collections.abc import Iterable
from datetime import datetime

from django.db import connection

from accounts.models import Organisation, User
from subscriptions.models import BillingAccount

FIRST_NUMBER = 10_000  # where tax advisers' debtor accounts begin

# Whoever comes second finds the row of the first: the constraint of one account per holder decides.
OPEN = """
INSERT INTO subscriptions_billingaccount
       (id, number, holder_id, organisation_id, pay_by, parked_because, created_at)
SELECT place, (%s + place)::text, holder_id, organisation_id, 'transfer', '', %s
FROM (SELECT nextval(pg_get_serial_sequence('subscriptions_billingaccount', 'id')) AS place,
             holder_id, organisation_id
      FROM unnest(%s::bigint[], %s::bigint[]) AS wanted(holder_id, organisation_id)) AS numbered
ON CONFLICT DO NOTHING
"""


def account_for(
    *, person: User | None = None, organisation: Organisation | None = None, now: datetime
) -> BillingAccount:
    """The account of exactly one of the two, opened if there is none.

    Raises ValueError for both or neither.
    """
    if (person is None) == (organisation is None):
        raise ValueError("an account is a person's or an organisation's")
    accounts = BillingAccount.objects.filter(holder=person, organisation=organisation)
    found = accounts.first()
    if found is None:
        open_accounts(
            holders=[(person.pk if person else None, organisation.pk if organisation else None)], now=now
        )
        found = accounts.get()
    return found


def open_accounts(*, holders: Iterable[tuple[int | None, int | None]], now: datetime) -> None:
    """Open an account for each (person, organisation) that has none, in one statement."""
    wanted = sorted(set(holders), key=lambda pair: (pair[0] or 0, pair[1] or 0))
    if not wanted:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            OPEN, [FIRST_NUMBER, now, [person for person, _ in wanted], [firm for _, firm in wanted]]
        )


def lock_account(account: BillingAccount) -> BillingAccount:
    """The account's row, locked until commit: runs, charges billed at once and payments take turns.

    References to it stay possible meanwhile (FOR NO KEY UPDATE).
    """
    return BillingAccount.objects.select_for_update(of=("self",), no_key=True).get(pk=account.pk)
