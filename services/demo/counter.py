"""The demo's counter: repair orders, loan cars out and back, wheels in store, words with customers."""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

from accounts.models import User
from common import civil
from documents import signing
from services.demo.drafts import Draft
from services.demo.progress import mileage_of
from services.desk import order_papers
from services.models import (
    Allocation,
    Appointment,
    DamageMark,
    LoanHandover,
    RepairOrder,
    Resource,
    Thanks,
    TyreSet,
    VisitMessage,
)
from vehicles.models import Vehicle

Status = Appointment.Status
HAS_ARRIVED = [*Status.in_house(), Status.DONE]
WHEELS_PER_HOUSE = 30
SIZES = ("215/55 R17 98V", "235/45 R19 99V", "255/40 R20 101W")
DAMAGE = (
    (DamageMark.View.REAR, 310, 720, "Kratzer am Stoßfänger"),
    (DamageMark.View.LEFT, 620, 480, "Parkdelle, etwa 2 cm"),
    (DamageMark.View.FRONT, 480, 260, "Steinschlag in der Scheibe"),
)
STROKES = [[[90, 640, 0], [160, 300, 60], [230, 690, 130], [300, 330, 210], [360, 620, 280]],
           [[430, 560, 420], [520, 420, 480], [600, 600, 560], [690, 450, 640], [860, 520, 780]]]  # fmt: skip
TALK = (
    ("Wird das Auto heute noch fertig?", "Ja, wir rechnen mit 16 Uhr und melden uns vorher."),
    ("Ich komme eine Viertelstunde später, geht das?", "Kein Problem, der Platz bleibt frei."),
    ("Können Sie auch nach dem Klappern hinten sehen?", "Machen wir gern, wir schreiben, was es war."),
)
THANKED = (
    "Danke für die gute Erklärung!",
    "Schnell, freundlich, und das Auto war sogar gewaschen.",
    "Danke, dass Sie mich noch dazwischengenommen haben.",
    "",
)


def write_orders(rng: random.Random, drafts: list[Draft], by: User, now: datetime) -> None:
    """Of the cars that are with us; at the first house signed on the screen, but for the last to come."""
    here = [d for d in drafts if d.status in Status.in_house() and d.appointment.vehicle is not None]
    orders = RepairOrder.objects.bulk_create([_order(rng, draft, by, now) for draft in here])
    marks = [
        DamageMark(order=order, view=view, x=x, y=y, text=text)
        for order in orders
        if rng.random() < 0.5
        for view, x, y, text in rng.sample(DAMAGE, rng.randint(1, 2))
    ]
    DamageMark.objects.bulk_create(marks)
    first = [order for order, draft in zip(orders, here, strict=True) if draft.house.number == 0]
    for order in sorted(first, key=lambda order: order.checked_in_at)[:-1]:
        _sign(order, by)


def _order(rng: random.Random, draft: Draft, by: User, now: datetime) -> RepairOrder:
    visit = draft.appointment
    return RepairOrder(
        appointment=visit,
        work="\n".join(kind.name_de for kind in draft.plan.service_types),
        price_limit_cents=rng.choice([None, 30000, 50000]),
        mileage_km=mileage_of(visit.vehicle, draft.starts_at),
        charge_percent=rng.randint(18, 92),
        key_place=f"{rng.choice('ABC')}{rng.randint(1, 24)}",
        checked_in_by=draft.colleague(by),
        checked_in_at=min(draft.starts_at - timedelta(minutes=3), now - timedelta(minutes=4)),
    )


def _sign(order: RepairOrder, by: User) -> None:
    at = order.checked_in_at + timedelta(minutes=2)
    order.paper = order_papers.make_paper(order=order, by=by, now=at)
    signing.sign(
        document=order.paper,
        sha256=order.paper.sha256,
        signer=order.appointment.booked_by,
        signer_name=order.appointment.booked_by.display_name,
        strokes=STROKES,
        device="Tablet am Tresen",
        witnessed_by=by,
        now=at,
    )
    order.signed_at = at
    order.save(update_fields=["paper", "signed_at"])


def write_loans(rng: random.Random, drafts: list[Draft], by: User, now: datetime) -> None:
    """A loan car goes out with the visit and comes back after it; one customer keeps it until tomorrow."""
    loans: list[LoanHandover] = []
    for draft in drafts:
        car = next((t for t in draft.taken if t.demand.part == Allocation.Part.LOAN_CAR), None)
        if car is None or draft.status not in HAS_ARRIVED:
            continue
        loans.append(_loan(rng, draft, car.resource, by, now))
    LoanHandover.objects.bulk_create(loans)


def _loan(rng: random.Random, draft: Draft, car: Resource, by: User, now: datetime) -> LoanHandover:
    day = civil.local_date(draft.starts_at, draft.house.centre.zone)
    loan = LoanHandover(
        appointment=draft.appointment,
        car=car,
        driver_name=draft.appointment.booked_by.display_name,
        licence_class=rng.choice(["B", "B", "BE"]),
        licence_expires=day.replace(month=6, day=rng.randint(1, 28), year=day.year + rng.randint(1, 12)),
        licence_seen_by=draft.colleague(by),
        handed_at=min(draft.starts_at, now - timedelta(minutes=3)),
        due_at=draft.ends_at + timedelta(hours=1),
        mileage_out_km=rng.randint(4000, 26000),
        charge_out_percent=rng.randint(70, 95),
    )
    if draft.scene != "loan_out" and draft.ends_at < now:
        loan.returned_at = min(draft.ends_at + timedelta(minutes=rng.randint(5, 55)), now)
        loan.mileage_in_km = loan.mileage_out_km + rng.randint(6, 90)
        loan.charge_in_percent = rng.randint(35, 80)
    return loan


def keep_loan_until(draft: Draft, due_at: datetime) -> None:
    """The loan car of this visit stays out until ``due_at``; nobody else may have it planned till then."""
    part = Allocation.Part.LOAN_CAR
    for held in Allocation.objects.filter(appointment=draft.appointment, part=part):
        span = type(held.span)(held.span.lower, due_at, "[)")
        others = Allocation.objects.filter(resource=held.resource_id, active=True, span__overlap=span)
        if others.exclude(pk=held.pk).exists():  # a holiday lies in between
            return
        held.span = span
        held.save(update_fields=["span"])
    LoanHandover.objects.filter(appointment=draft.appointment).update(due_at=due_at)


def write_wheels(
    rng: random.Random, drafts: list[Draft], owners_car: Vehicle | None, by: User, now: datetime
) -> None:
    """Of cars whose wheels were changed lately; the demo owner's winter wheels wait for Thursday."""
    stored: dict[int, list[TyreSet]] = defaultdict(list)
    first = drafts[0].house.centre if drafts else None
    if owners_car is not None and first is not None:
        april = now - timedelta(days=220)
        stored[first.pk].append(_set(rng, owners_car, first.pk, 0, TyreSet.Season.WINTER, by, april))
    seen: set[int] = set()
    for draft in drafts:
        car, kept = draft.appointment.vehicle, stored[draft.house.centre.pk]
        changed = "wheel-change" in draft.codes and draft.status == Status.DONE
        if car is None or not changed or car.pk in seen or len(kept) >= WHEELS_PER_HOUSE:
            continue
        seen.add(car.pk)
        kept.append(
            _set(
                rng,
                car,
                draft.house.centre.pk,
                len(kept),
                TyreSet.Season.SUMMER,
                draft.colleague(by),
                draft.ends_at,
            )
        )
    TyreSet.objects.bulk_create([each for kept in stored.values() for each in kept])


def _set(
    rng: random.Random, car: Vehicle, centre_id: int, place: int, season: str, by: User, at: datetime
) -> TyreSet:
    tread = Decimal(rng.randint(28, 75)) / 10
    return TyreSet(
        vehicle=car,
        centre_id=centre_id,
        place=f"{'ABC'[place // 12 % 3]}-{place % 12 // 3 + 1:02d}-{place % 3 + 1}",
        season=season,
        size=rng.choice(SIZES),
        tread_mm=[tread, tread, tread - Decimal("0.4"), tread - Decimal("0.3")],
        stored_by=by,
        stored_at=at,
    )


def write_words(rng: random.Random, drafts: list[Draft], by: User, now: datetime) -> None:
    """Some ask and are answered; of the cars that are here now one waits for an answer; some say thanks."""
    said = [message for draft in drafts for message in _talk(rng, draft, by, now)]
    VisitMessage.objects.bulk_create(said)
    Thanks.objects.bulk_create(
        Thanks(
            appointment=draft.appointment,
            by=draft.appointment.booked_by,
            text=rng.choice(THANKED),
            at=min(draft.ends_at + timedelta(hours=5), now),
        )
        for draft in drafts
        if draft.status == Status.DONE and (draft.scene or rng.random() < 0.05)
    )


def _talk(rng: random.Random, draft: Draft, by: User, now: datetime) -> Iterator[VisitMessage]:
    here = draft.house.number == 0 and draft.status in Status.in_house()
    if draft.status not in HAS_ARRIVED or not (draft.scene or rng.random() < (0.4 if here else 0.05)):
        return
    question, answer = rng.choice(TALK)
    visit, at = draft.appointment, min(draft.starts_at + timedelta(minutes=10), now - timedelta(minutes=12))
    answered = not here or bool(draft.scene)
    yield VisitMessage(
        appointment=visit,
        author=visit.booked_by,
        from_customer=True,
        text=question,
        at=at,
        read_at=at + timedelta(minutes=4) if answered else None,
    )
    if answered:
        yield VisitMessage(
            appointment=visit,
            author=draft.colleague(by),
            from_customer=False,
            text=answer,
            at=at + timedelta(minutes=6),
            read_at=None if here else at + timedelta(minutes=9),
        )


__all__ = ["keep_loan_until", "write_loans", "write_orders", "write_wheels", "write_words"]
