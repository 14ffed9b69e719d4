"""What a visit needs: jobs in order, buffers, loan cars, drives, lanes; and that the search finds it all."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from django.db.backends.postgresql.psycopg_any import DateRange

from accounts.models import User
from common.civil import BERLIN, instant
from common.errors import Invalid
from services.booking import availability, booking
from services.booking.booking import Doorstep
from services.errors import SlotTaken
from services.models import (
    Allocation,
    Appointment,
    BayType,
    Centre,
    Qualification,
    Resource,
    Shift,
    Skill,
    Way,
)
from tests.factories.services import (
    ServiceTypeFactory,
    SkillFactory,
    Workshop,
    add_bay,
    add_technician,
    make_car,
    plan_for,
    take,
)
from vehicles.models import Vehicle

pytestmark = pytest.mark.django_db
THURSDAY = date(2026, 11, 26)
MINUTE = timedelta(minutes=1)


def at(clock: str, day: date = THURSDAY) -> datetime:
    return instant(day, time.fromisoformat(clock), BERLIN)


def starts(centre: Centre, plan: Any, now: datetime, **more: Any) -> list[str]:
    slots = availability.free_slots(centre=centre, plan=plan, first_day=THURSDAY, days=1, now=now, **more)
    return [f"{slot.starts_at.astimezone(BERLIN):%H:%M}" for slot in slots]


def on_wheels(centre: Centre, kind: str, *skills: Skill, area: tuple[str, ...] = ("22",)) -> Resource:
    """Somebody who drives to customers: half an hour each way, in shifts like the others."""
    person = Resource.objects.create(centre=centre, kind=kind, name=kind, area=list(area), travel_minutes=30)
    person.skills.set(skills)
    Shift.objects.bulk_create(
        Shift(resource=person, weekday=day, starts=time(7, 30), ends=time(17), valid=DateRange(None, None))
        for day in range(1, 6)
    )
    return person


@pytest.fixture
def high_voltage(workshop: Workshop) -> Any:
    """A second kind of work with another skill and another bay, prepared and cleared up for."""
    skill = SkillFactory.create(name_de="HV-Technik")
    kind = ServiceTypeFactory.create(
        skill=skill,
        bay_type=BayType.HIGH_VOLTAGE,
        duration_minutes=60,
        buffer_before_minutes=15,
        buffer_after_minutes=30,
        price_cents=None,
    )
    add_technician(workshop.centre, skill, name="M. Sahin")
    add_bay(workshop.centre, BayType.HIGH_VOLTAGE, "HV-Platz")
    return kind


def booked(person: User, car: Vehicle | None, workshop: Workshop, plan: Any, now: datetime) -> Appointment:
    return booking.book_appointment(
        by=person,
        vehicle=car,
        centre=workshop.centre,
        plan=plan,
        starts_at=at("09:00"),
        early_start=True,
        now=now,
        doorstep=Doorstep("Elbchaussee 1", plan.postcode, "Hamburg") if plan.postcode else None,
    )


def held(appointment: Appointment) -> list[tuple[str, str, str, str]]:
    """(part, resource, from, until) by the centre's clock."""
    return [
        (
            row.part,
            row.resource.name,
            f"{row.span.lower.astimezone(BERLIN):%H:%M}",
            f"{row.span.upper.astimezone(BERLIN):%H:%M}",
        )
        for row in appointment.allocations.filter(active=True).select_related("resource").order_by("pk")
    ]


def test_jobs_follow_each_other_with_their_buffers(
    workshop: Workshop, high_voltage: Any, owner: User, car: Vehicle, now: datetime
) -> None:
    plan = plan_for(workshop.service_type, high_voltage)
    assert plan.length == (45 + 15 + 60) * MINUTE
    assert plan.price_cents is None
    assert plan.is_priced
    visit = booked(owner, car, workshop, plan, now)
    assert (visit.starts_at, visit.ends_at) == (at("09:00"), at("11:00"))
    assert held(visit) == [
        ("place", "Hebebühne 1", "09:00", "09:45"),
        ("technician", "Technician 0", "09:00", "09:45"),
        ("place", "HV-Platz", "09:45", "11:30"),
        ("technician", "M. Sahin", "09:45", "11:30"),
    ]
    assert [(job.starts_at, job.ends_at) for job in visit.jobs.all()] == [
        (at("09:00"), at("09:45")),
        (at("10:00"), at("11:00")),
    ]


def test_a_visit_of_two_jobs_starts_only_where_both_fit(
    workshop: Workshop, high_voltage: Any, now: datetime
) -> None:
    plan = plan_for(workshop.service_type, high_voltage)
    bay = workshop.centre.resources.get(bay_type=BayType.HIGH_VOLTAGE)
    take(bay, at("07:30"), at("12:00"))
    # The second job's bay is free from noon: its quarter of an hour of preparing begins then.
    assert starts(workshop.centre, plan, now)[0] == "11:15"
    assert starts(workshop.centre, plan, now)[-1] == "14:30"  # cleared up by five


def test_buffers_lie_within_opening_hours(workshop: Workshop, high_voltage: Any, now: datetime) -> None:
    found = starts(workshop.centre, plan_for(high_voltage), now)
    assert (found[0], found[-1]) == ("07:45", "15:30")


def test_the_same_technician_is_preferred_for_the_next_job(
    workshop: Workshop, high_voltage: Any, owner: User, car: Vehicle, now: datetime
) -> None:
    able = add_technician(workshop.centre, workshop.service_type.skill, high_voltage.skill, name="Both")
    take(workshop.technicians[0], at("07:30"), at("10:00"))
    visit = booked(owner, car, workshop, plan_for(workshop.service_type, high_voltage), now)
    people = [name for part, name, _from, _until in held(visit) if part == "technician"]
    assert people == [able.name, able.name]


def test_a_qualification_that_runs_out_takes_no_work_after_its_last_day(
    workshop: Workshop, high_voltage: Any, now: datetime
) -> None:
    rows = Qualification.objects.filter(skill=high_voltage.skill)
    rows.update(valid_until=THURSDAY)
    assert starts(workshop.centre, plan_for(high_voltage), now)
    rows.update(valid_until=THURSDAY - timedelta(days=1))
    assert starts(workshop.centre, plan_for(high_voltage), now) == []


def test_a_loan_car_is_held_until_it_is_back(
    workshop: Workshop, owner: User, car: Vehicle, now: datetime
) -> None:
    plan = plan_for(workshop.service_type, loan_car=True)
    assert starts(workshop.centre, plan, now) == []
    Resource.objects.create(centre=workshop.centre, kind="loan_car", name="N3", plate="HH NL 1E")
    visit = booked(owner, car, workshop, plan, now)
    assert held(visit)[-1] == ("loan_car", "N3", "09:00", "10:45")
    add_technician(workshop.centre, workshop.service_type.skill)
    add_bay(workshop.centre, name="Hebebühne 2")
    other = starts(workshop.centre, plan, now)
    assert "09:00" not in other
    assert "10:30" not in other
    assert "10:45" in other
    assert "09:00" in starts(workshop.centre, plan_for(workshop.service_type), now)


def test_a_loan_car_stays_out_after_closing_time(workshop: Workshop, now: datetime) -> None:
    Resource.objects.create(centre=workshop.centre, kind="loan_car", name="N3")
    plan = plan_for(workshop.service_type, loan_car=True)
    assert starts(workshop.centre, plan, now)[-1] == "16:15"


def test_fetching_takes_a_driver_there_and_back_both_times(
    workshop: Workshop, owner: User, car: Vehicle, now: datetime
) -> None:
    plan = plan_for(workshop.service_type, way=Way.PICK_UP, postcode="22769")
    assert starts(workshop.centre, plan, now) == []
    on_wheels(workshop.centre, "driver")
    found = starts(workshop.centre, plan, now)
    assert (found[0], found[-1]) == ("08:30", "15:15")
    visit = booked(owner, car, workshop, plan, now)
    assert held(visit)[2:] == [
        ("pick_up", "driver", "08:00", "09:00"),
        ("return", "driver", "09:45", "10:45"),
    ]
    assert (visit.street, visit.postcode, visit.town) == ("Elbchaussee 1", "22769", "Hamburg")
    assert (
        starts(workshop.centre, plan_for(workshop.service_type, way=Way.PICK_UP, postcode="10115"), now) == []
    )


def test_a_mobile_technician_travels_and_needs_no_bay(
    workshop: Workshop, owner: User, car: Vehicle, now: datetime
) -> None:
    workshop.service_type.is_mobile = True
    workshop.service_type.save()
    assert workshop.service_type.skill
    on_wheels(workshop.centre, "mobile", workshop.service_type.skill)
    plan = plan_for(workshop.service_type, way=Way.MOBILE, postcode="22769")
    visit = booked(owner, car, workshop, plan, now)
    assert held(visit) == [("technician", "mobile", "08:30", "10:15")]


def test_a_battery_swap_needs_a_lane_and_nobody(
    workshop: Workshop, owner: User, car: Vehicle, now: datetime
) -> None:
    Resource.objects.create(centre=workshop.centre, kind="lane", name="Spur 1")
    swap = ServiceTypeFactory.create(
        skill=None, place="lane", bay_type="", duration_minutes=10, grid_minutes=10, price_cents=0
    )
    visit = booked(owner, car, workshop, plan_for(swap), now)
    assert held(visit) == [("place", "Spur 1", "09:00", "09:10")]


def test_a_test_drive_needs_no_car_of_ones_own(workshop: Workshop, owner: User, now: datetime) -> None:
    Resource.objects.create(centre=workshop.centre, kind="test_car", name="N5 Probe")
    drive = ServiceTypeFactory.create(
        skill=None, place="test_car", bay_type="", needs_car=False, duration_minutes=60, price_cents=0
    )
    visit = booked(owner, None, workshop, plan_for(drive), now)
    assert held(visit) == [("place", "N5 Probe", "09:00", "10:00")]
    assert list(Appointment.objects.visible_to(owner, now)) == [visit]
    stranger = make_car(owner)  # no car is asked for, and none is needed
    assert stranger.pk
    assert not Appointment.objects.filter(vehicle=stranger).exists()


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"way": Way.MOBILE, "postcode": "22769"}, "not_mobile"),
        ({"way": Way.PICK_UP}, "no_postcode"),
        ({"way": Way.PICK_UP, "postcode": "2276"}, "no_postcode"),
        ({"way": Way.WAIT, "loan_car": True}, "no_loan_car"),
    ],
)
def test_what_does_not_go_together_is_refused(workshop: Workshop, asked: Any, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        plan_for(workshop.service_type, **asked)
    assert refused.value.code == code


def test_a_plan_is_some_work_of_one_day(workshop: Workshop) -> None:
    kinds = [ServiceTypeFactory.create(duration_minutes=200) for _n in range(4)]
    for asked, code in [([], "no_work"), ([kinds[0]] * 2, "work_twice"), (kinds, "too_much_work")]:
        with pytest.raises(Invalid) as refused:
            plan_for(*asked)
        assert refused.value.code == code


def test_work_for_another_model_is_refused(
    workshop: Workshop, owner: User, car: Vehicle, now: datetime
) -> None:
    other = make_car(owner)
    other.model = type(other.model).objects.create(
        code="N7", name="N7", battery_kwh=100, range_km=600, price_cents=1
    )
    other.save()
    workshop.service_type.car_models.add(car.model)
    assert booked(owner, car, workshop, plan_for(workshop.service_type), now)
    with pytest.raises(Invalid) as refused:
        booking.book_appointment(
            by=owner,
            vehicle=other,
            centre=workshop.centre,
            plan=plan_for(workshop.service_type),
            starts_at=at("11:00"),
            early_start=True,
            now=now,
        )
    assert refused.value.code == "wrong_model"


def test_a_start_that_one_job_cannot_have_leaves_nothing_behind(
    workshop: Workshop, high_voltage: Any, owner: User, car: Vehicle, now: datetime
) -> None:
    bay = workshop.centre.resources.get(bay_type=BayType.HIGH_VOLTAGE)
    take(bay, at("10:00"), at("10:15"))
    with pytest.raises(SlotTaken) as lost:
        booked(owner, car, workshop, plan_for(workshop.service_type, high_voltage), now)
    assert len(lost.value.next_slots) == 3
    assert not Appointment.objects.exists()
    assert not Allocation.objects.filter(kind="visit").exists()
