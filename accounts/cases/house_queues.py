"""The queues that every house has; apps above add theirs."""

from datetime import timedelta

from django.utils.translation import gettext_lazy as _

from accounts.cases import reading
from accounts.cases.queues import Queue, register_queue
from documents.registry import PAPERS, DocumentKind, register_kind

GENERAL, CALL_BACK, PRIVACY = "accounts.general", "accounts.call_back", "accounts.privacy"
COMPLAINTS = "accounts.complaints"


def register() -> None:
    """From accounts/apps.py; with them, the kind of their pictures."""
    register_kind(
        DocumentKind(
            reading.PICTURE,
            _("Picture of a request"),
            reading.may_read_picture,
            accepts=PAPERS,
            may_upload=lambda user: bool(user.is_authenticated),
            from_guests=True,
        )
    )
    register_queue(
        Queue(
            CALL_BACK,
            _("Call-backs"),
            promise=timedelta(hours=4),
            permission="accounts.answer_cases",
            is_call=True,
            topic=_("Please call me back"),
            for_guests=True,
            place=10,
        )
    )
    register_queue(
        Queue(
            GENERAL,
            _("General"),
            promise=timedelta(days=2),
            permission="accounts.answer_cases",
            topic=_("Something else"),
            for_guests=True,
            place=90,
        )
    )
    register_queue(
        Queue(
            COMPLAINTS,
            _("Complaints"),
            # Whoever is annoyed already waits for one working day at most.
            promise=timedelta(days=1),
            permission="accounts.answer_cases",
            topic=_("A complaint"),
            for_guests=True,
            place=85,
        )
    )
    register_queue(
        Queue(
            PRIVACY,
            _("Data protection"),
            # Far within the month that GDPR Art. 12(3) gives.
            promise=timedelta(days=5),
            permission="accounts.answer_data_requests",
            topic=_("My data and privacy"),
            for_guests=True,
            place=80,
        )
    )
