"""What a centre has: kinds, skills with their end, weeks of shifts, and what is asked and checked."""

from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from accounts.models import User
from common.errors import Conflict, Invalid, NotAllowed
from services.booking import availability
from services.centres import resources, sheets, shifts
from services.models import CheckItem, Qualification, Resource, SymptomQuestion
from tests.factories.accounts import UserFactory
from tests.factories.services import AppointmentFactory, Workshop, plan_for
from tests.services.test_absences import THURSDAY_8, visit

pytestmark = pytest.mark.django_db
MONDAY = date(2026, 11, 30)


@pytest.fixture
def admin() -> User:
    user: User = UserFactory.create(role="administrator")
    return user


def add(by: User, shop: Workshop, now: datetime, kind: str, skills: Any = None, **values: Any) -> Resource:
    return resources.add_resource(
        by=by,
        centre=shop.centre,
        kind=kind,
        values={"name": kind, "user": None, "plate": "", "car_model": None, **values},
        skills=skills or {},
        now=now,
    )


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        ("technician", {}),
        ("mobile", {"area": ["22"], "travel_minutes": 25}),
        ("driver", {"area": ["20", "221"], "travel_minutes": 20}),
        ("bay", {"bay_type": "wash"}),
        ("lane", {}),
        ("loan_car", {"plate": "HH NL 1E"}),
        ("test_car", {"plate": "HH NL 2E"}),
    ],
)
def test_every_kind_is_added_and_people_work_the_opening_hours(
    admin: User, workshop: Workshop, now: datetime, kind: str, values: dict[str, Any]
) -> None:
    made = add(admin, workshop, now, kind, **values)
    assert made.shifts.count() == (5 if kind in Resource.Kind.people() else 0)


def test_who_drives_to_customers_needs_an_area(admin: User, workshop: Workshop, now: datetime) -> None:
    with pytest.raises(Invalid, match=r".+") as refused:
        add(admin, workshop, now, "driver", area=[], travel_minutes=20)
    assert refused.value.code == "no_area"
    assert not Resource.objects.filter(kind="driver").exists()


def test_a_skill_counts_until_its_last_day(admin: User, workshop: Workshop, now: datetime) -> None:
    thursday = date(2026, 11, 26)
    person = workshop.technicians[0]

    def free(day: date) -> int:
        slots = availability.free_slots(
            centre=workshop.centre, plan=plan_for(workshop.service_type), first_day=day, days=1, now=now
        )
        return len(slots)

    assert workshop.service_type.skill is not None
    resources.change_resource(
        by=admin,
        resource=person,
        values={"name": person.name, "user": None},
        skills={workshop.service_type.skill: thursday},
        now=now,
    )
    assert free(thursday) > 0
    assert free(thursday + timedelta(days=1)) == 0
    held = Qualification.objects.get(resource=person)
    assert resources.expiry_of(held, thursday) == "soon"
    assert resources.expiry_of(held, thursday + timedelta(days=1)) == "over"


def test_a_colleague_works_at_one_centre(admin: User, workshop: Workshop, now: datetime) -> None:
    colleague = UserFactory.create(role="technician", scope=workshop.centre)
    add(admin, workshop, now, "technician", user=colleague)
    with pytest.raises(Conflict):
        add(admin, workshop, now, "technician", user=colleague)


def test_a_new_week_begins_on_its_day_and_ends_the_one_before(
    admin: User, workshop: Workshop, now: datetime
) -> None:
    person = workshop.technicians[0]
    part_time = [shifts.Stretch(2, time(9), time(12)), shifts.Stretch(2, time(13), time(15))]
    shifts.set_pattern(by=admin, resource=person, stretches=part_time, valid_from=MONDAY, now=now)
    today, later = shifts.patterns_of(person, date(2026, 11, 24))
    assert len(today.stretches) == 5
    assert today.until == MONDAY
    assert (later.first, later.until, later.stretches) == (MONDAY, None, part_time)


def test_a_week_that_was_to_come_is_replaced_by_an_earlier_one(
    admin: User, workshop: Workshop, now: datetime
) -> None:
    person = workshop.technicians[0]
    for first_day in (MONDAY, MONDAY - timedelta(days=3)):
        shifts.set_pattern(
            by=admin,
            resource=person,
            stretches=[shifts.Stretch(1, time(8), time(12))],
            valid_from=first_day,
            now=now,
        )
    assert [p.first for p in shifts.patterns_of(person, date(2026, 11, 24))][1:] == [
        MONDAY - timedelta(days=3)
    ]


def test_visits_outside_a_new_week_are_counted_and_stay(
    admin: User, workshop: Workshop, now: datetime
) -> None:
    booked = visit(workshop, now)
    person = workshop.technicians[0]
    mondays = [shifts.Stretch(1, time(8), time(17))]
    count = shifts.set_pattern(
        by=admin, resource=person, stretches=mondays, valid_from=THURSDAY_8.date(), now=now
    )
    assert count == 1
    assert booked.allocations.filter(active=True, resource=person).exists()


@pytest.mark.parametrize(
    ("stretches", "valid_from", "code"),
    [
        (
            [shifts.Stretch(1, time(8), time(12)), shifts.Stretch(1, time(11), time(15))],
            MONDAY,
            "shifts_overlap",
        ),
        ([shifts.Stretch(1, time(12), time(8))], MONDAY, "shift_backward"),
        ([], date(2026, 11, 23), "past"),
    ],
)
def test_a_week_that_can_t_be_changes_nothing(
    admin: User, workshop: Workshop, now: datetime, stretches: Any, valid_from: date, code: str
) -> None:
    person = workshop.technicians[0]
    with pytest.raises(Invalid, match=r".+") as refused:
        shifts.set_pattern(by=admin, resource=person, stretches=stretches, valid_from=valid_from, now=now)
    assert refused.value.code == code
    assert person.shifts.count() == 5


def test_questions_and_points_are_kept_in_order(admin: User, workshop: Workshop, now: datetime) -> None:
    service = workshop.service_type
    asked = [
        sheets.add_question(
            by=admin,
            service=service,
            values={"text_de": f"F{n}", "text_en": f"Q{n}", "answers_de": ["ja"], "answers_en": ["yes"]},
            now=now,
        )
        for n in range(3)
    ]
    sheets.move_up(by=admin, entry=asked[2], now=now)
    assert [q.text_de for q in service.questions.all()] == ["F0", "F2", "F1"]
    sheets.move_up(by=admin, entry=asked[0], now=now)  # the first stays first
    assert service.questions.all()[0] == asked[0]
    item = sheets.add_check_item(
        by=admin,
        service=service,
        values={"text_de": "Profil", "text_en": "Tread", "unit": "mm", "lowest": 3, "highest": None},
        now=now,
    )
    sheets.switch_check_item(by=admin, item=item, active=False, now=now)
    assert not CheckItem.objects.get().is_active


def test_a_question_that_a_coming_visit_has_answered_stays(
    admin: User, workshop: Workshop, now: datetime
) -> None:
    values = {"text_de": "Wann?", "text_en": "When?", "answers_de": [], "answers_en": []}
    asked = sheets.add_question(by=admin, service=workshop.service_type, values=values, now=now)
    booked = AppointmentFactory.create(
        centre=workshop.centre, service_type=workshop.service_type, symptoms={str(asked.pk): "beim Bremsen"}
    )
    with pytest.raises(Conflict):
        sheets.remove_question(by=admin, question=asked, now=now)
    booked.status = "done"
    booked.save(update_fields=["status"])
    sheets.remove_question(by=admin, question=asked, now=now)
    assert not SymptomQuestion.objects.exists()


def test_limits_need_a_unit_and_answers_two_languages(admin: User, workshop: Workshop, now: datetime) -> None:
    point = {"text_de": "Licht", "text_en": "Light", "unit": "", "lowest": 1, "highest": None}
    with pytest.raises(Invalid):
        sheets.add_check_item(by=admin, service=workshop.service_type, values=point, now=now)
    question = {
        "text_de": "Wo?",
        "text_en": "Where?",
        "answers_de": ["vorn", "hinten"],
        "answers_en": ["front"],
    }
    with pytest.raises(Invalid):
        sheets.add_question(by=admin, service=workshop.service_type, values=question, now=now)


def test_nobody_else_sets_up(workshop: Workshop, staff: User, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        add(staff, workshop, now, "lane")
    with pytest.raises(NotAllowed):
        shifts.set_pattern(
            by=staff, resource=workshop.technicians[0], stretches=[], valid_from=MONDAY, now=now
        )


def test_the_pages_add_change_and_plan(client: Any, admin: User, workshop: Workshop) -> None:
    client.force_login(admin)
    skill = workshop.service_type.skill
    assert skill is not None
    base = f"/staff/centres/{workshop.centre.pk}/new"
    refused = client.post(f"{base}/driver/", {"name": "Fahrdienst", "area": "2x", "travel_minutes": "20"})
    assert refused.status_code == 422
    assert "Fahrdienst" in refused.content.decode()
    typed = {"name": "Fahrdienst", "area": "20, 221", "travel_minutes": "20"}
    assert client.post(f"{base}/driver/", typed).status_code == 302
    assert Resource.objects.get(kind="driver").area == ["20", "221"]
    assert client.get(f"{base}/boat/").status_code == 404
    person = workshop.technicians[0]
    page = f"/staff/resources/{person.pk}/"
    typed = {"name": "T. Olsen", f"skill_{skill.pk}": "on", f"until_{skill.pk}": "2031-05-31"}
    assert client.post(page, typed).status_code == 302
    assert "2031-05-31" in client.get(page).content.decode()
    week = f"/staff/resources/{person.pk}/shifts/"
    assert 'value="07:30"' in client.get(week).content.decode()
    typed = {"valid_from": "2031-01-06", "starts_1_1": "08:00", "ends_1_1": "12:00"}
    assert client.post(week, typed).status_code == 302
    assert client.post(week, {**typed, "ends_1_1": ""}).status_code == 422
    assert client.get(f"/staff/resources/{workshop.bays[0].pk}/shifts/").status_code == 404
    client.post(f"/staff/resources/{person.pk}/switch/")
    assert not Resource.objects.get(pk=person.pk).is_active


def test_the_pages_ask_and_check(client: Any, admin: User, workshop: Workshop) -> None:
    client.force_login(admin)
    base = f"/staff/services/{workshop.service_type.pk}"
    typed = {
        "text_de": "Wann?",
        "text_en": "When?",
        "answers_de": "beim Bremsen\nimmer",
        "answers_en": "when braking\nalways",
    }
    assert client.post(f"{base}/questions/", typed).status_code == 302
    assert client.post(f"{base}/questions/", {**typed, "answers_en": "always"}).status_code == 422
    question = SymptomQuestion.objects.get()
    assert question.answers_en == ["when braking", "always"]
    point = {"text_de": "Profil", "text_en": "Tread", "unit": "mm", "lowest": "3,00", "highest": ""}
    assert client.post(f"{base}/checks/", point).status_code == 302
    item = CheckItem.objects.get()
    for path in (f"questions/{question.pk}/up/", f"checks/{item.pk}/up/", f"checks/{item.pk}/switch/"):
        assert client.post(f"/staff/services/{path}").status_code == 302
    assert "Profil" in client.get(f"{base}/checks/").content.decode()
    assert client.post(f"/staff/services/questions/{question.pk}/remove/").status_code == 302
