"""Estimates: written, sent, decided line by line and once, revised, run out; both sides hear of it."""

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from accounts.models import Notice, User
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from journal.models import Event
from services.desk import workday
from services.estimates import deciding, drafting, pricing, reading, sending
from services.estimates.drafting import Entry, Work
from services.estimates.errors import AlreadyDecided, Expired, NotOpen, Replaced
from services.models import Appointment, Estimate, RepairOrder, StatusChange
from services.tasks import expire_estimates
from tests.factories.accounts import UserFactory
from tests.factories.estimates import (
    BRAKES,
    BRAKES_GROSS,
    WIPERS,
    WIPERS_GROSS,
    draft,
    line_ids,
    sent,
    visit_in_house,
)
from tests.factories.services import Workshop, make_car, make_workshop
from tests.factories.vehicles import share
from vehicles.models import Vehicle


@pytest.fixture
def visit(workshop: Workshop, owner: User, car: Vehicle) -> Appointment:
    return visit_in_house(workshop, owner, car)


def approve(estimate: Estimate, by: User, now: datetime, *ids: int, **more: Any) -> Estimate:
    return deciding.decide(by=by, estimate=estimate, approved=ids, early_start=True, now=now, **more)


def status_of(visit: Appointment) -> str:
    visit.refresh_from_db()
    return str(visit.status)


def kinds_told(user: User) -> list[str]:
    return list(Notice.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))


def test_net_and_vat_are_rounded_once_per_entry(visit: Appointment, staff: User, now: datetime) -> None:
    odd = Work(
        "Öl", entries=[Entry("part", "Öl", Decimal("0.33"), 1995), Entry("part", "Öl", Decimal("0.33"), 1995)]
    )
    estimate = draft(visit, staff, now, odd)
    total = pricing.sum_of(estimate.lines.all())
    # 0.33 × 19.95 € = 6.5835 € → 6.58 €; VAT of the exact product 1.250865 € → 1.25 €; twice.
    assert (total.net, total.vat, total.gross) == (1316, {Decimal(19): 250}, 1566)


def test_a_sum_names_vat_by_rate(visit: Appointment, staff: User, now: datetime) -> None:
    mixed = Work(
        "Buch und Arbeit",
        entries=[
            Entry("part", "Bordbuch", Decimal(1), 1000, Decimal(7)),
            Entry("labour", "Arbeit", Decimal(1), 1000),
        ],
    )
    total = pricing.sum_of(draft(visit, staff, now, mixed).lines.all())
    assert total.rates == [(Decimal(19), 190), (Decimal(7), 70)]


def test_while_it_waits_the_car_waits_and_goes_on_when_it_is_decided(
    visit: Appointment, staff: User, owner: User, now: datetime
) -> None:
    StatusChange.objects.create(appointment=visit, status="in_work", at=now - timedelta(hours=1))
    estimate = sent(visit, staff, now)
    assert status_of(visit) == "waiting_approval"
    brakes, wipers = line_ids(estimate)
    approve(estimate, owner, now, brakes)
    assert status_of(visit) == "in_work"
    assert dict(estimate.lines.values_list("pk", "decision")) == {brakes: "approved", wipers: "refused"}
    estimate.refresh_from_db()
    assert (estimate.state, estimate.decided_by, estimate.decided_through) == ("decided", owner, "page")


def test_a_car_that_waited_for_parts_waits_for_them_again(
    visit: Appointment, staff: User, owner: User, now: datetime
) -> None:
    Appointment.objects.filter(pk=visit.pk).update(status="waiting_parts")
    StatusChange.objects.create(appointment=visit, status="waiting_parts", parts="Kabelbaum", at=now)
    approve(sent(visit, staff, now), owner, now)
    assert status_of(visit) == "waiting_parts"
    assert StatusChange.objects.filter(appointment=visit).last().parts == "Kabelbaum"  # type: ignore[union-attr]


def test_before_the_visit_an_estimate_changes_no_status(
    workshop: Workshop, owner: User, car: Vehicle, staff: User, now: datetime
) -> None:
    visit = visit_in_house(workshop, owner, car, status="booked")
    approve(sent(visit, staff, now), owner, now)
    assert status_of(visit) == "booked"


def test_a_colleague_who_went_on_meanwhile_is_not_taken_back(
    visit: Appointment, staff: User, owner: User, now: datetime
) -> None:
    estimate = sent(visit, staff, now)
    workday.change_status(by=staff, appointment=visit, status="in_work", now=now)
    workday.change_status(by=staff, appointment=visit, status="ready", now=now)
    approve(estimate, owner, now)
    assert status_of(visit) == "ready"


def test_it_is_decided_once(visit: Appointment, staff: User, owner: User, now: datetime) -> None:
    estimate = sent(visit, staff, now)
    first, second = line_ids(estimate)
    approve(estimate, owner, now, first)
    with pytest.raises(AlreadyDecided):
        approve(estimate, owner, now, first, second)
    with pytest.raises(AlreadyDecided):
        deciding.note_decision(by=staff, estimate=estimate, approved=[], now=now)
    assert estimate.lines.filter(decision="approved").count() == 1


def test_after_a_revision_the_old_one_is_no_more(
    visit: Appointment, staff: User, owner: User, now: datetime
) -> None:
    old = sent(visit, staff, now)
    new = drafting.revise(by=staff, estimate=old, now=now)
    with pytest.raises(Replaced):
        approve(old, owner, now, *line_ids(old))
    assert not old.lines.exclude(decision="open").exists()
    assert status_of(visit) != "waiting_approval"
    assert [line.title for line in new.lines.order_by("position")] == [BRAKES.title, WIPERS.title]
    assert pricing.sum_of(new.lines.all()).gross == BRAKES_GROSS + WIPERS_GROSS
    assert (new.number, new.state) == (2, "draft")


def test_after_its_time_nobody_can_approve_even_before_the_job_has_run(
    visit: Appointment, staff: User, owner: User, now: datetime
) -> None:
    estimate = sent(visit, staff, now)
    later = now + timedelta(hours=24)
    with pytest.raises(Expired):
        approve(estimate, owner, later, *line_ids(estimate))
    assert sending.expire_due(now=later) == 1
    assert sending.expire_due(now=later) == 0
    with pytest.raises(Expired):
        approve(estimate, owner, later, *line_ids(estimate))
    assert status_of(visit) != "waiting_approval"
    again = drafting.revise(by=staff, estimate=estimate, now=later)
    assert again.lines.count() == 2


def test_the_job_closes_what_ran_out(visit: Appointment, staff: User) -> None:
    long_ago = datetime(2026, 1, 2, 9, tzinfo=visit.created_at.tzinfo)
    estimate = sent(visit, staff, long_ago)
    expire_estimates()
    estimate.refresh_from_db()
    assert estimate.state == "expired"


def test_a_sum_that_nobody_saw_is_not_ordered(
    visit: Appointment, staff: User, owner: User, now: datetime
) -> None:
    estimate = sent(visit, staff, now)
    brakes, _wipers = line_ids(estimate)
    with pytest.raises(Conflict) as refused:
        approve(estimate, owner, now, brakes, cents=BRAKES_GROSS + 1)
    assert refused.value.code == "other_sum"
    assert approve(estimate, owner, now, brakes, cents=BRAKES_GROSS).state == "decided"


def test_a_consumer_says_expressly_that_we_may_begin(
    visit: Appointment, staff: User, owner: User, now: datetime
) -> None:
    estimate = sent(visit, staff, now)
    with pytest.raises(Invalid) as refused:
        deciding.decide(by=owner, estimate=estimate, approved=line_ids(estimate), now=now)
    assert refused.value.code == "early_start_needed"
    # Who orders nothing wishes nothing.
    deciding.decide(by=owner, estimate=estimate, approved=[], now=now)
    visit.refresh_from_db()
    assert visit.early_start_at is None


def test_only_sound_estimates_are_sent(visit: Appointment, staff: User, now: datetime) -> None:
    empty = drafting.draft_of(by=staff, appointment=visit, now=now)

    def send(hours: float = 24) -> None:
        sending.send(by=staff, estimate=empty, expires_at=now + timedelta(hours=hours), now=now)

    with pytest.raises(Invalid) as refused:
        send()
    assert refused.value.code == "empty"
    drafting.write_line(by=staff, estimate=empty, work=Work("Ohne Preis"), now=now)
    with pytest.raises(Invalid) as unpriced:
        send()
    assert unpriced.value.code == "without_price"
    for hours in (-1.0, 0.1, 24 * 31):
        with pytest.raises(Invalid):
            send(hours)
    with pytest.raises(Invalid):
        drafting.write_line(
            by=staff, estimate=empty, work=Work("X", entries=[Entry("part", "X", Decimal(-1), 5)]), now=now
        )


def test_what_was_sent_is_not_changed(visit: Appointment, staff: User, now: datetime) -> None:
    estimate = sent(visit, staff, now)
    with pytest.raises(NotOpen):
        drafting.write_line(by=staff, estimate=estimate, work=WIPERS, now=now)
    with pytest.raises(NotOpen):
        drafting.drop_line(by=staff, line=estimate.lines.all()[0], now=now)
    with pytest.raises(NotOpen):
        drafting.discard(by=staff, estimate=estimate, now=now)
    with pytest.raises(NotOpen):
        drafting.draft_of(by=staff, appointment=visit, now=now)


def test_foreign_estimates_do_not_exist(visit: Appointment, staff: User, owner: User, now: datetime) -> None:
    estimate = sent(visit, staff, now)
    stranger, elsewhere = UserFactory.create(), make_workshop()
    colleague = UserFactory.create(role="staff", scope=elsewhere.centre)
    with pytest.raises(NotFound):
        approve(estimate, stranger, now, *line_ids(estimate))
    with pytest.raises(NotFound):
        deciding.note_decision(by=colleague, estimate=estimate, approved=[], now=now)
    with pytest.raises(NotFound):
        drafting.revise(by=colleague, estimate=estimate, now=now)
    other = visit_in_house(elsewhere, owner, make_car(owner))
    theirs = sent(other, colleague, now)
    with pytest.raises(Invalid):  # a line of another estimate
        approve(estimate, owner, now, *line_ids(theirs))
    estimate.refresh_from_db()
    assert estimate.state == "sent"


def test_a_draft_is_nothing_for_the_customer(
    visit: Appointment, staff: User, owner: User, now: datetime
) -> None:
    estimate = draft(visit, staff, now)
    assert not reading.shared_with(owner, now).exists()
    with pytest.raises(NotFound):
        approve(estimate, owner, now, *line_ids(estimate))


def test_a_guest_of_the_car_reads_but_does_not_order(
    visit: Appointment, car: Vehicle, staff: User, now: datetime
) -> None:
    guest = UserFactory.create()
    share(car, guest)
    estimate = sent(visit, staff, now)
    assert list(reading.shared_with(guest, now)) == [estimate]
    with pytest.raises(NotAllowed):
        approve(estimate, guest, now, *line_ids(estimate))
    estimate.refresh_from_db()
    assert estimate.state == "sent"


def test_a_technician_prices_nothing(workshop: Workshop, visit: Appointment, now: datetime) -> None:
    technician = UserFactory.create(role="technician", scope=workshop.centre)
    with pytest.raises(NotAllowed):
        drafting.draft_of(by=technician, appointment=visit, now=now)


def test_both_sides_hear_of_it(
    visit: Appointment, staff: User, owner: User, now: datetime, run_reactions: Callable[[], int]
) -> None:
    estimate = sent(visit, staff, now)
    run_reactions()
    [asked] = Notice.objects.filter(user=owner)
    assert asked.kind == "services.estimate_sent"
    brakes, _wipers = line_ids(estimate)
    approve(estimate, owner, now, brakes)
    run_reactions()
    assert kinds_told(owner) == ["services.estimate_sent", "services.estimate_ordered"]
    assert kinds_told(staff) == ["services.estimate_decided.to_team"]
    confirmed = Notice.objects.get(user=owner, kind="services.estimate_ordered")
    assert confirmed.params["works"] == "Bremsbeläge vorn (347,24\N{NO-BREAK SPACE}€)"


def test_what_was_said_on_the_phone_is_confirmed(
    visit: Appointment, staff: User, owner: User, now: datetime, run_reactions: Callable[[], int]
) -> None:
    estimate = sent(visit, staff, now)
    deciding.note_decision(by=staff, estimate=estimate, approved=line_ids(estimate), now=now)
    run_reactions()
    assert kinds_told(owner) == ["services.estimate_ordered.phone"]
    estimate.refresh_from_db()
    assert (estimate.decided_by, estimate.decided_through) == (staff, "phone")


def test_a_phone_decision_over_the_api_is_for_the_colleagues_of_the_centre(
    visit: Appointment, staff: User, owner: User, now: datetime, client: Any
) -> None:
    estimate = sent(visit, staff, timezone.now())
    url, asked = f"/api/v1/estimates/{estimate.pk}/by-phone/", {"lines": line_ids(estimate)}
    for person, status in [
        (owner, 403),
        (UserFactory.create(role="staff", scope=make_workshop().centre), 404),
        (staff, 200),
    ]:
        client.force_login(person)
        assert client.post(url, asked, content_type="application/json").status_code == status
    estimate.refresh_from_db()
    assert (estimate.state, estimate.decided_through, estimate.decided_by) == ("decided", "phone", staff)


def test_both_hear_when_nobody_decided(
    visit: Appointment, staff: User, owner: User, now: datetime, run_reactions: Callable[[], int]
) -> None:
    sent(visit, staff, now)
    sending.expire_due(now=now + timedelta(days=2))
    run_reactions()
    assert kinds_told(owner) == ["services.estimate_expired"]
    assert kinds_told(staff) == ["services.estimate_expired.to_team"]


def test_the_journal_holds_amounts_and_no_words(
    visit: Appointment, staff: User, owner: User, now: datetime
) -> None:
    estimate = sent(visit, staff, now)
    approve(estimate, owner, now, *line_ids(estimate))
    told = Event.objects.get(kind="services.estimate_decided")
    assert (told.data["cents"], told.data["approved"], told.by) == (BRAKES_GROSS + WIPERS_GROSS, 2, owner)
    assert not any(BRAKES.title in str(event.data) for event in Event.objects.all())


def test_the_limit_of_the_repair_order_is_held_against_all_that_was_approved(
    visit: Appointment, staff: User, owner: User, now: datetime
) -> None:
    RepairOrder.objects.create(
        appointment=visit,
        work="Räderwechsel",
        price_limit_cents=40000,
        mileage_km=1,
        checked_in_by=staff,
        checked_in_at=now,
    )
    estimate = sent(visit, staff, now)
    asked = reading.budget_of(visit, reading.of_visit(visit, now, drafts=False))
    assert (asked.total, asked.is_over) == (8900 + BRAKES_GROSS + WIPERS_GROSS, True)
    approve(estimate, owner, now, line_ids(estimate)[1])
    left = reading.budget_of(visit, reading.of_visit(visit, now, drafts=False))
    assert (left.approved, left.is_over) == (WIPERS_GROSS, False)


def test_of_two_who_decide_at_once_one_wins(
    committing_db: None, race: Callable[..., list[Any]], now: datetime
) -> None:
    workshop, owner = make_workshop(), UserFactory.create()
    staff = UserFactory.create(role="staff", scope=workshop.centre)
    visit = visit_in_house(workshop, owner, make_car(owner))
    estimate = sent(visit, staff, now)
    ids = line_ids(estimate)
    results = race(
        [
            lambda: approve(estimate, owner, now, *ids),
            lambda: deciding.note_decision(by=staff, estimate=estimate, approved=[], now=now),
            lambda: approve(estimate, owner, now, ids[0]),
            lambda: deciding.note_decision(by=staff, estimate=estimate, approved=ids, now=now),
        ]
    )
    assert sorted(type(result).__name__ for result in results) == ["AlreadyDecided"] * 3 + ["Estimate"]
    assert Event.objects.filter(kind="services.estimate_decided").count() == 1
    assert status_of(visit) != "waiting_approval"


def test_a_decision_and_a_revision_at_once_leave_one_of_them(
    committing_db: None, race: Callable[..., list[Any]], now: datetime
) -> None:
    workshop, owner = make_workshop(), UserFactory.create()
    staff = UserFactory.create(role="staff", scope=workshop.centre)
    visit = visit_in_house(workshop, owner, make_car(owner))
    estimate = sent(visit, staff, now)
    ids = line_ids(estimate)
    decided, revised = race(
        [
            lambda: approve(estimate, owner, now, *ids),
            lambda: drafting.revise(by=staff, estimate=estimate, now=now),
        ]
    )
    estimate.refresh_from_db()
    if estimate.state == "decided":
        assert isinstance(revised, AlreadyDecided)
    else:
        assert (estimate.state, type(decided)) == ("replaced", Replaced)
        assert not estimate.lines.exclude(decision="open").exists()
