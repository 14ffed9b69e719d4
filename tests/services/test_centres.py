"""Setting up a workshop until a time is free."""

from datetime import time
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from common.civil import local_date
from common.errors import Conflict, Invalid, NotAllowed
from services import setup_steps
from services.booking import availability
from services.centres import catalogue, centres, resources, shifts
from services.models import Allocation, Centre, Resource, ServiceType, Skill
from tests.factories.accounts import UserFactory
from tests.factories.services import plan_for

pytestmark = pytest.mark.django_db

ADDRESS = {
    "name": "Köln-Ehrenfeld",
    "street": "Lichtstraße 40",
    "postcode": "50825",
    "town": "Köln",
    "land": "NW",
    "phone": "+49 221 1",
    "email": "koeln@example.org",
    "cutoff_hours": 24,
    "loan_return_minutes": 60,
    "is_active": True,
}
HOURS = [centres.Hours(day, time(8), time(17)) for day in range(1, 6)]


@pytest.fixture
def admin() -> User:
    user: User = UserFactory.create(role="administrator")
    return user


@pytest.fixture
def centre(admin: User, now: Any) -> Centre:
    return centres.create_centre(by=admin, values=ADDRESS, hours=HOURS, now=now)


def hire(
    by: User, centre: Centre, now: Any, skills: Any = None, name: str = "M. Sahin", **more: Any
) -> Resource:
    known = Skill.objects.all() if skills is None else skills
    return resources.add_resource(
        by=by,
        centre=centre,
        kind=more.pop("kind", "technician"),
        values={"name": name, "user": None, **more},
        skills=dict.fromkeys(known),
        now=now,
    )


def done(name: str) -> bool:
    return next(step for step in setup_steps.STEPS if step.name == name).is_done()


def test_a_new_centre_has_a_code_hours_and_the_holidays_of_its_land(centre: Centre) -> None:
    assert centre.code == "koeln-ehrenfeld"
    assert centre.opening_hours.count() == 5
    names = set(centre.closures.values_list("name", flat=True))
    assert "Fronleichnam" in names  # a holiday in North Rhine-Westphalia
    assert done("centre")


def test_two_centres_have_two_names(centre: Centre, admin: User, now: Any) -> None:
    with pytest.raises(Conflict):
        centres.create_centre(by=admin, values=ADDRESS, hours=HOURS, now=now)


def test_hours_may_have_a_break_but_not_overlap(centre: Centre, admin: User, now: Any) -> None:
    with_break = [centres.Hours(1, time(8), time(12)), centres.Hours(1, time(13), time(17))]
    centres.change_centre(by=admin, centre=centre, values=ADDRESS, hours=with_break, now=now)
    assert centre.opening_hours.count() == 2
    overlapping = [centres.Hours(1, time(8), time(13)), centres.Hours(1, time(12), time(17))]
    with pytest.raises(Invalid):
        centres.change_centre(by=admin, centre=centre, values=ADDRESS, hours=overlapping, now=now)
    assert centre.opening_hours.count() == 2


def test_a_technician_a_bay_and_a_service_make_a_time_free(centre: Centre, admin: User, now: Any) -> None:
    assert catalogue.adopt_usual(by=admin, now=now) == ServiceType.objects.count()
    assert catalogue.adopt_usual(by=admin, now=now) == 0
    winter_check = ServiceType.objects.get(code="winter-check")
    mechanics = Skill.objects.filter(code="mechanics")
    assert not done("resources")
    person = hire(admin, centre, now, mechanics)
    bay = resources.add_resource(
        by=admin,
        centre=centre,
        kind="bay",
        values={"name": "Hebebühne 1", "bay_type": "lift"},
        skills={},
        now=now,
    )
    assert done("resources")
    assert person.shifts.count() == 5
    shut = Allocation.objects.filter(kind=Allocation.Kind.CLOSURE)
    assert shut.filter(resource=bay).count() == centre.closures.count()
    found = availability.next_free_slots(
        centre=centre, plan=plan_for(winter_check), after=now, count=3, now=now
    )
    assert len(found) == 3


def test_a_switched_off_technician_is_planned_no_more(centre: Centre, admin: User, now: Any) -> None:
    catalogue.adopt_usual(by=admin, now=now)
    person = hire(admin, centre, now)
    resources.switch_resource(by=admin, resource=person, active=False, now=now)
    assert not Resource.objects.get(pk=person.pk).is_active


def test_new_hours_become_a_technician_s_from_today_on(centre: Centre, admin: User, now: Any) -> None:
    catalogue.adopt_usual(by=admin, now=now)
    person = hire(admin, centre, now)
    late = [centres.Hours(day, time(10), time(19)) for day in range(1, 7)]
    centres.change_centre(by=admin, centre=centre, values=ADDRESS, hours=late, now=now)
    person = Resource.objects.select_related("centre").get(pk=person.pk)
    shifts.follow_opening_hours(person, local_date(now))
    assert {(shift.starts, shift.ends) for shift in person.shifts.all()} == {(time(10), time(19))}
    assert person.shifts.count() == 6


def test_nobody_else_sets_up_centres(now: Any) -> None:
    with pytest.raises(NotAllowed):
        centres.create_centre(by=UserFactory.create(role="staff"), values=ADDRESS, hours=HOURS, now=now)


def test_the_pages_create_change_and_staff_a_centre(client: Any, admin: User) -> None:
    client.force_login(admin)
    typed = {**ADDRESS, "is_active": "on"} | {
        f"{end}_{day}_1": clock
        for day in range(1, 6)
        for end, clock in (("opens", "08:00"), ("closes", "17:00"))
    }
    refused = client.post("/staff/centres/new/", {**typed, "closes_1_1": ""})
    assert refused.status_code == 422
    assert "Lichtstraße 40" in refused.content.decode()
    target = client.post("/staff/centres/new/", typed)["Location"]
    client.post("/staff/services/usual/")
    skill = Skill.objects.get(code="mechanics")
    person = {"name": "M. Sahin", "user": "", f"skill_{skill.pk}": "on", f"until_{skill.pk}": "2030-01-31"}
    assert client.post(f"{target}new/technician/", person).status_code == 302
    assert client.post(f"{target}new/bay/", {"name": "Bühne 1", "bay_type": "lift"}).status_code == 302
    page = client.get(target).content.decode()
    assert "M. Sahin" in page
    assert "Bühne 1" in page
    assert 'value="08:00"' in client.get(f"{target}change/").content.decode()


def test_a_service_s_price_is_typed_in_euros(client: Any, admin: User) -> None:
    client.force_login(admin)
    client.post("/staff/services/usual/")
    service = ServiceType.objects.get(code="inspection")
    page = client.get(f"/staff/services/{service.pk}/").content.decode()
    assert 'value="249,00"' in page
    typed = {
        "name_de": "Inspektion",
        "name_en": "Inspection",
        "duration_minutes": "90",
        "skill": service.skill_id,
        "place": "bay",
        "bay_type": "lift",
        "buffer_before_minutes": "5",
        "buffer_after_minutes": "10",
        "needs_car": "on",
        "grid_minutes": "30",
        "notice_hours": "4",
        "horizon_days": "90",
        "price": "199,50",
        "is_active": "on",
    }
    assert client.post(f"/staff/services/{service.pk}/", typed).status_code == 302
    service.refresh_from_db()
    assert (service.price_cents, service.duration_minutes, service.owner_may_book) == (19950, 90, False)


def test_a_centre_s_page_and_the_list_cost_the_same_for_one_and_for_many(
    client: Any, centre: Centre, admin: User, now: Any, django_assert_num_queries: Any
) -> None:
    client.force_login(admin)
    catalogue.adopt_usual(by=admin, now=now)

    def more(count: int) -> None:
        for number in range(count):
            hire(admin, centre, now, name=f"T{number}")

    more(1)
    for path in (f"/staff/centres/{centre.pk}/", "/staff/centres/", "/staff/services/"):
        client.get(path)
        with CaptureQueriesContext(connection) as one:
            client.get(path)
        more(3)
        with django_assert_num_queries(len(one)):
            client.get(path)
