"""What a consumer is told about the right to withdraw from paid work booked from afar.

The words follow the model notice of EGBGB Art. 246a §1(2), Annex 1, for a contract of services.
"""

from typing import NamedTuple

from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.models import Notice
from accounts.telling.notice_kinds import Attachment
from common import brand
from journal.models import Event as JournalEvent
from services.models import Appointment
from services.visits import calendar

WISH = gettext_lazy("I wish that you begin before the withdrawal period of 14 days is over.")


class Paragraph(NamedTuple):
    title: str
    text: str


def read_notice() -> list[Paragraph]:
    """The withdrawal notice in the reader's language, with the house's own address."""
    house = brand.current()
    told = {
        "name": str(house.get("legal_name") or house["name"]),
        "address": str(house.get("address") or ""),
        "mail": str(house.get("email") or ""),
        "phone": str(house.get("phone") or ""),
    }
    return [
        Paragraph(
            _("Right to withdraw"),
            _(
                "You have the right to withdraw from this contract within 14 days without giving any "
                "reason. The withdrawal period ends 14 days after the day on which the contract was made."
            ),
        ),
        Paragraph(
            _("How to withdraw"),
            _(
                "Tell us (%(name)s, %(address)s, phone %(phone)s, e-mail %(mail)s) by a clear statement, "
                "for example a letter or an e-mail, that you withdraw from this contract. "
                "It is enough that you send the statement before the period is over."
            )
            % told,
        ),
        Paragraph(
            _("What follows from it"),
            _(
                "We pay back all that you paid without delay, at the latest 14 days after we received your "
                "statement, by the means of payment that you used, at no cost to you. If you wished that "
                "we begin within the withdrawal period, you pay a fair part for what was done until then."
            ),
        ),
        Paragraph(
            _("When it ends early"),
            _(
                "The right ends when we have done all the work and began it only after your express wish, "
                "and after you confirmed that you know it ends once all is done."
            ),
        ),
    ]


def is_told(appointment: Appointment) -> bool:
    """Paid work that the customer ordered from afar, by themselves."""
    return bool(appointment.price_cents) and appointment.entered_by_id is None


def papers_of_notice(notice: Notice) -> list[Attachment]:
    """The calendar file, and the withdrawal notice on something that lasts (BGB §312f(2))."""
    return [*calendar.of_notice(notice), *_letter(notice)]


def _letter(notice: Notice) -> list[Attachment]:
    if notice.event_id is None:
        return []
    about = JournalEvent.objects.filter(pk=notice.event_id).select_related("subject").first()
    visit = Appointment.objects.filter(pk=about.subject.object_id).first() if about else None
    if visit is None or not is_told(visit):
        return []
    with translation.override(notice.user.language):
        lines = [f"{each.title}\n{each.text}\n" for each in read_notice()]
        if visit.early_start_at:
            title = _("Your express wish")
            lines.append(f"{title}\n{WISH}\n")
        name = _("withdrawal-notice")
    return [Attachment(f"{name}.txt", "\n".join(lines).encode(), "text/plain; charset=utf-8")]
