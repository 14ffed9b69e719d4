"""Receipt and decision by e-mail, for notifiers without an account."""

from typing import Any

from django.utils.translation import gettext as _

from accounts.telling import mail
from community import moderation
from community.models import Report


def deliver(stable_id: str, payload: dict[str, Any]) -> None:
    """Send one step of a report to its notifier. Raises what the mail server raises."""
    report = Report.objects.filter(pk=payload["report"]).first()
    if report is None or not report.notifier_email:
        return
    decided = payload["step"] == "decided"
    with mail.written_for(None, language=payload["language"]):
        title = (
            _("Your report %(code)s is decided") if decided else _("We have received your report %(code)s")
        )
        mail.send(
            stable_id=stable_id,
            to=report.notifier_email,
            subject=title % {"code": report.code},
            template="email/report",
            context={
                "report": report,
                "name": report.notifier_name,
                "decided": decided,
                "contact": moderation.complaint_contact(),
            },
        )
