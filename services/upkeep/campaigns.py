"""Recalls and campaigns: written by the house, published to the owners, closed at the end."""

from datetime import datetime
from typing import Any

from django.db import IntegrityError, models, transaction
from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from journal import log
from services.models import Campaign, CampaignCar

PUBLISH = "services.publish_campaigns"
VIEW = "services.view_campaigns"
State = CampaignCar.State
WORDS = ("title_de", "title_en", "text_de", "text_en")
FIELDS = ("code", "kind", "authority_number", *WORDS, "service_type", "do_not_drive")


def create_campaign(*, by: User, values: dict[str, Any], now: datetime) -> Campaign:
    """A draft, which owners do not see. Raises NotAllowed; Conflict for a code that is taken; Invalid."""
    _require(by)
    campaign = Campaign(**_checked(values))
    try:
        with transaction.atomic():
            campaign.save()
            _record("services.campaign_created", campaign, by=by, now=now)
    except IntegrityError as error:
        raise Conflict(
            _("There is a campaign with this code already."), code="code_taken", field="code"
        ) from error
    return campaign


def change_campaign(*, by: User, campaign: Campaign, values: dict[str, Any], now: datetime) -> Campaign:
    """A draft wholly; once published only its words, and whether the car may be driven.

    Raises NotAllowed, NotFound, Conflict (closed, or the code is taken), Invalid.
    """
    _require(by)
    asked = _checked(values)
    try:
        with transaction.atomic():
            held = _locked(campaign.pk)
            if held.closed_at is not None:
                raise Conflict(_("This campaign is closed."), code="campaign_closed")
            changed = [name for name, value in asked.items() if getattr(held, name) != value]
            fixed = sorted(set(changed) - {*WORDS, "authority_number", "do_not_drive"})
            if held.published_at is not None and fixed:
                raise Conflict(
                    _("Owners have read this already: only its words can change now."),
                    code="campaign_published",
                    field=fixed[0],
                )
            if not changed:
                return held
            for name in changed:
                setattr(held, name, asked[name])
            held.save(update_fields=changed)
            _record("services.campaign_changed", held, by=by, now=now, fields=sorted(changed))
    except IntegrityError as error:
        raise Conflict(
            _("There is a campaign with this code already."), code="code_taken", field="code"
        ) from error
    return held


def publish_campaign(*, by: User, campaign: Campaign, now: datetime) -> Campaign:
    """From now on owners see it, and are told one after the other.

    Raises NotAllowed, NotFound, Conflict (published before, or without cars).
    """
    _require(by)
    with transaction.atomic():
        held = _locked(campaign.pk)
        if held.published_at is not None:
            raise Conflict(_("This campaign is published already."), code="campaign_published")
        if not held.cars.exists():
            raise Conflict(_("Please import the cars it is about first."), code="campaign_empty")
        held.published_at = now
        held.save(update_fields=["published_at"])
        _record("services.campaign_published", held, by=by, now=now)
    return held


def close_campaign(*, by: User, campaign: Campaign, now: datetime) -> Campaign:
    """Owners no longer see what is open. Raises NotAllowed, NotFound, Conflict (closed, or a draft)."""
    _require(by)
    with transaction.atomic():
        held = _locked(campaign.pk)
        if held.published_at is None or held.closed_at is not None:
            raise Conflict(_("Only a published campaign can be closed."), code="not_published")
        held.closed_at = now
        held.save(update_fields=["closed_at"])
        _record("services.campaign_closed", held, by=by, now=now)
    return held


def with_counts() -> QuerySet[Campaign]:
    """All, the newest first, with ``total`` and the number of cars in each state: ``open_cars`` and so on."""
    counted = {f"{state}_cars": Count("cars", filter=Q(cars__state=state)) for state in State.values}
    return Campaign.objects.select_related("service_type").annotate(total=Count("cars"), **counted)


def cars_of(campaign: Campaign, *, state: str = "", typed: str = "") -> QuerySet[CampaignCar]:
    """Its cars by VIN; in one state, or with a part of the VIN."""
    found = CampaignCar.objects.filter(campaign=campaign).select_related("appointment__centre")
    if state:
        found = found.filter(state=state)
    part = "".join(typed.replace("\x00", "").upper().split())[:17]
    if part:
        found = found.filter(vin__contains=part)
    return found.order_by("vin")


def _checked(values: dict[str, Any]) -> dict[str, Any]:
    known = {name: values[name] for name in FIELDS if name in values}
    for name, value in known.items():
        if isinstance(value, str):
            known[name] = value.strip()
    if "code" in known:
        known["code"] = known["code"].upper()
    for name in ("code", "title_de", "title_en"):
        if name in known and not known[name]:
            raise Invalid(_("This is missing."), code="missing", field=name)
    for name, value in known.items():
        field = Campaign._meta.get_field(name)
        if isinstance(field, models.CharField) and field.max_length and len(value) > field.max_length:
            raise Invalid(_("This is too long."), code="too_long", field=name)
    if known.get("kind", Campaign.Kind.RECALL) not in Campaign.Kind.values:
        raise Invalid(_("There is no such kind."), code="unknown_kind", field="kind")
    return known


def _locked(pk: int) -> Campaign:
    held = Campaign.objects.select_for_update(of=("self",)).filter(pk=pk).first()
    if held is None:
        raise NotFound(_("There is no such campaign."))
    return held


def _require(by: User) -> None:
    if not by.has_permission(PUBLISH):
        raise NotAllowed(_("Recalls and campaigns are published by product managers and administrators."))


def _record(kind: str, campaign: Campaign, *, by: User, now: datetime, **data: Any) -> None:
    log.record(kind, by=by, subject=campaign, data={"code": campaign.code, **data}, at=now)
