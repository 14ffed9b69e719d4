"""What the owner hears of services that connect."""

from django.urls import reverse

from accounts.models import Connection
from accounts.telling import inbox
from journal.models import Event


def tell_of_connection(event: Event) -> None:
    """A service is connected, or may do more than before."""
    held = _connection(event)
    if held is None:
        return  # erased meanwhile
    inbox.notify(
        user=held.user,
        kind="accounts.service_connected",
        params={"service": held.partner.name, "scopes": event.data["scopes"]},
        url=reverse("accounts:connections"),
        event=event,
    )


def tell_of_reuse(event: Event) -> None:
    """A used key came again: one of two who hold it is not the service."""
    held = _connection(event)
    if held is not None and held.revoked_at is None:
        inbox.notify(
            user=held.user,
            kind="accounts.token_reused",
            params={"service": held.partner.name},
            url=reverse("accounts:connections"),
            event=event,
        )


def tell_of_closing(event: Event) -> None:
    """Our partner no longer: not the person ended the connection, nor has anybody asked them."""
    held = _connection(event)
    if held is not None and event.by_id != held.user_id and held.partner.closed_at is not None:
        inbox.notify(
            user=held.user,
            kind="accounts.service_closed",
            params={"service": held.partner.name},
            url=reverse("accounts:connections"),
            event=event,
        )


def _connection(event: Event) -> Connection | None:
    return Connection.objects.select_related("partner", "user").filter(pk=event.subject.object_id).first()
