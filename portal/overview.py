"""The overview of one person: what is theirs, what it costs, what happens next."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from accounts import inbox
from accounts.models import Notice, User
from common.civil import local_date
from community import reading
from community.models import Topic
from services import appointments
from services.models import Appointment
from subscriptions import contracts, offers
from subscriptions.models import Contract, Plan
from vehicles.models import Ownership, Share, Transfer, Vehicle

TOPICS = 3
NOTICES = 2
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
    topics: list[Topic]
    notices: list[Told]
    transfers: list[Transfer]
    invitations: list[Share]
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
        return self.car is not None and not getattr(self.car, "is_own", False)

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
        if visit.status in (Appointment.Status.ARRIVED, Appointment.Status.IN_WORK):
            return "in_workshop"
        return "expected"

    @property
    def contract_status(self) -> str:
        """``active``, ``upcoming`` or ``cancelled`` (still running) on the reader's day."""
        return self.contract.status(local_date(self.now)) if self.contract else ""

    @property
    def price_words(self) -> str:
        """What the battery costs, VAT named (PAngV §3)."""
        return offers.price_words(self.contract.plan_version) if self.contract else ""

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
    """Compose the overview from the apps' reads, at the instant ``now``: ten queries at most."""
    cars = _cars(user, now)
    return OverviewPage(
        now=now,
        cars=cars,
        appointment=appointments.next_appointment(user, now) if cars else None,
        contract=_battery_contract(cars, user, now),
        topics=reading.latest_topics(user, TOPICS),
        notices=_unread(user),
        transfers=list(Transfer.objects.addressed_to(user, now).select_related("vehicle__model")),
        invitations=list(Share.objects.addressed_to(user, now).select_related("vehicle__model", "given_by")),
        share=_share_of(cars, user, now),
        owned_before=not cars and Ownership.objects.filter(user=user).exists(),
    )


def _cars(user: User, now: datetime) -> list[Vehicle]:
    own = Ownership.objects.filter(Q(period__contains=now), user=user, vehicle=OuterRef("pk"))
    cars = Vehicle.objects.visible_to(user, now).select_related("model").annotate(is_own=Exists(own))
    return list(cars.order_by("-is_own", "pk"))


def _battery_contract(cars: list[Vehicle], user: User, now: datetime) -> Contract | None:
    """The person's battery contract for the car in the hero: what they pay."""
    if not cars:
        return None
    running = contracts.running_contracts(user, now)
    battery = [each for each in running if each.plan.kind == Plan.Kind.BATTERY and not each.withdrawn_at]
    return next((each for each in battery if each.vehicle_id == cars[0].pk), None)


def _share_of(cars: list[Vehicle], user: User, now: datetime) -> Share | None:
    """By what right a person uses a car that is not theirs."""
    if not cars or getattr(cars[0], "is_own", False):
        return None
    held = Share.objects.held_by(user, now).filter(vehicle=cars[0])
    return held.select_related("given_by").first()


def _unread(user: User) -> list[Told]:
    newest = Notice.objects.filter(user=user, read_at__isnull=True).order_by("-created_at")[:NOTICES]
    return [Told(notice, *inbox.words_of(notice)) for notice in newest]
