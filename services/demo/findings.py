"""What the demo's technicians measured and found, what it would cost, and what customers said to it."""

import random
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from accounts.models import User
from services.demo.drafts import Draft
from services.demo.progress import ASKED_AFTER
from services.models import (
    Appointment,
    CheckItem,
    CheckResult,
    CostEntry,
    Estimate,
    EstimateLine,
    Finding,
    Job,
)

Status = Appointment.Status
Verdict = CheckResult.Verdict
Urgency = EstimateLine.Urgency
Decision = EstimateLine.Decision
BATCH = 2000
FAULTS = (
    "Bremsbeläge hinten fast am Ende.",
    "Querlenkerlager vorn rechts hat Spiel.",
    "Reifen vorn innen einseitig abgefahren.",
    "Scheibenwischer schlieren.",
    "Staubmanschette am Antrieb rissig.",
)
LABOUR, PART = CostEntry.Kind.LABOUR, CostEntry.Kind.PART
# Title, why, urgency, entries: kind, what, how many, net cents each.
OFFERS: dict[str, tuple[Any, ...]] = {
    "brakes": (
        ("Bremsbeläge hinten erneuern", "Noch 2,1 mm; unter 2 mm greift die Warnung.", Urgency.SAFETY,
         ((LABOUR, "Aus- und Einbau", "1.2", 11900), (PART, "Satz Bremsbeläge hinten", "1", 8450))),
        ("Bremsscheiben hinten erneuern", "Rillen an beiden Scheiben, Maß noch erlaubt.", Urgency.SOON,
         ((LABOUR, "Zusätzlich", "0.6", 11900), (PART, "Bremsscheibe hinten", "2", 9870))),
        ("Bremsflüssigkeit wechseln", "Wassergehalt 2,8 %, empfohlen unter 3 %.", Urgency.LATER,
         ((LABOUR, "Wechseln und entlüften", "0.7", 11900), (PART, "Bremsflüssigkeit", "1", 1490))),
    ),
    "electronics": (
        ("Rückfahrkamera erneuern", "Bild fällt bei Feuchtigkeit aus.", Urgency.SOON,
         ((LABOUR, "Aus- und Einbau, anlernen", "0.9", 12900), (PART, "Kamera hinten", "1", 21400))),
        ("Radarsensor vorn neu ausrichten", "Abweichung 0,8 Grad.", Urgency.SAFETY,
         ((LABOUR, "Ausrichten am Messstand", "0.8", 12900),)),
    ),
    "body": (
        ("Stoßfänger hinten lackieren", "Kratzer bis auf die Grundierung.", Urgency.LATER,
         ((LABOUR, "Vorbereiten und lackieren", "3.5", 11900), (PART, "Lack und Material", "1", 13900))),
        ("Delle in der Tür drücken", "Ohne Lackieren möglich.", Urgency.LATER,
         ((LABOUR, "Ausdrücken", "1.5", 11900),)),
    ),
    "inspection": (
        ("Wischerblätter erneuern", "Sie schlieren.", Urgency.LATER,
         ((PART, "Satz Wischerblätter", "1", 3290),)),
        ("Innenraumfilter erneuern", "Nach Plan fällig.", Urgency.SOON,
         ((LABOUR, "Wechseln", "0.2", 11900), (PART, "Filter mit Aktivkohle", "1", 2890))),
    ),
}  # fmt: skip


def write_checks(rng: random.Random, drafts: list[Draft]) -> None:
    """A result for each point of each finished job's sheet; what is bad is a finding."""
    items: dict[int, list[CheckItem]] = defaultdict(list)
    for item in CheckItem.objects.filter(is_active=True).order_by("position"):
        items[item.service_type_id].append(item)
    results: list[CheckResult] = []
    findings: list[Finding] = []
    for draft in drafts:
        for job in draft.jobs:
            sheet = items.get(job.service_type_id)
            if not sheet or job.state != Job.State.FINISHED:
                continue
            technician = draft.technician_of(job)
            by = technician.user_id if technician else None
            at = job.ends_at - timedelta(minutes=15)
            for item in sheet:
                verdict, value = _measured(rng, item)
                results.append(CheckResult(job=job, item=item, verdict=verdict, value=value, by_id=by, at=at))
            if rng.random() < 0.15:
                findings.append(Finding(job=job, text=rng.choice(FAULTS), by_id=by, at=at))
    CheckResult.objects.bulk_create(results, batch_size=BATCH)
    Finding.objects.bulk_create(findings, batch_size=BATCH)


def _measured(rng: random.Random, item: CheckItem) -> tuple[Verdict, Decimal | None]:
    verdict = rng.choices([Verdict.GOOD, Verdict.WATCH, Verdict.BAD], weights=[90, 8, 2])[0]
    if not item.unit:
        return verdict, None
    low = item.lowest if item.lowest is not None else Decimal(0)
    high = item.highest if item.highest is not None else low * 2 + 6
    if verdict == Verdict.BAD and low > 0:
        return verdict, (low * Decimal("0.8")).quantize(Decimal("0.1"))
    share = Decimal(rng.randint(15, 95)) / 100
    return (Verdict.GOOD if verdict == Verdict.BAD else verdict), (low + (high - low) * share).quantize(
        Decimal("0.1")
    )


def write_estimates(rng: random.Random, drafts: list[Draft], by: User, now: datetime) -> None:
    """Past ones are decided, those of cars that wait for approval are open, one is being written."""
    made: list[tuple[Estimate, tuple[Any, ...]]] = []
    for draft in drafts:
        offers = next((OFFERS[code] for code in sorted(draft.codes) if code in OFFERS), None)
        waits = draft.status == Status.WAITING_APPROVAL
        if offers is None and waits:
            offers = OFFERS["brakes"]
        if offers is None or not (waits or draft.answered_after):
            continue
        author = draft.first_technician()
        sent = min(draft.starts_at + ASKED_AFTER, now - timedelta(minutes=10))
        estimate = Estimate(
            appointment=draft.appointment,
            number=1,
            created_by_id=author.user_id if author and author.user_id else by.pk,
            created_at=sent - timedelta(minutes=4),
            sent_at=sent,
            expires_at=_full_hour(now if waits else sent) + timedelta(days=2),
            state=Estimate.State.SENT,
        )
        if draft.answered_after:
            phone = rng.random() < 0.3
            estimate.state = Estimate.State.DECIDED
            estimate.decided_at = min(sent + draft.answered_after, now)
            estimate.decided_through = Estimate.Channel.PHONE if phone else Estimate.Channel.PAGE
            estimate.decided_by = by if phone else draft.appointment.booked_by
        else:
            estimate.note = "Das haben wir beim Prüfen gefunden. Sie entscheiden bei jedem Punkt."
        made.append((estimate, offers))
    _draft(drafts, made, by, now)
    Estimate.objects.bulk_create([estimate for estimate, _offers in made], batch_size=BATCH)
    lines = [(line, offer) for estimate, offers in made for line, offer in _lines(rng, estimate, offers)]
    EstimateLine.objects.bulk_create([line for line, _offer in lines], batch_size=BATCH)
    CostEntry.objects.bulk_create(
        [entry for line, offer in lines for entry in _entries(line, offer)], batch_size=BATCH
    )


def _full_hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _draft(
    drafts: list[Draft], made: list[tuple[Estimate, tuple[Any, ...]]], by: User, now: datetime
) -> None:
    here = [draft for draft in drafts if draft.house.number == 0 and draft.status == Status.DIAGNOSED]
    for draft in here[:1]:
        estimate = Estimate(
            appointment=draft.appointment, number=1, created_by=by, created_at=now - timedelta(minutes=5)
        )
        made.append((estimate, OFFERS["electronics"]))


def _lines(
    rng: random.Random, estimate: Estimate, offers: tuple[Any, ...]
) -> Iterator[tuple[EstimateLine, Any]]:
    for position, offer in enumerate(offers, start=1):
        title, why, urgency, _entries = offer
        line = EstimateLine(estimate=estimate, position=position, title=title, text=why, urgency=urgency)
        if estimate.state == Estimate.State.DECIDED:
            wanted = urgency == Urgency.SAFETY or rng.random() < 0.6
            line.decision = Decision.APPROVED if wanted else Decision.REFUSED
            line.done_at = estimate.decided_at if wanted else None
        yield line, offer


def _entries(line: EstimateLine, offer: Any) -> Iterator[CostEntry]:
    for position, (kind, text, quantity, cents) in enumerate(offer[3], start=1):
        yield CostEntry(
            line=line, position=position, kind=kind, text=text, quantity=Decimal(quantity), unit_cents=cents
        )


__all__ = ["write_checks", "write_estimates"]
