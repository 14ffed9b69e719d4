"""The journal: written with what it tells, in order, and never changed."""

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import ProgrammingError

from journal import kinds, log
from journal.models import Event, EventAudience, ReactionRun, Subject
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def test_an_event_carries_who_what_and_when(a_kind):
    anna = UserFactory.create()
    with transaction.atomic():
        event = log.record(a_kind, by=anna, subject=anna, data={"number": 7}, audience=[anna, anna])
    kept = Event.objects.get()
    assert (kept.by, kept.data, kept.label, kept.at) == (anna, {"number": 7}, "It rang", event.at)
    assert list(Event.objects.concerning(anna)) == [kept]
    assert (kept.subject.kind, kept.subject.object_id) == ("accounts.user", anna.pk)


def test_events_of_one_subject_are_numbered_in_order(happen):
    anna, berta = UserFactory.create(), UserFactory.create()
    assert [happen(who).sequence for who in (anna, berta, anna, anna, berta)] == [1, 1, 2, 3, 2]


def test_what_is_rolled_back_never_happened(a_kind):
    anna = UserFactory.create()
    with transaction.atomic():
        log.record(a_kind, by=None, subject=anna)
        transaction.set_rollback(True)
    assert not Event.objects.exists()


def test_data_that_the_kind_does_not_name_is_refused(a_kind):
    anna = UserFactory.create()
    with pytest.raises(ValueError, match="address"):
        log.record(a_kind, by=None, subject=anna, data={"address": "Elbstraße 1"})


def test_a_kind_that_nobody_registered_is_refused():
    with pytest.raises(KeyError):
        log.record("test.unheard_of", by=None, subject=UserFactory.create())


@pytest.mark.parametrize("table", ["journal_event", "journal_eventaudience"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}", "TRUNCATE {} CASCADE"])
def test_what_happened_cannot_be_changed(a_kind, table, statement):
    anna = UserFactory.create()
    log.record(a_kind, by=anna, subject=anna, audience=[anna])
    with (
        pytest.raises((IntegrityError, ProgrammingError)),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement.format(table))
    assert EventAudience.objects.count() == 1


@pytest.mark.parametrize("table", ["journal_event", "journal_eventaudience"])
def test_not_even_their_owner_may_empty_the_tables(a_kind, table):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL ROLE NONE")  # back to the owner, until the rollback
        with pytest.raises(IntegrityError, match="append-only"):
            cursor.execute(f"TRUNCATE {table} CASCADE")
        transaction.set_rollback(True)


def test_recording_costs_the_same_for_few_and_many(a_kind, django_assert_num_queries):
    people = UserFactory.create_batch(5)
    with django_assert_num_queries(1):
        log.record(a_kind, by=None, subject=people[0])
    with django_assert_num_queries(1):
        log.record(a_kind, by=None, subject=people[0], audience=people)


def test_kinds_carry_ids_codes_and_amounts_only():
    telling = {"name", "first_name", "last_name", "email", "phone", "address", "street", "text", "title",
               "lat", "lon", "latitude", "longitude", "position", "note", "message", "vin"}  # fmt: skip
    wrong = {name: kind.data & telling for name, kind in kinds.all_kinds().items() if kind.data & telling}
    assert not wrong


def test_a_new_reaction_starts_with_its_deployment(happen, a_kind, run_reactions):
    from journal.reacting import reacts_to

    happen(UserFactory.create())
    seen = []
    reacts_to(a_kind)(lambda event: seen.append(event.sequence))
    assert run_reactions() == 0
    assert not seen
    assert not ReactionRun.objects.exists()
    assert Subject.objects.count() == 1
