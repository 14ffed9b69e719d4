"""The board: what it shows of a centre's days, and to whom."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from common.civil import BERLIN, instant
from common.errors import Invalid
from services.booking import booking
from services.booking.plans import make_plan
from services.desk import board
from services.models import Absence, Allocation, Appointment, Job, JobTime, Shift
from tests.factories.accounts import UserFactory
from tests.factories.services import Workshop, coming_thursday, make_car, make_workshop, take

Part = Allocation.Part


def at(clock: str) -> datetime:
    return instant(coming_thursday(), time.fromisoformat(clock), BERLIN)


@pytest.fixture
def workshop(db: None) -> Workshop:
    return make_workshop(technicians=2, bays=2)


def book(workshop: Workshop, clock: str = "08:30") -> Appointment:
    person = UserFactory.create(first_name="Mara", last_name="Lund")
    return booking.book_appointment(
        by=person,
        vehicle=make_car(person),
        centre=workshop.centre,
        plan=make_plan(service_types=[workshop.service_type]),
        starts_at=at(clock),
        now=timezone.now(),
        early_start=True,
    )


def seen(workshop: Workshop, by: User, *, days: int = 1, now: datetime | None = None) -> board.Board:
    return board.board_of(
        by=by, centre=workshop.centre, first_day=coming_thursday(), days=days, now=now or timezone.now()
    )


def of(shown: board.Board, visit: Appointment, part: str = Part.TECHNICIAN) -> board.Bar:
    return next(bar for bar in shown.bars if bar.visit == visit and bar.part == part)


def work(visit: Appointment, start: str, end: str | None = None) -> None:
    """Somebody has worked on the visit's first job."""
    job = visit.jobs.get()
    technician = Allocation.objects.get(job=job, part=Part.TECHNICIAN, active=True).resource
    JobTime.objects.create(
        job=job, technician=technician, started_at=at(start), ended_at=at(end) if end else None
    )
    Job.objects.filter(pk=job.pk).update(state=Job.State.FINISHED if end else Job.State.STARTED)


def test_each_person_and_place_is_a_row_and_each_job_a_bar_in_both(workshop: Workshop, staff: User) -> None:
    visit = book(workshop)
    shown = seen(workshop, staff)
    assert [row.resource.kind for row in shown.rows] == ["bay", "bay", "technician", "technician"]
    assert {bar.part for bar in shown.bars} == {Part.PLACE, Part.TECHNICIAN}
    assert of(shown, visit).starts_at == at("08:30")


def test_work_without_anybody_stands_beside_the_board(workshop: Workshop, staff: User) -> None:
    visit = book(workshop)
    Allocation.objects.filter(appointment=visit, part=Part.TECHNICIAN).update(active=False)
    shown = seen(workshop, staff)
    assert [(bar.part, bar.row) for bar in shown.open_work] == [(Part.TECHNICIAN, None)]
    assert len(shown.open_visits) == 1


def test_finished_work_lacks_nobody(workshop: Workshop, staff: User) -> None:
    visit = book(workshop)
    Allocation.objects.filter(appointment=visit).update(active=False)
    visit.jobs.update(state=Job.State.FINISHED)
    assert seen(workshop, staff).open_work == []


def test_an_overrun_grows_with_the_clock_and_warns_the_next(workshop: Workshop, staff: User) -> None:
    first = book(workshop, "08:30")
    second = book(workshop, "09:15")
    row = Allocation.objects.get(appointment=first, part=Part.TECHNICIAN).resource
    Allocation.objects.filter(appointment=second, part=Part.TECHNICIAN).update(resource=row)
    work(first, "08:40")
    before, later = seen(workshop, staff, now=at("09:00")), seen(workshop, staff, now=at("09:25"))
    assert of(before, first).overrun == timedelta(0)
    assert not of(before, second).warned
    assert of(later, first).overrun == timedelta(minutes=10)
    assert of(later, second).warned


def test_work_done_in_time_warns_nobody(workshop: Workshop, staff: User) -> None:
    first, second = book(workshop, "08:30"), book(workshop, "09:15")
    work(first, "08:30", "09:05")
    shown = seen(workshop, staff, now=at("09:25"))
    assert of(shown, first).overrun == timedelta(0)
    assert not any(bar.warned for bar in shown.bars if bar.visit == second)


def test_absence_is_a_break_and_the_row_says_why(workshop: Workshop, staff: User) -> None:
    ill = workshop.technicians[0]
    allocation = take(ill, at("07:30"), at("17:00"))
    assert allocation.absence_id is not None
    Absence.objects.filter(pk=allocation.absence_id).update(reason=Absence.Reason.SICK)
    shown = seen(workshop, staff, now=at("10:00"))
    assert [one.row for one in shown.breaks if not one.off] == [ill.pk]
    row = next(row for row in shown.rows if row.resource == ill)
    assert row.away
    assert row.words == Absence.Reason.SICK.label


def test_off_shift_is_shown_by_the_centres_wall_clock(workshop: Workshop, staff: User) -> None:
    Shift.objects.filter(resource=workshop.technicians[0]).update(starts=time(9), ends=time(15))
    off = [one for one in seen(workshop, staff).breaks if one.row == workshop.technicians[0].pk]
    assert [(one.starts_at, one.ends_at) for one in off] == [
        (at("07:30"), at("09:00")),
        (at("15:00"), at("17:00")),
    ]


def test_cars_in_the_house_are_listed_whenever_they_came(workshop: Workshop, staff: User) -> None:
    visit = book(workshop)
    Appointment.objects.filter(pk=visit.pk).update(status="waiting_approval")
    week_later = board.board_of(
        by=staff,
        centre=workshop.centre,
        first_day=coming_thursday() + timedelta(days=7),
        days=1,
        now=timezone.now(),
    )
    assert [each.pk for each in week_later.approvals] == [visit.pk]
    assert week_later.visits == []


def test_three_days_and_a_week_hold_what_one_day_does_not(workshop: Workshop, staff: User) -> None:
    visit = book(workshop)
    one = board.board_of(
        by=staff,
        centre=workshop.centre,
        first_day=coming_thursday() - timedelta(days=1),
        days=1,
        now=timezone.now(),
    )
    three = board.board_of(
        by=staff,
        centre=workshop.centre,
        first_day=coming_thursday() - timedelta(days=1),
        days=3,
        now=timezone.now(),
    )
    assert one.visits == []
    assert three.visits == [visit]
    with pytest.raises(Invalid):
        seen(workshop, staff, days=2)


def test_the_number_of_queries_does_not_grow_with_the_day(
    workshop: Workshop, staff: User, count_queries: Callable[[Callable[[], Any]], int]
) -> None:
    book(workshop)
    few = count_queries(lambda: seen(workshop, User.objects.get(pk=staff.pk)))
    for clock in ("10:00", "11:00", "12:00", "13:00"):
        work(book(workshop, clock), clock) if clock == "10:00" else book(workshop, clock)
    assert count_queries(lambda: seen(workshop, User.objects.get(pk=staff.pk))) == few <= 11


class TestPage:
    def test_the_board_says_where_its_data_is_and_lists_the_day_without_a_script(
        self, client: Client, workshop: Workshop, staff: User
    ) -> None:
        visit = book(workshop)
        client.force_login(staff)
        asked = {"day": coming_thursday().isoformat()}
        page = client.get(reverse("services:staff-home"), asked).content.decode()
        assert f"/api/v1/board/?centre={workshop.centre.pk}&amp;from={coming_thursday()}&amp;days=1" in page
        assert visit.code in page
        assert "Mara Lund" in page

    @pytest.mark.parametrize("name", ["staff-home", "staff-day-list"])
    def test_its_queries_stay_the_same_with_many_visits(
        self,
        client: Client,
        workshop: Workshop,
        staff: User,
        name: str,
        count_queries: Callable[[Callable[[], Any]], int],
    ) -> None:
        client.force_login(staff)

        def open_page() -> Any:
            asked = {"day": coming_thursday().isoformat()}
            assert client.get(reverse(f"services:{name}"), asked).status_code == 200

        book(workshop)
        open_page()
        few = count_queries(open_page)
        for clock in ("10:00", "11:00", "12:00"):
            book(workshop, clock)
        assert count_queries(open_page) == few

    def test_a_week_begins_on_monday(self, client: Client, workshop: Workshop, staff: User) -> None:
        client.force_login(staff)
        asked: dict[str, Any] = {"day": coming_thursday(), "days": 7}
        answer = client.get(reverse("services:staff-home"), asked)
        assert answer.context["board"].first_day.isoweekday() == 1

    def test_nonsense_in_the_address_shows_today(
        self, client: Client, workshop: Workshop, staff: User
    ) -> None:
        client.force_login(staff)
        answer = client.get(reverse("services:staff-home"), {"day": "2026-99-99", "days": "4", "part": "x"})
        assert answer.context["board"].days == 1

    def test_parts_of_the_page_come_alone(self, client: Client, workshop: Workshop, staff: User) -> None:
        visit = book(workshop)
        Appointment.objects.filter(pk=visit.pk).update(status="arrived")
        client.force_login(staff)
        side = client.get(
            reverse("services:staff-home"), {"part": "side"}, headers={"HX-Request": "true"}
        ).content.decode()
        assert "<html" not in side
        assert reverse("services:staff-visit", args=[visit.pk]) in side


class TestPlanOfAVisit:
    def url(self, visit: Appointment) -> str:
        return reverse("services:staff-visit-plan", args=[visit.pk])

    def typed(self, workshop: Workshop, visit: Appointment, **changed: Any) -> dict[str, Any]:
        held = {
            allocation.part: allocation.resource_id
            for allocation in Allocation.objects.filter(appointment=visit, active=True)
        }
        return {
            "day": coming_thursday().isoformat(),
            "clock": "08:30",
            "seat_1_place": held["place"],
            "seat_1_technician": held["technician"],
            **changed,
        }

    def test_the_keyboards_way_moves_the_visit(self, client: Client, workshop: Workshop, staff: User) -> None:
        visit = book(workshop)
        client.force_login(staff)
        answer = client.post(self.url(visit), self.typed(workshop, visit, clock="10:15"))
        assert answer.status_code == 302
        visit.refresh_from_db()
        assert visit.starts_at == at("10:15")

    def test_in_the_boards_dialogue_it_answers_without_a_page(
        self, client: Client, workshop: Workshop, staff: User
    ) -> None:
        visit = book(workshop)
        client.force_login(staff)
        other = next(
            each
            for each in workshop.technicians
            if not Allocation.objects.filter(resource=each, active=True).exists()
        )
        typed = self.typed(workshop, visit, seat_1_technician=other.pk)
        answer = client.post(self.url(visit), typed, headers={"HX-Request": "true"})
        assert answer.status_code == 204
        assert Allocation.objects.get(appointment=visit, part="technician", active=True).resource == other

    def test_a_refusal_says_why_and_keeps_what_was_typed(
        self, client: Client, workshop: Workshop, staff: User
    ) -> None:
        visit = book(workshop)
        for technician in workshop.technicians:
            take(technician, at("13:00"), at("17:00"))
        client.force_login(staff)
        answer = client.post(self.url(visit), self.typed(workshop, visit, clock="14:00"))
        page = answer.content.decode()
        assert answer.status_code == 422
        assert 'value="14:00"' in page
        assert "14:00" in page.replace('value="14:00"', "")

    def test_colleagues_elsewhere_get_a_404(self, client: Client, workshop: Workshop) -> None:
        visit = book(workshop)
        client.force_login(UserFactory.create(role="staff", scope=make_workshop().centre))
        assert client.get(self.url(visit)).status_code == 404
        assert client.post(reverse("services:staff-visit-assign", args=[visit.pk])).status_code == 404

    def test_one_press_assigns_open_work(self, client: Client, workshop: Workshop, staff: User) -> None:
        visit = book(workshop)
        Allocation.objects.filter(appointment=visit, part=Part.TECHNICIAN).update(active=False)
        client.force_login(staff)
        client.post(reverse("services:staff-visit-assign", args=[visit.pk]))
        assert Allocation.objects.filter(appointment=visit, part=Part.TECHNICIAN, active=True).exists()


class TestApi:
    @pytest.fixture
    def api(self, staff: User) -> APIClient:
        client = APIClient()
        client.force_login(staff)
        return client

    def place(self, api: APIClient, visit: Appointment, **asked: Any) -> Any:
        return api.post(f"/api/v1/board/visits/{visit.pk}/place/", asked, format="json")

    def test_instants_carry_the_centres_offset(self, api: APIClient, workshop: Workshop) -> None:
        visit = book(workshop)
        asked: dict[str, Any] = {"centre": workshop.centre.pk, "from": coming_thursday().isoformat()}
        answer = api.get("/api/v1/board/", asked)
        bar = next(each for each in answer.json()["bars"] if each["part"] == "technician")
        assert bar["starts_at"] == visit.starts_at.astimezone(BERLIN).isoformat()
        assert bar["code"] == visit.code

    def test_a_start_without_an_offset_is_the_centres_wall_clock(
        self, api: APIClient, workshop: Workshop
    ) -> None:
        visit = book(workshop)
        answer = self.place(api, visit, starts_at=f"{coming_thursday()}T11:00:00")
        assert answer.status_code == 200
        visit.refresh_from_db()
        assert visit.starts_at == at("11:00")

    def test_a_taken_person_is_a_409_with_the_reason(self, api: APIClient, workshop: Workshop) -> None:
        first, second = book(workshop), book(workshop)
        taken = Allocation.objects.get(appointment=first, part="technician").resource
        answer = self.place(api, second, job=1, part="technician", resource=taken.pk)
        assert answer.status_code == 409
        assert answer.json()["code"] == "resource_not_free"
        assert first.code in answer.json()["detail"]

    @pytest.mark.parametrize(
        "wrong",
        [{"part": "technician"}, {"resource": 1}, {"starts_at": "soon"}, {"part": "roof", "resource": 1}],
    )
    def test_senseless_moves_are_a_400(
        self, api: APIClient, workshop: Workshop, wrong: dict[str, Any]
    ) -> None:
        assert self.place(api, book(workshop), **wrong).status_code == 400

    def test_foreign_centres_visits_and_people_are_a_404(self, api: APIClient, workshop: Workshop) -> None:
        other = make_workshop()
        foreign, visit = book(other), book(workshop)
        assert api.get("/api/v1/board/", {"centre": other.centre.pk}).status_code == 404
        assert self.place(api, foreign, starts_at=f"{coming_thursday()}T11:00:00").status_code == 404
        answer = self.place(api, visit, job=1, part="technician", resource=other.technicians[0].pk)
        assert answer.status_code == 404

    def test_owners_have_no_board(self, workshop: Workshop) -> None:
        client = APIClient()
        client.force_login(UserFactory.create())
        assert client.get("/api/v1/board/", {"centre": workshop.centre.pk}).status_code == 403

    def test_two_days_are_no_length(self, api: APIClient, workshop: Workshop) -> None:
        assert api.get("/api/v1/board/", {"centre": workshop.centre.pk, "days": 2}).status_code == 400
