"""Claims without a code: a second-hand buyer shows the registration document, two of us decide.

The recorded owner hears of it at once and has 14 days to object; whoever agrees spares the
buyer the wait. Neither side learns who the other is.
"""

from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common import codes
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from documents import erasing, uploads
from documents.models import Document
from journal import log
from vehicles import attempts, live, ownership
from vehicles.errors import AlreadyYours
from vehicles.models import ClaimVerdict, Ownership, OwnershipClaim, Vehicle
from vehicles.vin import parse_vin

DOCUMENT_KIND = "vehicles.registration"
OBJECTION_TIME = timedelta(days=14)
DECIDE = "vehicles.decide_claims"
VERDICTS_NEEDED = 2
WORDS_LENGTH = 1000


def file_claim(*, by: User, vin: str, document: Document, now: datetime) -> OwnershipClaim:
    """Claim the car with this number; ``document`` is a received upload of its registration.

    The answer is the same whether the number is known, owned or free. Raises VinInvalid,
    AlreadyYours, TooManyTries, Conflict while one's earlier claim to it is being examined.
    """
    number = parse_vin(vin)
    if Vehicle.objects.owned_by(by, now).filter(vin=number).exists():
        raise AlreadyYours
    attempts.count_try(user_id=by.pk, vin=number, now=now)
    vehicle = Vehicle.objects.filter(vin=number).first()
    try:
        with transaction.atomic():
            owned = _ownership_of(vehicle)
            claim = OwnershipClaim.objects.create(
                code=codes.unused_code(OwnershipClaim.objects.all()),
                vin=number,
                vehicle=vehicle,
                claimant=by,
                recorded_owner=owned.user if owned else None,
                recorded_organisation=owned.organisation if owned else None,
                document=document,
                claimed_at=now,
                objection_until=now + OBJECTION_TIME if owned else now,
            )
            uploads.attach(document=document, about=claim)
            _record("claim_filed", claim, by=by)
    except IntegrityError as error:
        raise Conflict(
            _("We are examining your claim to this car already."), code="claim_open", field="vin"
        ) from error
    return claim


def answer_claim(
    *, by: User, claim: OwnershipClaim, agrees: bool, words: str = "", now: datetime
) -> OwnershipClaim:
    """The recorded owner agrees (then nobody waits any longer) or objects, with a reason.

    A later answer replaces the earlier one while the claim is open. Raises NotFound for
    anybody else, Conflict once it is decided or the 14 days are over, Invalid for an
    objection without words.
    """
    said = words.strip()[:WORDS_LENGTH]
    if not agrees and not said:
        raise Invalid(_("Please say in a few words why the car is still yours."), field="words")
    with transaction.atomic():
        locked = _lock(claim)
        if not locked.has_owner_side(by):
            raise NotFound(_("There is no such claim."))
        _require_open(locked)
        if locked.objection_until <= now and not locked.owner_answer:
            raise Conflict(_("The time to object is over."), code="objection_over")
        locked.owner_answer = OwnershipClaim.Answer.AGREED if agrees else OwnershipClaim.Answer.OBJECTED
        locked.owner_words = "" if agrees else said
        locked.save(update_fields=["owner_answer", "owner_words"])
        _record("claim_agreed" if agrees else "claim_objected", locked, by=by)
        return locked


def withdraw_claim(*, by: User, claim: OwnershipClaim, now: datetime) -> OwnershipClaim:
    """The claimant gives up. Raises NotFound for anybody else, Conflict once it is decided."""
    with transaction.atomic():
        locked = _lock(claim)
        if locked.claimant_id != by.pk:
            raise NotFound(_("There is no such claim."))
        _require_open(locked)
        _close(locked, OwnershipClaim.State.WITHDRAWN, now)
        _record("claim_withdrawn", locked, by=by)
        return locked


def give_verdict(
    *, by: User, claim: OwnershipClaim, grants: bool, reason: str = "", now: datetime
) -> OwnershipClaim:
    """One colleague's verdict; the second of a kind decides, and the picture is erased.

    Granting passes the car on at this instant. Raises NotAllowed without the permission or for
    whoever is a party, Invalid for a refusal without a reason, Conflict before the time to object
    is over, for a second verdict of one person, once it is decided, and for a number without a car.
    """
    if not may_decide(by, claim):
        raise NotAllowed(_("Deciding about this claim is not among your tasks."))
    if not grants and not reason.strip():
        raise Invalid(_("Please give the reason; the claimant reads it."), field="reason")
    with transaction.atomic():
        locked = _lock(claim)
        _require_open(locked)
        if not locked.is_ripe(now):
            raise Conflict(_("The recorded owner can still object."), code="claim_not_ripe")
        if grants:
            _require_same_owner(locked)
        _add_verdict(locked, by, grants, reason, now)
        alike = locked.verdicts.filter(grants=grants).count()
        if alike >= VERDICTS_NEEDED:
            _decide(locked, by=by, grants=grants, now=now)
        return locked


def _require_same_owner(claim: OwnershipClaim) -> None:
    """Two claims to one car, or a sale meanwhile: whoever owns it now must be asked first."""
    if claim.vehicle is None:
        raise Conflict(
            _("We do not know a car with this number. Enter it for handover first."), code="claim_no_car"
        )
    if _recorded(claim) != _holder(_ownership_of(claim.vehicle)):
        raise Conflict(
            _("The car has another owner by now, who can object first."), code="claim_owner_changed"
        )


def _recorded(claim: OwnershipClaim) -> tuple[int | None, int | None]:
    return claim.recorded_owner_id, claim.recorded_organisation_id


def _holder(owned: Ownership | None) -> tuple[int | None, int | None]:
    return (owned.user_id, owned.organisation_id) if owned else (None, None)


def _add_verdict(claim: OwnershipClaim, by: User, grants: bool, reason: str, now: datetime) -> None:
    if claim.verdicts.filter(by=by).exists():
        raise Conflict(_("You have given your verdict. Now a colleague must."), code="verdict_given")
    ClaimVerdict.objects.create(claim=claim, by=by, grants=grants, reason=reason.strip()[:300], at=now)
    log.record(
        "vehicles.claim_verdict",
        by=by,
        subject=claim,
        data={"grants": grants, "claim": claim.pk},
        at=now,
    )


def _decide(claim: OwnershipClaim, *, by: User, grants: bool, now: datetime) -> None:
    _close(claim, claim.State.GRANTED if grants else claim.State.REFUSED, now)
    if grants and claim.vehicle is not None:
        _pass_on(claim, claim.vehicle, by, now)
    _record("claim_granted" if grants else "claim_refused", claim, by=by)


def _pass_on(claim: OwnershipClaim, vehicle: Vehicle, by: User, now: datetime) -> None:
    """The car, locked before its claims, changes hands at one instant."""
    owned = _ownership_of(vehicle)
    begins = ownership.instant_under_lock(vehicle=vehicle, now=now)
    if owned is not None:
        begins = ownership.end_ownership(ownership=owned, vehicle=vehicle, now=now)
    ownership.begin_ownership(vehicle=vehicle, user=claim.claimant, at=begins)
    people = [claim.claimant, *(ownership.keepers(owned) if owned else [])]
    data: dict[str, int | None]
    if owned is None:
        kind, data = "vehicles.claimed", {"owner_after": claim.claimant_id}
    else:
        kind = "vehicles.transferred"
        data = {"claim": claim.pk, **ownership.owner_data("before", owned), "owner_after": claim.claimant_id}
    log.record(kind, by=by, subject=vehicle, data=data, audience=people, at=begins)
    live.tell(vehicle.pk)


def follow_new_owner(*, vehicle_id: int, now: datetime) -> None:
    """The car came to another owner by itself: their own claims are settled, others begin again.

    Whoever owns it now gets the 14 days to object to what others claim.
    """
    with transaction.atomic():
        vehicle = ownership.lock_vehicle(vehicle_id=vehicle_id)
        owned = _ownership_of(vehicle)
        if owned is None:
            return
        rows = (
            OwnershipClaim.objects.undecided().filter(vehicle=vehicle).select_related("claimant", "document")
        )
        for claim in rows.order_by("pk"):
            _follow(claim, owned, now)


def _follow(claim: OwnershipClaim, owned: Ownership, now: datetime) -> None:
    if claim.claimant_id == owned.user_id:
        claim.recorded_owner = claim.recorded_organisation = None
        _close(claim, claim.State.WITHDRAWN, now)
        return
    if _recorded(claim) == _holder(owned):
        return
    claim.recorded_owner, claim.recorded_organisation = owned.user, owned.organisation
    claim.objection_until = now + OBJECTION_TIME
    claim.owner_answer, claim.owner_words = "", ""
    claim.save()
    claim.verdicts.all().delete()
    _record("claim_filed", claim, by=claim.claimant)


def waiting_for_owner(*, user: User, now: datetime) -> QuerySet[OwnershipClaim]:
    """Claims of others to one's own cars that one can still answer."""
    mine = OwnershipClaim.objects.undecided().filter(OwnershipClaim.answerable_by(user))
    return mine.filter(owner_answer="", objection_until__gt=now)


def may_decide(user: User, claim: OwnershipClaim) -> bool:
    """Whether this colleague may give a verdict: by permission, and never as a party."""
    party = user.pk == claim.claimant_id or claim.has_owner_side(user)
    return user.has_permission(DECIDE) and not party


def may_read_document(user: User, document: Document) -> bool:
    """The desk alone, and only while it decides; never a party."""
    claim = OwnershipClaim.objects.undecided().filter(document=document).first()
    return claim is not None and bool(user.is_authenticated) and may_decide(user, claim)


def _ownership_of(vehicle: Vehicle | None) -> Ownership | None:
    if vehicle is None:
        return None
    running = Ownership.objects.filter(vehicle=vehicle, period__upper_inf=True)
    return running.select_related("user", "organisation").first()


def _lock(claim: OwnershipClaim) -> OwnershipClaim:
    """The car first, then the claim: the order of everything that changes who owns a car."""
    if claim.vehicle_id is not None:
        ownership.lock_vehicle(vehicle_id=claim.vehicle_id)
    rows = OwnershipClaim.objects.select_for_update(of=("self",))
    return rows.select_related("vehicle", "claimant", "recorded_owner", "document").get(pk=claim.pk)


def _require_open(claim: OwnershipClaim) -> None:
    if claim.state != claim.State.OPEN:
        raise Conflict(_("This claim is closed already."), code="claim_closed")


def _close(claim: OwnershipClaim, state: str, now: datetime) -> None:
    claim.state, claim.closed_at, claim.owner_words = state, now, ""
    claim.save(update_fields=["state", "closed_at", "owner_words", "recorded_owner", "recorded_organisation"])
    erasing.erase_document(document=claim.document, now=now)


def _record(what: str, claim: OwnershipClaim, *, by: User | None) -> None:
    people = [claim.claimant, *([claim.recorded_owner] if claim.recorded_owner else [])]
    log.record(f"vehicles.{what}", by=by, subject=claim, data={"claim": claim.pk}, audience=people)
