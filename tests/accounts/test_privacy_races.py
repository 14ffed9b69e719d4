"""Two at once: these tests commit, so that threads see what the others did."""

from datetime import timedelta

from accounts.models import Erasure, Export
from accounts.privacy import erasing, exports
from documents.models import Document
from journal.models import Event
from tests.factories.accounts import UserFactory

LATER = timedelta(days=15)


def test_two_workers_at_once_erase_once(committing_db, race, now):
    user = UserFactory.create()
    erasing.request_erasure(by=user, now=now)
    done = race([lambda: erasing.carry_out_due(now=now + LATER)] * 2)
    assert sorted(done) == [0, 1]
    assert Event.objects.filter(kind="accounts.erased").count() == 1


def test_two_requests_at_once_make_one_plan(committing_db, race, now):
    user = UserFactory.create()
    race([lambda: erasing.request_erasure(by=user, now=now)] * 3)
    assert Erasure.objects.count() == 1


def test_two_who_build_the_same_copy_make_one_file(committing_db, race, now):
    user = UserFactory.create()
    export = exports.request_export(by=user, now=now)
    race([lambda: exports.build_export(export_id=export.pk, now=now)] * 2)
    export.refresh_from_db()
    assert export.state == Export.State.READY
    assert Document.objects.filter(kind=exports.KIND).count() == 1


def test_cancelling_while_it_is_carried_out_stops_it_whole_or_not_at_all(committing_db, race, now):
    user = UserFactory.create()
    erasing.request_erasure(by=user, now=now)
    race(
        [
            lambda: erasing.carry_out_due(now=now + LATER),
            lambda: erasing.cancel_erasure(by=user, user=user, now=now),
        ]
    )
    planned = Erasure.objects.get()
    user.refresh_from_db()
    assert (planned.done_at is None) == bool(user.email)
    assert bool(planned.cancelled_at) == (planned.parts_done == [])
