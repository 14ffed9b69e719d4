"""The mail that invites a customer to take their data over."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.customers import invitations
from accounts.models import CustomerInvitation
from accounts.telling import mail
from common import brand


def deliver(stable_id: str, payload: dict[str, Any]) -> None:
    """Send ``{"invitation": id, "hash": …}``; one that was used or replaced meanwhile is not sent."""
    invitation = (
        CustomerInvitation.objects.select_related("user")
        .filter(pk=payload["invitation"], token_hash=payload["hash"], used_at__isnull=True)
        .first()
    )
    if invitation is None:
        return
    reader = invitation.user
    token = invitations.token_of(invitation)
    with mail.written_for(reader):
        mail.send_notice(
            stable_id=stable_id,
            to=invitation.email,
            title=_("Your customer account with %(brand)s") % {"brand": brand.current()["name"]},
            text=_(
                "We keep your visits, your car and your contracts in our customer file. With this link you"
                " take them over into an account of your own. It works once and for 14 days. If you do not"
                " know what this is about, you need not do anything."
            ),
            link=reverse("accounts:customer-take-over", args=[token]),
            reader=reader,
        )
