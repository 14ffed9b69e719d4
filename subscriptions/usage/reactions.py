"""Telling holders about their allowance."""

from django.urls import reverse

from accounts.telling import inbox
from journal.models import Event
from journal.reacting import reacts_to
from subscriptions.contracts import holders
from subscriptions.models import Contract
from subscriptions.usage import words


@reacts_to("subscriptions.allowance_used")
def tell_of_allowance(event: Event) -> None:
    contract = Contract.objects.select_related("holder", "organisation").get(pk=event.subject.object_id)
    percent = event.data["percent"]
    kind = "subscriptions.allowance_all" if percent >= 100 else "subscriptions.allowance_most"
    for user in holders.people_of(contract):
        inbox.notify(
            user=user,
            kind=kind,
            params={"code": contract.code, "what": words.name_of(event.data["unit"], user.language)},
            url=reverse("subscriptions:usage"),
            event=event,
        )
