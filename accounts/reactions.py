"""What accounts do when something happened to them."""

from accounts import inbox
from accounts.models import User
from journal.models import Event
from journal.reacting import reacts_to


@reacts_to("accounts.signed_up")
def welcome(event: Event) -> None:
    """The first notice in an empty inbox."""
    inbox.notify(user=_person(event), kind="accounts.welcome", url="/garage/", event=event)


@reacts_to("accounts.role_granted")
def tell_of_role(event: Event) -> None:
    """A role is told to its holder, by mail too: nobody should hold one without knowing."""
    inbox.notify(
        user=_person(event), kind="accounts.role_granted", params={"role": event.data["role"]}, event=event
    )


def _person(event: Event) -> User:
    return User.objects.get(pk=event.subject.object_id)
