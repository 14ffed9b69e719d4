"""A technician's day on the phone, with a cellar in the middle of it."""

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from accounts.models import User
from services.models import (
    Appointment,
    BayType,
    CheckItem,
    CheckResult,
    Finding,
    Job,
    JobTime,
    Resource,
    ServiceType,
    Skill,
)
from tests.factories.services import Workshop
from tests.factories.work import visit_for

EMAIL = "technician@demo.example"


@pytest.fixture
def job(journey_db: None) -> Job:
    """Left over from long ago, so that it is to be done whatever day it is; its car is here."""
    technician = Resource.objects.select_related("centre").get(user__email=EMAIL)
    # What the demo has them do at this hour is another story.
    JobTime.objects.filter(technician=technician, ended_at__isnull=True).update(ended_at=timezone.now())
    Job.objects.filter(allocations__resource=technician, state=Job.State.STARTED).update(
        state=Job.State.PAUSED
    )
    bay = Resource.objects.filter(centre=technician.centre, kind=Resource.Kind.BAY).first()
    assert bay is not None
    kind = ServiceType.objects.create(
        code="journey-brakes",
        name_de="Bremsen vermessen",
        name_en="Measure brakes",
        duration_minutes=30,
        skill=Skill.objects.order_by("pk")[0],
        bay_type=BayType.LIFT,
        owner_may_book=False,
    )
    for position, (text, unit, lowest) in enumerate(
        [("Belag vorn", "mm", Decimal(3)), ("Belag hinten", "mm", Decimal(3)), ("Leitungen", "", None)], 1
    ):
        CheckItem.objects.create(
            service_type=kind, position=position, text_de=text, text_en=text, unit=unit, lowest=lowest
        )
    return visit_for(
        Workshop(technician.centre, kind, [technician], [bay]),
        technician,
        starts_at=timezone.now() - timedelta(days=200),
        owner=User.objects.get(email="owner9@demo.example"),
        vehicle=None,
        car_words="N3, grau",
    )


# Asked again and again until it is so; the browser's own caches have no event for it.
KEPT = """async (parts) => {
    for (;;) {
        const kept = await caches.open("work-pages").then((cache) => cache.keys());
        if (parts.every((part) => kept.some(({ url }) => url.includes(part)))) return true;
        await new Promise((resolve) => setTimeout(resolve, 100));
    }
}"""
GONE = """async () => {
    while (await caches.has("work-pages")) await new Promise((resolve) => setTimeout(resolve, 100));
}"""


def ready_for_the_cellar(page: Page) -> None:
    """The service worker has the pages and what they are built of."""
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    page.reload()
    page.evaluate(KEPT, ["/my-work/", "/static/assets/work"])


def test_a_check_made_without_a_network_waits_survives_a_reload_and_arrives(
    visit: Callable[..., Page], job: Job
) -> None:
    page = visit(EMAIL, phone=True)
    page.goto("/staff/my-work/")
    ready_for_the_cellar(page)
    page.locator(".work-now").get_by_role("link", name="Bremsen vermessen").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bremsen vermessen")
    page.get_by_role("button", name="Arbeit beginnen").click()
    expect(page.locator("#content")).to_contain_text("in Arbeit")
    waiting = page.locator("[data-work-queue]")
    expect(waiting).to_be_hidden()

    page.context.set_offline(True)
    point = page.locator("form[data-entry=point]")
    point.nth(0).locator("input[name=value]").fill("2,1")
    point.nth(1).locator("input[name=value]").fill("3,9")
    point.nth(2).get_by_label("in Ordnung").check(force=True)  # its words are drawn under it
    expect(point.nth(0).locator("[value=bad]")).to_be_checked()
    expect(waiting).to_contain_text("3 Einträge warten auf das Senden")
    page.locator("summary", has_text="Befund eintragen").click()
    page.locator("textarea[name=text]").fill("Belag vorn fast unten")
    page.get_by_role("button", name="Befund speichern").click()
    expect(waiting).to_contain_text("4 Einträge")
    # Meanwhile a colleague writes down something else.
    second = CheckItem.objects.get(text_de="Belag hinten")
    CheckResult.objects.create(job=job, item=second, verdict="good", value=Decimal(7), at=timezone.now())

    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bremsen vermessen")
    expect(point.nth(0).locator("input[name=value]")).to_have_value("2,1")
    expect(waiting).to_contain_text("4 Einträge")

    page.context.set_offline(False)
    expect(waiting).to_contain_text("hat inzwischen jemand etwas anderes eingetragen")
    expect(waiting.locator("[data-rows] > li")).to_have_count(1)
    waiting.get_by_role("button", name="Meiner gilt").click()
    expect(waiting).to_be_hidden()
    results = dict(CheckResult.objects.filter(job=job).values_list("item__text_de", "value"))
    assert results == {"Belag vorn": Decimal("2.10"), "Belag hinten": Decimal("3.90"), "Leitungen": None}
    assert Finding.objects.get(job=job).text == "Belag vorn fast unten"

    page.get_by_role("button", name="Arbeit beenden").click()
    page.get_by_role("button", name="Alles erledigt").click()
    page.wait_for_url("**/staff/my-work/")
    assert Appointment.objects.get(pk=job.appointment_id).status == Appointment.Status.QUALITY_CHECK
    assert JobTime.objects.get(job=job).ended_at is not None


def test_whoever_signs_out_leaves_no_pages_on_the_phone(visit: Callable[..., Page]) -> None:
    page = visit(EMAIL, phone=True)
    page.goto("/staff/my-work/")
    ready_for_the_cellar(page)
    page.locator("details.menu-pop summary").click()
    page.get_by_role("button", name="Abmelden").first.click()
    page.wait_for_url(lambda url: "my-work" not in url)
    page.evaluate(GONE)
