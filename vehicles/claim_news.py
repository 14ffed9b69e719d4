"""Who hears of which step of a claim, in which words; neither side learns who the other is."""

from django.urls import reverse
from django.utils import timezone

from accounts.models import Membership, User
from accounts.telling import inbox
from journal.models import Event
from vehicles.models import OwnershipClaim


def tell_claimant(claim: OwnershipClaim, kind: str, event: Event) -> None:
    _tell(claim.claimant, claim, kind, event)


def tell_owner_side(claim: OwnershipClaim, kind: str, event: Event) -> None:
    """The recorded owner, or everybody who looks after the recorded organisation's cars."""
    for person in _owner_side(claim):
        _tell(person, claim, kind, event)


def _owner_side(claim: OwnershipClaim) -> list[User]:
    if claim.recorded_organisation_id is None:
        return [claim.recorded_owner] if claim.recorded_owner else []
    running = Membership.objects.in_force().filter(
        organisation=claim.recorded_organisation_id, role__in=Membership.Role.running()
    )
    return [membership.user for membership in running.select_related("user")]


def _tell(person: User, claim: OwnershipClaim, kind: str, event: Event) -> None:
    refusal = claim.verdicts.filter(grants=False).order_by("-pk").first()
    inbox.notify(
        user=person,
        kind=f"vehicles.{kind}",
        params={
            "code": claim.code,
            "car": claim.vehicle.model.name if claim.vehicle else claim.vin,
            "day": f"{timezone.localtime(claim.objection_until):%d.%m.%Y}",
            "reason": refusal.reason if refusal else "",
        },
        url=reverse("vehicles:claim-detail", args=[claim.pk]),
        event=event,
    )
