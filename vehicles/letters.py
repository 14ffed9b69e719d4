"""Letters to invited addresses, whether or not there is an account behind them."""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.telling import mail
from vehicles.models import GarageShare, Share, Transfer

CHANNEL = "vehicle-letter"


def deliver(stable_id: str, payload: dict[str, Any]) -> None:
    """Send ``{"share": id}``, ``{"garage": id}`` or ``{"transfer": id}``; what is closed by now is not sent.

    In the reader's language when they have an account, else in the sender's. Raises what
    the mail server raises: the outbox tries again.
    """
    row: Share | GarageShare | Transfer | None
    if "share" in payload:
        shares = Share.objects.select_related("given_by", "organisation", "vehicle__model")
        row = shares.filter(pk=payload["share"], outcome="", period__isnull=True).first()
    elif "garage" in payload:
        garages = GarageShare.objects.select_related("given_by")
        row = garages.filter(pk=payload["garage"], outcome="", accepted_at__isnull=True).first()
    else:
        offers = Transfer.objects.select_related("offered_by", "organisation", "vehicle__model")
        row = offers.filter(pk=payload["transfer"], state=Transfer.State.OFFERED).first()
    if row is None:
        return
    sender = row.offered_by if isinstance(row, Transfer) else row.given_by
    reader = User.objects.filter(email=row.email, is_active=True).first()
    with mail.written_for(reader or sender):
        title, text = _words(row, sender)
        mail.send_notice(
            stable_id=stable_id,
            to=row.email,
            title=title,
            text=text,
            link=reverse("vehicles:incoming"),
            reader=reader,
        )


def _words(row: Share | GarageShare | Transfer, sender: User) -> tuple[str, str]:
    if isinstance(row, GarageShare):
        who = {"sender": sender.display_name or _("The owner")}
        title = _("%(sender)s shares a garage with you")
        text = _("%(sender)s offers you access to all cars in it. Sign in or sign up with this address.")
        return title % who, text % who
    holder = row.organisation.name if row.organisation else sender.display_name
    names = {"sender": holder or _("The owner"), "car": row.vehicle.model.name}
    if isinstance(row, Share):
        title = _("%(sender)s shares a car with you")
        text = _("%(sender)s offers you access to the %(car)s. Sign in or sign up with this address.")
    else:
        title = _("%(sender)s wants to transfer a car to you")
        text = _("%(sender)s offers you the %(car)s. Sign in or sign up with this address to answer.")
    return title % names, text % names
