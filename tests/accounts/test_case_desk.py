"""The desk: who sees which requests, and what colleagues do with them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.cases import cases, clock, desk, live, queues
from accounts.models import Case, Notice, User
from common.errors import NotAllowed
from tests.factories.accounts import UserFactory
from tests.factories.cases import opened
from tests.factories.services import CentreFactory

pytestmark = pytest.mark.django_db
WORKSHOP = "tests.workshop"
queues.register_queue(
    queues.Queue(
        WORKSHOP, "Werkstatt", promise=timedelta(hours=4), permission="accounts.answer_cases", scoped=True
    )
)


@pytest.fixture
def advisor(client: Client) -> User:
    user = UserFactory.create(role="advisor")
    client.force_login(user)
    return user


def page_of(case: Case) -> str:
    return reverse("accounts:staff-case", args=[case.pk])


def test_colleagues_see_the_requests_of_their_own_centre(now: datetime) -> None:
    here, there = CentreFactory.create(), CentreFactory.create()
    front_desk = UserFactory.create(role="staff", scope=here)
    own = opened(UserFactory.create(), queue=WORKSHOP, scope=here, now=now)
    opened(UserFactory.create(), queue=WORKSHOP, scope=there, now=now)
    anywhere = opened(UserFactory.create(), queue=WORKSHOP, now=now)
    assert set(desk.cases_of(front_desk)) == {own, anywhere}
    assert desk.cases_of(UserFactory.create(role="advisor")).count() == 3
    assert not desk.cases_of(UserFactory.create(role="accountant")).exists()


def test_a_foreign_request_is_a_404_on_every_page(client: Client, now: datetime) -> None:
    here, there = CentreFactory.create(), CentreFactory.create()
    client.force_login(UserFactory.create(role="staff", scope=here))
    case = opened(UserFactory.create(), queue=WORKSHOP, scope=there, now=now)
    for name in ("", "-conversation", "-hand-over", "-promise", "-reopen", "-merge"):
        assert client.get(reverse(f"accounts:staff-case{name}", args=[case.pk])).status_code == 404
    for name in ("", "-take", "-let-go", "-hand-over", "-promise", "-reopen", "-merge"):
        assert client.post(reverse(f"accounts:staff-case{name}", args=[case.pk])).status_code == 404


def test_topics_follow_the_same_rights(now: datetime) -> None:
    here, there = CentreFactory.create(), CentreFactory.create()
    anna = UserFactory.create()
    staff = UserFactory.create(role="staff", scope=here)
    case = opened(anna, queue=WORKSHOP, scope=here, now=now)
    elsewhere = opened(anna, queue=WORKSHOP, scope=there, now=now)
    assert live.may_watch_case(anna, f"case:{case.pk}")
    assert not live.may_watch_desk_case(anna, f"desk-case:{case.pk}")
    assert not live.may_watch_case(staff, f"case:{case.pk}")
    assert live.may_watch_desk_case(staff, f"desk-case:{case.pk}")
    assert not live.may_watch_desk_case(staff, f"desk-case:{elsewhere.pk}")
    assert live.may_watch_desk(staff, f"desk:{WORKSHOP}")
    assert not live.may_watch_desk(staff, "desk:accounts.privacy")
    assert not live.may_watch_desk(anna, "desk:all")


def test_the_nearest_promise_stands_first_and_waiting_ones_last(advisor: User, now: datetime) -> None:
    later = opened(UserFactory.create(), now=now)
    sooner = opened(UserFactory.create(), queue="accounts.call_back", now=now)
    waiting = opened(UserFactory.create(), queue="accounts.call_back", now=now)
    cases.reply(by=advisor, case=waiting, text="?", now=now)
    assert list(desk.search_cases(advisor, desk.Search(), now=now)) == [sooner, later, waiting]


@pytest.mark.parametrize(
    "words", ["ladekabel", "BEKOMME eins", "lindqvist", "gerda@example", "{code}", "{code_as_said}"]
)
def test_search_finds_by_number_name_and_words(advisor: User, now: datetime, words: str) -> None:
    case = opened(None, contact=cases.Contact("Gerda Lindqvist", "gerda@example.org"), now=now)
    opened(UserFactory.create(first_name="Karl", last_name="Krause"), title="Reifen", text="Rund?", now=now)
    asked = words.format(code=case.code, code_as_said=case.code.lower().replace("-", " "))
    assert list(desk.search_cases(advisor, desk.Search(words=asked), now=now)) == [case]


def test_the_number_of_a_merged_request_finds_where_it_went(advisor: User, now: datetime) -> None:
    anna = UserFactory.create()
    kept, gone = opened(anna, now=now), opened(anna, now=now)
    cases.merge_cases(by=advisor, kept=kept, gone=gone, now=now)
    assert list(desk.search_cases(advisor, desk.Search(words=gone.code), now=now)) == [kept]


def test_counts_tell_what_waits(advisor: User, now: datetime) -> None:
    first = opened(UserFactory.create(), now=now)
    opened(UserFactory.create(), queue="accounts.call_back", now=now)
    cases.take(by=advisor, case=first, now=now)
    counts = desk.count_cases(advisor, now=now + timedelta(hours=5))
    assert (counts.all, counts.mine, counts.unassigned, counts.overdue) == (2, 1, 1, 1)
    assert {q.queue.name: q.overdue for q in counts.queues}["accounts.call_back"] == 1


def test_the_second_of_two_who_answer_sees_what_the_first_wrote(client: Client, advisor: User) -> None:
    case = opened(UserFactory.create(), now=timezone.now())
    seen = case.version
    other = UserFactory.create(role="advisor")
    cases.reply(by=other, case=case, text="Die erste Antwort", expected=seen, now=timezone.now())
    typed = {"text": "Meine Antwort", "deed": "answer", "version": seen}
    refused = client.post(page_of(case), typed)
    assert refused.status_code == 422
    assert "Die erste Antwort" in refused.text
    assert "Meine Antwort" in refused.text
    case.refresh_from_db()
    assert f'name="version" form="answer" value="{case.version}"' in refused.text
    client.post(page_of(case), {**typed, "version": case.version})
    assert [m.text for m in case.messages.in_order()][1:] == ["Die erste Antwort", "Meine Antwort"]


def test_three_buttons_answer_note_and_close(client: Client, advisor: User) -> None:
    case = opened(UserFactory.create(), now=timezone.now())
    for deed in ("note", "answer", "close"):
        client.post(page_of(case), {"text": f"Text {deed}", "deed": deed})
    said = list(case.messages.in_order())[1:]
    assert [(m.text, m.internal, m.kind) for m in said] == [
        ("Text note", True, "message"),
        ("Text answer", False, "message"),
        ("Text close", False, "summary"),
    ]
    case.refresh_from_db()
    assert case.state == Case.State.CLOSED


def test_a_button_that_is_not_known_tells_the_customer_nothing(client: Client, advisor: User) -> None:
    case = opened(UserFactory.create(), now=timezone.now())
    client.post(page_of(case), {"text": "Hoppla"})
    assert case.messages.in_order()[1].internal


def test_handed_over_out_of_reach_one_is_back_at_the_desk(client: Client, advisor: User) -> None:
    case = opened(UserFactory.create(), now=timezone.now())
    typed = {"queue": "accounts.privacy", "reason": "Will Auskunft", "version": case.version}
    answer = client.post(reverse("accounts:staff-case-hand-over", args=[case.pk]), typed)
    assert answer["Location"] == reverse("accounts:staff-cases")


def test_a_new_time_is_told_to_the_customer(
    client: Client, advisor: User, run_reactions: Callable[[], int]
) -> None:
    anna = UserFactory.create()
    case = opened(anna, now=timezone.now())
    client.post(
        reverse("accounts:staff-case-promise", args=[case.pk]),
        {"promised_by": "2099-01-05T10:00", "version": case.version},
    )
    run_reactions()
    case.refresh_from_db()
    assert case.promised_by.year == 2099
    assert Notice.objects.get(user=anna).kind == "accounts.case_promised"


def test_a_promise_that_runs_out_is_told_once_to_all_who_could_answer(
    run_reactions: Callable[[], int], now: datetime
) -> None:
    here = CentreFactory.create()
    staff = UserFactory.create(role="staff", scope=here)
    UserFactory.create(role="staff", scope=CentreFactory.create())
    case = opened(UserFactory.create(), queue=WORKSHOP, scope=here, now=now)
    assert clock.remind_of_promises(now=now + timedelta(hours=2)) == 0
    for _run in range(2):
        clock.remind_of_promises(now=now + timedelta(hours=3, minutes=1))
    run_reactions()
    told = Notice.objects.filter(kind="accounts.case_promise_near")
    assert [notice.user for notice in told] == [staff]
    assert told[0].url == page_of(case)


def test_who_looks_after_a_request_hears_that_the_customer_wrote(
    run_reactions: Callable[[], int], now: datetime
) -> None:
    anna, advisor = UserFactory.create(), UserFactory.create(role="advisor")
    case = opened(anna, now=now)
    cases.reply(by=advisor, case=case, text="?", now=now)
    cases.write_to_case(by=anna, case=case, text="Ja", now=now)
    run_reactions()
    assert [n.kind for n in Notice.objects.filter(user=advisor)] == ["accounts.case_written"]


@pytest.mark.parametrize("count", [1, 12])
def test_the_desk_costs_the_same_for_one_and_for_many(
    client: Client, advisor: User, count: int, django_assert_num_queries: Any
) -> None:
    made = [opened(UserFactory.create(), now=timezone.now()) for _n in range(count)]
    for n in range(count):
        cases.note(by=advisor, case=made[0], text=f"Notiz {n}", now=timezone.now())
        UserFactory.create(role="staff")
    client.get(page_of(made[0]))
    with django_assert_num_queries(6):
        client.get(reverse("accounts:staff-cases"))
    with django_assert_num_queries(8):
        client.get(page_of(made[0]))
    with django_assert_num_queries(7):
        client.get(reverse("accounts:staff-case-hand-over", args=[made[0].pk]))


def test_a_request_by_phone_is_opened_for_the_customer_who_is_told(
    client: Client, advisor: User, run_reactions: Callable[[], int]
) -> None:
    anna = UserFactory.create()
    address = f"{reverse('accounts:staff-case-create')}?customer={anna.pk}"
    typed = {"queue": "accounts.general", "title": "Am Telefon", "text": "Sie möchten ein Kabel."}
    assert client.post(address, typed).status_code == 302
    case = Case.objects.get()
    assert (case.customer, case.opened_by) == (anna, advisor)
    assert not case.messages.get().from_customer
    run_reactions()
    assert Notice.objects.get(user=anna).kind == "accounts.case_opened"


def test_nobody_opens_a_request_for_themselves_at_the_desk(client: Client, advisor: User) -> None:
    assert client.get(f"{reverse('accounts:staff-case-create')}?customer={advisor.pk}").status_code == 404


def test_nobody_opens_requests_for_others_without_working_there(now: datetime) -> None:
    with pytest.raises(NotAllowed):
        opened(UserFactory.create(), by=UserFactory.create(), now=now)


def test_a_guest_s_request_moves_into_the_account_with_the_same_address(
    client: Client, advisor: User, now: datetime
) -> None:
    gerda, case = UserFactory.create(email="gerda@example.org"), opened(None, now=now)
    stranger = opened(None, contact=cases.Contact(email="who@example.org"), now=now)
    assert reverse("accounts:staff-case-customer", args=[case.pk]) in client.get(page_of(case)).text
    for each in (case, stranger):
        client.post(reverse("accounts:staff-case-customer", args=[each.pk]))
    assert list(Case.objects.visible_to(gerda)) == [case]
    stranger.refresh_from_db()
    assert stranger.customer is None
