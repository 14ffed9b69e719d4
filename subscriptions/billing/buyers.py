"""Who an invoice is made out to (UStG §14(4) no. 1), and whom news about it reaches: many at once."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.db import connection

# The invoice's address before the home's. A merged row's account goes on under the person kept.
READ = """
SELECT account.id, account.organisation_id,
       COALESCE(NULLIF(trim(person.first_name || ' ' || person.last_name), ''), firm.name, ''),
       COALESCE(person.email, firm.invoice_email, ''), COALESCE(person.language, 'de'),
       COALESCE(firm.vat_id, ''), COALESCE(firm.order_reference, ''),
       address.recipient, address.extra, address.street, address.postcode, address.town, address.country,
       CASE WHEN person.id IS NOT NULL THEN ARRAY[person.id] ELSE ARRAY(
           SELECT member.user_id FROM accounts_membership member
           WHERE member.organisation_id = firm.id AND member.ended_at IS NULL
                 AND member.role IN ('administrator', 'fleet') ORDER BY member.user_id) END
FROM subscriptions_billingaccount account
LEFT JOIN accounts_customermerge merge
       ON merge.gone_id = account.holder_id AND merge.undone_at IS NULL
LEFT JOIN accounts_user person ON person.id = COALESCE(merge.kept_id, account.holder_id)
LEFT JOIN accounts_organisation firm ON firm.id = account.organisation_id
LEFT JOIN LATERAL (
    SELECT * FROM accounts_address where_to
    WHERE (where_to.user_id = person.id OR where_to.organisation_id = firm.id)
          AND where_to.purpose IN ('invoice', 'home')
    ORDER BY where_to.purpose DESC LIMIT 1) AS address ON true
WHERE account.id = ANY(%s)
"""


class Buyer(NamedTuple):
    """What a document says of whom it is made out to."""

    account_id: int
    is_consumer: bool
    language: str
    document: dict[str, Any]
    audience: Sequence[int]


def read_buyers(account_ids: Sequence[int]) -> dict[int, Buyer]:
    """The buyers of these accounts, in one query."""
    with connection.cursor() as cursor:
        cursor.execute(READ, [list(account_ids)])
        return {row[0]: _buyer(row) for row in cursor.fetchall()}


def _buyer(row: tuple[Any, ...]) -> Buyer:
    account_id, firm, name, email, language, vat_id, reference, *address, people = row
    recipient, extra, street, postcode, town, country = address
    lines = [line for line in (recipient, extra, street, f"{postcode} {town}" if town else "") if line]
    document = {
        "name": name,
        "lines": lines,
        "postcode": postcode or "",
        "town": town or "",
        "country": country or "DE",
        "vat_id": vat_id,
        "reference": reference,
        "email": email,
    }
    return Buyer(account_id, firm is None, language, document, people)
