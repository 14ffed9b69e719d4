"""Names in the forum can't pass for another person or for the house."""

from datetime import datetime

import pytest

from common.errors import Conflict, Invalid
from community import names
from community.models import MemberProfile
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def choose(handle: str, now: datetime) -> MemberProfile:
    return names.choose_handle(by=UserFactory.create(), handle=handle, now=now)


@pytest.mark.parametrize("handle", ["Elchkuh", "Jörg_B", "anna-lena", "N5.Fan", "Küstenkind7", "Bjørn"])
def test_usual_names_are_taken(handle: str, now: datetime) -> None:
    assert choose(handle, now).handle == handle


@pytest.mark.parametrize(
    "handle",
    [
        "ab",
        "a" * 25,
        "zwei Worte",
        "Аlice",  # Cyrillic А
        "al\u200bice",
        "alice\u202e",
        "αλφα",
        "-anna",
        "a--b",
        "anna@x.de",
        "<b>anna</b>",
        "an\0na",
        "😀😀😀",
    ],
)
def test_unseen_and_foreign_characters_are_refused(handle: str, now: datetime) -> None:
    with pytest.raises(Invalid):
        choose(handle, now)


@pytest.mark.parametrize("handle", ["Admin", "Nordlicht-Team", "M0derator", "n0rdl1cht", "Support24"])
def test_names_that_sound_official_are_refused(handle: str, now: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        choose(handle, now)
    assert refused.value.code == "handle_reserved"


@pytest.mark.parametrize("double", ["alice", "ALICE", "AIice", "A1ice", "Αlice", "Alıce", "Álice", "ａlice"])
def test_look_alikes_of_a_taken_name_are_refused(double: str, now: datetime) -> None:
    choose("Alice", now)
    with pytest.raises((Conflict, Invalid)):
        choose(double, now)
    assert MemberProfile.objects.filter(handle__iexact="alice").count() == 1


def test_a_proposed_name_says_nothing_about_the_person(now: datetime) -> None:
    user = UserFactory.create(first_name="Wilhelmine", last_name="Auffällig")
    member = names.ensure_member(user=user, now=now)
    assert "wilhelmine" not in member.handle.lower()
    assert names.normalise_handle(member.handle) == member.handle


def test_all_proposals_follow_the_rules() -> None:
    for _ in range(200):
        handle = names.propose_handle()
        assert names.normalise_handle(handle) == handle


def test_a_name_can_be_changed(now: datetime) -> None:
    user = UserFactory.create()
    names.choose_handle(by=user, handle="Erstname", now=now)
    names.choose_handle(by=user, handle="Zweitname", now=now)
    assert MemberProfile.objects.get(user=user).handle == "Zweitname"
