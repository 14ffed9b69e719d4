"""When a contract goes with its car, seller and buyer hear of each step."""

from django.urls import reverse

from accounts.models import User
from accounts.telling import inbox
from journal.models import Event
from journal.reacting import reacts_to
from subscriptions.contracts import holders
from subscriptions.models import Contract, Takeover


@reacts_to(
    "subscriptions.takeover_offered", "subscriptions.takeover_approved", "subscriptions.takeover_refused"
)
def tell_buyer(event: Event) -> None:
    """The buyer of the car, if there is an account; of an offer once the house has agreed, too."""
    takeover = Takeover.objects.select_related("transfer").get(
        contract=event.subject.object_id, transfer=event.data["transfer"]
    )
    if event.kind == "subscriptions.takeover_offered" and takeover.approved_at is None:
        return
    buyer = User.objects.filter(email=takeover.transfer.email, is_active=True).first()
    if buyer is None:
        return
    refused = event.kind == "subscriptions.takeover_refused"
    inbox.notify(
        user=buyer,
        kind=event.kind,
        params={"code": event.data["code"]},
        url="" if refused else reverse("subscriptions:takeover-accept", args=[takeover.transfer_id]),
        event=event,
    )


@reacts_to("subscriptions.takeover_approved", "subscriptions.takeover_refused", "subscriptions.taken_over")
def tell_seller(event: Event) -> None:
    contract = Contract.objects.select_related("holder", "organisation").get(pk=event.subject.object_id)
    for user in holders.people_of(contract):
        inbox.notify(
            user=user,
            kind=event.kind,
            params={"code": contract.code},
            url=reverse("subscriptions:contract-detail", args=[contract.pk]),
            event=event,
        )
