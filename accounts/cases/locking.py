"""A case under lock: who may touch it, whether it is still as the writer saw it, and storing it."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.cases import live, queues
from accounts.cases.errors import CaseMovedOn
from accounts.models import Case, CaseMessage, User
from common.errors import Invalid, NotFound
from documents import uploads
from documents.models import Document

LONGEST_TEXT = 10_000  # characters


def locked_for_staff(*, by: User | None, case: Case, expected: int | None = None) -> Case:
    """The case, locked until the transaction ends; ``by`` None is the house itself.

    Raises NotFound for whoever does not work on it, CaseMovedOn when it has another version.
    """
    found = _locked(case)
    if by is not None and not queues.may_handle(by, found):
        raise NotFound(_("There is no such request."))
    if expected is not None and expected != found.version:
        raise CaseMovedOn(found.version)
    return found


def locked_for_customer(*, by: User | None, case: Case) -> Case:
    """The case, locked; ``by`` None is a guest whose token was checked. NotFound for anybody else."""
    found = _locked(case)
    if by is not None and found.customer_id != by.pk:
        raise NotFound(_("There is no such request."))
    return found


def _locked(case: Case) -> Case:
    found = Case.objects.select_for_update(of=("self",)).filter(pk=case.pk).first()
    if found is None:
        raise NotFound(_("There is no such request."))
    return found


def store(case: Case, *fields: str, internal: bool = False) -> None:
    """Write these fields, count the change and tell who is looking; ``internal`` spares the customer."""
    case.version += 1
    case.save(update_fields=[*fields, "version"])
    live.tell(case, internal=internal)


def say(
    case: Case,
    *,
    by: User | None,
    text: str,
    now: datetime,
    kind: str = CaseMessage.Kind.MESSAGE,
    from_customer: bool = False,
    internal: bool = False,
    pictures: Sequence[Document] = (),
    mail_id: str | None = None,
) -> CaseMessage:
    """Add a message, with its pictures (received uploads). Raises Invalid without words or with too many."""
    words = text.strip()
    if not words:
        raise Invalid(_("Please write a few words."), code="text_missing", field="text")
    if len(words) > LONGEST_TEXT:
        raise Invalid(_("This is too long. Please shorten it."), code="text_too_long", field="text")
    message = CaseMessage.objects.create(
        case=case,
        author=by,
        kind=kind,
        from_customer=from_customer,
        internal=internal,
        text=words,
        at=now,
        mail_id=mail_id,
    )
    for picture in pictures:
        uploads.attach(document=picture, about=message)
    return message
