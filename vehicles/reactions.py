"""Telling both sides what happened with a car."""

from typing import Any

from django.urls import reverse

from accounts.models import User
from accounts.organisations import organisations
from accounts.telling import inbox
from documents.models import Document
from journal import outbox
from journal.models import Event
from journal.reacting import reacts_to
from vehicles import claim_news, claims, letters, live, ownership, sharing, whole_garage
from vehicles.models import GarageShare, OwnershipClaim, Share, Transfer, Vehicle


def _car(event: Event) -> Vehicle:
    return Vehicle.objects.select_related("model").get(pk=event.subject.object_id)


def _page(vehicle: Vehicle) -> str:
    return reverse("vehicles:vehicle-detail", args=[vehicle.pk])


def _name(user: User | None) -> str:
    # Without a name the words still read well; an address is never shown to others.
    return (user.display_name if user else "") or "…"


def _owners(event: Event, when: str) -> list[User]:
    """Whom it concerns that the car was claimed, given up or handed on: ``before`` or ``after``."""
    if event.data.get(f"organisation_{when}") is not None:
        return organisations.runners_of(event.data[f"organisation_{when}"])
    owner = event.data.get(f"owner_{when}")
    return list(User.objects.filter(pk=owner)) if owner is not None else []


def _tell(user: User, kind: str, event: Event, vehicle: Vehicle, url: str = "", **params: Any) -> None:
    inbox.notify(
        user=user, kind=f"vehicles.{kind}", params={"car": vehicle.model.name, **params}, url=url, event=event
    )


@reacts_to("vehicles.claimed")
def welcome_car(event: Event) -> None:
    vehicle = _car(event)
    for user in _owners(event, "after"):
        _tell(user, "claimed", event, vehicle, _page(vehicle))


@reacts_to("vehicles.released")
def confirm_release(event: Event) -> None:
    for user in _owners(event, "before"):
        _tell(user, "released", event, _car(event))


@reacts_to("vehicles.transferred")
def tell_both_owners(event: Event) -> None:
    if event.data.get("claim") is not None:
        return  # the decision on the claim is told in its own words
    vehicle = _car(event)
    for user in _owners(event, "before"):
        _tell(user, "transfer_given", event, vehicle)
    for user in _owners(event, "after"):
        _tell(user, "transfer_taken", event, vehicle, _page(vehicle))


@reacts_to("vehicles.transfer_offered")
def invite_new_owner(event: Event) -> None:
    transfer = Transfer.objects.select_related("offered_by").get(pk=event.data["transfer"])
    outbox.enqueue(letters.CHANNEL, f"transfer:{transfer.pk}", {"transfer": transfer.pk})
    _tell_invited(transfer.email, "transfer_received", event, transfer.offered_by)


@reacts_to("vehicles.share_invited")
def invite_to_car(event: Event) -> None:
    share = Share.objects.select_related("given_by").get(pk=event.data["share"])
    outbox.enqueue(letters.CHANNEL, f"share:{share.pk}", {"share": share.pk})
    _tell_invited(share.email, "share_received", event, share.given_by)


def _tell_invited(email: str, kind: str, event: Event, sender: User) -> None:
    person = User.objects.filter(email=email, is_active=True).first()
    if person is not None:
        _tell(person, kind, event, _car(event), reverse("vehicles:incoming"), who=_name(sender))


@reacts_to("accounts.signed_up")
def tell_newcomer_what_waits(event: Event) -> None:
    """Offers that were made to this address before there was an account."""
    person = User.objects.get(pk=event.subject.object_id)
    transfer = Transfer.objects.addressed_to(person, event.at).select_related("vehicle__model", "offered_by")
    share = Share.objects.addressed_to(person, event.at).select_related("vehicle__model", "given_by")
    url = reverse("vehicles:incoming")
    for offer in transfer[:1]:
        _tell(person, "transfer_received", event, offer.vehicle, url, who=_name(offer.offered_by))
    for invitation in share[:1]:
        _tell(person, "share_received", event, invitation.vehicle, url, who=_name(invitation.given_by))
    for garage in whole_garage.waiting_for(person, event.at)[:1]:
        _tell_of_garage(person, "garage_received", event, garage.given_by)


@reacts_to("vehicles.transfer_refused", "vehicles.transfer_expired")
def tell_owner_of_failed_offer(event: Event) -> None:
    transfer = Transfer.objects.select_related("offered_by").get(pk=event.data["transfer"])
    vehicle = _car(event)
    _tell(transfer.offered_by, event.kind.removeprefix("vehicles."), event, vehicle, _page(vehicle))


@reacts_to("vehicles.transfer_withdrawn")
def tell_invited_of_withdrawal(event: Event) -> None:
    transfer = Transfer.objects.get(pk=event.data["transfer"])
    person = User.objects.filter(email=transfer.email, is_active=True).first()
    if person is not None:
        _tell(person, "transfer_withdrawn", event, _car(event))


@reacts_to("vehicles.share_accepted", "vehicles.share_refused", "vehicles.share_left")
def tell_owner_of_answer(event: Event) -> None:
    share = Share.objects.select_related("given_by", "garage").get(pk=event.data["share"])
    if share.garage is not None and share.garage.outcome:
        return  # one word for the whole garage
    vehicle = _car(event)
    url = reverse("vehicles:vehicle-access", args=[vehicle.pk])
    for user in sharing.givers_of(share):
        _tell(user, event.kind.removeprefix("vehicles."), event, vehicle, url, who=_name(event.by))


@reacts_to("vehicles.share_given", "vehicles.share_changed")
def tell_holder_of_rights(event: Event) -> None:
    """A member who got a car of the organisation, or somebody whose access is another one now."""
    share = Share.objects.select_related("user", "organisation").get(pk=event.data["share"])
    if share.user is not None and not share.outcome:
        vehicle = _car(event)
        who = share.organisation.name if share.organisation else _name(event.by)
        _tell(share.user, event.kind.removeprefix("vehicles."), event, vehicle, _page(vehicle), who=who)


@reacts_to("accounts.member_left", "accounts.member_removed")
def take_cars_back_from_member(event: Event) -> None:
    """Access ended with the membership; this closes it, so that joining again brings nothing back."""
    sharing.end_shares_of_member(
        organisation_id=event.subject.object_id, user_id=event.data["member"], now=event.at
    )


@reacts_to("vehicles.share_revoked", "vehicles.share_ended")
def tell_holder_of_end(event: Event) -> None:
    share = Share.objects.select_related("user", "garage").get(pk=event.data["share"])
    if share.garage is not None and share.garage.outcome:
        return  # one word for the whole garage
    if share.user is not None:
        _tell(share.user, event.kind.removeprefix("vehicles."), event, _car(event))


def _tell_of_garage(user: User, kind: str, event: Event, other: User | None) -> None:
    url = "incoming" if kind == "garage_received" else "people"
    inbox.notify(
        user=user,
        kind=f"vehicles.{kind}",
        params={"who": _name(other)},
        url=reverse(f"vehicles:{url}"),
        event=event,
    )


def _garage(event: Event) -> GarageShare:
    return GarageShare.objects.select_related("given_by", "user").get(pk=event.data["garage"])


@reacts_to("vehicles.garage_invited")
def invite_to_garage(event: Event) -> None:
    garage = _garage(event)
    outbox.enqueue(letters.CHANNEL, f"garage:{garage.pk}", {"garage": garage.pk})
    person = User.objects.filter(email=garage.email, is_active=True).first()
    if person is not None:
        _tell_of_garage(person, "garage_received", event, garage.given_by)


@reacts_to("vehicles.garage_accepted", "vehicles.garage_refused", "vehicles.garage_left")
def tell_giver_of_garage(event: Event) -> None:
    garage = _garage(event)
    _tell_of_garage(garage.given_by, event.kind.removeprefix("vehicles."), event, event.by)


@reacts_to("vehicles.garage_revoked", "vehicles.garage_ended")
def tell_holder_of_garage(event: Event) -> None:
    garage = _garage(event)
    if garage.user is not None:
        _tell_of_garage(garage.user, event.kind.removeprefix("vehicles."), event, garage.given_by)


@reacts_to("vehicles.transferred", "vehicles.claimed")
def share_new_car_with_garage(event: Event) -> None:
    """Those with whom its new owner shares the whole garage get the car as well."""
    whole_garage.include_car(vehicle_id=int(event.subject.object_id), now=event.at)


@reacts_to("vehicles.share_with_garage")
def tell_both_of_later_car(event: Event) -> None:
    share = Share.objects.select_related("given_by", "user").get(pk=event.data["share"])
    if share.user is None or not event.data["later"]:
        return
    vehicle = _car(event)
    access = reverse("vehicles:vehicle-access", args=[vehicle.pk])
    _tell(share.user, "garage_car_held", event, vehicle, _page(vehicle), who=_name(share.given_by))
    _tell(share.given_by, "garage_car_given", event, vehicle, access, who=_name(share.user))


def _claim(event: Event) -> OwnershipClaim:
    related = ("vehicle__model", "claimant", "recorded_owner")
    return OwnershipClaim.objects.select_related(*related).get(pk=event.data["claim"])


@reacts_to("vehicles.claim_filed")
def tell_of_claim(event: Event) -> None:
    claim_news.tell_claimant(_claim(event), "claim_filed_claimant", event)
    claim_news.tell_owner_side(_claim(event), "claim_filed_owner", event)


@reacts_to("vehicles.claim_agreed", "vehicles.claim_objected")
def tell_claimant_of_answer(event: Event) -> None:
    claim_news.tell_claimant(_claim(event), event.kind.removeprefix("vehicles."), event)


@reacts_to("vehicles.claim_withdrawn")
def tell_owner_of_end_of_claim(event: Event) -> None:
    claim_news.tell_owner_side(_claim(event), "claim_withdrawn", event)


@reacts_to("vehicles.claim_granted", "vehicles.claim_refused")
def tell_both_of_decision(event: Event) -> None:
    kind = event.kind.removeprefix("vehicles.")
    claim_news.tell_claimant(_claim(event), f"{kind}_claimant", event)
    claim_news.tell_owner_side(_claim(event), f"{kind}_owner", event)


@reacts_to("vehicles.transferred", "vehicles.claimed")
def let_new_owner_answer_claims(event: Event) -> None:
    """Open claims to a car that changed hands meanwhile begin again with its new owner."""
    claims.follow_new_owner(vehicle_id=int(event.subject.object_id), now=event.at)


@reacts_to("documents.ready", "documents.refused")
def show_checked_photo(event: Event) -> None:
    """The car's open pages fetch it again."""
    if event.data["kind"] == ownership.PHOTO_KIND:
        vehicle_id = Document.objects.values_list("about_id", flat=True).get(pk=event.subject.object_id)
        if vehicle_id is not None:
            live.tell(vehicle_id)
