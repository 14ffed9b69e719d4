"""The mandate as a paper, with the words that the scheme prescribes (SEPA Core rulebook, annex VII)."""

from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from schwifty import IBAN

from accounts.models import User
from accounts.privacy import keeping
from common.civil import local_date
from documents import blocks, papers, rights
from documents.models import Document
from subscriptions.models import BillingAccount, Creditor, Mandate
from subscriptions.payments import debtors

PAPER = "subscriptions.mandate"
KEPT_YEARS = 10


def wording(creditor: Creditor) -> list[str]:
    """What the debtor agrees to, in the reader's language."""
    told = {"name": creditor.name}
    return [
        _(
            "I authorise %(name)s to collect payments from my account by direct debit, and instruct my bank "
            "to honour the direct debits of %(name)s."
        )
        % told,
        _(
            "I can claim the amount back within eight weeks from the day it was debited. "
            "The terms agreed with my bank apply."
        ),
        ngettext(
            "Each collection is announced to me at least %(count)s day before.",
            "Each collection is announced to me at least %(count)s days before.",
            creditor.prenotice_days,
        )
        % {"count": creditor.prenotice_days},
    ]


def make_paper(*, mandate: Mandate, creditor: Creditor, by: User, now: datetime) -> Document:
    """The PDF that is signed, in the debtor's language; ``belongs_to`` ties it to the saved mandate."""
    language = debtors.language_of(mandate.account)
    with translation.override(language):
        values = {
            "title": _("SEPA direct debit mandate"),
            "lead": _("For recurrent payments"),
            "blocks": [
                blocks.facts(
                    [
                        (_("Creditor"), creditor.name),
                        (_("Creditor identifier"), creditor.creditor_id),
                        (_("Mandate reference"), mandate.reference),
                    ]
                ),
                blocks.heading(_("What you agree to")),
                *[blocks.text(words) for words in wording(creditor)],
                blocks.heading(_("Your account")),
                blocks.facts(
                    [
                        (_("Account holder"), mandate.debtor),
                        # In full: without it the paper proves nothing. Pages show its end only.
                        (_("IBAN"), IBAN(mandate.iban).formatted),
                        (_("Customer number"), mandate.account.number),
                    ]
                ),
            ],
        }
        name = _("SEPA mandate %(reference)s") % {"reference": mandate.reference}
    return papers.make_paper(
        kind=PAPER,
        values=values,
        name=name,
        owner=by,
        language=language,
        now=now,
        keep_until=keeping.end_of_year_after(local_date(now), years=KEPT_YEARS),
        by=by,
    )


def belongs_to(paper: Document, mandate: Mandate) -> None:
    """The paper, and the sheet of its signature, follow the mandate from now on."""
    sheets = paper.signatures.values("sheet_id")
    for rows in (Document.objects.filter(pk=paper.pk), Document.objects.filter(pk__in=sheets)):
        rows.update(about_kind=Mandate._meta.label_lower, about_id=mandate.pk)


def may_read(user: User, document: Document) -> bool:
    """Who may see the account may read its mandates; those who keep the books as well."""
    if not user.is_authenticated:
        return False
    if user.has_permission("subscriptions.keep_books"):
        return True
    rows = Mandate.objects.filter(account__in=BillingAccount.objects.visible_to(user))
    return rights.about_id_in(rows, document)
