"""What contracts do when something happened, to them or to their car."""

from datetime import date

from django.urls import reverse

from accounts.telling import inbox
from common import civil
from journal.models import Event
from journal.reacting import reacts_to
from subscriptions import concerns
from subscriptions.contracts import holders, papers
from subscriptions.models import Contract, Declaration


@reacts_to(
    "subscriptions.ordered", "subscriptions.changed", "subscriptions.cancelled", "subscriptions.withdrawn"
)
def tell_holder(event: Event) -> None:
    contract = Contract.objects.select_related("holder", "organisation").get(pk=event.subject.object_id)
    params = {"code": contract.code}
    for day in ("starts_on", "ends_on"):
        if day in event.data:
            params[day] = date.fromisoformat(event.data[day]).strftime("%d.%m.%Y")
    _tell(contract, event.kind, params, event)


@reacts_to("subscriptions.ordered")
def make_paper(event: Event) -> None:
    """The contract as a PDF, in its holder's hands whether or not the mail gets through."""
    papers.paper_of(contract=Contract.objects.get(pk=event.subject.object_id))


@reacts_to("vehicles.transferred", "vehicles.released")
def remind_of_contracts(event: Event) -> None:
    """A contract does not follow the car by itself: its holder hears that it goes on."""
    owner, organisation = event.data.get("owner_before"), event.data.get("organisation_before")
    if owner is None and organisation is None:
        return
    held = Contract.objects.filter(holder=owner, organisation=organisation)
    running = held.running(civil.local_date(event.at))
    for contract in running.filter(vehicle=event.subject.object_id, cancelled_at__isnull=True):
        _tell(contract, "subscriptions.car_changed_hands", {"code": contract.code}, event)


@reacts_to("subscriptions.declared")
def open_case_for_declaration(event: Event) -> None:
    """What matches no contract needs a person who asks."""
    concerns.open_case_for(declaration=_declaration(event))


@reacts_to("subscriptions.declaration_answered")
def close_case_of_declaration(event: Event) -> None:
    concerns.close_case_of(declaration=_declaration(event))


def _declaration(event: Event) -> Declaration:
    return Declaration.objects.select_related("answer", "by").get(pk=event.subject.object_id)


def _tell(contract: Contract, kind: str, params: dict[str, str], event: Event) -> None:
    for user in holders.people_of(contract):
        inbox.notify(
            user=user,
            kind=kind,
            params=params,
            url=reverse("subscriptions:contract-detail", args=[contract.pk]),
            event=event,
        )
