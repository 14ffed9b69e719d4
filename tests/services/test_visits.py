"""A visit under way: its steps, its promises, what is said about it, and thanks."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from accounts.models import Notice, User
from common import realtime
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from documents import rights
from documents.models import Document
from services.desk import workday
from services.desk.workday import Parts
from services.models import Allocation, Appointment, PromiseChange, Resource, StatusChange, VisitMessage
from services.visits import concerned, messages, promises, thanking, timeline
from tests.factories.accounts import UserFactory
from tests.factories.documents import DocumentFactory
from tests.factories.estimates import visit_in_house
from tests.factories.services import Workshop, make_workshop
from vehicles.models import Vehicle

WALK = ["arrived", "diagnosed", "in_work", "quality_check", "ready", "done"]


@pytest.fixture
def visit(workshop: Workshop, owner: User, car: Vehicle) -> Appointment:
    return visit_in_house(workshop, owner, car, status="booked")


def go(visit: Appointment, staff: User, now: datetime, *steps: str, **more: Any) -> Appointment:
    for step in steps:
        visit.refresh_from_db()
        if step in workday.BY_FORM:
            workday.take_step(by=staff, appointment=visit, status=Appointment.Status(step), now=now, **more)
        else:
            workday.change_status(by=staff, appointment=visit, status=step, now=now, **more)
    visit.refresh_from_db()
    return visit


def kinds_told(user: User) -> list[str]:
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


def test_a_car_goes_all_the_way_and_each_step_is_kept(visit: Appointment, staff: User, now: datetime) -> None:
    go(visit, staff, now, *WALK)
    assert list(StatusChange.objects.values_list("status", flat=True)) == WALK
    steps = timeline.read_timeline(visit).steps
    assert [step.status for step in steps] == WALK
    assert all(step.at == now for step in steps)


def test_what_lies_ahead_is_shown_without_a_time(visit: Appointment, staff: User, now: datetime) -> None:
    go(visit, staff, now, "arrived", "in_work")
    shown = [
        (step.status.value, step.at is not None, step.is_now) for step in timeline.read_timeline(visit).steps
    ]
    assert shown == [
        ("arrived", True, False),
        ("in_work", True, True),
        ("quality_check", False, False),
        ("ready", False, False),
        ("done", False, False),
    ]


def test_missing_parts_are_named_with_their_day(
    visit: Appointment, staff: User, owner: User, now: datetime, run_reactions: Callable[[], int]
) -> None:
    go(visit, staff, now, "arrived")
    with pytest.raises(Invalid) as refused:
        go(visit, staff, now, "waiting_parts")
    assert refused.value.code == "parts_missing"
    go(visit, staff, now, "waiting_parts", parts=Parts("Bremsscheiben vorn", date(2026, 11, 27)))
    step = timeline.read_timeline(visit).now
    assert step is not None
    assert (step.parts, step.parts_expected_on) == ("Bremsscheiben vorn", date(2026, 11, 27))
    run_reactions()
    assert "services.waiting_parts.expected" in kinds_told(owner)
    # Work goes on, and the parts are no longer what it waits for.
    go(visit, staff, now, "in_work", parts=Parts("vergessen"))
    assert StatusChange.objects.latest("pk").parts == ""


def test_steps_follow_each_other(visit: Appointment, staff: User, now: datetime) -> None:
    for wrong in ("in_work", "diagnosed", "done", "waiting_approval", "waiting_parts"):
        with pytest.raises(Conflict):
            go(visit, staff, now, wrong)
    go(visit, staff, now, "arrived")
    with pytest.raises(Conflict):  # only an estimate makes a car wait for its owner
        go(visit, staff, now, "waiting_approval")


def test_a_new_promise_keeps_the_old_one_with_its_reason(
    visit: Appointment, staff: User, owner: User, now: datetime, run_reactions: Callable[[], int]
) -> None:
    first = visit.ends_at
    PromiseChange.objects.create(appointment=visit, promised_at=first, at=visit.created_at)
    go(visit, staff, now, "arrived")
    for hours, reason in ((3, "Ein Teil fehlt."), (5, "Es dauert länger.")):
        promises.change_promise(
            by=staff, appointment=visit, promised_at=first + timedelta(hours=hours), reason=reason, now=now
        )
    visit.refresh_from_db()
    shown = timeline.read_timeline(visit)
    assert shown.promised_at == first + timedelta(hours=5)
    assert [(each.promised_at, each.reason) for each in shown.promised_before] == [
        (first, ""),
        (first + timedelta(hours=3), "Ein Teil fehlt."),
    ]
    assert shown.reason == "Es dauert länger."
    run_reactions()
    # Only the promise that holds is told.
    assert kinds_told(owner).count("services.promise_changed") == 1


def test_a_visit_that_was_moved_shows_no_promise_of_the_old_time(visit: Appointment, now: datetime) -> None:
    assert visit.promised_at is not None
    for days in (0, 3):
        PromiseChange.objects.create(
            appointment=visit, promised_at=visit.promised_at + timedelta(days=days), at=now
        )
    assert timeline.read_timeline(visit).promised_before == []


def test_only_sound_promises(visit: Appointment, staff: User, workshop: Workshop, now: datetime) -> None:
    def promise(by: User = staff, after: timedelta = timedelta(hours=9), reason: str = "Teil fehlt") -> None:
        promises.change_promise(by=by, appointment=visit, promised_at=now + after, reason=reason, now=now)

    for wrong in ({"reason": " "}, {"after": timedelta(0)}, {"after": timedelta(days=400)}):
        with pytest.raises(Invalid):
            promise(**wrong)  # type: ignore[arg-type]
    with pytest.raises(NotAllowed):
        promise(by=UserFactory.create(role="technician", scope=workshop.centre))
    with pytest.raises(NotFound):
        promise(by=UserFactory.create(role="staff", scope=make_workshop().centre))
    Appointment.objects.filter(pk=visit.pk).update(status="done")
    with pytest.raises(Conflict):
        promise()
    assert not PromiseChange.objects.exists()


def test_customer_and_workshop_share_one_thread(
    visit: Appointment, staff: User, owner: User, now: datetime, run_reactions: Callable[[], int]
) -> None:
    picture = DocumentFactory.create(by=owner, kind=messages.PICTURE)
    messages.write_as_customer(
        by=owner, appointment=visit, text=" Es quietscht. ", pictures=[picture], now=now
    )
    assert messages.unread_of_staff([visit.pk]) == {visit.pk: 1}
    run_reactions()
    assert kinds_told(staff) == ["services.message_written.to_team"]
    # Who answers has read what was said.
    messages.write_as_staff(by=staff, appointment=visit, text="Wir hören es uns an.", now=now)
    assert messages.unread_of_staff([visit.pk]) == {}
    assert messages.unread_of_customer([visit.pk]) == {visit.pk: 1}
    run_reactions()
    assert kinds_told(owner) == ["services.message_written.to_customer"]
    said = messages.thread_of(visit)
    assert [(each.message.text, len(each.pictures)) for each in said] == [
        ("Es quietscht.", 1),
        ("Wir hören es uns an.", 0),
    ]
    assert messages.mark_read(appointment=visit, by_customer=True, now=now) == 1
    assert messages.unread_of_customer([visit.pk]) == {}


def test_whoever_reads_at_once_is_not_told_again(
    visit: Appointment, staff: User, owner: User, now: datetime, run_reactions: Callable[[], int]
) -> None:
    messages.write_as_staff(by=staff, appointment=visit, text="Fertig um vier.", now=now)
    messages.mark_read(appointment=visit, by_customer=True, now=now)
    run_reactions()
    assert kinds_told(owner) == []


def test_pictures_are_for_those_who_share_the_visit(
    visit: Appointment, staff: User, owner: User, now: datetime
) -> None:
    picture = DocumentFactory.create(by=owner, kind=messages.PICTURE)
    messages.write_as_customer(by=owner, appointment=visit, text="Bild", pictures=[picture], now=now)
    document = Document.objects.get(pk=picture.pk)
    colleague_elsewhere = UserFactory.create(role="staff", scope=make_workshop().centre)
    readers = [person for person in (owner, staff, colleague_elsewhere, UserFactory.create())
               if rights.may_read(user=person, document=document)]  # fmt: skip
    assert readers == [owner, staff]


def test_nobody_writes_into_what_is_not_theirs(
    visit: Appointment, staff: User, owner: User, now: datetime
) -> None:
    stranger = UserFactory.create()
    with pytest.raises(NotFound):
        messages.write_as_customer(by=stranger, appointment=visit, text="Hallo", now=now)
    with pytest.raises(NotFound):
        messages.write_as_staff(by=stranger, appointment=visit, text="Hallo", now=now)
    with pytest.raises(Invalid):
        messages.write_as_customer(by=owner, appointment=visit, text="  ", now=now)
    with pytest.raises(Conflict):
        messages.write_as_customer(
            by=owner, appointment=visit, text="Lange her", now=visit.ends_at + timedelta(days=31)
        )
    assert not VisitMessage.objects.exists()


def test_whoever_takes_the_car_over_meanwhile_reads_nothing_of_before(
    visit: Appointment, owner: User, staff: User, now: datetime
) -> None:
    messages.write_as_customer(by=owner, appointment=visit, text="Unter uns.", now=now)
    owned = visit.vehicle.ownerships.get()  # type: ignore[union-attr]
    owned.period = (owned.period.lower, now)
    owned.save()
    later = UserFactory.create()
    visit.vehicle.ownerships.create(user=later, period=(now, None))  # type: ignore[union-attr]
    assert Appointment.objects.visible_to(later, now).filter(pk=visit.pk).exists()
    assert not concerned.shared_with(later, now).exists()
    assert not messages.readable_by(later, now).exists()


def test_thanks_reach_those_who_worked_on_it_once(
    visit: Appointment, staff: User, owner: User, now: datetime, run_reactions: Callable[[], int]
) -> None:
    with pytest.raises(Conflict) as early:
        thanking.thank(by=owner, appointment=visit, now=now)
    assert early.value.code == "too_early"
    go(visit, staff, now, "arrived", "in_work", "ready", "done")
    with pytest.raises(NotFound):
        thanking.thank(by=UserFactory.create(), appointment=visit, now=now)
    thanking.thank(by=owner, appointment=visit, text="Sehr freundlich!", now=now)
    run_reactions()
    told = Notice.objects.get(user=staff, kind="services.thanked.with_words")
    assert told.params["words"] == "Sehr freundlich!"
    with pytest.raises(Conflict) as again:
        thanking.thank(by=owner, appointment=visit, now=now)
    assert again.value.code == "thanked"


def test_a_technician_is_named_only_with_consent(
    visit: Appointment, workshop: Workshop, now: datetime
) -> None:
    technician = workshop.technicians[0]
    Resource.objects.filter(pk=technician.pk).update(
        user=UserFactory.create(first_name="Mika", last_name="Sahin")
    )
    Allocation.objects.create(
        resource=technician,
        kind=Allocation.Kind.VISIT,
        span=visit.span,
        appointment=visit,
        job=visit.jobs.get(),
        part=Allocation.Part.TECHNICIAN,
    )
    assert concerned.shown_people(visit) == []
    Resource.objects.filter(pk=technician.pk).update(shown_since=now)
    assert [each.name for each in concerned.shown_people(visit)] == ["Mika Sahin"]


def test_a_visit_is_watched_by_both_sides_and_nobody_else(
    visit: Appointment, staff: User, owner: User
) -> None:
    topic = f"visit:{visit.pk}"
    assert realtime.can_watch(owner, topic)
    assert realtime.can_watch(staff, topic)
    assert not realtime.can_watch(UserFactory.create(), topic)
    for nonsense in ("visit:", "visit:x", f"visit:{visit.pk}:1", "visit:9999999999999999999"):
        assert not realtime.can_watch(owner, nonsense)


def test_what_happens_is_pushed_to_the_visit(
    visit: Appointment,
    staff: User,
    owner: User,
    now: datetime,
    pushed_by: Callable[..., list[tuple[str, str]]],
    django_capture_on_commit_callbacks: Any,
) -> None:
    topic = f"visit:{visit.pk}"

    def act() -> None:
        with django_capture_on_commit_callbacks(execute=True):
            go(visit, staff, now, "arrived")
            messages.write_as_staff(by=staff, appointment=visit, text="Ist da.", now=now)

    assert pushed_by(act, topic) == [(topic, "services.appointment_progressed"), (topic, "message")]
