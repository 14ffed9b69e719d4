"""The front desk runs its day from one board: by mouse, by keyboard, and two colleagues at once."""

from collections.abc import Callable, Iterator
from datetime import date, time, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from accounts.models import User
from common import civil
from services.booking import booking
from services.booking.plans import make_plan
from services.models import Allocation, Appointment, Centre, Resource, ServiceType
from vehicles.models import Ownership

STAFF = "staff@demo.example"


@pytest.fixture
def visit_of_a_quiet_day(journey_db: None) -> Iterator[Appointment]:
    """A visit on a working day that is far enough away to be empty otherwise."""
    centre = Centre.objects.order_by("pk")[0]
    day = civil.local_date(timezone.now(), centre.zone) + timedelta(days=45)
    closed = {civil.local_date(each.span.lower, centre.zone) for each in centre.closures.all()}
    while day.isoweekday() > 5 or day in closed:
        day += timedelta(days=1)
    kind = ServiceType.objects.filter(skill__isnull=False, place="bay").order_by("pk")[0]
    owned = Ownership.objects.filter(
        user__email="owner30@demo.example", period__contains=timezone.now()
    ).first()
    assert owned is not None
    desk = User.objects.get(email=STAFF)
    planned = booking.book_appointment(
        by=desk,
        customer=owned.user,
        vehicle=owned.vehicle,
        centre=centre,
        plan=make_plan(service_types=[kind]),
        starts_at=civil.instant(day, time(10), centre.zone),
        now=timezone.now(),
    )
    yield planned
    booking.cancel_appointment(by=desk, appointment=planned, now=timezone.now())


def day_of(visit: Appointment) -> date:
    return civil.local_date(visit.starts_at, visit.centre.zone)


def technician(visit: Appointment) -> Resource:
    return (
        Allocation.objects.select_related("resource")
        .get(appointment=visit, part=Allocation.Part.TECHNICIAN, active=True)
        .resource
    )


def bar_of(page: Page, part: str) -> Locator:
    return page.locator(".ec-event.job", has_text=part).first


def open_board(page: Page, visit: Appointment) -> None:
    with page.expect_event("websocket"):
        page.goto(f"/staff/day/?day={day_of(visit)}")
    expect(bar_of(page, "Techniker")).to_be_visible()


def row_centre(page: Page, name: str) -> float:
    box = page.locator(".ec-row-head", has_text=name).bounding_box()
    assert box is not None
    return box["y"] + box["height"] / 2


def another_who_can(visit: Appointment) -> Resource:
    held = technician(visit)
    return (
        Resource.objects.filter(
            centre=visit.centre, kind="technician", skills=visit.service_type.skill, is_active=True
        )
        .exclude(pk=held.pk)
        .order_by("pk")[0]
    )


def test_a_job_is_dragged_to_a_colleague_and_all_who_look_see_it(
    visit: Callable[..., Page], visit_of_a_quiet_day: Appointment
) -> None:
    planned = visit_of_a_quiet_day
    other = another_who_can(planned)
    desk, colleague = visit(STAFF), visit("admin@demo.example")
    open_board(desk, planned)
    open_board(colleague, planned)

    bar = bar_of(desk, "Techniker")
    bar.scroll_into_view_if_needed()
    box = bar.bounding_box()
    assert box is not None
    x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
    desk.mouse.move(x, y)
    desk.mouse.down()
    desk.mouse.move(x, (y + row_centre(desk, other.name)) / 2, steps=4)
    desk.mouse.move(x, row_centre(desk, other.name), steps=4)
    desk.mouse.up()
    expect(desk.locator("#live-region")).to_contain_text(other.name)
    assert technician(planned) == other
    planned.refresh_from_db()
    assert planned.starts_at.astimezone(planned.centre.zone).time() == time(10)

    # The other board draws itself anew, so rows and bars are looked at together.
    colleague.wait_for_function(
        """name => {
            const heads = [...document.querySelectorAll('.ec-row-head')];
            const head = heads.find(row => row.textContent.includes(name));
            if (!head) return false;
            const row = head.getBoundingClientRect(), y = row.top + row.height / 2;
            return [...document.querySelectorAll('.ec-event.job')].some(bar => {
                const box = bar.getBoundingClientRect();
                return bar.textContent.includes('Techniker') && box.top < y && y < box.bottom;
            });
        }""",
        arg=other.name,
    )


def test_the_keyboard_does_what_dragging_does(
    visit: Callable[..., Page], visit_of_a_quiet_day: Appointment
) -> None:
    planned = visit_of_a_quiet_day
    desk = visit(STAFF)
    open_board(desk, planned)
    bar_of(desk, "Techniker").get_by_role("button").focus()
    desk.keyboard.press("Enter")
    dialog = desk.get_by_role("dialog")
    expect(dialog).to_be_visible()
    dialog.get_by_role("button", name="+15").press("Enter")
    expect(dialog.get_by_label("Uhrzeit")).to_have_value("10:15")
    dialog.get_by_role("button", name="Plan ändern").press("Enter")
    expect(dialog).to_be_hidden()
    expect(bar_of(desk, "10:15–")).to_be_attached()
    planned.refresh_from_db()
    assert planned.starts_at.astimezone(planned.centre.zone).time() == time(10, 15)


def test_a_time_at_night_is_refused_with_the_reason(
    visit: Callable[..., Page], visit_of_a_quiet_day: Appointment
) -> None:
    planned = visit_of_a_quiet_day
    desk = visit(STAFF)
    open_board(desk, planned)
    bar_of(desk, "Techniker").get_by_role("button").press("Enter")
    dialog = desk.get_by_role("dialog")
    dialog.get_by_label("Uhrzeit").fill("05:00")
    dialog.get_by_role("button", name="Plan ändern").click()
    expect(dialog.get_by_role("alert").first).to_be_visible()
    expect(dialog.get_by_label("Uhrzeit")).to_have_value("05:00")
    planned.refresh_from_db()
    assert planned.starts_at.astimezone(planned.centre.zone).time() == time(10)
