"""Estimates in the browser: written by staff, decided by their owner with the sum before their eyes."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from services.estimates import drafting, sending
from services.models import Appointment, Estimate, EstimateLine, Finding
from tests.factories.accounts import UserFactory
from tests.factories.documents import sent as photo
from tests.factories.estimates import BRAKES_GROSS, draft, line_ids, sent, visit_in_house
from tests.factories.services import Workshop, make_workshop
from vehicles.models import Vehicle


@pytest.fixture
def visit(workshop: Workshop, owner: User, car: Vehicle) -> Appointment:
    return visit_in_house(workshop, owner, car)


@pytest.fixture
def desk(staff: User) -> Client:
    client = Client()
    client.force_login(staff)
    return client


@pytest.fixture
def estimate(visit: Appointment, staff: User) -> Estimate:
    return sent(visit, staff, timezone.now())


@pytest.fixture
def page(owner: User) -> Client:
    client = Client()
    client.force_login(owner)
    return client


def address(estimate: Estimate) -> str:
    return reverse("services:estimate-detail", args=[estimate.pk])


def answers(estimate: Estimate, *said: str) -> dict[str, str]:
    return {f"line-{pk}": word for pk, word in zip(line_ids(estimate), said, strict=True)}


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def test_the_button_that_obliges_to_pay_stands_below_the_sum_of_what_is_chosen(
    page: Client, estimate: Estimate
) -> None:
    assert "Zahlungspflichtig beauftragen" not in text_of(page.get(address(estimate)))
    chosen = answers(estimate, "approve", "refuse")
    part = text_of(page.get(address(estimate), chosen, headers={"HX-Request": "true"}))
    assert "<html" not in part
    assert f'name="cents" value="{BRAKES_GROSS}"' in part
    assert re.search(r"347,24.*Zahlungspflichtig beauftragen", part, re.DOTALL)


def test_who_refuses_all_is_asked_for_no_money(page: Client, estimate: Estimate) -> None:
    part = text_of(
        page.get(address(estimate), answers(estimate, "refuse", "refuse"), headers={"HX-Request": "true"})
    )
    assert "Zahlungspflichtig" not in part
    assert "Alles ablehnen" in part


def test_without_javascript_the_sum_is_shown_first(page: Client, estimate: Estimate) -> None:
    answer = page.post(address(estimate), {**answers(estimate, "approve", "refuse"), "check": "1"})
    assert answer.status_code == 200
    assert "Zahlungspflichtig beauftragen" in text_of(answer)
    estimate.refresh_from_db()
    assert estimate.state == "sent"


def test_the_owner_orders_one_line_and_refuses_the_other(
    page: Client, estimate: Estimate, visit: Appointment
) -> None:
    answer = page.post(
        address(estimate),
        {**answers(estimate, "approve", "refuse"), "cents": str(BRAKES_GROSS), "early_start": "on"},
    )
    assert answer["Location"] == reverse("services:appointment-detail", args=[visit.pk])
    estimate.refresh_from_db()
    assert estimate.state == "decided"
    assert list(estimate.lines.values_list("decision", flat=True)) == ["approved", "refused"]


def test_what_is_missing_is_said_and_what_was_chosen_stays(page: Client, estimate: Estimate) -> None:
    first, _second = line_ids(estimate)
    answer = page.post(address(estimate), {f"line-{first}": "approve"})
    assert answer.status_code == 422
    assert "Bitte entscheiden Sie hierüber." in text_of(answer)
    chosen = answers(estimate, "approve", "approve")
    answer = page.post(address(estimate), {**chosen, "cents": str(BRAKES_GROSS), "early_start": "on"})
    assert answer.status_code == 422
    assert "Die Summe hat sich geändert" in text_of(answer)
    assert text_of(answer).count('value="approve" checked') == 2
    answer = page.post(address(estimate), {**chosen, "cents": "40650"})
    assert "Bitte bestätigen Sie" in text_of(answer)
    estimate.refresh_from_db()
    assert estimate.state == "sent"


def test_a_double_click_decides_once(page: Client, estimate: Estimate) -> None:
    typed = {
        **answers(estimate, "approve", "refuse"),
        "cents": str(BRAKES_GROSS),
        "early_start": "on",
        "idempotency_key": "one-key",
    }
    first, second = page.post(address(estimate), typed), page.post(address(estimate), typed)
    assert first["Location"] == second["Location"]


def test_a_revised_or_expired_one_says_so_and_offers_no_button(
    page: Client, estimate: Estimate, staff: User
) -> None:
    chosen = {**answers(estimate, "approve", "refuse"), "cents": str(BRAKES_GROSS), "early_start": "on"}
    drafting.revise(by=staff, estimate=estimate, now=timezone.now())
    assert "Die Werkstatt überarbeitet" in text_of(page.get(address(estimate)))
    answer = page.post(address(estimate), chosen)
    assert answer.status_code == 422
    assert "Die Werkstatt überarbeitet" in text_of(answer)


def test_a_foreign_estimate_and_a_draft_are_not_there(
    client: Client, page: Client, estimate: Estimate, staff: User, visit: Appointment
) -> None:
    client.force_login(UserFactory.create())
    assert client.get(address(estimate)).status_code == 404
    assert client.post(reverse("services:estimate-refuse", args=[estimate.pk])).status_code == 404
    new = drafting.revise(by=staff, estimate=estimate, now=timezone.now())
    assert page.get(address(new)).status_code == 404


def test_a_colleague_of_another_centre_finds_nothing(estimate: Estimate, visit: Appointment) -> None:
    client = Client()
    client.force_login(UserFactory.create(role="staff", scope=make_workshop().centre))
    line = line_ids(estimate)[0]
    for name, pk in (
        ("staff-visit", visit.pk),
        ("staff-estimate", estimate.pk),
        ("staff-estimate-phone", estimate.pk),
        ("staff-estimate-line-create", estimate.pk),
        ("staff-estimate-line", line),
    ):
        assert client.get(reverse(f"services:{name}", args=[pk])).status_code == 404
    for name, pk in (
        ("staff-estimate-begin", visit.pk),
        ("staff-estimate-revise", estimate.pk),
        ("staff-estimate-discard", estimate.pk),
        ("staff-estimate-line-drop", line),
    ):
        assert client.post(reverse(f"services:{name}", args=[pk])).status_code == 404


def rows(*entries: tuple[str, str, str, str]) -> dict[str, str]:
    typed = {"entry-TOTAL_FORMS": str(len(entries) + 1), "entry-INITIAL_FORMS": "0"}
    for number, (kind, text, quantity, price) in enumerate(entries):
        typed |= {
            f"entry-{number}-kind": kind,
            f"entry-{number}-text": text,
            f"entry-{number}-quantity": quantity,
            f"entry-{number}-price": price,
            f"entry-{number}-vat_percent": "19",
        }
    # The last row stays as it came.
    last = len(entries)
    return {**typed, f"entry-{last}-kind": "labour", f"entry-{last}-vat_percent": "19"}


def test_staff_write_and_send_an_estimate(desk: Client, visit: Appointment, staff: User) -> None:
    answer = desk.post(reverse("services:staff-estimate-begin", args=[visit.pk]))
    made = Estimate.objects.get()
    here = reverse("services:staff-estimate", args=[made.pk])
    assert answer["Location"] == here
    answer = desk.post(
        reverse("services:staff-estimate-line-create", args=[made.pk]),
        {
            "title": "Bremsbeläge vorn",
            "urgency": "safety",
            "pictures": photo(),
            **rows(("labour", "Mechanik", "1,2", "119,00"), ("part", "Satz", "1", "149")),
        },
    )
    assert answer["Location"] == here
    line = made.lines.get()
    assert [(entry.kind, str(entry.quantity), entry.unit_cents) for entry in line.entries.all()] == [
        ("labour", "1.20", 11900),
        ("part", "1.00", 14900),
    ]
    assert "347,24" in text_of(desk.get(here))
    change = reverse("services:staff-estimate-line", args=[line.pk])
    assert 'value="119,00"' in text_of(desk.get(change))
    desk.post(change, {"title": "Beläge", "urgency": "soon", **rows(("part", "Satz", "2", "149"))})
    assert [entry.text for entry in EstimateLine.objects.get().entries.all()] == ["Satz"]
    answer = desk.post(here, {"hours": "24", "note": "Heute noch möglich."})
    assert answer["Location"] == reverse("services:staff-visit", args=[visit.pk])
    made.refresh_from_db()
    assert (made.state, made.note) == ("sent", "Heute noch möglich.")


def test_a_wrong_entry_is_marked_and_nothing_is_lost(desk: Client, visit: Appointment, staff: User) -> None:
    made = drafting.draft_of(by=staff, appointment=visit, now=timezone.now())
    answer = desk.post(
        reverse("services:staff-estimate-line-create", args=[made.pk]),
        {"title": "Bremsen", "urgency": "soon", **rows(("part", "Scheibe", "zwei", "80"))},
    )
    assert answer.status_code == 422
    assert 'value="Scheibe"' in text_of(answer)
    assert not made.lines.exists()


def test_a_finding_becomes_a_line(desk: Client, visit: Appointment, staff: User) -> None:
    finding = Finding.objects.create(
        job=visit.jobs.get(), text="Querlenker ausgeschlagen", by=staff, at=timezone.now()
    )
    answer = desk.post(
        reverse("services:staff-estimate-begin", args=[visit.pk]), {"finding": str(finding.pk)}
    )
    assert "Querlenker ausgeschlagen" in text_of(desk.get(answer["Location"]))
    desk.post(
        answer["Location"],
        {"title": "Querlenker", "urgency": "safety", **rows(("part", "Querlenker", "1", "210"))},
    )
    assert EstimateLine.objects.get().finding == finding


def test_a_decision_on_the_phone_is_written_down(desk: Client, estimate: Estimate) -> None:
    here = reverse("services:staff-estimate-phone", args=[estimate.pk])
    assert "Bremsbeläge vorn" in text_of(desk.get(here))
    assert desk.post(here, {}).status_code == 422
    desk.post(here, answers(estimate, "refuse", "approve"))
    estimate.refresh_from_db()
    assert (estimate.state, estimate.decided_through) == ("decided", "phone")
    again = desk.post(here, answers(estimate, "approve", "approve"))
    assert "schon entschieden" in text_of(again)


def test_lines_and_drafts_can_be_thrown_away(desk: Client, visit: Appointment, staff: User) -> None:
    made = draft(visit, staff, timezone.now())
    desk.post(reverse("services:staff-estimate-line-drop", args=[line_ids(made)[0]]))
    assert made.lines.count() == 1
    desk.post(reverse("services:staff-estimate-discard", args=[made.pk]))
    assert not Estimate.objects.exists()


def test_what_ran_out_is_offered_again(desk: Client, visit: Appointment, staff: User) -> None:
    before = timezone.now() - timedelta(hours=25)
    old = sent(visit, staff, before)
    sending.expire_due(now=timezone.now())
    answer = desk.post(reverse("services:staff-estimate-revise", args=[old.pk]))
    new = Estimate.objects.get(state="draft")
    assert answer["Location"] == reverse("services:staff-estimate", args=[new.pk])


@pytest.mark.parametrize("who", ["owner", "staff"])
def test_pages_take_the_same_queries_with_many_lines(
    who: str,
    page: Client,
    desk: Client,
    visit: Appointment,
    staff: User,
    count_queries: Callable[[Callable[[], Any]], int],
) -> None:
    from tests.factories.estimates import BRAKES, WIPERS

    few, now = sent(visit, staff, timezone.now(), WIPERS), timezone.now()

    def look(estimate: Estimate) -> int:
        if who == "owner":
            return count_queries(lambda: page.get(address(estimate)))
        return count_queries(lambda: desk.get(reverse("services:staff-estimate", args=[estimate.pk])))

    look(few)
    one = look(few)
    many = drafting.revise(by=staff, estimate=few, now=now)
    for _n in range(6):
        drafting.write_line(by=staff, estimate=many, work=BRAKES, now=now)
    sending.send(by=staff, estimate=many, expires_at=now + timedelta(hours=24), now=now)
    assert look(many) == one <= 26
