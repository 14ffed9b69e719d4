"""When a battery contract ends, or its car leaves: somebody has to say what becomes of the pack."""

from django.urls import reverse

from accounts.telling import inbox
from common import civil
from journal.models import Event
from journal.reacting import reacts_to
from subscriptions.contracts import holders
from subscriptions.models import Contract
from subscriptions.packs import settling


@reacts_to("subscriptions.cancelled", "subscriptions.withdrawn")
def ask_for_pack(event: Event) -> None:
    contract = Contract.objects.select_related("plan", "vehicle").get(pk=event.subject.object_id)
    settling.open_settlement(contract=contract, now=event.at)


@reacts_to("vehicles.transferred", "vehicles.released")
def ask_for_pack_of_gone_car(event: Event) -> None:
    """The car went without its battery contract: a takeover would have ended that at the same instant."""
    owner, organisation = event.data.get("owner_before"), event.data.get("organisation_before")
    if owner is None and organisation is None:
        return
    held = Contract.objects.filter(
        holder=None if organisation else owner, organisation=organisation, vehicle=event.subject.object_id
    )
    for contract in held.running(civil.local_date(event.at)).select_related("plan", "vehicle"):
        settling.open_settlement(contract=contract, now=event.at)


@reacts_to("subscriptions.pack_to_settle", "subscriptions.pack_settled")
def tell_holder_of_pack(event: Event) -> None:
    contract = Contract.objects.select_related("holder", "organisation").get(pk=event.subject.object_id)
    for user in holders.people_of(contract):
        inbox.notify(
            user=user,
            kind=event.kind,
            params={"code": contract.code},
            url=reverse("subscriptions:contract-detail", args=[contract.pk]),
            event=event,
        )
