"""Receipt and decision by e-mail, for notifiers without an account."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _

from accounts.mail import message_id
from community import moderation
from community.models import Report


def deliver(stable_id: str, payload: dict[str, Any]) -> None:
    """Send one step of a report to its notifier; twice sent has the same Message-ID.

    Raises what the mail server raises: the outbox tries again.
    """
    report = Report.objects.filter(pk=payload["report"]).first()
    if report is None or not report.notifier_email:
        return
    decided = payload["step"] == "decided"
    with translation.override(payload["language"]):
        title = (
            _("Your report %(code)s is decided") if decided else _("We have received your report %(code)s")
        )
        EmailMessage(
            subject=title % {"code": report.code},
            body=render_to_string(
                "community/email/report.txt",
                {
                    "report": report,
                    "decided": decided,
                    "brand": settings.BRAND,
                    "contact": moderation.complaint_contact(),
                },
            ),
            to=[report.notifier_email],
            headers={"Message-ID": message_id(stable_id), "Auto-Submitted": "auto-generated"},
        ).send()
