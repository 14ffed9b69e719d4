"""pain.001.001.09: a transfer that pays something back, as a file for the bank."""

from datetime import datetime

from lxml import etree
from sepaxml import SepaTransfer
from sepaxml.validation import try_valid_xml

from accounts.models import User
from accounts.privacy import keeping
from common.civil import BERLIN, local_date
from documents import papers
from documents.models import Document
from subscriptions.models import Creditor, Refund
from subscriptions.payments import banking
from subscriptions.payments.debit_files import FILE

SCHEMA = "pain.001.001.09"
KEPT_YEARS = 10


def make_file(
    *, creditor: Creditor, refund: Refund, name: str, iban: str, bic: str, by: User, now: datetime
) -> Document:
    """One transfer on the next day of TARGET; its end-to-end id is the refund's key."""
    banking.checked_iban(iban)
    return papers.keep_file(
        kind=FILE,
        content=xml_of(creditor=creditor, refund=refund, name=name, iban=iban, bic=bic, now=now),
        media_type="application/xml",
        name=refund.key,
        owner=None,
        about=refund,
        now=now,
        keep_until=keeping.end_of_year_after(local_date(now), years=KEPT_YEARS),
        by=by,
    )


def xml_of(*, creditor: Creditor, refund: Refund, name: str, iban: str, bic: str, now: datetime) -> bytes:
    """The message, valid by the bank's schema."""
    config = {"name": creditor.name, "IBAN": creditor.iban, "batch": False, "currency": "EUR"}
    if creditor.bic:
        config["BIC"] = creditor.bic
    message = SepaTransfer(config, schema=SCHEMA, clean=True)
    payment: dict[str, object] = {
        "name": name,
        "IBAN": iban,
        "amount": refund.cents,
        "execution_date": banking.target_day(local_date(now)),
        "description": f"{refund.key} {refund.payment.account.number}",
        "endtoend_id": refund.key,
    }
    if bic:
        payment["BIC"] = bic
    message.add_payment(payment)
    tree = etree.fromstring(message.export(validate=False))
    space = {"p": f"urn:iso:std:iso:20022:tech:xsd:{SCHEMA}"}
    created = now.astimezone(BERLIN).replace(tzinfo=None, microsecond=0).isoformat()
    for path, text in (
        (".//p:GrpHdr/p:MsgId", refund.key),
        (".//p:GrpHdr/p:CreDtTm", created),
        (".//p:PmtInf/p:PmtInfId", refund.key),
    ):
        for node in tree.iterfind(path, space):
            node.text = text
    content = etree.tostring(tree, xml_declaration=True, encoding="UTF-8")
    try_valid_xml(content, SCHEMA)
    return bytes(content)
