"""Mails to customers without an account: what was said, and the link to answer."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.cases.guests import is_guest, link_of
from accounts.models import Case, CaseMessage
from accounts.telling import mail
from journal import outbox

CHANNEL = "case-letter"


def queue_letter(*, case: Case, about: str, message: int | None = None) -> None:
    """Put a mail into the outbox, in the caller's transaction; ``about`` is opened, answered or closed."""
    if is_guest(case) and case.reach_email:
        stable = f"case:{case.pk}:{about}:{message or case.version}"
        outbox.enqueue(CHANNEL, stable, {"case": case.pk, "about": about, "message": message})


def deliver(stable_id: str, payload: dict[str, Any]) -> None:
    """Send one. Raises what the mail server raises: the outbox tries again."""
    case = Case.objects.select_related("customer", "merged_into__customer").get(pk=payload["case"])
    case = case.merged_into or case
    if not is_guest(case):
        return  # has an account meanwhile: the inbox tells them
    said = CaseMessage.objects.for_customer().filter(pk=payload["message"], case=case).first()
    with mail.written_for(case.customer, language=case.language):
        mail.send(
            stable_id=stable_id,
            to=case.reach_email,
            subject=_subject(payload["about"]) % {"code": case.code, "title": case.title},
            template="email/case",
            context={
                "case": case,
                "about": payload["about"],
                "text": said.text if said else "",
                "link": link_of(case),
                "name": case.contact_name or (case.customer.display_name if case.customer else ""),
            },
        )


def _subject(about: str) -> str:
    return {
        "opened": _("We have received your request %(code)s: %(title)s"),
        "answered": _("Answer to your request %(code)s: %(title)s"),
        "closed": _("Your request %(code)s is closed: %(title)s"),
    }[about]
