"""Whose contract it is: a person's, who is a consumer (BGB §13), or an organisation's, which is none."""

from datetime import datetime

from django.utils.translation import ngettext

from accounts.models import Organisation, User
from accounts.organisations import organisations
from common.civil import local_date
from subscriptions.errors import HolderMismatch
from subscriptions.models import Contract
from vehicles.models import Ownership, Vehicle


def check_holder(
    *, by: User, organisation: Organisation | None, vehicle: Vehicle | None, now: datetime
) -> None:
    """A contract for a car is concluded by whoever owns the car.

    Otherwise a consumer would pay for a company's car, with rights that follow the wrong holder.
    Raises OrganisationNotFound unless ``by`` runs the organisation, HolderMismatch.
    """
    if organisation is not None:
        organisations.require_running(by=by, organisation=organisation)
    if vehicle is None:
        return
    owned = Ownership.objects.filter(vehicle=vehicle, period__contains=now)
    row = owned.select_related("organisation").order_by("-period").first()
    if row is None or row.organisation_id == (organisation.pk if organisation else None):
        return
    raise HolderMismatch(row.organisation.name if row.organisation else "")


def running_contracts(user: User, now: datetime) -> list[Contract]:
    """The person's contracts that are not over today in Berlin, battery first; one query."""
    running = Contract.objects.visible_to(user).running(local_date(now)).with_facts()
    return sorted(running, key=lambda contract: (contract.plan.place, contract.pk))


def people_of(contract: Contract) -> list[User]:
    """Whom news about a contract reaches: its holder, or those who run the organisation."""
    if contract.holder is not None:
        return [contract.holder]
    return organisations.runners_of(contract.organisation_id)


def acts_for(*, by: User, contract: Contract) -> bool:
    """Whether the person is the holder, or runs the organisation that is."""
    if contract.organisation_id is None:
        return contract.holder_id == by.pk
    return Organisation.objects.run_by(by).filter(pk=contract.organisation_id).exists()


def knows_address(*, contract: Contract, email: str) -> bool:
    """Whether a declaration from this address may be the holder's."""
    address = email.lower()
    if contract.organisation is not None and contract.organisation.invoice_email.lower() == address:
        return True
    return any(person.email == address for person in people_of(contract))


def holds_of(organisation: Organisation, now: datetime) -> list[str]:
    """What keeps an organisation from being closed: contracts that run, or start later."""
    running = Contract.objects.held_by(organisation=organisation).running(local_date(now)).count()
    if not running:
        return []
    return [
        ngettext(
            "%(count)s contract is running: it has to end first.",
            "%(count)s contracts are running: they have to end first.",
            running,
        )
        % {"count": running}
    ]
