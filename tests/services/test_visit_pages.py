"""A visit as its owner follows it and as staff run it; and both in the API."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from services.desk import workday
from services.desk.workday import Parts
from services.models import Allocation, Appointment, Resource, Thanks, VisitMessage
from services.visits import messages, promises
from tests.factories.accounts import UserFactory
from tests.factories.documents import DocumentFactory
from tests.factories.documents import sent as photo
from tests.factories.estimates import BRAKES_GROSS, line_ids, sent, visit_in_house
from tests.factories.services import Workshop, make_workshop
from vehicles.models import Vehicle


@pytest.fixture
def visit(workshop: Workshop, owner: User, car: Vehicle) -> Appointment:
    return visit_in_house(
        workshop, owner, car, status="arrived", starts_at=timezone.now() - timedelta(minutes=10)
    )


@pytest.fixture
def page(owner: User) -> Client:
    client = Client()
    client.force_login(owner)
    return client


@pytest.fixture
def desk(staff: User) -> Client:
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def api(owner: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(owner)
    return client


def address(visit: Appointment) -> str:
    return reverse("services:appointment-detail", args=[visit.pk])


def staff_address(visit: Appointment) -> str:
    return reverse("services:staff-visit", args=[visit.pk])


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_owner_sees_how_far_it_is_and_what_it_waits_for(
    page: Client, visit: Appointment, staff: User
) -> None:
    workday.change_status(
        by=staff,
        appointment=visit,
        status="waiting_parts",
        parts=Parts("Bremsscheiben", timezone.localdate() + timedelta(days=2)),
        now=timezone.now(),
    )
    shown = text_of(page.get(address(visit)))
    assert f'data-live-topic="visit:{visit.pk}"' in shown
    for words in ("Wartet auf Teile", "Bremsscheiben", "erwartet am"):
        assert words in shown


def test_the_part_that_changes_comes_alone(page: Client, visit: Appointment) -> None:
    part = text_of(page.get(address(visit), {"part": "progress"}, headers={"HX-Request": "true"}))
    assert "<html" not in part
    assert 'class="track"' in part


def test_old_promises_stay_with_their_reason(
    page: Client, desk: Client, visit: Appointment, staff: User
) -> None:
    visit.promise_changes.create(promised_at=visit.ends_at, at=visit.created_at)
    local = timezone.localtime(timezone.now() + timedelta(hours=30))
    answer = desk.post(
        reverse("services:staff-visit-promise", args=[visit.pk]),
        {"promised_at": f"{local:%Y-%m-%dT%H:%M}", "reason": "Ein Teil kommt morgen."},
    )
    assert answer["Location"] == staff_address(visit)
    shown = text_of(page.get(address(visit)))
    assert "Ein Teil kommt morgen." in shown
    assert f"{local:%H:%M}" in shown
    assert "<s>" in shown


def test_a_promise_needs_a_reason_and_keeps_what_was_typed(desk: Client, visit: Appointment) -> None:
    here = reverse("services:staff-visit-promise", args=[visit.pk])
    assert desk.get(here).status_code == 200
    answer = desk.post(here, {"promised_at": "2020-01-01T10:00", "reason": "zu spät"})
    assert answer.status_code == 422
    assert "zu spät" in text_of(answer)


def test_buttons_and_a_form_take_the_visit_further(desk: Client, visit: Appointment) -> None:
    desk.post(reverse("services:staff-visit-status", args=[visit.pk]), {"status": "in_work"})
    visit.refresh_from_db()
    assert visit.status == "in_work"
    here = reverse("services:staff-visit-step", args=[visit.pk])
    assert "Welche Teile fehlen?" in text_of(desk.get(here))
    assert desk.post(here, {"status": "waiting_parts"}).status_code == 422
    desk.post(here, {"status": "waiting_parts", "parts": "Dichtung", "note": "Wir rufen an."})
    step = visit.status_changes.last()
    assert step is not None
    assert (step.status, step.parts, step.note) == ("waiting_parts", "Dichtung", "Wir rufen an.")


def test_both_write_with_pictures_and_reading_counts(
    page: Client, desk: Client, visit: Appointment, clean_documents: Callable[[], int]
) -> None:
    answer = page.post(address(visit), {"text": "Es klappert.", "pictures": photo()})
    assert answer["Location"] == f"{address(visit)}#messages"
    assert clean_documents() == 1
    part = text_of(desk.get(staff_address(visit), {"part": "messages"}, headers={"HX-Request": "true"}))
    assert "Es klappert." in part
    assert "/documents/" in part
    desk.post(reverse("services:staff-visit-read", args=[visit.pk]))
    assert VisitMessage.objects.get().read_at is not None
    desk.post(staff_address(visit), {"text": "Wir schauen nach."})
    assert messages.unread_of_customer([visit.pk]) == {visit.pk: 1}
    assert "Wir schauen nach." in text_of(page.get(address(visit)))
    page.post(reverse("services:appointment-read", args=[visit.pk]))
    assert messages.unread_of_customer([visit.pk]) == {}


def test_an_empty_message_is_not_sent(page: Client, visit: Appointment) -> None:
    assert page.post(address(visit), {"text": "  "}).status_code == 422


def test_strangers_find_no_visit(client: Client, visit: Appointment) -> None:
    client.force_login(UserFactory.create())
    assert client.get(address(visit)).status_code == 404
    assert client.post(address(visit), {"text": "Hallo"}).status_code == 404
    assert client.post(reverse("services:appointment-read", args=[visit.pk])).status_code == 404
    assert client.get(reverse("services:appointment-thanks", args=[visit.pk])).status_code == 404
    assert not VisitMessage.objects.exists()


def test_thanks_are_said_once(page: Client, desk: Client, visit: Appointment) -> None:
    Appointment.objects.filter(pk=visit.pk).update(status="done")
    here = reverse("services:appointment-thanks", args=[visit.pk])
    assert here in text_of(page.get(address(visit)))
    page.post(here, {"text": "Danke an alle!"})
    assert Thanks.objects.get().text == "Danke an alle!"
    assert page.post(here, {"text": "Noch einmal"}).status_code == 422
    assert here not in text_of(page.get(address(visit)))
    assert "Danke an alle!" in text_of(desk.get(staff_address(visit)))


def test_name_and_photo_of_a_technician_are_shown_with_consent_only(
    page: Client, client: Client, visit: Appointment, workshop: Workshop
) -> None:
    technician, person = workshop.technicians[0], UserFactory.create(first_name="Mika", last_name="Sahin")
    person.photo = DocumentFactory.create(by=person, kind="accounts.photo")
    person.save()
    Resource.objects.filter(pk=technician.pk).update(user=person)
    Allocation.objects.create(
        resource=technician,
        kind=Allocation.Kind.VISIT,
        span=visit.span,
        appointment=visit,
        job=visit.jobs.get(),
        part=Allocation.Part.TECHNICIAN,
    )
    picture = reverse("services:technician-photo", args=[visit.pk, technician.pk])
    assert "Mika Sahin" not in text_of(page.get(address(visit)))
    assert page.get(picture).status_code == 404
    Resource.objects.filter(pk=technician.pk).update(shown_since=timezone.now())
    assert "Mika Sahin" in text_of(page.get(address(visit)))
    assert page.get(picture)["Content-Type"] == "image/webp"
    client.force_login(UserFactory.create())
    assert client.get(picture).status_code == 404


@pytest.mark.parametrize("who", ["owner", "staff"])
def test_pages_take_the_same_queries_however_much_was_said(
    who: str,
    page: Client,
    desk: Client,
    visit: Appointment,
    owner: User,
    staff: User,
    count_queries: Callable[[Callable[[], Any]], int],
) -> None:
    now = timezone.now()

    def say() -> None:
        picture = DocumentFactory.create(by=owner, kind=messages.PICTURE)
        messages.write_as_customer(by=owner, appointment=visit, text="Hm.", pictures=[picture], now=now)
        messages.write_as_staff(by=staff, appointment=visit, text="Ja?", now=now)

    def look() -> int:
        client, here = (page, address(visit)) if who == "owner" else (desk, staff_address(visit))
        return count_queries(lambda: client.get(here))

    say()
    look()
    few = look()
    for hours in range(2, 6):
        say()
        promises.change_promise(
            by=staff, appointment=visit, promised_at=now + timedelta(hours=hours), reason="Teil", now=now
        )
    assert look() == few <= 30


def test_the_timeline_in_the_api(api: APIClient, visit: Appointment, staff: User) -> None:
    workday.change_status(by=staff, appointment=visit, status="in_work", now=timezone.now())
    shown = api.get(f"/api/v1/appointments/{visit.pk}/timeline/").json()
    assert [(step["status"], step["is_now"]) for step in shown["steps"]][:2] == [
        ("in_work", True),
        ("quality_check", False),
    ]
    assert set(shown) == {"steps", "promised_at", "promised_before", "reason"}
    stranger = APIClient()
    stranger.force_authenticate(UserFactory.create())
    assert stranger.get(f"/api/v1/appointments/{visit.pk}/timeline/").status_code == 404


def test_estimates_in_the_api(api: APIClient, visit: Appointment, staff: User) -> None:
    estimate = sent(visit, staff, timezone.now())
    [listed] = api.get("/api/v1/estimates/", {"appointment": visit.pk}).json()["results"]
    assert (listed["state"], listed["sum"]["gross_cents"]) == ("sent", 40650)
    here = f"/api/v1/estimates/{estimate.pk}/"
    brakes, _wipers = line_ids(estimate)
    wrong = api.post(f"{here}approve/", {"lines": [brakes], "cents": 1, "early_start": True}, format="json")
    assert (wrong.status_code, wrong.json()["code"]) == (409, "other_sum")
    asked = {"lines": [brakes], "cents": BRAKES_GROSS, "early_start": True}
    headers = {"Idempotency-Key": "k1"}
    first = api.post(f"{here}approve/", asked, format="json", headers=headers)
    again = api.post(f"{here}approve/", asked, format="json", headers=headers)
    assert first.status_code == again.status_code == 200
    assert first.json() == again.json()
    assert first.json()["ordered"]["gross_cents"] == BRAKES_GROSS
    late = api.post(f"{here}refuse/")
    assert (late.status_code, late.json()["code"]) == (409, "estimate_decided")


def test_foreign_estimates_and_messages_are_not_in_the_api(
    visit: Appointment, staff: User, owner: User
) -> None:
    estimate = sent(visit, staff, timezone.now())
    message = messages.write_as_customer(by=owner, appointment=visit, text="Hallo", now=timezone.now())
    for person in (
        UserFactory.create(),
        UserFactory.create(role="staff", scope=make_workshop().centre),
    ):
        stranger = APIClient()
        stranger.force_authenticate(person)
        assert stranger.get(f"/api/v1/estimates/{estimate.pk}/").status_code == 404
        assert stranger.post(f"/api/v1/estimates/{estimate.pk}/refuse/").status_code == 404
        assert stranger.get(f"/api/v1/messages/{message.pk}/").status_code == 404
        assert stranger.get("/api/v1/messages/").json()["results"] == []
        said = stranger.post("/api/v1/messages/", {"appointment": visit.pk, "text": "Hm"}, format="json")
        assert said.status_code == 404
    assert VisitMessage.objects.count() == 1


def test_messages_in_the_api(api: APIClient, visit: Appointment, owner: User, staff: User) -> None:
    picture = DocumentFactory.create(by=owner, kind=messages.PICTURE)
    said = api.post(
        "/api/v1/messages/",
        {"appointment": visit.pk, "text": "Es klappert.", "documents": [picture.pk]},
        format="json",
    )
    assert (said.status_code, said.json()["documents"]) == (201, [picture.pk])
    colleague = APIClient()
    colleague.force_authenticate(staff)
    colleague.post("/api/v1/messages/", {"appointment": visit.pk, "text": "Ja?"}, format="json")
    shown = api.get("/api/v1/messages/", {"appointment": visit.pk}).json()["results"]
    assert [(row["text"], row["from_customer"]) for row in shown] == [("Es klappert.", True), ("Ja?", False)]
