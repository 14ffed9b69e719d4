"""Jobs are started, paused and finished with the times really worked; one at a time."""

import threading
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError

from accounts.models import User
from common.errors import Conflict, DomainError, Invalid, NotFound
from journal.models import Event
from services.models import Appointment, EstimateLine, Job, JobTime
from services.work import times
from services.work.jobs import NextStep, job_for, next_step
from tests.factories.accounts import UserFactory
from tests.factories.services import make_workshop
from tests.factories.work import MORNING, Shop, approved_line, employ, make_shop, tread, visit_for

HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)


@pytest.fixture
def shop(db: None) -> Shop:
    return make_shop()


def step_of(shop: Shop, by: User | None = None) -> NextStep:
    return next_step(job_for(by=by or shop.person, pk=shop.job.pk))


def test_a_job_goes_from_start_to_the_quality_check_and_its_times_are_kept(shop):
    assert step_of(shop) == NextStep.START
    times.start_job(by=shop.person, job=shop.job, now=MORNING)
    shop.visit.refresh_from_db()
    assert shop.visit.status == Appointment.Status.IN_WORK
    assert step_of(shop) == NextStep.FINISH
    times.pause_job(by=shop.person, job=shop.job, now=MORNING + 20 * MINUTE)
    assert step_of(shop) == NextStep.RESUME
    times.start_job(by=shop.person, job=shop.job, now=MORNING + 30 * MINUTE)
    times.finish_job(by=shop.person, job=shop.job, now=MORNING + 50 * MINUTE)
    assert step_of(shop) == NextStep.CHECK
    worked = [(t.started_at, t.ended_at) for t in JobTime.objects.order_by("started_at")]
    assert worked == [
        (MORNING, MORNING + 20 * MINUTE),
        (MORNING + 30 * MINUTE, MORNING + 50 * MINUTE),
    ]
    times.hand_to_check(by=shop.person, job=shop.job, now=MORNING + HOUR)
    shop.visit.refresh_from_db()
    assert shop.visit.status == Appointment.Status.QUALITY_CHECK
    kinds = list(Event.objects.filter(kind__startswith="services.job_").values_list("kind", flat=True))
    assert sorted(kinds) == [
        "services.job_finished",
        "services.job_paused",
        "services.job_started",
        "services.job_started",
    ]


def test_each_step_said_twice_changes_nothing_more(shop):
    for deed in (times.start_job, times.pause_job):
        for minutes in (0, 5):
            deed(by=shop.person, job=shop.job, now=MORNING + minutes * MINUTE)
    for minutes in (10, 15):
        times.finish_job(by=shop.person, job=shop.job, now=MORNING + minutes * MINUTE)
    for _again in range(2):
        times.hand_to_check(by=shop.person, job=shop.job, now=MORNING + HOUR)
    assert JobTime.objects.count() == 1
    assert Event.objects.filter(kind__startswith="services.job_").count() == 3


def test_what_was_done_without_a_network_keeps_its_moment(shop):
    later = MORNING + 2 * HOUR
    times.start_job(by=shop.person, job=shop.job, at=MORNING, now=later)
    times.finish_job(by=shop.person, job=shop.job, at=MORNING + HOUR, now=later)
    worked = JobTime.objects.get()
    assert (worked.started_at, worked.ended_at) == (MORNING, MORNING + HOUR)
    assert Event.objects.get(kind="services.job_started").at == MORNING


@pytest.mark.parametrize(
    ("at", "code"), [(MORNING + HOUR, "in_future"), (MORNING - timedelta(days=8), "too_old")]
)
def test_a_wrong_clock_is_told_and_nothing_written(shop, at, code):
    with pytest.raises(Invalid) as told:
        times.start_job(by=shop.person, job=shop.job, at=at, now=MORNING)
    assert told.value.code == code
    assert not JobTime.objects.exists()


def test_a_clock_a_little_ahead_counts_as_now(shop):
    times.start_job(by=shop.person, job=shop.job, at=MORNING + 3 * MINUTE, now=MORNING)
    assert JobTime.objects.get().started_at == MORNING


def test_nothing_ends_before_it_began(shop):
    times.start_job(by=shop.person, job=shop.job, now=MORNING)
    with pytest.raises(Invalid) as told:
        times.pause_job(by=shop.person, job=shop.job, at=MORNING - MINUTE, now=MORNING + HOUR)
    assert told.value.code == "before_start"
    assert JobTime.objects.get().ended_at is None


@pytest.mark.parametrize(
    ("status", "code"),
    [("booked", "not_here"), ("ready", "job_over"), ("done", "job_over"), ("cancelled", "job_over")],
)
def test_work_begins_only_while_the_car_is_here(db, status, code):
    shop = make_shop(status=status)
    with pytest.raises(Conflict) as told:
        times.start_job(by=shop.person, job=shop.job, now=MORNING)
    assert told.value.code == code
    assert step_of(shop) == NextStep.NONE


def test_a_mobile_technician_receives_the_car_by_starting(db):
    shop = make_shop(status="booked", way="mobile", street="Elbchaussee 1", postcode="22765", town="Hamburg")
    times.start_job(by=shop.person, job=shop.job, now=MORNING)
    steps = list(shop.visit.status_changes.values_list("status", flat=True))
    assert steps == ["arrived", "in_work"]


def test_a_technician_works_on_one_car_at_a_time_and_hears_on_which(shop):
    other = visit_for(shop.workshop, shop.technician, starts_at=MORNING + 2 * HOUR)
    times.start_job(by=shop.person, job=shop.job, now=MORNING)
    with pytest.raises(Conflict) as told:
        times.start_job(by=shop.person, job=other, now=MORNING + MINUTE)
    assert told.value.code == "busy_elsewhere"
    assert shop.visit.code in str(told.value)
    assert Job.objects.get(pk=other.pk).state == Job.State.PLANNED


def test_times_that_arrive_late_do_not_overlap_others(shop):
    other = visit_for(shop.workshop, shop.technician, starts_at=MORNING + 2 * HOUR)
    times.start_job(by=shop.person, job=shop.job, now=MORNING)
    times.finish_job(by=shop.person, job=shop.job, now=MORNING + HOUR)
    with pytest.raises(Conflict) as told:
        times.start_job(by=shop.person, job=other, at=MORNING + 30 * MINUTE, now=MORNING + 2 * HOUR)
    assert told.value.code == "times_overlap"
    with pytest.raises(IntegrityError), transaction.atomic():
        JobTime.objects.create(
            job=other, technician=shop.technician, started_at=MORNING, ended_at=MORNING + MINUTE
        )


def test_an_open_check_sheet_keeps_a_job_from_being_finished(shop):
    item = tread(shop.job)
    times.start_job(by=shop.person, job=shop.job, now=MORNING)
    with pytest.raises(Conflict) as told:
        times.finish_job(by=shop.person, job=shop.job, now=MORNING + HOUR)
    assert (told.value.code, told.value.extra) == ("sheet_open", {"items": [item.pk]})
    assert JobTime.objects.get().ended_at is None


def test_a_job_that_never_began_cannot_end(shop):
    with pytest.raises(Conflict):
        times.finish_job(by=shop.person, job=shop.job, now=MORNING)
    with pytest.raises(Conflict):
        times.pause_job(by=shop.person, job=shop.job, now=MORNING)


def test_approved_work_comes_before_the_quality_check(shop):
    line = approved_line(shop.visit)
    times.start_job(by=shop.person, job=shop.job, now=MORNING)
    times.finish_job(by=shop.person, job=shop.job, now=MORNING + HOUR)
    assert step_of(shop) == NextStep.APPROVED_WORK
    with pytest.raises(Conflict):
        times.hand_to_check(by=shop.person, job=shop.job, now=MORNING + HOUR)
    EstimateLine.objects.filter(pk=line.pk).update(done_at=MORNING)
    assert step_of(shop) == NextStep.CHECK


def test_colleagues_and_other_centres_cannot_touch_a_job_but_staff_can(shop):
    colleague = UserFactory.create(role="technician", scope=shop.workshop.centre)
    elsewhere = UserFactory.create(role="staff", scope=make_workshop().centre)
    for stranger in (colleague, elsewhere, UserFactory.create(), shop.visit.booked_by):
        with pytest.raises(NotFound):
            times.start_job(by=stranger, job=shop.job, now=MORNING)
    times.start_job(by=shop.staff, job=shop.job, now=MORNING)
    assert JobTime.objects.get().technician == shop.technician


def test_a_job_without_a_technician_says_so_and_counts_for_who_takes_it_up(db):
    workshop = make_workshop()
    job = visit_for(workshop, None)
    staff = UserFactory.create(role="staff", scope=workshop.centre)
    with pytest.raises(Conflict) as told:
        times.start_job(by=staff, job=job, now=MORNING)
    assert told.value.code == "nobody_assigned"
    workshop.technicians[0].user = staff
    workshop.technicians[0].save()
    times.start_job(by=staff, job=job, now=MORNING)
    assert JobTime.objects.get().technician == workshop.technicians[0]


def race(*calls) -> list[str]:
    """What became of calls made at the same moment: "done" or the error's code."""
    barrier, found = threading.Barrier(len(calls)), []

    def run(call) -> None:
        barrier.wait(10)
        try:
            call()
            found.append("done")
        except DomainError as error:
            found.append(error.code)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[call]) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return sorted(found)


def test_of_two_cars_started_at_once_one_wins(committing_db):
    shop = make_shop()
    other = visit_for(shop.workshop, shop.technician, starts_at=MORNING + 2 * HOUR)
    for round_ in range(5):
        now = MORNING + round_ * HOUR
        assert race(
            lambda now=now: times.start_job(by=shop.person, job=shop.job, now=now),
            lambda now=now: times.start_job(by=shop.person, job=other, now=now),
        ) == ["busy_elsewhere", "done"]
        running = JobTime.objects.get(ended_at__isnull=True)
        times.pause_job(by=shop.person, job=running.job, now=now + MINUTE)


def test_a_start_pressed_eight_times_at_once_is_one_start(committing_db):
    shop = make_shop()
    employ_staff = [UserFactory.create(role="staff", scope=shop.workshop.centre) for _n in range(3)]
    people = [shop.person, *employ_staff] * 2
    found = race(*[lambda by=by: times.start_job(by=by, job=shop.job, now=MORNING) for by in people])
    assert found == ["done"] * 8
    assert JobTime.objects.count() == 1
    assert Event.objects.filter(kind="services.job_started").count() == 1


def test_finish_and_pause_at_once_end_the_time_once(committing_db):
    shop = make_shop()
    times.start_job(by=shop.person, job=shop.job, now=MORNING)
    found = race(
        lambda: times.finish_job(by=shop.person, job=shop.job, now=MORNING + HOUR),
        lambda: times.pause_job(by=shop.person, job=shop.job, now=MORNING + HOUR),
    )
    assert found in (["done", "done"], ["done", "not_running"])
    assert JobTime.objects.get().ended_at == MORNING + HOUR
    assert Job.objects.get(pk=shop.job.pk).state == Job.State.FINISHED


def test_two_technicians_do_not_work_on_one_job_at_once(committing_db):
    workshop = make_workshop(technicians=2)
    first = employ(workshop)
    job = visit_for(workshop, workshop.technicians[0])
    times.start_job(by=first, job=job, now=MORNING)
    # Given to a colleague while it runs.
    job.allocations.filter(part="technician").update(resource=workshop.technicians[1])
    second = employ(workshop, 1)
    with pytest.raises(Conflict) as told:
        times.start_job(by=second, job=job, now=MORNING + MINUTE)
    assert told.value.code == "job_running"
