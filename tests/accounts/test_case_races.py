"""Two at the same moment: one winner, and nothing lost; and who is told live."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from channels.layers import get_channel_layer

from accounts.cases import cases, mail
from accounts.cases.errors import CaseMovedOn
from accounts.models import Case, CaseMessage
from common.errors import Conflict, DomainError
from common.realtime import topic_group
from journal.models import Event
from tests.factories.accounts import UserFactory
from tests.factories.cases import opened

pytestmark = pytest.mark.usefixtures("committing_db")
Race = Callable[..., list[Any]]


def winners(results: list[Any]) -> list[Any]:
    """Who got through; all others were told so in words."""
    lost = [each for each in results if isinstance(each, Exception)]
    assert all(isinstance(each, DomainError) for each in lost), lost
    return [each for each in results if not isinstance(each, Exception)]


def test_of_many_who_take_a_case_one_has_it(race: Race, now: datetime) -> None:
    case = opened(UserFactory.create(), now=now)
    people = [UserFactory.create(role="advisor") for _n in range(6)]
    results = race([lambda who=who: cases.take(by=who, case=case, now=now) for who in people])
    [taken] = winners(results)
    case.refresh_from_db()
    assert case.assignee_id == taken.assignee_id
    assert Event.objects.filter(kind="accounts.case_assigned").count() == 1
    assert all(isinstance(each, Conflict) for each in results if isinstance(each, Exception))


def test_merged_both_ways_at_once_one_stays(race: Race, now: datetime) -> None:
    anna, staff = UserFactory.create(), UserFactory.create(role="advisor")
    one, other = opened(anna, now=now), opened(anna, now=now)
    results = race(
        [
            lambda: cases.merge_cases(by=staff, kept=one, gone=other, now=now),
            lambda: cases.merge_cases(by=staff, kept=other, gone=one, now=now),
        ]
        * 2
    )
    [kept] = winners(results)
    assert Case.objects.unmerged().get() == kept
    assert CaseMessage.objects.filter(case=kept).count() == 2


def test_answered_and_closed_at_once_one_was_first(race: Race, now: datetime) -> None:
    case = opened(UserFactory.create(), now=now)
    seen = case.version
    people = [UserFactory.create(role="advisor") for _n in range(2)]
    results = race(
        [
            lambda: cases.reply(by=people[0], case=case, text="Antwort", expected=seen, now=now),
            lambda: cases.close_case(by=people[1], case=case, summary="Zu", expected=seen, now=now),
        ]
    )
    assert len(winners(results)) == 1
    assert [type(each) for each in results if isinstance(each, Exception)] == [CaseMovedOn]
    assert case.messages.count() == 2


def test_a_customer_who_writes_while_it_is_closed_is_heard(race: Race, now: datetime) -> None:
    anna, staff = UserFactory.create(), UserFactory.create(role="advisor")
    case = opened(anna, now=now)
    results = race(
        [
            lambda: cases.write_to_case(by=anna, case=case, text="Noch etwas", now=now),
            lambda: cases.close_case(by=staff, case=case, summary="Zu", expected=case.version, now=now),
        ]
    )
    assert not isinstance(results[0], Exception)
    case.refresh_from_db()
    # Closed before the word: open again. Closed after it: refused, since the word was not read.
    assert case.state == Case.State.OPEN
    assert case.messages.filter(text="Noch etwas").count() == 1


def test_one_mail_delivered_by_two_is_one_message(race: Race, now: datetime) -> None:
    case = opened(None, now=now)

    def deliver() -> Any:
        return mail.receive_mail(
            code=case.code, sender="gerda@example.org", text="Per Mail", mail_id="<1@example.org>", now=now
        )

    results = race([deliver] * 4)
    assert not any(isinstance(each, Exception) for each in results), results
    assert case.messages.count() == 2


def topics_that_hear(action: Callable[[], Any], *topics: str) -> set[str]:
    """Which of the topics get a push while the action commits."""

    async def hear() -> set[str]:
        layer = get_channel_layer()
        channel = await layer.new_channel()
        for topic in topics:
            await layer.group_add(topic_group(topic), channel)
        await sync_to_async(action)()
        heard: set[str] = set()
        while True:
            try:
                push = await asyncio.wait_for(layer.receive(channel), timeout=0.5)
            except TimeoutError:
                return heard
            heard.add(push["topic"])

    return async_to_sync(hear)()


def test_a_note_is_not_even_noticed_on_the_customer_s_topic(now: datetime) -> None:
    case, advisor = opened(UserFactory.create(), now=now), UserFactory.create(role="advisor")
    customer, desk, queue = f"case:{case.pk}", f"desk-case:{case.pk}", f"desk:{case.queue}"
    listening = (customer, desk, queue, "desk:all")
    for inside in (
        lambda: cases.note(by=advisor, case=case, text="intern", now=now),
        lambda: cases.take(by=advisor, case=case, now=now),
        lambda: cases.hand_over(by=advisor, case=case, queue="accounts.call_back", reason="so", now=now),
    ):
        heard = topics_that_hear(inside, *listening)
        assert desk in heard
        assert customer not in heard
    heard = topics_that_hear(lambda: cases.reply(by=advisor, case=case, text="Gern", now=now), *listening)
    assert heard == {customer, desk, "desk:all"}  # its queue is another one by now
