"""Statements of the bank: camt.053 and camt.054 (ISO 20022, versions 02 to 08), read and kept once.

A file is an outsider's text: no entities, no DTD, nothing fetched, and no more than five megabytes.
"""

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _
from lxml import etree

from accounts.models import User
from accounts.privacy import keeping
from common.civil import BERLIN, local_date
from common.errors import Conflict, Invalid
from documents import papers
from documents.models import Document
from journal import log
from subscriptions.models import BankFile, BankLine
from subscriptions.payments import creditors, matching

KIND = "subscriptions.bank_statement"
MOST_BYTES = 5 * 1024 * 1024
MOST_LINES = 20_000
WAITS = timedelta(days=7)  # for the import, after it was looked at
KEPT_YEARS = 10
MESSAGES = ("BkToCstmrStmt", "BkToCstmrDbtCdtNtfctn")


@dataclass(frozen=True)
class Statement:
    """``lines`` are not saved; ``iban`` is the house's account that they are about."""

    iban: str
    lines: list[BankLine]


def read(content: bytes) -> Statement:
    """What a statement says. Raises Invalid for what is none, another account's, or too large."""
    root = _tree(content)
    message = next((node for name in MESSAGES if (node := root.find(f"{{*}}{name}")) is not None), None)
    if message is None:
        raise _unreadable(_("This is no statement as banks write it (camt.053 or camt.054)."))
    ours = creditors.required().iban
    lines: list[BankLine] = []
    for part in [*message.findall("{*}Stmt"), *message.findall("{*}Ntfctn")]:
        iban = _text(part, "Acct/Id/IBAN")
        if iban != ours:
            raise _unreadable(_("This statement is about another account than the house's."))
        for entry in part.findall("{*}Ntry"):
            lines += _lines_of(entry)
            if len(lines) > MOST_LINES:
                raise _unreadable(_("This statement has too many lines. Please import it day by day."))
    _make_distinct(lines)
    return Statement(iban=ours, lines=lines)


def keep_upload(*, by: User, content: bytes, name: str, now: datetime) -> Document:
    """Keep a statement for the look before its import. Raises as ``read``, Conflict when imported."""
    read(content)
    digest = hashlib.sha256(content).hexdigest()
    if BankFile.objects.filter(sha256=digest).exists():
        raise _imported()
    return papers.keep_file(
        kind=KIND,
        content=content,
        media_type="application/xml",
        name=name.removesuffix(".xml"),
        owner=None,
        now=now,
        keep_until=local_date(now + WAITS),
        by=by,
    )


def read_document(document: Document) -> Statement:
    with document.file.open("rb") as file:
        return read(file.read(MOST_BYTES + 1))


def import_statement(*, by: User, document: Document, now: datetime) -> BankFile:
    """Keep every line that is new and match what can be matched; the rest waits for a person.

    The same file is refused with Conflict; an entry that another file brought is left out.
    """
    statement = read_document(document)
    try:
        with transaction.atomic():
            file = BankFile.objects.create(
                sha256=document.sha256, name=document.name[:120], imported_at=now, by=by
            )
    except IntegrityError as error:
        raise _imported() from error
    with transaction.atomic():
        for line in statement.lines:
            line.file = file
        BankLine.objects.bulk_create(statement.lines, ignore_conflicts=True, batch_size=500)
        until = keeping.end_of_year_after(local_date(now), years=KEPT_YEARS)
        Document.objects.filter(pk=document.pk).update(
            about_kind=BankFile._meta.label_lower, about_id=file.pk, keep_until=until
        )
        count = file.lines.count()
        data = {"lines": count}
        log.record("subscriptions.statement_imported", by=by, subject=file, data=data, at=now)
    matching.match_open(by=by, now=now)
    return file


def _tree(content: bytes) -> Any:
    if len(content) > MOST_BYTES:
        raise _unreadable(_("This file is larger than 5 MB."))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise _unreadable(_("This file can't be read. Please export it from the bank again.")) from error
    if root.getroottree().docinfo.doctype:
        raise _unreadable(_("This file can't be read. Please export it from the bank again."))
    return root


def _lines_of(entry: Any) -> Iterator[BankLine]:
    """One entry: its single transactions where the bank gives them, else the entry as a whole."""
    status = _text(entry, "Sts/Cd") or _text(entry, "Sts")
    if status != "BOOK":
        return
    details = entry.findall("{*}NtryDtls/{*}TxDtls")
    reference = _text(entry, "AcctSvcrRef")
    if len(details) <= 1:
        yield _line(entry, details[0] if details else entry, reference, whole=True)
        return
    for number, detail in enumerate(details, start=1):
        own = _text(detail, "Refs/AcctSvcrRef")
        yield _line(entry, detail, own or (f"{reference}/{number}" if reference else ""), whole=False)


def _line(entry: Any, detail: Any, reference: str, *, whole: bool) -> BankLine:
    credited = (_text(detail, "CdtDbtInd") or _text(entry, "CdtDbtInd")) == "CRDT"
    amount = None if whole else _node(detail, "Amt", "AmtDtls/TxAmt/Amt")
    cents = _cents(_node(entry, "Amt") if amount is None else amount)
    reason = _text(detail, "RtrInf/Rsn/Cd")
    party = "Dbtr" if credited or reason else "Cdtr"
    end_to_end = _text(detail, "Refs/EndToEndId")
    if end_to_end in ("", "NOTPROVIDED"):
        # One sum for a whole file of ours: the bank names the file.
        end_to_end = _text(entry, "NtryDtls/Btch/PmtInfId") or _text(detail, "Refs/PmtInfId")
    words = [node.text or "" for node in detail.findall("{*}RmtInf/{*}Ustrd")]
    words.append(_text(detail, "RmtInf/Strd/CdtrRefInf/Ref"))
    return BankLine(
        reference=reference[:120],
        booked_on=_day(entry),
        cents=cents if credited else -cents,
        name=_text(detail, f"RltdPties/{party}/Nm", f"RltdPties/{party}/Pty/Nm")[:140],
        iban=_text(detail, f"RltdPties/{party}Acct/Id/IBAN")[:34],
        text=" ".join(word.strip() for word in words if word.strip())[:500],
        end_to_end_id=end_to_end[:35],
        return_reason=reason[:4],
    )


def _make_distinct(lines: list[BankLine]) -> None:
    """What the bank gave no reference is known by its content, and its place among equals."""
    seen: Counter[str] = Counter()
    for line in lines:
        if not line.reference:
            said = (line.booked_on, line.cents, line.iban, line.end_to_end_id, line.text, line.name)
            digest = hashlib.sha256(repr(said).encode()).hexdigest()[:40]
            seen[digest] += 1
            line.reference = f"h:{digest}:{seen[digest]}"


def _node(node: Any, *paths: str) -> Any:
    for path in paths:
        found = node.find("/".join(f"{{*}}{step}" for step in path.split("/")))
        if found is not None:
            return found
    return None


def _text(node: Any, *paths: str) -> str:
    for path in paths:
        found = _node(node, path)
        if found is not None and found.text and found.text.strip():
            return str(found.text.strip())
    return ""


def _cents(node: Any) -> int:
    try:
        amount = Decimal((node.text or "").strip())
    except (AttributeError, InvalidOperation) as error:
        raise _unreadable(_("An amount in this statement can't be read.")) from error
    if node.get("Ccy") != "EUR":
        raise _unreadable(_("This statement is not in euros."))
    cents = amount * 100
    if not amount.is_finite() or cents < 0 or cents != cents.to_integral_value() or cents > 10**13:
        raise _unreadable(_("An amount in this statement can't be read."))
    return int(cents)


def _day(entry: Any) -> date:
    """The booking day; an instant counts as its day in Berlin."""
    text = _text(entry, "BookgDt/Dt") or _text(entry, "BookgDt/DtTm")
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise _unreadable(_("A day in this statement can't be read.")) from error
    return moment.astimezone(BERLIN).date() if moment.tzinfo else moment.date()


def _unreadable(words: Any) -> Invalid:
    return Invalid(words, code="statement_unreadable", field="file")


def _imported() -> Conflict:
    return Conflict(_("This file was imported already."), code="statement_imported", field="file")
