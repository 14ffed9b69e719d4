"""Letters to people who are asked to act for an organisation, with or without an account."""

from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import MemberInvitation, User
from accounts.telling import mail


def deliver(stable_id: str, payload: dict[str, Any]) -> None:
    """Send ``{"invitation": id}``; what is closed by now is not sent.

    In the reader's language when they have an account, else in the sender's. Raises what the
    mail server raises: the outbox tries again.
    """
    rows = MemberInvitation.objects.select_related("organisation", "invited_by")
    row = rows.filter(pk=payload["invitation"], outcome="").first()
    if row is None:
        return
    reader = User.objects.filter(email=row.email, is_active=True).first()
    with mail.written_for(reader or row.invited_by):
        names = {
            "organisation": row.organisation.name,
            "sender": row.invited_by.display_name or row.organisation.name,
            "role": row.get_role_display(),
            "day": f"{timezone.localtime(row.expires_at):%d.%m.%Y}",
        }
        text = _(
            "%(sender)s invites you to act for %(organisation)s as %(role)s. "
            "Sign in or sign up with this address to answer. The invitation is valid until %(day)s."
        )
        mail.send_notice(
            stable_id=stable_id,
            to=row.email,
            title=_("%(organisation)s invites you") % names,
            text=text % names,
            link=reverse("accounts:organisations"),
            reader=reader,
        )
