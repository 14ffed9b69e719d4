"""Mandates, money and statements for tests."""

from datetime import date, datetime
from typing import Any

from accounts.models import User
from documents.models import Document
from subscriptions.models import BillingAccount, LedgerAccount, LedgerEntry, Mandate, OpenItem
from subscriptions.payments import mandates
from tests.factories.billing import set_up_creditor

IBAN = "DE02120300000000202051"
OTHER_IBAN = "DE02500105170137075030"
HOUSE_IBAN = "DE89370400440532013000"
STROKES = [[[100, 500, 0], [300, 200, 80], [500, 700, 160], [800, 400, 240]]]
BOOKS = {
    "receivables": "receivable",
    "bank": "bank",
    "transit-card": "transit",
    "write-offs": "loss",
    "vat-standard": "tax",
    "vat-reduced": "tax",
}


def open_books() -> None:
    """The accounts that payments are booked on."""
    for code, side in BOOKS.items():
        LedgerAccount.objects.get_or_create(code=code, defaults={"side": side, "name": code})


def sign(account: BillingAccount, *, now: datetime, iban: str = IBAN, **said: Any) -> Mandate:
    """A mandate as its debtor signs it on the screen."""
    set_up_creditor()
    by = said.pop("by", account.holder)
    return mandates.sign_mandate(
        by=by,
        account=account,
        debtor=mandates.Debtor(name=said.pop("debtor", "Karla Lund"), iban=iban),
        signer_name="Karla Lund",
        strokes=STROKES,
        now=now,
        **said,
    )


def holder_of(account: BillingAccount) -> User:
    """The consumer behind an account."""
    if account.holder is None:
        raise ValueError("an organisation's account")
    return account.holder


def open_cents(invoice: Any) -> int:
    return OpenItem.objects.get(invoice=invoice).open_cents


def balance(code: str) -> int:
    """Of an account of the books, in cents."""
    return sum(LedgerEntry.objects.filter(ledger_account__code=code).values_list("cents", flat=True))


def text_of(document: Document) -> str:
    with document.file.open("rb") as file:
        return str(file.read().decode())


def entry(
    cents: int,
    *,
    text: str = "",
    iban: str = IBAN,
    name: str = "Karla Lund",
    reference: str = "",
    end_to_end: str = "NOTPROVIDED",
    reason: str = "",
    day: date = date(2026, 11, 24),
) -> str:
    """One booked entry of a camt.053.001.08."""
    sign_of, party = ("CRDT", "Dbtr") if cents > 0 else ("DBIT", "Dbtr" if reason else "Cdtr")
    amount = f"{abs(cents) // 100}.{abs(cents) % 100:02d}"
    back = f"<RtrInf><Rsn><Cd>{reason}</Cd></Rsn></RtrInf>" if reason else ""
    own = f"<AcctSvcrRef>{reference}</AcctSvcrRef>" if reference else ""
    return f"""<Ntry><Amt Ccy="EUR">{amount}</Amt><CdtDbtInd>{sign_of}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>
<BookgDt><Dt>{day}</Dt></BookgDt>{own}<NtryDtls><TxDtls><Refs><EndToEndId>{end_to_end}</EndToEndId></Refs>
<RltdPties><{party}><Pty><Nm>{name}</Nm></Pty></{party}>
<{party}Acct><Id><IBAN>{iban}</IBAN></Id></{party}Acct></RltdPties>
<RmtInf><Ustrd>{text}</Ustrd></RmtInf>{back}</TxDtls></NtryDtls></Ntry>"""


def statement(*entries: str, iban: str = HOUSE_IBAN, number: int = 1) -> bytes:
    """A camt.053 as the house's bank sends it."""
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<Document xmlns="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><BkToCstmrStmt>
<GrpHdr><MsgId>S{number}</MsgId></GrpHdr><Stmt><Id>{number}</Id><Acct><Id><IBAN>{iban}</IBAN></Id></Acct>
{"".join(entries)}</Stmt></BkToCstmrStmt></Document>""".encode()
