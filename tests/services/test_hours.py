"""Other opening hours and extra days: bookable at once, and what fits no more is on the re-plan list."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest

from accounts.models import User
from common.errors import Conflict, DomainError, Invalid, NotFound
from journal.models import Event
from services.booking import availability, booking, holds
from services.centres import centres, closing, hours, replans
from services.centres.hours import Hours
from services.desk import figures
from services.models import Allocation, Appointment, Displacement, Hold
from tests.factories.accounts import UserFactory
from tests.factories.services import Workshop, make_car, make_workshop, plan_for
from tests.services.test_absences import THURSDAY_8, holder, overlaps, visit

WEEK = [Hours(day, time(7, 30), time(17)) for day in range(1, 6)]
NO_THURSDAY = [each for each in WEEK if each.weekday != 4]
SUNDAY = date(2026, 11, 29)
SUNDAY_10 = datetime(2026, 11, 29, 9, 0, tzinfo=UTC)  # 10:00 in Berlin


def values(shop: Workshop) -> dict[str, Any]:
    names = ("name", "street", "postcode", "town", "land", "phone", "email", "cutoff_hours", "is_active")
    return {name: getattr(shop.centre, name) for name in names}


def change(shop: Workshop, week: list[Hours], now: datetime) -> centres.Changed:
    boss = UserFactory.create(role="administrator")
    return centres.change_centre(by=boss, centre=shop.centre, values=values(shop), hours=week, now=now)


@pytest.mark.django_db
class TestTheWeek:
    def test_a_visit_that_new_hours_leave_out_is_on_the_replan_list(
        self, workshop: Workshop, staff: User, now: datetime
    ) -> None:
        lost = visit(workshop, now)
        kept = visit(workshop, now, THURSDAY_8 + timedelta(days=1))
        changed = change(workshop, NO_THURSDAY, now)
        assert changed.outcome == (1, 0)
        assert [each.pk for each in replans.visits_to_replan(by=staff)] == [lost.pk]
        assert not lost.allocations.filter(active=True).exists()
        assert kept.allocations.filter(active=True).count() == 2
        assert Event.objects.filter(kind="services.centre_changed").latest("pk").data == {"affected": 1}

    def test_the_old_hours_give_the_visit_its_own_time_back(
        self, workshop: Workshop, staff: User, now: datetime
    ) -> None:
        lost = visit(workshop, now)
        change(workshop, NO_THURSDAY, now)
        change(workshop, WEEK, now)
        assert not replans.visits_to_replan(by=staff).exists()
        assert holder(lost, "technician") == workshop.technicians[0]
        assert Displacement.objects.filter(state="open").count() == 0

    def test_hours_that_stay_the_same_touch_nothing(self, workshop: Workshop, now: datetime) -> None:
        planned = visit(workshop, now)
        assert change(workshop, list(reversed(WEEK)), now).outcome == (0, 0)
        assert planned.allocations.filter(active=True).count() == 2

    def test_a_lunch_break_takes_only_what_lies_in_it(self, workshop: Workshop, now: datetime) -> None:
        early, noon = visit(workshop, now), visit(workshop, now, THURSDAY_8 + timedelta(hours=4))
        week = [*NO_THURSDAY, Hours(4, time(7, 30), time(12)), Hours(4, time(13), time(17))]
        change(workshop, week, now)
        assert early.allocations.filter(active=True).exists()
        assert not noon.allocations.filter(active=True).exists()

    def test_a_time_that_somebody_holds_there_is_given_back(
        self, workshop: Workshop, owner: User, car: Any, now: datetime
    ) -> None:
        held = holds.hold_time(
            by=owner,
            vehicle=car,
            centre=workshop.centre,
            plan=plan_for(workshop.service_type),
            starts_at=THURSDAY_8,
            now=now,
        )
        change(workshop, NO_THURSDAY, now)
        held.refresh_from_db()
        assert held.state == Hold.State.RELEASED

    def test_a_car_that_is_here_stays_as_planned(self, workshop: Workshop, now: datetime) -> None:
        here = visit(workshop, now)
        Appointment.objects.filter(pk=here.pk).update(status="in_work")
        assert change(workshop, NO_THURSDAY, now).outcome == (0, 0)
        assert here.allocations.filter(active=True).count() == 2


@pytest.mark.django_db
class TestAnExtraDay:
    def add(self, shop: Workshop, by: User, now: datetime, **more: Any) -> hours.Opened:
        asked: dict[str, Any] = {
            "day": SUNDAY,
            "opens": time(9),
            "closes": time(14),
            "people": shop.technicians,
            **more,
        }
        return hours.open_extra_day(by=by, centre=shop.centre, now=now, **asked)

    def slots(self, shop: Workshop, now: datetime) -> list[availability.Slot]:
        plan = plan_for(shop.service_type)
        return availability.free_slots(centre=shop.centre, plan=plan, first_day=SUNDAY, days=1, now=now)

    def test_it_can_be_booked_at_once(self, workshop: Workshop, staff: User, now: datetime) -> None:
        assert self.slots(workshop, now) == []
        opened = self.add(workshop, staff, now)
        first = self.slots(workshop, now)[0]
        assert first.starts_at.astimezone(workshop.centre.zone).time() == time(9)
        booked = visit(workshop, now, SUNDAY_10)
        assert holder(booked, "technician") == workshop.technicians[0]
        event = Event.objects.get(kind="services.extra_day_opened")
        assert (event.data, event.by) == ({"opening": opened.opening.pk}, staff)
        (load,) = figures.load_ahead(centre=workshop.centre, first_day=SUNDAY, days=1)
        assert load.capacity_minutes == 300

    def test_without_people_nobody_is_there(self, workshop: Workshop, staff: User, now: datetime) -> None:
        self.add(workshop, staff, now, people=[])
        assert self.slots(workshop, now) == []

    def test_taking_it_back_loses_no_visit(self, workshop: Workshop, staff: User, now: datetime) -> None:
        opening = self.add(workshop, staff, now).opening
        booked = visit(workshop, now, SUNDAY_10)
        assert hours.cancel_extra_day(by=staff, opening=opening, now=now) == (1, 0)
        assert [each.pk for each in replans.visits_to_replan(by=staff)] == [booked.pk]
        assert self.slots(workshop, now) == []
        with pytest.raises(Conflict):
            hours.cancel_extra_day(by=staff, opening=opening, now=now)
        # Open once more: the visit has its own time again.
        assert self.add(workshop, staff, now).given_back == 1

    def test_longer_hours_on_a_usual_day_keep_what_the_week_covers(
        self, workshop: Workshop, staff: User, now: datetime
    ) -> None:
        late = self.add(workshop, staff, now, day=date(2026, 11, 26), opens=time(16), closes=time(20))
        usual = visit(workshop, now, THURSDAY_8 + timedelta(hours=8))  # 16:00 to 17:00
        evening = visit(workshop, now, THURSDAY_8 + timedelta(hours=10))
        hours.cancel_extra_day(by=staff, opening=late.opening, now=now)
        assert holder(usual, "technician") == workshop.technicians[0]
        assert holder(evening, "technician") is None

    def test_what_makes_no_sense_is_refused(self, workshop: Workshop, staff: User, now: datetime) -> None:
        stranger = UserFactory.create(role="staff", scope=make_workshop().centre)
        with pytest.raises(NotFound):
            self.add(workshop, stranger, now)
        with pytest.raises(NotFound):
            self.add(workshop, staff, now, people=make_workshop().technicians)
        for wrong in ({"closes": time(8)}, {"day": date(2026, 11, 1)}, {"people": workshop.bays}):
            with pytest.raises(Invalid):
                self.add(workshop, staff, now, **wrong)
        self.add(workshop, staff, now)
        with pytest.raises(Conflict):
            self.add(workshop, staff, now, opens=time(13), closes=time(15))
        closing.close_centre(
            by=staff,
            centre=workshop.centre,
            starts_at=SUNDAY_10 + timedelta(days=7),
            ends_at=SUNDAY_10 + timedelta(days=7, hours=2),
            now=now,
        )
        with pytest.raises(Conflict):
            self.add(workshop, staff, now, day=SUNDAY + timedelta(days=7))

    def test_its_page_adds_a_day_and_takes_it_back(
        self, workshop: Workshop, staff: User, client: Any, now: datetime
    ) -> None:
        client.force_login(staff)
        url = f"/staff/extra-openings/?centre={workshop.centre.pk}"
        sent = {
            "day": "2026-11-29",
            "opens": "09:00",
            "closes": "14:00",
            "people": [workshop.technicians[0].pk],
        }
        key = client.get(url).context["idempotency_key"]
        page = client.post(url, {**sent, "idempotency_key": key}, follow=True)
        (shown,) = page.context["openings"]
        assert list(shown.people.all()) == workshop.technicians
        page = client.post(f"/staff/extra-openings/{shown.pk}/cancel/", follow=True)
        assert not page.context["openings"]
        client.force_login(UserFactory.create(role="staff", scope=make_workshop().centre))
        assert client.post(f"/staff/extra-openings/{shown.pk}/cancel/").status_code == 404

    def test_the_api_does_the_same(self, workshop: Workshop, staff: User, client: Any, now: datetime) -> None:
        client.force_login(staff)
        sent = {
            "centre": workshop.centre.pk,
            "day": "2026-11-29",
            "opens": "09:00",
            "closes": "14:00",
            "people": [workshop.technicians[0].pk],
        }
        made = client.post("/api/v1/extra-openings/", sent, content_type="application/json")
        assert made.status_code == 201, made.content
        number = made.json()["id"]
        assert made.json()["people"] == sent["people"]
        assert client.post(f"/api/v1/extra-openings/{number}/cancel/").json()["cancelled_at"] is not None
        client.force_login(UserFactory.create(role="staff", scope=make_workshop().centre))
        assert client.get(f"/api/v1/extra-openings/{number}/").status_code == 404
        assert (
            client.post("/api/v1/extra-openings/", sent, content_type="application/json").status_code == 404
        )


def test_bookings_and_other_hours_at_the_same_moment_lose_nothing(
    committing_db: None, race: Callable[..., list[Any]], now: datetime
) -> None:
    shop = make_workshop(technicians=2, bays=2)
    boss = UserFactory.create(role="administrator")
    customers = [UserFactory.create() for _n in range(6)]
    cars = [make_car(customer) for customer in customers]

    def book(number: int) -> Callable[[], Appointment]:
        return lambda: booking.book_appointment(
            by=customers[number],
            vehicle=cars[number],
            centre=shop.centre,
            plan=plan_for(shop.service_type),
            starts_at=THURSDAY_8 + timedelta(hours=number // 2),
            early_start=True,
            now=now,
        )

    def close_on_thursdays() -> centres.Changed:
        return centres.change_centre(
            by=boss, centre=shop.centre, values=values(shop), hours=NO_THURSDAY, now=now
        )

    results = race([*[book(number) for number in range(6)], close_on_thursdays])
    booked = [each for each in results if isinstance(each, Appointment)]
    refused = [each for each in results if isinstance(each, DomainError)]
    (changed,) = [each for each in results if isinstance(each, centres.Changed)]
    assert len(booked) + len(refused) == 6
    assert {each.code for each in refused} <= {"closed"}
    # Who was faster is on the list; nobody has a place on a day that is no longer open.
    assert changed.outcome.left == len(booked)
    assert {each.pk for each in replans.visits_to_replan(by=boss)} == {each.pk for each in booked}
    assert not Allocation.objects.filter(active=True, kind="visit").exists()
    assert overlaps() == 0
