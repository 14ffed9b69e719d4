"""Parts of what a person asked of us, sent us, and what happened with their account."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts import history
from accounts.cases import reading
from accounts.customers.movers import one_person
from accounts.models import Case, CaseLink, CaseMessage, User
from accounts.privacy import keeping
from accounts.privacy.parts import Attached, Fate, PersonalData, Sheet, register_part
from common.civil import local_date
from documents import erasing as documents_erasing
from documents.models import Document, Signature
from journal.models import Event, EventAudience

Row = dict[str, Any]
EXPORT_KIND = "accounts.export"
NO_TITLE = "–"
LIMITATION_YEARS = 3  # BGB §195


# -- Requests -------------------------------------------------------------------------------------


def cases_of(user: User) -> QuerySet[Case]:
    """A person's requests, those of before they had an account included."""
    mine = Q(customer=user)
    if user.email:
        mine |= Q(customer__isnull=True, contact_email__iexact=user.email)
    return Case.objects.filter(mine).order_by("pk")


def export_cases(user: User) -> Iterable[Sheet | Attached]:
    yield Sheet("requests", _("Your requests and our answers"), lambda: _cases(user))
    said = CaseMessage.objects.for_customer().filter(case__in=cases_of(user))
    pictures = Document.objects.ready().filter(about_kind=reading.ABOUT, about_id__in=said.values("pk"))
    for picture in pictures.exclude(owner=user).order_by("pk"):  # their own are among their documents
        yield Attached(f"{picture.pk}-{picture.file_name}", picture.file)


def _cases(user: User) -> Iterator[Row]:
    for case in cases_of(user).prefetch_related("links").iterator(200):
        yield {
            "number": case.code,
            "concern": case.title,
            "state": case.get_state_display(),
            "opened": case.opened_at,
            "promised_by": case.promised_by,
            "answered": case.answered_at,
            "closed": case.closed_at,
            "name": case.contact_name,
            "email": case.contact_email,
            "phone": case.contact_phone,
            "about": [f"{link.kind} {link.object_id}" for link in case.links.all()],
            "messages": [
                {
                    "at": message.at,
                    "by": "you" if message.from_customer else "our team",
                    "text": message.text,
                }
                for message in case.messages.for_customer().order_by("at", "id")
            ],
        }


def erase_cases(*, user: User, now: datetime) -> None:
    """What was said goes, by both sides; that there was a request, when and how fast, stays."""
    mine = cases_of(user)
    said = CaseMessage.objects.filter(case__in=mine)
    pictures = Document.objects.not_erased().filter(about_kind=reading.ABOUT, about_id__in=said.values("pk"))
    documents_erasing.erase_all(documents=pictures.order_by("pk"), now=now)
    CaseMessage.objects.filter(case__in=mine).delete()
    CaseLink.objects.filter(case__in=mine).delete()
    mine.filter(state__in=[Case.State.OPEN, Case.State.WAITING]).update(
        state=Case.State.CLOSED, closed_at=now, left_seconds=None
    )
    # The customer last, so that a second run still finds the others; it names the shell.
    mine.update(
        title=NO_TITLE,
        contact_name="",
        contact_phone="",
        contact_email="",
        customer=user,
        has_news=False,
        version=F("version") + 1,
    )


# -- Documents ------------------------------------------------------------------------------------


def export_documents(user: User) -> Iterable[Sheet | Attached]:
    yield Sheet("documents", _("Your documents"), lambda: _documents(user), table=True)
    yield Sheet("signatures", _("What you signed"), lambda: _signatures(user))
    for document in _own_documents(user).ready():
        yield Attached(f"{document.pk}-{document.file_name}", document.file)


def _own_documents(user: User) -> Any:
    return Document.objects.not_erased().filter(owner=user).exclude(kind=EXPORT_KIND).order_by("pk")


def _documents(user: User) -> Iterator[Row]:
    for document in _own_documents(user).iterator(500):
        yield {
            "number": document.pk,
            "name": document.file_name,
            "kind": document.kind,
            "type": document.media_type,
            "bytes": document.size,
            "state": document.get_state_display(),
            "since": document.created_at,
            "kept_until": document.keep_until,
        }


def _signatures(user: User) -> Iterator[Row]:
    for signature in Signature.objects.filter(signer_id__in=one_person(user)).order_by("pk").iterator(100):
        yield {
            "document": signature.document_id,
            "name": signature.signer_name,
            "strokes": signature.strokes,
            "device": signature.device,
            "at": signature.at,
            "sha256": signature.sha256,
        }


def erase_documents(*, user: User, now: datetime) -> None:
    """All but what carries a signature: that is evidence until claims are barred (BGB §195)."""
    own = Document.objects.not_erased().filter(owner=user).order_by("pk")
    signed = own.filter(Q(signatures__isnull=False) | Q(signature_shown__isnull=False)).distinct()
    last = Signature.objects.filter(document__in=signed).order_by("at").last()
    if last is not None:
        keeping.lock_away(
            user=user,
            part="accounts.documents",
            basis="BGB §§ 195, 199",
            until=keeping.end_of_year_after(local_date(last.at), years=LIMITATION_YEARS),
            content={
                **keeping.identity_of(user),
                "documents": list(signed.values_list("pk", flat=True)),
            },
            now=now,
        )
    documents_erasing.erase_all(documents=own.exclude(pk__in=signed.values("pk")), now=now)


def forget_documents(*, user: User, now: datetime) -> None:
    own = Document.objects.not_erased().filter(owner=user).order_by("pk")
    documents_erasing.erase_all(documents=own, now=now)


# -- What happened --------------------------------------------------------------------------------


def export_journal(user: User) -> Iterable[Sheet | Attached]:
    yield Sheet("events", _("What happened with your account"), lambda: _events(user), table=True)


def _events(user: User) -> Iterator[Row]:
    for event in history.events_about(user).order_by("pk").iterator(500):
        by = "automatically" if event.by_id is None else "our team"
        yield {
            "at": event.at,
            "what": str(event.label),
            "kind": event.kind,
            "about": event.subject.kind,
            "by": "you" if event.by_id == user.pk else by,
        }


def keep_journal(*, user: User, now: datetime) -> None:
    """History stays whole: it holds numbers, never names, and the number leads to an empty shell."""


register_part(
    PersonalData(
        name="accounts.cases",
        label=_("Requests"),
        models={Case: Fate.ERASED, CaseMessage: Fate.ERASED, CaseLink: Fate.ERASED},
        export=export_cases,
        erase=erase_cases,
        place=30,
        goes=_("Your requests: everything that you and we wrote, and all pictures in them."),
    )
)
register_part(
    PersonalData(
        name="accounts.documents",
        label=_("Documents"),
        models={Document: Fate.ERASED, Signature: Fate.KEPT},
        export=export_documents,
        erase=erase_documents,
        forget=forget_documents,
        place=35,
        goes=_("Your photos and papers."),
        stays=_(
            "Papers that you signed: locked for three years after the end of the year (BGB §§ 195, 199)."
        ),
    )
)
register_part(
    PersonalData(
        name="accounts.journal",
        label=_("What happened"),
        models={Event: Fate.ANONYMOUS, EventAudience: Fate.ANONYMOUS},
        export=export_journal,
        erase=keep_journal,
        place=40,
        stays=_("What happened, by number only: it leads to nobody any more."),
    )
)
