"""Letters to invited addresses, whether or not there is an account behind them."""

from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from accounts import mail
from accounts.models import User
from vehicles.models import Share, Transfer

CHANNEL = "vehicle-letter"


def deliver(stable_id: str, payload: dict[str, Any]) -> None:
    """Send ``{"share": id}`` or ``{"transfer": id}``; what is closed by now is not sent.

    In the reader's language when they have an account, else in the sender's. Raises what
    the mail server raises: the outbox tries again.
    """
    if "share" in payload:
        share = Share.objects.select_related("given_by", "vehicle__model").filter(
            pk=payload["share"], outcome="", period__isnull=True
        )
        row: Any = share.first()
    else:
        offers = Transfer.objects.select_related("offered_by", "vehicle__model")
        row = offers.filter(pk=payload["transfer"], state=Transfer.State.OFFERED).first()
    if row is None:
        return
    sender = row.given_by if isinstance(row, Share) else row.offered_by
    reader = User.objects.filter(email=row.email, is_active=True).first()
    with translation.override((reader or sender).language):
        _letter(row, sender, reader, stable_id).send()


def _letter(row: Any, sender: User, reader: User | None, stable_id: str) -> EmailMultiAlternatives:
    names = {"sender": sender.display_name or _("The owner"), "car": row.vehicle.model.name}
    if isinstance(row, Share):
        title = _("%(sender)s shares a car with you") % names
        text = _("%(sender)s offers you access to the %(car)s. Sign in or sign up with this address.")
    else:
        title = _("%(sender)s wants to transfer a car to you") % names
        text = _("%(sender)s offers you the %(car)s. Sign in or sign up with this address to answer.")
    context = {
        "title": title,
        "text": text % names,
        "link": settings.PUBLIC_URL + reverse("vehicles:incoming"),
        "reader": reader or User(language=sender.language),
        "brand": settings.BRAND,
        "public_url": settings.PUBLIC_URL,
    }
    letter = EmailMultiAlternatives(
        subject=title.replace("\n", " ").replace("\r", " "),
        body=render_to_string("email/notice.txt", context),
        to=[row.email],
        headers={"Message-ID": mail.message_id(stable_id), "Auto-Submitted": "auto-generated"},
    )
    letter.attach_alternative(render_to_string("email/notice.html", context), "text/html")
    return letter
