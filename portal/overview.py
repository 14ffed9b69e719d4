"""The overview of one person: what is theirs, what it costs, what happens next."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, Q, prefetch_related_objects
from django.utils import timezone

from accounts.models import Membership, Notice, User
from accounts.telling import inbox
from common.civil import local_date
from community import reading
from community.models import Topic
from portal.context import MANY
from services.models import Appointment, CampaignCar
from services.upkeep import due
from subscriptions.contracts import offers
from subscriptions.models import Contract, Plan
from vehicles.models import Ownership, Share, Transfer, Vehicle

# The page shows little of each row, and this page is asked for most: only what is shown is read.
CAR_SHOWN = tuple(
    f"vehicle__{name}"
    for name in (
        "vin",
        "plate",
        "nickname",
        "colour",
        "model__name",
        "model__battery_kwh",
        "model__range_km",
        "model__charging_kw",
    )
)
SHARE_SHOWN = ("rights", "until", "period", "given_by", "organisation", *CAR_SHOWN)
# Of an organisation with a large fleet the page shows the first cars; the garage has them all.
MOST_CARS = 12
VISIT_SHOWN = (
    "span",
    "status",
    "vehicle_id",
    "centre__name",
    "centre__cutoff_hours",
    "service_type__name_de",
    "service_type__name_en",
)
CONTRACT_SHOWN = (
    "organisation",
    "starts_on",
    "ends_on",
    "cancelled_at",
    "withdrawn_at",
    "plan__name_de",
    "plan__name_en",
    "plan_version__price_cents",
    "plan_version__currency",
    "plan_version__period_months",
    "plan_version__vat_rate",
    "plan_version__allowances",
)
TOPICS = 3
NOTICES = 2
RECALLS = 3
# The hours of the reader's day at which a greeting changes.
MORNING, DAY, EVENING = 5, 11, 18


@dataclass(frozen=True)
class Told:
    """A notice in words."""

    notice: Notice
    title: str
    text: str


@dataclass(frozen=True)
class OverviewPage:
    """Everything the page shows, read once."""

    now: datetime
    cars: list[Vehicle]
    appointment: Appointment | None
    contract: Contract | None
    notices: list[Told]
    unread: int
    recalls: list[CampaignCar]
    transfers: list[Transfer]
    invitations: list[Share]
    shared_ids: frozenset[int]
    share: Share | None
    owned_before: bool

    @property
    def car(self) -> Vehicle | None:
        """The car in the hero: one's own first, the shared ones after."""
        return self.cars[0] if self.cars else None

    @property
    def other_cars(self) -> list[Vehicle]:
        return self.cars[1:]

    @property
    def is_shared(self) -> bool:
        return self.share is not None

    @property
    def car_name(self) -> str:
        """What its people call the car, else its model."""
        return (self.car.nickname or self.car.model.name) if self.car else ""

    @property
    def may_move(self) -> bool:
        """Whether the next appointment can still be moved by its owner."""
        return self.appointment is not None and self.appointment.is_changeable(self.now)

    @property
    def news(self) -> str:
        """What the hero says of the car: its visit decides."""
        visit = self.appointment
        if visit is None or self.car is None or visit.vehicle_id != self.car.pk:
            return "quiet"
        if visit.status == Appointment.Status.READY:
            return "ready"
        if visit.status in Appointment.Status.in_house():
            return "in_workshop"
        return "expected"

    @property
    def contract_status(self) -> str:
        """``active``, ``upcoming`` or ``cancelled`` (still running) on the reader's day."""
        return self.contract.status(local_date(self.now)) if self.contract else ""

    @property
    def price_words(self) -> str:
        """What the battery costs, VAT named (PAngV §3); net for an organisation."""
        if self.contract is None:
            return ""
        return offers.price_words(self.contract.plan_version, net=not self.contract.by_consumer)

    @property
    def included_words(self) -> list[str]:
        if self.contract is None:
            return []
        return [offers.allowance_words(each) for each in self.contract.plan_version.allowances]

    @property
    def waits(self) -> bool:
        """Whether somebody offers this person a car or access to one."""
        return bool(self.transfers or self.invitations)

    @property
    def greeting(self) -> str:
        """Which part of the reader's day it is."""
        hour = timezone.localtime(self.now).hour
        if MORNING <= hour < DAY:
            return "morning"
        if DAY <= hour < EVENING:
            return "day"
        return "evening"


def read_overview(*, user: User, now: datetime) -> OverviewPage:
    """Compose the overview from the apps' facts at the instant ``now``: eight queries, eleven at most."""
    acts = _acts_for(user)
    shares, invitations = _shares(user, acts, now)
    own, holder = _own_cars(user, acts, now)
    share = shares[0] if shares and not own else None
    # Who gave it is shown of these alone; most people never see one, and the join is not free.
    shown = [*invitations, *([share] if share else [])]
    prefetch_related_objects(shown, "given_by")
    prefetch_related_objects([row for row in shown if row.organisation_id], "organisation")
    cars = own + [share.vehicle for share in shares]
    unread = _unread(user)
    return OverviewPage(
        now=now,
        unread=len(unread),
        cars=cars,
        appointment=_next_visit(own, shares, now),
        contract=_battery_contract(own, user, holder, now),
        notices=[Told(notice, *inbox.words_of(notice)) for notice in unread[:NOTICES]],
        recalls=_recalls(own, shares),
        transfers=_offers(user, now),
        invitations=invitations,
        shared_ids=frozenset(share.vehicle_id for share in shares),
        share=share,
        owned_before=not cars and Ownership.objects.filter(user=user).exists(),
    )


def _acts_for(user: User) -> dict[int, bool]:
    """The organisations that the person is a member of, and whether they run them. Asked first and
    by itself: nearly everybody is in none, and the next queries need no join then."""
    held = Membership.objects.in_force().filter(user=user).values_list("organisation_id", "role")
    return {organisation: role in Membership.Role.running() for organisation, role in held}


def _own_cars(user: User, acts: dict[int, bool], now: datetime) -> tuple[list[Vehicle], int | None]:
    """One's own cars, then those of the organisations that one runs; and whose the first one is."""
    whose = Q(user=user)
    if run := [organisation for organisation, runs in acts.items() if runs]:
        whose |= Q(organisation__in=run)
    owned = Ownership.objects.filter(whose, period__contains=now)
    ordered = owned.order_by(F("user").asc(nulls_last=True), "vehicle") if run else owned.order_by("vehicle")
    rows = list(ordered.select_related("vehicle__model").only("organisation", *CAR_SHOWN)[:MOST_CARS])
    return [row.vehicle for row in rows], rows[0].organisation_id if rows else None


def _shares(user: User, acts: dict[int, bool], now: datetime) -> tuple[list[Share], list[Share]]:
    """What the person holds, and what they are invited to: one query for both.

    A share counts only while whoever gave it owns the car, and one of an organisation only
    while the person is its member.
    """
    held = Q(user=user, period__contains=now)
    invited = Q(email=user.email, period__isnull=True, expires_at__gt=now)
    given = Q(organisation__isnull=True, vehicle__ownerships__user=F("given_by"))
    if acts:
        given |= Q(organisation__in=list(acts), vehicle__ownerships__organisation=F("organisation"))
    shares = Share.objects.filter(
        given,
        held | invited,
        outcome="",
        vehicle__ownerships__period__contains=now,
    ).order_by("vehicle", "pk")
    rows = list(shares.select_related("vehicle__model").only(*SHARE_SHOWN))
    return [row for row in rows if row.period], [row for row in rows if not row.period]


def _next_visit(own: list[Vehicle], shares: list[Share], now: datetime) -> Appointment | None:
    """The next visit of the cars that this person may bring to service.

    Whoever may use a car now sees all its visits that are not over (a visit that ends in
    the future lies within the present ownership), so their ids are scope enough.
    """
    shared = [share.vehicle for share in shares if Share.Right.SERVICE in share.rights]
    cars = {car.pk: car for car in own + shared}
    if not cars:
        return None
    over = [*Appointment.Status.gone(), Appointment.Status.DONE]
    coming = Appointment.objects.filter(vehicle__in=cars, span__endswith__gt=now).exclude(status__in=over)
    shown = coming.select_related("centre", "service_type").only(*VISIT_SHOWN)
    visit = shown.order_by("span", "pk").first()
    if visit is not None and visit.vehicle_id is not None:
        visit.vehicle = cars[visit.vehicle_id]
    return visit


def _recalls(own: list[Vehicle], shares: list[Share]) -> list[CampaignCar]:
    """Open recalls and campaigns of the cars that this person may bring to service."""
    shared = [share.vehicle for share in shares if Share.Right.SERVICE in share.rights]
    cars = own + shared
    waiting = due.open_campaigns(cars).exclude(state=CampaignCar.State.BOOKED)
    return list(waiting[:RECALLS]) if cars else []


def _battery_contract(
    own: list[Vehicle], user: User, organisation_id: int | None, now: datetime
) -> Contract | None:
    """The person's battery contract for their car in the hero: what they pay."""
    if not own:
        return None
    holder = Q(organisation=organisation_id) if organisation_id else Q(holder=user)
    running = Contract.objects.filter(holder, vehicle=own[0]).running(local_date(now))
    battery = running.filter(plan__kind=Plan.Kind.BATTERY)
    shown = battery.select_related("plan", "plan_version").only(*CONTRACT_SHOWN)
    return shown.order_by("starts_on").first()


def _offers(user: User, now: datetime) -> list[Transfer]:
    # Offers are rare, and asking whether there are any costs a fraction of reading them.
    waiting = Transfer.objects.addressed_to(user, now)
    return list(waiting.select_related("vehicle__model")) if waiting.exists() else []


def _unread(user: User) -> list[Notice]:
    """Up to one more than the bell counts, the newest first: the bell needs no query of its own."""
    unread = Notice.objects.filter(user=user, read_at__isnull=True).order_by("-created_at")
    return list(unread.only("kind", "params", "created_at")[: MANY + 1])


def latest_topics() -> list[Topic]:
    """What everybody may read of the forum, the most recent first."""
    return reading.latest_topics(AnonymousUser(), TOPICS)
