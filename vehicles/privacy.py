"""The garage's part of a person's data: cars, who else may use them, how they came and went."""

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from accounts.privacy.parts import Attached, Fate, Hold, PersonalData, Sheet, register_part
from accounts.privacy.retention import register_rule
from vehicles import people, sharing, transfers, whole_garage
from vehicles.models import (
    ClaimCode,
    ClaimVerdict,
    GarageShare,
    Ownership,
    OwnershipClaim,
    Share,
    Transfer,
    Vehicle,
)

Row = dict[str, Any]


def export(user: User) -> Iterable[Sheet | Attached]:
    yield Sheet("cars", _("Your cars, now and before"), lambda: _cars(user), table=True)
    yield Sheet("shared", _("Access that you gave or have"), lambda: _shares(user))
    yield Sheet("shared_garages", _("Whole garages that you shared or may use"), lambda: _garages(user))
    yield Sheet("transfers", _("Cars that you offered or were offered"), lambda: _transfers(user))
    yield Sheet("claims", _("Cars that you claimed, and claims you answered"), lambda: _claims(user))


def _cars(user: User) -> Iterator[Row]:
    """What a car is called is its present owner's: of former cars only what does not change."""
    held = Ownership.objects.filter(user=user).select_related("vehicle__model").order_by("pk")
    for ownership in held:
        car, mine = ownership.vehicle, ownership.period.upper is None
        yield {
            "vin": car.vin,
            "model": car.model.name,
            "owned": ownership.period,
            "plate": car.plate if mine else "",
            "name": car.nickname if mine else "",
            "colour": car.get_colour_display() if mine else "",
            "first_registered": car.first_registered if mine else None,
        }


def _shares(user: User) -> Iterator[Row]:
    """Without the other side's name and address, which are theirs."""
    rows = Share.objects.filter(_mine(user)).select_related("vehicle").order_by("pk")
    for share in rows:
        yield {
            "vin": share.vehicle.vin,
            "given_by": "you" if share.given_by_id == user.pk else "somebody else",
            "rights": share.rights,
            "scope": share.get_scope_display(),
            "invited": share.invited_at,
            "invited_address": share.email if share.email == user.email else "",
            "period": share.period,
            "until": share.until,
            "outcome": share.get_outcome_display(),
            "ended": share.closed_at,
        }


def _garages(user: User) -> Iterator[Row]:
    """Without the other side's name and address, which are theirs."""
    for garage in GarageShare.objects.filter(_mine(user)).order_by("pk"):
        yield {
            "given_by": "you" if garage.given_by_id == user.pk else "somebody else",
            "rights": garage.rights,
            "scope": garage.get_scope_display(),
            "invited": garage.invited_at,
            "invited_address": garage.email if garage.email == user.email else "",
            "accepted": garage.accepted_at,
            "until": garage.until,
            "outcome": garage.get_outcome_display(),
            "ended": garage.closed_at,
        }


def _mine(user: User) -> Q:
    mine = Q(user=user) | Q(given_by=user)
    return mine | Q(email=user.email) if user.email else mine


def _offers(user: User) -> Q:
    mine = Q(offered_by=user) | Q(answered_by=user)
    return mine | Q(email=user.email) if user.email else mine


def _transfers(user: User) -> Iterator[Row]:
    for offer in Transfer.objects.filter(_offers(user)).select_related("vehicle").order_by("pk"):
        yield {
            "vin": offer.vehicle.vin,
            "offered_by": "you" if offer.offered_by_id == user.pk else "somebody else",
            "offered": offer.offered_at,
            "offered_address": offer.email if offer.email == user.email else "",
            "state": offer.get_state_display(),
            "closed": offer.closed_at,
        }


def _claims(user: User) -> Iterator[Row]:
    mine = OwnershipClaim.objects.filter(Q(claimant=user) | Q(recorded_owner=user))
    for claim in mine.order_by("pk"):
        own = claim.claimant_id == user.pk
        yield {
            "number": claim.code,
            "vin": claim.vin,
            "you_are": "claimant" if own else "recorded owner",
            "claimed": claim.claimed_at,
            "state": claim.get_state_display(),
            "closed": claim.closed_at,
            "your_answer": "" if own else claim.get_owner_answer_display(),
            "your_words": "" if own else claim.owner_words,
        }


def holds(*, user: User, now: datetime) -> Iterable[Hold]:
    # Not those of an organisation: they stay with it, and it with its administrators.
    for car in people.own_cars(user=user, now=now):
        yield Hold(
            "car_owned",
            _("%(car)s is in your garage: transfer it, or give it up.") % {"car": car},
            reverse("vehicles:vehicle-detail", args=[car.pk]),
        )


def erase(*, user: User, now: datetime) -> None:
    """Access ends, addresses go; that somebody owned a car in a period stays, without a name."""
    for garage in GarageShare.objects.visible_to(user, now).filter(Q(given_by=user) | Q(user=user)):
        whole_garage.end_garage(by=user, garage=garage, now=now)
    for garage in GarageShare.objects.addressed_to(user, now) if user.email else ():
        whole_garage.refuse_garage(by=user, garage=garage, now=now)
    for share in Share.objects.filter(user=user).in_force(now):
        sharing.revoke_share(by=user, share=share, now=now)
    for share in Share.objects.addressed_to(user, now) if user.email else ():
        sharing.refuse_share(by=user, share=share, now=now)
    for offer in Transfer.objects.addressed_to(user, now) if user.email else ():
        transfers.answer_transfer(by=user, transfer=offer, accept=False, now=now)
    # Its own unique invitation (car and address) must be over before addresses can be alike.
    Share.objects.filter(_mine(user), outcome="", period__isnull=True).update(
        outcome=Share.Outcome.WITHDRAWN, closed_at=now
    )
    Share.objects.filter(_mine(user)).update(email="")
    GarageShare.objects.filter(_mine(user), outcome="").update(outcome=Share.Outcome.EXPIRED, closed_at=now)
    GarageShare.objects.filter(_mine(user)).update(email="")
    Transfer.objects.filter(_offers(user)).exclude(state=Transfer.State.OFFERED).update(email="")
    OwnershipClaim.objects.filter(claimant=user, state=OwnershipClaim.State.OPEN).update(
        state=OwnershipClaim.State.WITHDRAWN, closed_at=now, owner_words=""
    )
    OwnershipClaim.objects.filter(recorded_owner=user).update(owner_words="")


def _forget_addresses(*, days: int, now: datetime, limit: int) -> int:
    return transfers.forget_addresses(now=now, keep=timedelta(days=days))


def _count_addresses(*, days: int, now: datetime) -> int:
    old = {"closed_at__lte": now - timedelta(days=days)}
    return sum(
        model.objects.filter(**old).exclude(email="").count() for model in (Transfer, Share, GarageShare)
    )


register_part(
    PersonalData(
        name="vehicles",
        label=_("Garage"),
        models={
            Vehicle: Fate.ANONYMOUS,
            Ownership: Fate.ANONYMOUS,
            Share: Fate.ANONYMOUS,
            GarageShare: Fate.ANONYMOUS,
            Transfer: Fate.ANONYMOUS,
            ClaimCode: Fate.ANONYMOUS,
            OwnershipClaim: Fate.ANONYMOUS,
            ClaimVerdict: Fate.ANONYMOUS,
        },
        export=export,
        erase=erase,
        holds=holds,
        place=50,
        goes=_("Access to cars that others share with you, and all addresses in offers and invitations."),
        stays=_("That a car had an owner in a period, without your name."),
    )
)
register_rule(
    "vehicles.addresses",
    default_days=transfers.KEEP_ADDRESS.days,
    least_days=7,
    most_days=90,
    label=_("Addresses in shared access and transfers that are over"),
    basis=_("So that both sides still see with whom it was."),
    sweep=_forget_addresses,
    count=_count_addresses,
)
