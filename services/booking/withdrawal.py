"""What a consumer is told about the right to withdraw from paid work booked from afar.

The words follow the model notice and form of EGBGB Art. 246a §1(2), Annexes 1 and 2, for a contract
of services.
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
                "To exercise the right to withdraw, you must inform us (%(name)s, %(address)s, phone "
                "%(phone)s, e-mail %(mail)s) of your decision to withdraw from this contract by a clear "
                "statement, for example a letter sent by post or an e-mail. You may use the attached model "
                "withdrawal form, but it is not obligatory. To meet the deadline it is enough that you "
                "send your statement before the withdrawal period is over."
            )
            % _house(),
        ),
        Paragraph(
            _("What follows from it"),
            _(
                "If you withdraw from this contract, we pay back all payments that we received from you "
                "without delay, at the latest within 14 days of the day on which your statement reached us. "
                "For this we use the means of payment that you used, unless something else was expressly "
                "agreed with you; in no case are you charged for it. If you asked that the services begin "
                "during the withdrawal period, you pay us a fair amount: the share of what was done until "
                "you told us of your withdrawal, compared with all that the contract comprises."
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


def read_form() -> Paragraph:
    """The model withdrawal form (EGBGB Art. 246a §1(2), Annex 2); its lines are parted by line breaks."""
    lines = [
        _("If you wish to withdraw from the contract, please fill in this form and send it back."),
        _("To %(name)s, %(address)s, e-mail %(mail)s:") % _house(),
        _("I/we (*) hereby withdraw from my/our (*) contract for the following service (*)"),
        _("Ordered on (*) / received on (*)"),
        _("Name of the consumer(s)"),
        _("Address of the consumer(s)"),
        _("Signature of the consumer(s) (only if this form is sent on paper)"),
        _("Date"),
        _("(*) Please strike out what does not apply."),
    ]
    return Paragraph(_("Model withdrawal form"), "\n".join(lines))


def letter(*, language: str, wished: bool) -> Attachment:
    """Notice and form on something that lasts (BGB §312f(2)), with the express wish if there was one."""
    with translation.override(language):
        parts = [*read_notice(), read_form()]
        if wished:
            parts.append(Paragraph(_("Your express wish"), str(WISH)))
        words = "\n".join(f"{each.title}\n{each.text}\n" for each in parts)
        name = _("withdrawal-notice")
    return Attachment(f"{name}.txt", words.encode(), "text/plain; charset=utf-8")


def is_told(appointment: Appointment) -> bool:
    """Paid work that the customer ordered from afar, by themselves."""
    return bool(appointment.price_cents) and appointment.entered_by_id is None


def papers_of_notice(notice: Notice) -> list[Attachment]:
    """The calendar file, and the withdrawal notice on something that lasts (BGB §312f(2))."""
    return [*calendar.of_notice(notice), *_letter(notice)]


def _letter(notice: Notice) -> list[Attachment]:
    visit = visit_of(notice)
    if visit is None or not is_told(visit):
        return []
    return [letter(language=notice.user.language, wished=visit.early_start_at is not None)]


def visit_of(notice: Notice) -> Appointment | None:
    """The visit whose event the notice tells."""
    if notice.event_id is None:
        return None
    about = JournalEvent.objects.filter(pk=notice.event_id).select_related("subject").first()
    return Appointment.objects.filter(pk=about.subject.object_id).first() if about else None


def _house() -> dict[str, str]:
    house = brand.current()
    return {
        "name": str(house.get("legal_name") or house["name"]),
        "address": str(house.get("address") or ""),
        "mail": str(house.get("email") or ""),
        "phone": str(house.get("phone") or ""),
    }
