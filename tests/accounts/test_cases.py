"""Opening a case and speaking in it."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.cases import cases, mail
from accounts.cases.errors import CaseClosed, CaseMovedOn
from accounts.models import Case
from common.errors import Conflict, Invalid, NotFound
from journal.models import Event
from tests.factories.accounts import UserFactory
from tests.factories.cases import opened

pytestmark = pytest.mark.django_db


def test_a_case_gets_a_number_a_promise_and_its_first_message(now: datetime) -> None:
    anna = UserFactory.create()
    case = opened(anna, now=now)
    assert case.code.startswith("NL-")
    # Two working days from Tuesday 9 a.m.
    assert case.promised_by == now + timedelta(days=2)
    message = case.messages.get()
    assert (message.author, message.from_customer, message.internal) == (anna, True, False)
    assert Event.objects.get(kind="accounts.case_opened").data["code"] == case.code


def test_a_guest_must_be_reachable(now: datetime) -> None:
    with pytest.raises(Invalid) as error:
        opened(None, contact=cases.Contact(name="Gerda"), now=now)
    assert error.value.code == "unreachable"
    assert opened(None, contact=cases.Contact(phone="040 1234"), now=now).customer is None


def test_a_call_needs_a_number(now: datetime) -> None:
    with pytest.raises(Invalid) as error:
        opened(UserFactory.create(), call_time=Case.CallTime.SOON, now=now)
    assert error.value.field == "phone"


def test_an_answer_makes_it_the_customer_s_turn_and_the_clock_stand_still(now: datetime) -> None:
    anna, staff = UserFactory.create(), UserFactory.create(role="advisor")
    case = opened(anna, now=now)
    cases.reply(by=staff, case=case, text="Im Zubehör.", now=now + timedelta(hours=2))
    case.refresh_from_db()
    assert case.state == Case.State.WAITING
    assert case.assignee == staff
    assert case.left_seconds == (8 - 1 + 10 + 2 - 1) * 3600 - 0  # until Thursday 9 a.m., 10 hours a day


def test_the_customer_s_word_starts_the_clock_with_what_was_left(now: datetime) -> None:
    anna, staff = UserFactory.create(), UserFactory.create(role="advisor")
    case = opened(anna, queue="accounts.call_back", now=now)  # promised by 1 p.m.
    cases.reply(by=staff, case=case, text="Wann passt es?", now=now + timedelta(hours=1))
    friday = now + timedelta(days=3)
    cases.write_to_case(by=anna, case=case, text="Jetzt.", now=friday)
    case.refresh_from_db()
    assert (case.state, case.promised_by) == (Case.State.OPEN, friday + timedelta(hours=3))


def test_nobody_else_speaks_in_a_case(now: datetime) -> None:
    case = opened(UserFactory.create(), now=now)
    for stranger in (UserFactory.create(), UserFactory.create(role="technician")):
        with pytest.raises(NotFound):
            cases.reply(by=stranger, case=case, text="Hallo", now=now)
        with pytest.raises(NotFound):
            cases.write_to_case(by=stranger, case=case, text="Hallo", now=now)


def test_a_colleague_s_own_case_is_not_theirs_to_handle(now: datetime) -> None:
    colleague = UserFactory.create(role="advisor")
    case = opened(colleague, now=now)
    with pytest.raises(NotFound):
        cases.note(by=colleague, case=case, text="Kulanz geben", now=now)


def test_who_answers_an_older_state_is_told_and_nothing_is_written(now: datetime) -> None:
    case = opened(UserFactory.create(), now=now)
    seen = case.version
    first, second = UserFactory.create(role="advisor"), UserFactory.create(role="advisor")
    cases.reply(by=first, case=case, text="Erste", expected=seen, now=now)
    with pytest.raises(CaseMovedOn) as error:
        cases.reply(by=second, case=case, text="Zweite", expected=seen, now=now)
    case.refresh_from_db()
    assert error.value.extra["version"] == case.version
    assert [m.text for m in case.messages.in_order()] == ["Wo bekomme ich eins?", "Erste"]


def test_a_closed_case_opens_again_by_writing_for_thirty_days(now: datetime) -> None:
    anna, staff = UserFactory.create(), UserFactory.create(role="advisor")
    case = opened(anna, now=now)
    cases.close_case(by=staff, case=case, summary="Kabel ist bestellt.", now=now)
    with pytest.raises(CaseClosed):
        cases.write_to_case(by=anna, case=case, text="Es kam nie an", now=now + timedelta(days=31))
    cases.write_to_case(by=anna, case=case, text="Es kam nie an", now=now + timedelta(days=30))
    case.refresh_from_db()
    assert case.state == Case.State.OPEN
    assert case.closed_at is None


def test_a_colleague_closes_with_a_summary_a_customer_without(now: datetime) -> None:
    anna, staff = UserFactory.create(), UserFactory.create(role="advisor")
    case = opened(anna, now=now)
    with pytest.raises(Invalid):
        cases.close_case(by=staff, case=case, now=now)
    cases.close_case(by=anna, case=case, now=now)
    with pytest.raises(CaseClosed):
        cases.close_case(by=staff, case=case, summary="Erledigt", now=now)


def test_a_taken_case_names_who_has_it(now: datetime) -> None:
    case = opened(UserFactory.create(), now=now)
    first, second = UserFactory.create(role="advisor"), UserFactory.create(role="advisor")
    cases.take(by=first, case=case, now=now)
    with pytest.raises(Conflict) as error:
        cases.take(by=second, case=case, now=now)
    assert first.first_name in str(error.value)


def test_a_hand_over_keeps_the_promise_and_leaves_its_reason_inside(now: datetime) -> None:
    case = opened(UserFactory.create(), now=now)
    promised = case.promised_by
    advisor = UserFactory.create(role="advisor")
    cases.hand_over(by=advisor, case=case, queue="accounts.privacy", reason="Will Auskunft", now=now)
    case.refresh_from_db()
    assert (case.queue, case.assignee, case.promised_by) == ("accounts.privacy", None, promised)
    assert [m.text for m in case.messages.for_customer()] == ["Wo bekomme ich eins?"]
    with pytest.raises(NotFound):  # data protection is not the advisor's
        cases.note(by=advisor, case=case, text="noch etwas", now=now)


def test_merging_brings_everything_into_one(now: datetime) -> None:
    anna, staff = UserFactory.create(), UserFactory.create(role="advisor")
    kept = opened(anna, now=now)
    gone = opened(anna, text="Noch eine Frage", now=now + timedelta(hours=1))
    cases.merge_cases(by=staff, kept=kept, gone=gone, now=now + timedelta(hours=2))
    kept.refresh_from_db()
    assert [m.text for m in kept.messages.in_order()] == ["Wo bekomme ich eins?", "Noch eine Frage"]
    assert list(Case.objects.visible_to(anna).unmerged()) == [kept]


def test_cases_of_different_people_never_merge(now: datetime) -> None:
    staff = UserFactory.create(role="advisor")
    mine, theirs = opened(UserFactory.create(), now=now), opened(UserFactory.create(), now=now)
    guest = opened(None, now=now)
    for other in (theirs, guest):
        with pytest.raises(Conflict):
            cases.merge_cases(by=staff, kept=mine, gone=other, now=now)


def test_mail_is_taken_once_and_from_the_customer_s_address_only(now: datetime) -> None:
    case = opened(None, now=now)
    send: dict[str, Any] = {"code": case.code, "text": "Per Mail", "mail_id": "<1@example.org>", "now": now}
    assert mail.receive_mail(sender="other@example.org", **send) is None
    first = mail.receive_mail(sender="Gerda@Example.org", **send)
    assert first is not None
    assert mail.receive_mail(sender="gerda@example.org", **send) == first
    assert case.messages.count() == 2
