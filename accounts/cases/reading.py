"""What is shown of a case: the conversation with its pictures, for either side."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

from accounts.cases import queues
from accounts.models import Case, CaseMessage, User
from common.errors import NotFound
from documents.models import Document

ABOUT = "accounts.casemessage"
PICTURE = "accounts.case_picture"


@dataclass
class Said:
    """One message with its pictures."""

    message: CaseMessage
    pictures: list[Document] = field(default_factory=list)


def for_customer(case: Case) -> list[Said]:
    """What the customer reads: never an internal note. Two reads."""
    return _with_pictures(list(case.messages.for_customer().in_order()))


def for_staff(case: Case) -> list[Said]:
    """All that was said, notes included. Two reads."""
    return _with_pictures(list(case.messages.in_order()))


def _with_pictures(messages: list[CaseMessage]) -> list[Said]:
    said = {message.pk: Said(message) for message in messages}
    for picture in _pictures(said):
        if picture.about_id is not None:
            said[picture.about_id].pictures.append(picture)
    return list(said.values())


def pictures_of(messages: list[CaseMessage]) -> dict[int, list[int]]:
    """The ids of each message's pictures. One read."""
    found: dict[int, list[int]] = {}
    for picture in _pictures(message.pk for message in messages):
        if picture.about_id is not None:
            found.setdefault(picture.about_id, []).append(picture.pk)
    return found


def _pictures(messages: Iterable[int]) -> Iterable[Document]:
    return Document.objects.not_erased().filter(about_kind=ABOUT, about_id__in=list(messages)).order_by("pk")


def picture_for_guest(case: Case, pk: int) -> Document:
    """An attachment of what a guest reads, once it was checked. Raises NotFound for any other."""
    readable = case.messages.for_customer().values("pk")
    found = Document.objects.ready().filter(pk=pk, about_kind=ABOUT, about_id__in=readable).first()
    if found is None:
        raise NotFound(_("There is no such document."))
    return found


def may_read_picture(user: User, document: Document) -> bool:
    """The customer, unless it belongs to a note; whoever works on the case."""
    if document.about_kind != ABOUT or document.about_id is None or not user.is_authenticated:
        return False
    message = CaseMessage.objects.select_related("case").filter(pk=document.about_id).first()
    if message is None:
        return False
    if message.case.customer_id == user.pk:
        return not message.internal
    return queues.may_handle(user, message.case)
