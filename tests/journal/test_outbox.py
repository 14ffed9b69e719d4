"""What leaves the house: at least once, under a stable id."""

import pytest
from django.db import transaction
from django.db.models.functions import Now
from django.utils import timezone

from common.errors import Conflict
from journal import outbox, trying
from journal.models import Event, OutboxEntry
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def test_an_entry_is_delivered_once_under_its_id(a_channel, deliver_outbox):
    outbox.enqueue("test", "notice:7", {"notice": 7})
    outbox.enqueue("test", "notice:7", {"notice": 7})
    assert deliver_outbox() == 1
    assert deliver_outbox() == 0
    assert a_channel == [("notice:7", {"notice": 7})]


def test_what_is_rolled_back_is_not_sent(a_channel, deliver_outbox):
    with transaction.atomic():
        outbox.enqueue("test", "notice:7", {})
        transaction.set_rollback(True)
    assert deliver_outbox() == 0


def test_an_unknown_channel_is_refused():
    with pytest.raises(ValueError, match="pigeon"):
        outbox.enqueue("pigeon", "1", {})


def test_one_failure_keeps_nobody_else_waiting_and_is_tried_again(a_channel, deliver_outbox):
    def deliver(stable_id: str, payload: dict) -> None:
        if stable_id == "bad" and OutboxEntry.objects.get(stable_id="bad").attempts < 2:
            raise OSError("connection refused")
        a_channel.append((stable_id, payload))

    outbox.register_channel("test", deliver)
    outbox.enqueue("test", "bad", {})
    outbox.enqueue("test", "good", {})
    assert outbox.deliver_due() == 1
    bad = OutboxEntry.objects.get(stable_id="bad")
    assert (bad.state, bad.attempts, bad.last_error) == ("open", 1, "OSError: connection refused")
    OutboxEntry.objects.update(due_at=Now())
    assert deliver_outbox() == 1
    assert [stable_id for stable_id, _payload in a_channel] == ["good", "bad"]


def test_what_always_fails_is_parked_and_may_be_sent_again(a_channel):
    working: list[int] = []

    def deliver(stable_id: str, payload: dict) -> None:
        if not working:
            raise OSError("no")

    outbox.register_channel("test", deliver)
    outbox.enqueue("test", "1", {})
    for _try in range(trying.MAX_ATTEMPTS):
        OutboxEntry.objects.filter(state="open").update(due_at=Now())
        outbox.deliver_due()
    entry = OutboxEntry.objects.parked().get()
    admin = UserFactory.create(role="administrator")
    working.append(1)
    outbox.rerun(entry=entry, by=admin, now=timezone.now())
    assert outbox.deliver_due() == 1
    assert Event.objects.get(kind="journal.message_rerun").by == admin
    with pytest.raises(Conflict):
        outbox.rerun(entry=entry, by=admin, now=timezone.now())


def test_delivered_entries_are_forgotten_after_thirty_days(a_channel, deliver_outbox, now):
    outbox.enqueue("test", "old", {})
    outbox.enqueue("test", "new", {})
    deliver_outbox()
    OutboxEntry.objects.filter(stable_id="old").update(done_at=now - outbox.KEEP_DELIVERED * 2)
    OutboxEntry.objects.filter(stable_id="new").update(done_at=now)
    assert outbox.forget_delivered(now=now) == 1
    assert OutboxEntry.objects.get().stable_id == "new"
