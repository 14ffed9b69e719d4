"""How the demo's visits went: steps with their times, promises, who worked when."""

import random
from collections.abc import Iterator
from datetime import datetime, time, timedelta

from common import civil
from services.demo.days import open_days
from services.demo.drafts import Draft
from services.models import Appointment, Job, JobTime, PromiseChange, StatusChange
from vehicles.models import Vehicle

Status = Appointment.Status
MINUTE = timedelta(minutes=1)
DIAGNOSED_FIRST = {"brakes", "electronics", "battery-diagnosis", "body"}
ESTIMATED = {"brakes", "electronics", "body", "inspection"}
CHECKED_LAST = {"inspection", "main-inspection", "brakes"}
ASKED_AFTER = timedelta(minutes=16)  # from the start to the estimate
# What those at the first house are at: while their time runs, and after it.
RUNNING = [Status.IN_WORK, Status.QUALITY_CHECK, Status.IN_WORK, Status.DIAGNOSED, Status.IN_WORK]
OVER_TIME = [Status.READY, Status.WAITING_PARTS, Status.READY, Status.WAITING_APPROVAL]
PARTS = ("Bremssattel hinten links", "Querlenker vorn rechts", "Steuergerät der Wärmepumpe")
LATER = (
    "Das Auto davor hat länger gedauert.",
    "Wir haben noch etwas gefunden und warten auf Ihre Antwort.",
    "Das Ersatzteil kommt später als zugesagt.",
)
SCENES = {"owner_now": Status.WAITING_APPROVAL, "loan_out": Status.WAITING_PARTS, "owner_past": Status.DONE}


def settle(rng: random.Random, drafts: list[Draft], now: datetime) -> None:
    """Say of each visit how far it is at ``now``."""
    for draft in drafts:
        draft.appointment.status = _status(rng, draft, now)
    gone, first = Status.gone(), [draft for draft in drafts if draft.house.number == 0 and not draft.scene]
    here = [draft for draft in first if draft.first_technician() is not None and draft.status not in gone]
    running = [draft for draft in here if draft.starts_at < now - 15 * MINUTE and now < draft.ends_at]
    for place, draft in enumerate(running):
        draft.appointment.status = RUNNING[place % len(RUNNING)]
    over = sorted((draft for draft in here if draft.ends_at <= now), key=lambda draft: draft.ends_at)
    for status, draft in zip(OVER_TIME, reversed(over), strict=False):
        draft.appointment.status = status
    coming = (draft for draft in here if now < draft.starts_at < now + timedelta(minutes=40))
    for draft in list(coming)[:1]:
        draft.appointment.status = Status.ARRIVED
    for draft in drafts:
        if draft.status == Status.DONE and draft.codes & ESTIMATED and rng.random() < 0.5:
            draft.answered_after = rng.randint(5, 35) * MINUTE
        if draft.status == Status.DONE and draft.codes & DIAGNOSED_FIRST and rng.random() < 0.1:
            draft.parts_after = rng.randint(20, 60) * MINUTE
        for job in draft.jobs:
            job.state = _state(draft.status, job, now)


def _status(rng: random.Random, draft: Draft, now: datetime) -> Status:
    if draft.scene:
        return SCENES[draft.scene]
    if draft.ends_at < now:
        return rng.choices([Status.DONE, Status.NO_SHOW, Status.CANCELLED], weights=[94, 2, 4])[0]
    return Status.IN_WORK if draft.starts_at < now else Status.BOOKED


def _state(status: Status, job: Job, now: datetime) -> Job.State:
    if status in Status.gone():
        return Job.State.DROPPED
    if status in (Status.QUALITY_CHECK, Status.READY, Status.DONE):
        return Job.State.FINISHED
    if status == Status.IN_WORK and job.starts_at <= now:
        return Job.State.STARTED if now < job.ends_at else Job.State.FINISHED
    return Job.State.PLANNED


def steps_of(rng: random.Random, draft: Draft, staff: dict[int, int], now: datetime) -> list[StatusChange]:
    """The steps taken so far, each after the other and none after ``now``. ``staff`` is the front desk's
    person by number of the house."""
    told = _planned(rng, draft)
    limit = now - MINUTE
    for place in range(len(told) - 1, -1, -1):
        status, at = told[place]
        told[place] = (status, min(at, limit))
        limit = told[place][1] - 2 * MINUTE
    technician = draft.first_technician()
    work = {Status.DIAGNOSED, Status.IN_WORK, Status.QUALITY_CHECK}
    desk = staff.get(draft.house.number)
    return [
        StatusChange(
            appointment=draft.appointment,
            status=status,
            at=at,
            by_id=technician.user_id if status in work and technician else desk,
            **(_parts(rng, draft, at) if status == Status.WAITING_PARTS else {}),
        )
        for status, at in told
    ]


def _planned(rng: random.Random, draft: Draft) -> list[tuple[Status, datetime]]:
    status, starts, ends = draft.status, draft.starts_at, draft.ends_at
    if status in (Status.BOOKED, Status.CANCELLED):
        return []
    if status == Status.NO_SHOW:
        return [(status, starts + 30 * MINUTE)]
    told = [(Status.ARRIVED, starts - rng.randint(3, 12) * MINUTE)]
    at = starts + rng.randint(0, 8) * MINUTE
    waits = status in (Status.WAITING_APPROVAL, Status.WAITING_PARTS)
    if waits or status == Status.DIAGNOSED or draft.codes & DIAGNOSED_FIRST:
        at = starts + 12 * MINUTE
        told.append((Status.DIAGNOSED, at))
    if waits:
        told.append((status, starts + ASKED_AFTER))
    for wait, after in (
        (Status.WAITING_APPROVAL, draft.answered_after),
        (Status.WAITING_PARTS, draft.parts_after),
    ):
        if after is not None:
            told.append((wait, at + 4 * MINUTE))
            at += 4 * MINUTE + after
    if waits or status in (Status.ARRIVED, Status.DIAGNOSED):
        return told
    told.append((Status.IN_WORK, at + 2 * MINUTE))
    late = rng.randint(3, 25) if rng.random() < 0.1 else -rng.randint(2, 15)
    ready = max(ends + late * MINUTE, at + 22 * MINUTE)
    if status == Status.QUALITY_CHECK or draft.codes & CHECKED_LAST:
        told.append((Status.QUALITY_CHECK, ready - 10 * MINUTE))
    told += [(Status.READY, ready), (Status.DONE, ready + rng.randint(20, 150) * MINUTE)]
    return told[: 1 + next(place for place, (step, _at) in enumerate(told) if step == status)]


def _parts(rng: random.Random, draft: Draft, at: datetime) -> dict[str, object]:
    day = civil.local_date(at, draft.house.centre.zone) + timedelta(days=2)
    return {"parts": rng.choice(PARTS), "parts_expected_on": day}


def promises_of(rng: random.Random, draft: Draft, now: datetime) -> Iterator[PromiseChange]:
    """The first with the booking; those that wait, and a few others, were promised anew."""
    visit = draft.appointment
    yield PromiseChange(appointment=visit, promised_at=draft.ends_at, at=visit.created_at, by=visit.booked_by)
    waits = draft.status in (Status.WAITING_APPROVAL, Status.WAITING_PARTS)
    if waits:
        zone = draft.house.centre.zone
        today = civil.local_date(now, zone)
        ahead = [day for day in open_days(draft.house, now) if day > today]
        if not ahead:
            return
        promised = civil.instant(ahead[0], time(16), zone)
        reason = LATER[1] if draft.status == Status.WAITING_APPROVAL else LATER[2]
        at = min(draft.starts_at + 26 * MINUTE, now)
    elif draft.status == Status.DONE and rng.random() < 0.06:
        promised, reason, at = draft.ends_at + 60 * MINUTE, LATER[0], draft.starts_at + 20 * MINUTE
    else:
        return
    visit.promised_at = promised
    yield PromiseChange(appointment=visit, promised_at=promised, reason=reason, at=at)


def times_of(rng: random.Random, draft: Draft, now: datetime) -> Iterator[JobTime]:
    """Within what was planned, so that nobody works on two things at once."""
    for job in draft.jobs:
        technician = draft.technician_of(job)
        if technician is None or job.state not in (Job.State.STARTED, Job.State.FINISHED):
            continue
        started = job.starts_at + rng.randint(0, 4) * MINUTE
        if job.state == Job.State.STARTED:
            yield JobTime(job=job, technician=technician, started_at=min(started, now))
        else:
            ended = min(job.ends_at - rng.randint(0, 8) * MINUTE, now - MINUTE)
            if started < ended:
                yield JobTime(job=job, technician=technician, started_at=started, ended_at=ended)


def mileage_of(car: Vehicle | None, at: datetime) -> int:
    """Kilometres on an instant: some 40 a day since the first registration, a little more or less by car."""
    if car is None or car.first_registered is None:
        return 8_000
    return max(60, (at.date() - car.first_registered).days * (25 + car.pk % 40))


__all__ = ["mileage_of", "promises_of", "settle", "steps_of", "times_of"]
