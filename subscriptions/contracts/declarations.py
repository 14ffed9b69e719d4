"""Cancelling and withdrawing by declaration, without signing in (BGB §312k, §356a).

A declaration is stored with its time and confirmed at once, whatever it matches. One that
its holder makes signed in is carried out at once; all others land on the staff's desk.
"""

from dataclasses import dataclass
from datetime import date, datetime

from django.core import signing
from django.core.cache import cache
from django.db import transaction
from django.utils.translation import gettext_lazy as _
from redis.exceptions import RedisError

from accounts.models import User
from common.codes import parse_code, unused_code
from common.errors import Conflict, DomainError, NotAllowed
from common.outage import Outage
from journal import log, outbox
from subscriptions.contracts import ending, holders
from subscriptions.contracts.letters import RECEIPT
from subscriptions.errors import TooManyDeclarations
from subscriptions.models import Contract, Declaration, DeclarationAnswer

SALT = "subscriptions.declaration"
PER_HOUR = 10  # from one address
_valkey = Outage("declaration counter", pause=5)


@dataclass(frozen=True)
class Wording:
    """What the form asked and got."""

    name: str
    email: str
    contract_hint: str
    manner: str = ""
    reason: str = ""
    wished_end: date | None = None


def declare(
    *, kind: str, wording: Wording, by: User | None, origin: str, language: str, now: datetime
) -> Declaration:
    """Keep a declaration and confirm it by mail at once; never refused for want of a match.

    ``origin`` is the sender's network address, kept an hour for the limit only. Raises
    TooManyDeclarations (429).
    """
    _limit(origin)
    contract = _match(wording, by)
    with transaction.atomic():
        declaration = Declaration.objects.create(
            code=unused_code(Declaration.objects.all()),
            kind=kind,
            manner=wording.manner,
            reason=wording.reason,
            name=wording.name,
            email=wording.email.lower(),
            contract_hint=wording.contract_hint,
            wished_end=wording.wished_end,
            contract=contract,
            by=by,
            language=language,
            received_at=now,
        )
        log.record(
            "subscriptions.declared",
            by=by,
            subject=declaration,
            data={"code": declaration.code, "contract": contract.pk if contract else None},
            audience=holders.people_of(contract) if contract else [],
        )
        outbox.enqueue(RECEIPT, f"declaration:{declaration.pk}", {"declaration": declaration.pk})
        if contract and by and _is_plain(wording) and holders.acts_for(by=by, contract=contract):
            _try_at_once(declaration, by, now)
    return declaration


def _limit(origin: str) -> None:
    """Without the counter everybody gets through: nobody may be kept from declaring."""
    counted: list[int] = []
    _valkey.attempt(lambda: counted.append(_count(origin)), failures=(RedisError, OSError))
    if counted and counted[0] > PER_HOUR:
        raise TooManyDeclarations(
            _("Too many declarations from your network. Try again in an hour, or write us an e-mail.")
        )


def _count(origin: str) -> int:
    key = f"declarations:{origin}"
    cache.add(key, 0, timeout=3600)
    try:
        return int(cache.incr(key))
    except ValueError:  # ran out between the two calls
        return 1


def _match(wording: Wording, by: User | None) -> Contract | None:
    """The contract that is meant: by its number, and by its holder's session or e-mail."""
    code = parse_code(wording.contract_hint)
    rows = Contract.objects.select_related("holder", "organisation", "plan_version__plan")
    found = rows.filter(code=code).first() if code else None
    if found is None:
        return None
    same = by is not None and holders.acts_for(by=by, contract=found)
    same = same or holders.knows_address(contract=found, email=wording.email)
    return found if same else None


def _is_plain(wording: Wording) -> bool:
    """Ordinary and as soon as possible: nothing for a person to weigh."""
    return wording.manner != Declaration.Manner.EXTRAORDINARY and wording.wished_end is None


def _try_at_once(declaration: Declaration, by: User, now: datetime) -> None:
    try:
        with transaction.atomic():
            _carry_out(declaration, by, now)
    except DomainError:
        return  # over already, or too late: the desk explains it
    DeclarationAnswer.objects.create(
        declaration=declaration, outcome=DeclarationAnswer.Outcome.CARRIED_OUT, at=now
    )


def _carry_out(declaration: Declaration, by: User, now: datetime) -> None:
    if declaration.contract is None:
        raise Conflict(_("Name the contract first: this declaration matches none."), code="no_contract")
    if declaration.kind == Declaration.Kind.WITHDRAW:
        ending.withdraw_contract(by=by, contract=declaration.contract, declared_at=declaration.received_at)
    else:
        ending.cancel_contract(by=by, contract=declaration.contract, now=declaration.received_at)


def answer_declaration(
    *, by: User, declaration: Declaration, carry_out: bool, note: str, now: datetime
) -> DeclarationAnswer:
    """Close a declaration on the desk: carry it out, or note how it was clarified.

    Counted from the day it was received. Raises NotAllowed for whoever does not work at the
    desk, their own declaration included; Conflict when somebody answered before or
    nothing matches; the contract's own errors when it can't be carried out.
    """
    if not by.has_permission(ending.DESK):
        raise NotAllowed(_("Answering declarations is not among your tasks."))
    with transaction.atomic():
        locked = Declaration.objects.select_for_update(of=("self",)).get(pk=declaration.pk)
        if DeclarationAnswer.objects.filter(declaration=locked).exists():
            raise Conflict(_("Somebody has answered this declaration already."), code="already_answered")
        if carry_out:
            _carry_out(locked, by, now)
        outcomes = DeclarationAnswer.Outcome
        answer = DeclarationAnswer.objects.create(
            declaration=locked,
            outcome=outcomes.CARRIED_OUT if carry_out else outcomes.CLARIFIED,
            note=note,
            by=by,
            at=now,
        )
        log.record(
            "subscriptions.declaration_answered",
            by=by,
            subject=locked,
            data={"code": locked.code, "outcome": answer.outcome},
            audience=holders.people_of(locked.contract) if locked.contract else [],
        )
    return answer


def receipt_token(declaration: Declaration) -> str:
    """Opens the receipt for whoever just declared, signed in or not."""
    return signing.dumps(declaration.pk, salt=SALT)


def declaration_of(token: str) -> Declaration | None:
    """The declaration behind a receipt's token, for one day; None for any other text."""
    try:
        number = signing.loads(token, salt=SALT, max_age=24 * 3600)
    except signing.BadSignature:
        return None
    return Declaration.objects.filter(pk=number).select_related("answer", "contract").first()
