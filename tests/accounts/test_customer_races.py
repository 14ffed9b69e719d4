"""Two at once: one winner, and the other hears why."""

from django.utils import timezone

from accounts.customers import invitations, merging, unmerging
from accounts.models import CustomerMerge, User
from common.errors import Conflict, DomainError
from tests.factories.accounts import UserFactory
from tests.factories.customers import walk_in
from tests.factories.vehicles import own


def winners(results: list[object]) -> int:
    assert all(not isinstance(result, Exception) or isinstance(result, DomainError) for result in results), (
        results
    )
    return sum(not isinstance(result, Exception) for result in results)


def test_two_who_use_one_link_have_one_winner(committing_db, race):
    kroeger = walk_in(email="k@example.org")
    invitation = invitations.invite_customer(by=None, customer=kroeger, now=timezone.now())
    token = invitations.token_of(invitation)
    passwords = ["Ein Satz genügt 1", "Ein Satz genügt 2"]
    results = race(
        [
            lambda word=word: invitations.take_over(token=token, password=word, now=timezone.now())
            for word in passwords
        ]
    )
    assert winners(results) == 1
    kroeger.refresh_from_db()
    won = passwords[[isinstance(result, User) for result in results].index(True)]
    assert kroeger.check_password(won)


def test_two_who_write_down_one_address_have_one_winner(committing_db, race):
    desk = UserFactory.create(role="staff")
    results = race([lambda: walk_in(by=desk, email="k@example.org")] * 2)
    assert sorted(type(result).__name__ for result in results) == ["EmailKnown", "User"]


def test_two_who_invite_at_once_leave_one_link_that_works(committing_db, race):
    desk, kroeger = UserFactory.create(role="staff"), walk_in(email="k@example.org")
    results = race([lambda: invitations.invite_customer(by=desk, customer=kroeger, now=timezone.now())] * 2)
    assert winners(results) == 2
    assert kroeger.customer_invitations.count() == 1


def merging_of(desk: User, kept: User, gone: User):
    return lambda: merging.merge_customers(by=desk, kept=kept, gone=gone, now=timezone.now())


def test_two_who_merge_the_same_pair_have_one_winner(committing_db, race):
    desk, one, other = UserFactory.create(role="staff"), walk_in(), walk_in()
    car = own(other)
    results = race([merging_of(desk, one, other)] * 2)
    assert winners(results) == 1
    assert [type(result) for result in results if isinstance(result, Exception)] == [Conflict]
    assert car.ownerships.get().user == one


def test_two_who_merge_both_ways_at_once_have_one_winner(committing_db, race):
    desk, one, other = UserFactory.create(role="staff"), walk_in(), walk_in()
    own(one), own(other)
    results = race([merging_of(desk, one, other), merging_of(desk, other, one)])
    assert winners(results) == 1
    merge = CustomerMerge.objects.get()
    assert User.objects.get(pk=merge.kept_id).ownerships.count() == 2
    assert User.objects.get(pk=merge.gone_id).standing == "merged"


def test_two_who_undo_at_once_have_one_winner(committing_db, race):
    desk, one, other = UserFactory.create(role="staff"), walk_in(), walk_in()
    merge = merging_of(desk, one, other)()
    results = race([lambda: unmerging.undo_merge(by=desk, merge=merge, now=timezone.now())] * 2)
    assert winners(results) == 1
