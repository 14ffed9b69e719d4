"""How long things are kept: rules as data, within bounds, carried out in batches."""

from datetime import timedelta

import pytest

from accounts.models import Erasure, Notice, RetentionRun, StaffInvitation, User
from accounts.privacy import erasing, inactive, retention
from common.errors import Invalid, NotAllowed
from journal.models import Event, OutboxEntry
from tests.factories.accounts import UserFactory
from tests.factories.vehicles import own

pytestmark = pytest.mark.django_db
YEARS = timedelta(days=3 * 365)


def delivered(stable_id, at):
    return OutboxEntry.objects.create(
        channel="mail", stable_id=stable_id, payload={}, state="done", due_at=at, done_at=at, created_at=at
    )


def test_an_administrator_s_choice_counts_from_the_next_run_on(now):
    delivered("young", now - timedelta(days=10))
    assert retention.sweep(name="journal.delivered", now=now) == 0
    administrator = UserFactory.create(role="administrator")
    retention.change_rule(by=administrator, name="journal.delivered", days=9, now=now)
    assert retention.standing_of("journal.delivered", now=now).would_go == 1
    assert retention.sweep(name="journal.delivered", now=now) == 1
    run = RetentionRun.objects.get(name="journal.delivered")
    assert (run.ran_at, run.erased, run.erased_ever) == (now, 1, 1)
    assert Event.objects.filter(kind="accounts.retention_changed", by=administrator).exists()


def test_a_choice_outside_the_bounds_is_refused(now):
    administrator = UserFactory.create(role="administrator")
    for days in (0, 6, 91):
        with pytest.raises(Invalid):
            retention.change_rule(by=administrator, name="journal.delivered", days=days, now=now)
    with pytest.raises(Invalid):
        retention.change_rule(by=administrator, name="accounts.merges", days=31, now=now)
    with pytest.raises(NotAllowed):
        retention.change_rule(by=UserFactory.create(), name="journal.delivered", days=8, now=now)


def test_a_large_heap_goes_in_batches(now, monkeypatch):
    calls = []
    heap = [300]

    def sweep(*, days, now, limit):
        calls.append(limit)
        gone = min(limit, heap[0])
        heap[0] -= gone
        return gone

    with monkeypatch.context() as small:
        small.setattr(retention, "BATCH", 100)
        small.setitem(
            retention._rules, "tests.heap", retention.Rule("tests.heap", "", "", 1, sweep, None, 1, 1)
        )
        assert retention.sweep(name="tests.heap", now=now) == 300
    assert calls == [100] * 4


def test_every_rule_runs_and_counts_on_an_empty_house(now):
    for rule in retention.all_rules():
        assert retention.standing_of(rule.name, now=now).would_go == 0
        assert retention.sweep(name=rule.name, now=now) == 0


def test_invited_addresses_go_after_their_time(now):
    colleague = UserFactory.create(role="administrator")
    StaffInvitation.objects.create(
        email="neu@example.org",
        role="advisor",
        token_hash="x",
        invited_by=colleague,
        invited_at=now,
        expires_at=now + timedelta(days=7),
    )
    assert retention.sweep(name="accounts.invitations", now=now + timedelta(days=90)) == 0
    assert retention.sweep(name="accounts.invitations", now=now + timedelta(days=98)) == 1
    assert not StaffInvitation.objects.exclude(email="").exists()


# -- Accounts that nobody uses ------------------------------------------------------------------------


def unused(now, **more):
    return UserFactory.create(last_seen_on=(now - YEARS).date(), date_joined=now - 2 * YEARS, **more)


def test_an_unused_account_is_reminded_twice_and_then_erased(now, run_reactions, deliver_outbox, mailoutbox):
    user = unused(now)
    assert retention.sweep(name=inactive.RULE, now=now) == 1
    assert retention.sweep(name=inactive.RULE, now=now) == 0, "once is enough"
    assert inactive.remind_again(now=now + timedelta(days=45)) == 0
    assert inactive.remind_again(now=now + timedelta(days=46)) == 1
    assert inactive.remind_again(now=now + timedelta(days=47)) == 0
    run_reactions()
    deliver_outbox()
    kinds = list(Notice.objects.filter(user=user).order_by("pk").values_list("kind", flat=True))
    assert kinds == ["accounts.erasure_planned_inactive", "accounts.erasure_near"]
    assert [letter.to for letter in mailoutbox] == [[user.email]] * 2
    assert erasing.carry_out_due(now=now + timedelta(days=59)) == 0
    assert erasing.carry_out_due(now=now + timedelta(days=60)) == 1


def test_the_first_word_comes_sixty_days_before_the_time_is_over(now):
    young = now - YEARS + timedelta(days=61)
    user = UserFactory.create(last_seen_on=young.date(), date_joined=now - 2 * YEARS)
    assert retention.sweep(name=inactive.RULE, now=now) == 0
    assert retention.sweep(name=inactive.RULE, now=now + timedelta(days=1)) == 1
    planned = Erasure.objects.get(user=user)
    assert planned.due_at == now + timedelta(days=61)


def test_who_never_signed_in_counts_from_joining(now):
    UserFactory.create(last_seen_on=None, date_joined=now - YEARS)
    UserFactory.create(last_seen_on=None, date_joined=now - timedelta(days=100))
    assert retention.sweep(name=inactive.RULE, now=now) == 1


def test_who_owns_a_car_is_left_alone(now):
    own(unused(now))
    assert retention.sweep(name=inactive.RULE, now=now) == 0


def test_signing_in_stops_it(client, now):
    from django.utils import timezone

    user = unused(timezone.now())
    assert retention.sweep(name=inactive.RULE, now=timezone.now()) == 1
    client.force_login(user)
    client.get("/account/privacy/")
    user.refresh_from_db()
    assert user.last_seen_on == timezone.localdate()
    assert erasing.plan_of(user) is None
    assert Erasure.objects.get().cancelled_at


def test_the_day_is_written_once_and_costs_nothing_afterwards(client, django_assert_num_queries):
    from django.utils import timezone

    user = UserFactory.create(last_seen_on=None)
    client.force_login(user)
    client.get("/account/privacy/")
    user.refresh_from_db()
    assert user.last_seen_on == timezone.localdate()
    with django_assert_num_queries(0):
        inactive.note_use(user=user, now=timezone.now())


def test_what_one_asked_for_oneself_is_not_called_off_by_being_here(client):
    from django.utils import timezone

    user = UserFactory.create(last_seen_on=None, date_joined=timezone.now() - YEARS)
    erasing.request_erasure(by=user, now=timezone.now())
    client.force_login(user)
    client.get("/account/privacy/")
    assert erasing.plan_of(User.objects.get(pk=user.pk)) is not None
