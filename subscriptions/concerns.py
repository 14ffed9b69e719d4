"""Contracts and declarations as what requests are about, and the queues where they land.

A declaration that matches no contract (BGB §312k, §356a) is a request: it has a promise, and the
person can be asked. The declaration stays the truth of whether it is answered.
"""

from datetime import datetime, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from accounts.cases import cases
from accounts.cases.links import Link, LinkKind, Thing, register_link_kind
from accounts.cases.queues import Queue, register_queue
from accounts.models import Case, User
from subscriptions.models import Contract, Declaration, DeclarationAnswer

CONTRACT, DECLARATION = "subscriptions.contract", "subscriptions.declaration"
QUESTIONS, DECLARATIONS = "subscriptions.questions", "subscriptions.declarations"
DESK = "subscriptions.view_desk"
MOST = 20  # choices


def register() -> None:
    """From subscriptions/apps.py."""
    register_queue(
        Queue(
            QUESTIONS,
            gettext_lazy("Contracts and invoices"),
            promise=timedelta(days=2),
            permission=DESK,
            topic=gettext_lazy("My contract or an invoice"),
            for_guests=True,
            place=40,
        )
    )
    register_queue(
        Queue(
            DECLARATIONS,
            gettext_lazy("Cancellations and withdrawals to clarify"),
            promise=timedelta(days=1),
            permission=DESK,
            place=41,
        )
    )
    register_link_kind(
        LinkKind(
            CONTRACT,
            gettext_lazy("Contract"),
            describe=_contracts,
            may_link=lambda user, number, _now: Contract.objects.visible_to(user).filter(pk=number).exists(),
            choices=_choices,
            permission=DESK,
        )
    )
    register_link_kind(
        LinkKind(
            DECLARATION,
            gettext_lazy("Declaration"),
            describe=_declarations,
            may_link=lambda _user, _number, _now: False,
            permission=DESK,
            blocks_closing=_unanswered,
        )
    )


def open_case_for(*, declaration: Declaration) -> Case | None:
    """Open a request for a declaration that matches no contract; None where none is needed.

    Its promise counts from when the declaration was received.
    """
    if declaration.contract_id is not None or hasattr(declaration, "answer"):
        return None
    with override(declaration.language or None):
        title = f"{declaration.get_kind_display()} {declaration.code}"
        text = _("I mean this contract: %(hint)s") % {"hint": declaration.contract_hint}
        if declaration.reason:
            text = f"{text}\n\n{declaration.reason}"
    return cases.open_case(
        by=None,
        queue=DECLARATIONS,
        title=title,
        text=text,
        customer=declaration.by,
        contact=cases.Contact(name=declaration.name, email=declaration.email),
        links=[Link(DECLARATION, declaration.pk)],
        language=declaration.language,
        now=declaration.received_at,
    )


def close_case_of(*, declaration: Declaration) -> None:
    """The declaration is answered: its request is settled, too, unless somebody closed it before."""
    open_ones = Case.objects.open().filter(links__kind=DECLARATION, links__object_id=declaration.pk)
    for case in open_ones:
        if not cases.reason_not_to_close(case):
            cases.close_case(by=None, case=case, summary=_outcome(declaration), now=declaration.answer.at)


def _outcome(declaration: Declaration) -> str:
    """In words for the person; the colleague's note is for colleagues."""
    with override(declaration.language or None):
        if declaration.answer.outcome == DeclarationAnswer.Outcome.CARRIED_OUT:
            return _("We have carried out your declaration %(code)s.") % {"code": declaration.code}
        return _("Your declaration %(code)s is clarified.") % {"code": declaration.code}


def case_of(declaration: Declaration) -> Case | None:
    """The request of a declaration; a merged one leads to where it went."""
    found = Case.objects.filter(links__kind=DECLARATION, links__object_id=declaration.pk)
    return found.unmerged().order_by("pk").last()


def _contracts(ids: list[int]) -> dict[int, Thing]:
    found = Contract.objects.filter(pk__in=ids).select_related("plan")
    return {
        contract.pk: Thing(
            title=f"{contract.plan.name} · {contract.code}",
            owner_url=reverse("subscriptions:contract-detail", args=[contract.pk]),
        )
        for contract in found
    }


def _choices(user: User, _now: datetime) -> list[tuple[int, str]]:
    own = Contract.objects.visible_to(user).select_related("plan").order_by("-pk")[:MOST]
    return [(contract.pk, f"{contract.plan.name} · {contract.code}") for contract in own]


def _declarations(ids: list[int]) -> dict[int, Thing]:
    return {
        declaration.pk: Thing(
            title=f"{declaration.get_kind_display()} {declaration.code}",
            staff_url=reverse("subscriptions:staff-declaration", args=[declaration.pk]),
        )
        for declaration in Declaration.objects.filter(pk__in=ids)
    }


def _unanswered(ids: list[int]) -> str:
    if Declaration.objects.open().filter(pk__in=ids).exists():
        return _("Answer the declaration first: then this request closes by itself.")
    return ""
