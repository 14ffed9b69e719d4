"""Booking by page: three steps, each a link, and the binding button."""

from collections.abc import Callable
from datetime import datetime, time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from common.civil import BERLIN, instant
from services.booking import booking, holds, pictures
from services.models import Appointment, BayType, Hold, Resource, ServiceType, SymptomQuestion
from tests.factories.accounts import UserFactory
from tests.factories.documents import DocumentFactory
from tests.factories.services import (
    ServiceTypeFactory,
    Workshop,
    add_bay,
    coming_thursday,
    make_car,
    make_workshop,
    plan_for,
)
from vehicles.models import Vehicle


@pytest.fixture
def signed_in(client: Client, owner: User) -> Client:
    client.force_login(owner)
    return client


def subject(workshop: Workshop, car: Vehicle) -> dict[str, Any]:
    return {"vehicle": car.pk, "service_type": workshop.service_type.pk, "centre": workshop.centre.pk}


def at(clock: str) -> datetime:
    return instant(coming_thursday(), time.fromisoformat(clock), BERLIN)


def test_step_one_offers_the_cars_and_the_services(
    signed_in: Client, workshop: Workshop, car: Vehicle
) -> None:
    page = signed_in.get(reverse("services:book")).content.decode()
    assert "Räderwechsel mit Einlagerung" in page
    assert "89,00\N{NO-BREAK SPACE}€" in page
    assert car.plate in page


def request(workshop: Workshop, car: Vehicle | None, **more: Any) -> dict[str, Any]:
    """What step one sends."""
    chosen: dict[str, Any] = {"service_type": [workshop.service_type.pk], **more}
    return {**chosen, "vehicle": car.pk} if car else chosen


def second_job(workshop: Workshop, **fields: Any) -> ServiceType:
    add_bay(workshop.centre, BayType.ALIGNMENT, "Messbühne")
    kind: ServiceType = ServiceTypeFactory.create(
        name_de="Achsvermessung", skill=workshop.service_type.skill, bay_type=BayType.ALIGNMENT,
        duration_minutes=60, **{"price_cents": 9900, **fields},
    )  # fmt: skip
    return kind


def test_several_jobs_are_summed_up_while_one_ticks(signed_in: Client, workshop: Workshop) -> None:
    more = second_job(workshop)
    chosen = {"service_type": [workshop.service_type.pk, more.pk]}
    page = signed_in.get(reverse("services:book-so-far"), chosen).content.decode()
    assert "188,00\N{NO-BREAK SPACE}€" in page
    assert "105\N{NO-BREAK SPACE}min" in page
    more.price_cents = None
    more.save()
    page = signed_in.get(reverse("services:book-so-far"), chosen).content.decode()
    assert "188,00" not in page
    assert page.count("nach Kostenvoranschlag") == 2  # the job, and so the sum


@pytest.mark.parametrize("nonsense", [[], ["x"], ["9" * 40], ["-1"]])
def test_nonsense_has_no_sum(signed_in: Client, workshop: Workshop, nonsense: list[str]) -> None:
    answer = signed_in.get(reverse("services:book-so-far"), {"service_type": nonsense})
    assert answer.status_code == 200
    assert answer.context["chosen"] == []


def test_step_one_leads_to_place_and_time_with_all_jobs(
    signed_in: Client, workshop: Workshop, car: Vehicle
) -> None:
    more = second_job(workshop)
    answer = signed_in.post(
        reverse("services:book"), request(workshop, car, service_type=[workshop.service_type.pk, more.pk])
    )
    assert answer["Location"].startswith(reverse("services:book-time"))
    page = signed_in.get(answer["Location"])
    assert [kind.pk for kind in page.context["service_types"]] == [workshop.service_type.pk, more.pk]
    assert page.context["plan"].price_cents == 8900 + 9900


def test_nothing_ticked_is_said_and_what_was_typed_stays(
    signed_in: Client, workshop: Workshop, car: Vehicle
) -> None:
    answer = signed_in.post(reverse("services:book"), {"vehicle": car.pk, "note": "Es klappert vorn."})
    assert answer.status_code == 422
    assert "Bitte wählen Sie, was gemacht werden soll." in answer.content.decode()
    assert "Es klappert vorn." in answer.content.decode()


def test_a_car_of_somebody_else_is_not_taken(signed_in: Client, workshop: Workshop, car: Vehicle) -> None:
    foreign = make_car(UserFactory.create())
    assert signed_in.post(reverse("services:book"), request(workshop, foreign)).status_code == 422


def test_what_was_written_in_step_one_comes_along_to_the_visit(
    signed_in: Client, workshop: Workshop, car: Vehicle
) -> None:
    question = SymptomQuestion.objects.create(
        service_type=workshop.service_type, text_de="Seit wann?", text_en="Since when?"
    )
    typed = request(workshop, car, note="Es klappert vorn.", **{f"answer-{question.pk}": "seit Montag"})
    time_page = signed_in.post(reverse("services:book"), typed)["Location"]
    assert "klappert" not in time_page  # words belong into no address
    back = signed_in.get(reverse("services:book"), request(workshop, car)).content.decode()
    assert "Es klappert vorn." in back
    assert "seit Montag" in back
    confirm = {**subject(workshop, car), "starts_at": at("08:30").isoformat(), "early_start": "on"}
    shown = signed_in.get(reverse("services:book-confirm"), confirm).content.decode()
    assert "Es klappert vorn." in shown
    assert "seit Montag" in shown
    signed_in.post(reverse("services:book-confirm"), confirm)
    visit = Appointment.objects.get()
    assert visit.note == "Es klappert vorn."
    assert visit.symptoms == {str(question.pk): "seit Montag"}
    # The next booking starts with empty fields.
    assert "klappert" not in signed_in.get(reverse("services:book")).content.decode()


def test_without_a_car_step_one_says_how_to_get_one(signed_in: Client, workshop: Workshop) -> None:
    assert reverse("vehicles:vehicle-add") in signed_in.get(reverse("services:book")).content.decode()


def test_step_two_shows_days_with_counts_and_times(
    signed_in: Client, workshop: Workshop, car: Vehicle
) -> None:
    answer = signed_in.get(
        reverse("services:book-time"), {**subject(workshop, car), "day": coming_thursday().isoformat()}
    )
    page = answer.content.decode()
    assert "36 frei" in page or "36 free" in page
    assert ">07:30<" in page
    assert ">16:15<" in page


def test_step_two_without_a_subject_goes_back_to_step_one(signed_in: Client, workshop: Workshop) -> None:
    answer = signed_in.get(reverse("services:book-time"))
    assert answer["Location"].startswith(reverse("services:book"))


@pytest.mark.parametrize("nonsense", ["", "x", "0001-01-01", "9999-12-31", "2026-02-30"])
def test_nonsense_in_the_address_shows_the_first_free_week(
    signed_in: Client, workshop: Workshop, car: Vehicle, nonsense: str
) -> None:
    asked = {**subject(workshop, car), "week": nonsense, "day": nonsense, "starts_at": nonsense}
    assert signed_in.get(reverse("services:book-time"), asked).status_code == 200


def test_a_time_that_has_gone_is_said_to_be_gone(signed_in: Client, workshop: Workshop, car: Vehicle) -> None:
    other = UserFactory.create()
    booking.book_appointment(
        by=other,
        vehicle=make_car(other),
        centre=workshop.centre,
        plan=plan_for(workshop.service_type),
        starts_at=at("08:30"),
        now=timezone.now(),
        early_start=True,
    )
    asked = {**subject(workshop, car), "starts_at": at("08:30").isoformat()}
    answer = signed_in.get(reverse("services:book-time"), asked)
    assert answer.context["week"].vanished
    assert "confirm_url" not in answer.context


def test_the_live_part_comes_alone(signed_in: Client, workshop: Workshop, car: Vehicle) -> None:
    answer = signed_in.get(
        reverse("services:book-time"), subject(workshop, car), headers={"HX-Request": "true"}
    )
    page = answer.content.decode()
    assert page.lstrip().startswith('<div class="with-aside" id="booking"')
    assert f'data-live-topic="centre-slots:{workshop.centre.pk}"' in page
    assert "HX-Request" in answer.headers["Vary"]


@pytest.mark.parametrize(
    ("price", "button"),
    [(8900, "Zahlungspflichtig buchen"), (0, "Termin reservieren"), (None, "Termin reservieren")],
)
def test_the_button_says_what_it_does(
    signed_in: Client, workshop: Workshop, car: Vehicle, price: int | None, button: str
) -> None:
    ServiceType.objects.update(price_cents=price)
    asked = {**subject(workshop, car), "starts_at": at("08:30").isoformat()}
    assert button in signed_in.get(reverse("services:book-confirm"), asked).content.decode()


def test_confirming_books_and_shows_the_appointment(
    signed_in: Client, workshop: Workshop, car: Vehicle
) -> None:
    typed = {**subject(workshop, car), "starts_at": at("08:30").isoformat(), "early_start": "on"}
    answer = signed_in.post(reverse("services:book-confirm"), {**typed, "idempotency_key": "once"})
    appointment = Appointment.objects.get()
    assert answer["Location"] == reverse("services:appointment-detail", args=[appointment.pk])
    assert appointment.starts_at == at("08:30")
    again = signed_in.post(reverse("services:book-confirm"), {**typed, "idempotency_key": "once"})
    assert again["Location"] == answer["Location"]
    assert Appointment.objects.count() == 1


def test_whoever_comes_too_late_sees_three_times(signed_in: Client, workshop: Workshop, car: Vehicle) -> None:
    other = UserFactory.create()
    booking.book_appointment(
        by=other,
        vehicle=make_car(other),
        centre=workshop.centre,
        plan=plan_for(workshop.service_type),
        starts_at=at("08:30"),
        now=timezone.now(),
        early_start=True,
    )
    typed = {**subject(workshop, car), "starts_at": at("08:30").isoformat(), "early_start": "on"}
    answer = signed_in.post(reverse("services:book-confirm"), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Diese Zeit wurde gerade vergeben." in page
    assert [f"{slot.starts_at.astimezone(BERLIN):%H:%M}" for slot, _text in answer.context["following"]] == [
        "09:15",
        "09:30",
        "09:45",
    ]
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize("nonsense", ["", "soon", "9999-12-31T23:59:00Z", "2026-11-26T08:30:00"])
def test_without_a_proper_time_the_page_asks_for_one(
    signed_in: Client, workshop: Workshop, car: Vehicle, nonsense: str
) -> None:
    answer = signed_in.post(
        reverse("services:book-confirm"), {**subject(workshop, car), "starts_at": nonsense}
    )
    assert answer.status_code == 422
    assert "Bitte wählen Sie eine Zeit." in answer.content.decode()


def test_a_time_outside_opening_hours_is_refused_with_the_reason(
    signed_in: Client, workshop: Workshop, car: Vehicle
) -> None:
    typed = {**subject(workshop, car), "starts_at": at("20:00").isoformat(), "early_start": "on"}
    page = signed_in.post(reverse("services:book-confirm"), typed).content.decode()
    assert "Zu dieser Zeit ist der Servicestandort geschlossen." in page


def test_somebody_elses_car_leads_back_to_step_one(signed_in: Client, workshop: Workshop) -> None:
    foreign = make_car(UserFactory.create())
    typed = {**subject(workshop, foreign), "starts_at": at("08:30").isoformat()}
    answer = signed_in.post(reverse("services:book-confirm"), typed)
    assert answer["Location"].startswith(reverse("services:book"))
    assert not Appointment.objects.exists()


def test_choosing_a_time_takes_the_same_queries_with_many_rows(
    signed_in: Client,
    workshop: Workshop,
    car: Vehicle,
    count_queries: Callable[[Callable[[], Any]], int],
) -> None:
    def look() -> Any:
        return signed_in.get(reverse("services:book-time"), subject(workshop, car))

    look()
    few = count_queries(look)
    for hour in ("08:30", "10:00", "13:00"):
        person = UserFactory.create()
        booking.book_appointment(
            by=person,
            vehicle=make_car(person),
            centre=workshop.centre,
            plan=plan_for(workshop.service_type),
            starts_at=at(hour),
            now=timezone.now(),
            early_start=True,
        )
    make_workshop()
    assert count_queries(look) == few <= 13


def keep(client: Client, workshop: Workshop, car: Vehicle, clock: str = "08:30", **more: Any) -> Any:
    asked = {**subject(workshop, car), "starts_at": at(clock).isoformat(), **more}
    return client.post(reverse("services:book-hold"), asked)


def test_choosing_a_time_keeps_it_and_says_until_when(
    signed_in: Client, owner: User, workshop: Workshop, car: Vehicle
) -> None:
    answer = keep(signed_in, workshop, car)
    hold = Hold.objects.get()
    page = signed_in.get(answer["Location"])
    until = f"{hold.expires_at.astimezone(BERLIN):%H:%M}"
    assert f"Bis {until} für Sie reserviert." in page.content.decode()
    assert page.context["week"].chosen.starts_at == at("08:30")
    assert "starts_at" in page.context["confirm_url"]
    shown = signed_in.get(page.context["confirm_url"]).content.decode()
    assert f"Bis {until} für Sie reserviert." in shown
    assert f'data-live-topic="hold:{hold.pk}"' in shown


def test_a_kept_time_is_gone_for_others(signed_in: Client, workshop: Workshop, car: Vehicle) -> None:
    keep(signed_in, workshop, car)
    other = UserFactory.create()
    theirs = Client()
    theirs.force_login(other)
    answer = keep(theirs, workshop, make_car(other))
    page = theirs.get(answer["Location"])
    assert "wurde gerade vergeben" in page.content.decode()
    assert [f"{slot.starts_at.astimezone(BERLIN):%H:%M}" for slot, _text in page.context["following"]] == [
        "09:15", "09:30", "09:45"
    ]  # fmt: skip
    assert Hold.objects.count() == 1


def test_a_time_kept_too_long_is_said_to_be_over_and_the_next_are_offered(
    signed_in: Client, workshop: Workshop, car: Vehicle
) -> None:
    keep(signed_in, workshop, car)
    holds.expire_holds(now=timezone.now() + holds.LASTS)
    asked = {**subject(workshop, car), "starts_at": at("08:30").isoformat()}
    answer = signed_in.get(reverse("services:book-confirm"), asked, headers={"HX-Request": "true"})
    page = answer.content.decode()
    assert page.lstrip().startswith('<div id="hold"')
    assert "im Moment nicht für Sie reserviert" in page
    assert answer.context["free_again"][0].starts_at == at("08:30")
    again = keep(signed_in, workshop, car, next="confirm")
    assert again["Location"].startswith(reverse("services:book-confirm"))
    assert Hold.objects.filter(state="open").count() == 1


def test_booking_uses_the_kept_time_up(signed_in: Client, workshop: Workshop, car: Vehicle) -> None:
    keep(signed_in, workshop, car)
    asked = {**subject(workshop, car), "starts_at": at("08:30").isoformat(), "early_start": "on"}
    signed_in.post(reverse("services:book-confirm"), asked)
    assert Appointment.objects.get().starts_at == at("08:30")
    assert Hold.objects.get().state == Hold.State.BOOKED


def test_the_earliest_times_of_the_nearest_centres_come_first(
    signed_in: Client, workshop: Workshop, car: Vehicle
) -> None:
    far = make_workshop()
    far.centre.latitude, far.centre.longitude, far.centre.name = 48.1, 11.7, "München"
    far.centre.save()
    # The work needs people and bays there too.
    skill = workshop.service_type.skill
    assert skill is not None
    far.technicians[0].skills.add(skill)
    page = signed_in.get(reverse("services:book-time"), {**subject(workshop, car), "near": "48.13,11.69"})
    found = [(near.centre.name, near.rounded_km < 10) for near, _text in page.context["near"]]
    assert ("München", True) in found
    assert "km" in page.content.decode()


@pytest.mark.parametrize("nonsense", ["x", "1", "91,0", "nan,nan", "0,181", "1,2,3"])
def test_a_place_that_is_none_is_not_looked_for(
    signed_in: Client, workshop: Workshop, car: Vehicle, nonsense: str
) -> None:
    page = signed_in.get(reverse("services:book-time"), {**subject(workshop, car), "near": nonsense})
    assert page.status_code == 200
    assert not page.context["near_is_yours"]


def test_a_loan_car_is_offered_only_where_there_is_one(
    signed_in: Client, workshop: Workshop, car: Vehicle
) -> None:
    address, asked = reverse("services:book-time"), subject(workshop, car)
    assert "Ersatzwagen" not in signed_in.get(address, asked).content.decode()
    Resource.objects.create(centre=workshop.centre, kind=Resource.Kind.LOAN_CAR, name="Leihwagen")
    assert "Ersatzwagen" in signed_in.get(address, asked).content.decode()
    signed_in.post(
        reverse("services:book-confirm"),
        {**asked, "loan_car": "on", "starts_at": at("08:30").isoformat(), "early_start": "on"},
    )
    assert Appointment.objects.get().loan_car


def test_fetching_the_car_asks_for_the_postcode_before_times(
    signed_in: Client, workshop: Workshop, car: Vehicle
) -> None:
    page = signed_in.get(reverse("services:book-time"), {**subject(workshop, car), "way": "pick_up"})
    assert "Bitte geben Sie die Postleitzahl an" in page.content.decode()
    assert "week" not in page.context
    asked = {**subject(workshop, car), "way": "pick_up", "postcode": "22769"}
    answer = signed_in.get(reverse("services:book-confirm"), {**asked, "starts_at": at("08:30").isoformat()})
    assert "street" in answer.context["form"].fields


def test_whoever_orders_paid_work_soon_wishes_for_it_expressly(
    signed_in: Client, workshop: Workshop, car: Vehicle
) -> None:
    asked = {**subject(workshop, car), "starts_at": at("08:30").isoformat()}
    page = signed_in.get(reverse("services:book-confirm"), asked).content.decode()
    assert "Widerrufsbelehrung" in page
    refused = signed_in.post(reverse("services:book-confirm"), asked)
    assert refused.status_code == 422
    assert not Appointment.objects.exists()
    signed_in.post(reverse("services:book-confirm"), {**asked, "early_start": "on"})
    assert Appointment.objects.get().early_start_at is not None


def test_nobody_is_asked_for_it_when_nothing_is_to_be_paid(
    signed_in: Client, workshop: Workshop, car: Vehicle
) -> None:
    ServiceType.objects.update(price_cents=0)
    asked = {**subject(workshop, car), "starts_at": at("08:30").isoformat()}
    answer = signed_in.get(reverse("services:book-confirm"), asked)
    assert "early_start" not in answer.context["form"].fields
    assert "Widerrufsbelehrung" not in answer.content.decode()


def test_a_test_drive_needs_no_car(signed_in: Client, workshop: Workshop) -> None:
    drive = ServiceTypeFactory.create(
        name_de="Probefahrt", skill=None, bay_type="", place="test_car", needs_car=False, price_cents=0
    )
    Resource.objects.create(centre=workshop.centre, kind=Resource.Kind.TEST_CAR, name="N5")
    assert "Probefahrt" in signed_in.get(reverse("services:book")).content.decode()
    answer = signed_in.post(reverse("services:book"), {"service_type": [drive.pk]})
    assert signed_in.get(answer["Location"]).context["near"]
    asked = {"service_type": drive.pk, "centre": workshop.centre.pk, "starts_at": at("08:30").isoformat()}
    signed_in.post(reverse("services:book-hold"), asked)
    signed_in.post(reverse("services:book-confirm"), asked)
    visit = Appointment.objects.get()
    assert (visit.vehicle, visit.service_type) == (None, drive)


@pytest.mark.parametrize("name", ["book-time", "book-confirm"])
def test_visitors_are_asked_to_sign_in(client: Client, workshop: Workshop, name: str) -> None:
    answer = client.get(reverse(f"services:{name}"), {"service_type": workshop.service_type.pk})
    assert answer.status_code == 302
    assert "login" in answer["Location"]


def test_pictures_come_along_and_only_those_concerned_see_them(
    signed_in: Client, owner: User, workshop: Workshop, car: Vehicle
) -> None:
    photo = DocumentFactory.create(by=owner, kind=pictures.PICTURE)
    foreign = DocumentFactory.create(by=UserFactory.create(), kind=pictures.PICTURE)
    session = signed_in.session
    session["services.booking"] = {"pictures": [photo.pk, foreign.pk]}
    session.save()
    asked = {**subject(workshop, car), "starts_at": at("08:30").isoformat(), "early_start": "on"}
    signed_in.post(reverse("services:book-confirm"), asked)
    visit = Appointment.objects.get()
    assert list(pictures.of_visit(visit)) == [photo]  # nobody sends another's
    photo.refresh_from_db()
    staff = UserFactory.create(role="staff", scope=workshop.centre)
    now = timezone.now()
    assert pictures.may_read(owner, photo, now=now)
    assert pictures.may_read(staff, photo, now=now)
    assert not pictures.may_read(
        UserFactory.create(role="staff", scope=make_workshop().centre), photo, now=now
    )


def test_the_confirmation_of_paid_work_brings_the_withdrawal_notice(
    signed_in: Client,
    owner: User,
    workshop: Workshop,
    car: Vehicle,
    run_reactions: Callable[[], int],
    deliver_outbox: Callable[[], int],
    mailoutbox: Any,
) -> None:
    asked = {**subject(workshop, car), "starts_at": at("08:30").isoformat(), "early_start": "on"}
    signed_in.post(reverse("services:book-confirm"), asked)
    run_reactions()
    deliver_outbox()
    (mail,) = [each for each in mailoutbox if owner.email in each.to]
    files = {str(name): content for name, content, _kind in mail.attachments}
    letter = next(content for name, content in files.items() if name.startswith("Widerrufsbelehrung"))
    words = letter if isinstance(letter, str) else letter.decode()
    assert "binnen vierzehn Tagen" in words
    assert "Ihr ausdrücklicher Wunsch" in words
    assert any(name.endswith(".ics") for name in files)
    assert "ausdrücklich verlangt" in mail.body
