"""What a person allows: in words they saw, taken back as easily, provable later."""

import inspect
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils.module_loading import import_string

from accounts.consents import consents, texts
from accounts.consents.consents import Way
from accounts.models import ConsentEntry, ConsentText, Notice, User
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from journal.models import Event
from tests.factories.accounts import UserFactory

PURPOSE = consents.MARKETING_MAIL


def give(user: User, now: datetime, purpose: str = PURPOSE) -> ConsentEntry:
    version = consents.current_text(purpose).version
    return consents.give_consent(by=user, purpose=purpose, version=version, way=Way.PAGE, now=now)


def withdraw(user: User, now: datetime, purpose: str = PURPOSE) -> ConsentEntry | None:
    return consents.withdraw_consent(by=user, purpose=purpose, way=Way.PAGE, now=now)


def publish(
    now: datetime, *, asks_again: bool, by: User | None = None, purpose: str = PURPOSE
) -> ConsentText:
    last = consents.current_text(purpose)
    wording = texts.Wording(
        last.title_de, last.title_en, last.text_de + " Neu dazu.", last.text_en + " New here."
    )
    return texts.publish_text(
        by=by or UserFactory.create(role="administrator"),
        purpose=purpose,
        wording=wording,
        asks_again=asks_again,
        after=last.version,
        now=now,
    )


@pytest.mark.django_db
def test_an_empty_house_can_ask_for_everything_that_apps_registered() -> None:
    standings = consents.standings_of(UserFactory.create())
    assert [s.purpose.name for s in standings] == [
        "marketing_mail",
        "employer_trips",
        "partner_sharing",
    ]
    assert not any(s.given or s.lapsed for s in standings)
    assert all(s.text.text_de and s.text.text_en for s in standings)


@pytest.mark.parametrize("purpose", consents.all_purposes(), ids=lambda purpose: purpose.name)
def test_nobody_is_asked_for_what_nothing_reads(purpose: consents.Purpose) -> None:
    asks = inspect.getsource(import_string(purpose.asked_by))
    assert "consents.has_consent(" in asks or "consents.consenting(" in asks


@pytest.mark.django_db
def test_nothing_is_presumed_until_it_is_given_and_nothing_outlives_its_withdrawal(now: datetime) -> None:
    user = UserFactory.create()
    assert not consents.has_consent(user=user, purpose=PURPOSE, now=now)
    give(user, now)
    assert consents.has_consent(user=user, purpose=PURPOSE, now=now)
    assert not consents.has_consent(user=user, purpose=consents.EMPLOYER_TRIPS, now=now)
    withdraw(user, now)
    assert not consents.has_consent(user=user, purpose=PURPOSE, now=now)


@pytest.mark.django_db
def test_asking_is_one_indexed_query(now: datetime, django_assert_num_queries: Any) -> None:
    user = UserFactory.create()
    for _ in range(5):
        give(user, now)
        withdraw(user, now)
    with django_assert_num_queries(1):
        consents.has_consent(user=user, purpose=PURPOSE, now=now)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            "EXPLAIN SELECT given FROM accounts_consententry WHERE user_id = %s AND purpose = %s "
            "ORDER BY id DESC LIMIT 1",
            [user.pk, PURPOSE],
        )
        assert "consent_latest" in str(cursor.fetchall())


@pytest.mark.django_db
def test_a_second_press_adds_nothing(now: datetime) -> None:
    user = UserFactory.create()
    assert give(user, now) == give(user, now)
    assert withdraw(user, now) == withdraw(user, now)
    assert consents.entries_of(user).count() == 2


@pytest.mark.django_db
def test_withdrawing_what_was_never_given_writes_nothing(now: datetime) -> None:
    user = UserFactory.create()
    assert withdraw(user, now) is None
    assert not consents.entries_of(user).exists()


@pytest.mark.django_db
def test_the_journal_knows_the_receipt_and_no_words(now: datetime) -> None:
    user = UserFactory.create()
    entry = give(user, now)
    event = Event.objects.get(kind="accounts.consent_given")
    assert event.data == {"purpose": PURPOSE, "version": 1, "code": entry.code}
    assert event.audience.get().user == user


@pytest.mark.django_db
def test_one_can_only_agree_to_the_words_that_are_in_force(now: datetime) -> None:
    user = UserFactory.create()
    publish(now, asks_again=True)
    with pytest.raises(Conflict):
        consents.give_consent(by=user, purpose=PURPOSE, version=1, way=Way.API, now=now)
    assert not consents.entries_of(user).exists()


@pytest.mark.django_db
def test_a_new_text_that_asks_again_ends_consent_until_it_is_given_anew(now: datetime) -> None:
    user = UserFactory.create()
    give(user, now)
    publish(now, asks_again=True)
    assert not consents.has_consent(user=user, purpose=PURPOSE, now=now)
    (standing,) = [s for s in consents.standings_of(user) if s.purpose.name == PURPOSE]
    assert (standing.given, standing.lapsed, standing.text.version) == (False, True, 2)
    give(user, now)
    assert consents.has_consent(user=user, purpose=PURPOSE, now=now)


@pytest.mark.django_db
def test_a_mere_correction_asks_nobody_again(now: datetime) -> None:
    user = UserFactory.create()
    give(user, now)
    publish(now, asks_again=False)
    assert consents.has_consent(user=user, purpose=PURPOSE, now=now)
    publish(now, asks_again=True)
    publish(now, asks_again=False)  # the one between them still counts
    assert not consents.has_consent(user=user, purpose=PURPOSE, now=now)


@pytest.mark.django_db
def test_what_is_withdrawn_is_what_was_given(now: datetime) -> None:
    user = UserFactory.create()
    given = give(user, now)
    publish(now, asks_again=False)
    withdrawn = withdraw(user, now)
    assert withdrawn is not None
    assert withdrawn.text == given.text


@pytest.mark.django_db
def test_only_those_whose_consent_ended_are_told_and_only_once(
    now: datetime, run_reactions: Callable[[], int]
) -> None:
    agreed, refused, withdrew = UserFactory.create_batch(3)
    give(agreed, now)
    give(withdrew, now)
    withdraw(withdrew, now)
    publish(now, asks_again=True)
    run_reactions()
    run_reactions()
    told = Notice.objects.filter(kind="accounts.consent_asked_again")
    assert [notice.user for notice in told] == [agreed]
    publish(now, asks_again=False)
    run_reactions()
    assert told.count() == 1
    assert refused.notices.count() == 0


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE accounts_consententry SET given = false",
        "DELETE FROM accounts_consententry",
        "UPDATE accounts_consenttext SET text_de = 'etwas anderes'",
        "DELETE FROM accounts_consenttext",
    ],
)
def test_the_log_and_its_words_cannot_be_changed(statement: str, now: datetime) -> None:
    give(UserFactory.create(), now)
    with (
        pytest.raises(IntegrityError, match="append-only"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


@pytest.mark.django_db
def test_only_who_may_publishes_and_only_what_informs(now: datetime) -> None:
    with pytest.raises(NotAllowed):
        publish(now, asks_again=True, by=UserFactory.create(role="staff"))
    admin = UserFactory.create(role="administrator")
    last = consents.current_text(PURPOSE)
    same = texts.Wording(last.title_de, last.title_en, last.text_de, last.text_en)
    for wording, error in (
        (same, "consent_text_same"),
        (same._replace(text_en="Yes?"), "consent_text_short"),
    ):
        with pytest.raises(Invalid) as refused:
            texts.publish_text(by=admin, purpose=PURPOSE, wording=wording, asks_again=True, after=1, now=now)
        assert refused.value.code == error
    with pytest.raises(NotFound):
        texts.publish_text(by=admin, purpose="spying", wording=same, asks_again=True, after=0, now=now)


@pytest.mark.django_db
def test_what_differs_is_shown_word_by_word() -> None:
    pieces = texts.difference("we use your name", "we never use your car")
    assert [(p.sort, p.words) for p in pieces] == [
        ("same", "we"),
        ("new", "never"),
        ("same", "use your"),
        ("gone", "name"),
        ("new", "car"),
    ]


@pytest.mark.django_db
def test_staff_see_how_many_allow_each_purpose_in_words_that_count(now: datetime) -> None:
    for user in UserFactory.create_batch(3):
        give(user, now)
    withdraw(user, now)
    agreed = {row.purpose.name: row.agreed for row in texts.overview()}
    assert agreed[PURPOSE] == 2
    assert agreed[consents.EMPLOYER_TRIPS] == 0
    publish(now, asks_again=True)
    assert {row.purpose.name: row.agreed for row in texts.overview()}[PURPOSE] == 0


def test_giving_and_withdrawing_at_once_leaves_one_truth_and_a_whole_log(
    committing_db: None, race: Callable[..., list[Any]], now: datetime
) -> None:
    user = UserFactory.create()
    give(user, now)
    outcomes = race(
        [
            (lambda: withdraw(user, now + timedelta(seconds=1))) if n % 2 else (lambda: give(user, now))
            for n in range(10)
        ]
    )
    assert not [outcome for outcome in outcomes if isinstance(outcome, Exception)]
    log = list(ConsentEntry.objects.filter(user=user).order_by("pk"))
    # Alternating: nobody gave twice, nobody withdrew what was withdrawn.
    assert [entry.given for entry in log] == [place % 2 == 0 for place in range(len(log))]
    events = Event.objects.filter(kind__startswith="accounts.consent_").order_by("sequence")
    assert [event.data["code"] for event in events] == [entry.code for entry in log]
    assert consents.has_consent(user=user, purpose=PURPOSE, now=now + timedelta(hours=1)) == log[-1].given


def test_two_who_publish_at_once_make_one_version(
    committing_db: None, race: Callable[..., list[Any]], now: datetime
) -> None:
    admins = UserFactory.create_batch(2, role="administrator")
    last = consents.current_text(PURPOSE)

    def publishing(admin: User) -> Callable[[], Any]:
        wording = texts.Wording(last.title_de, last.title_en, f"{last.text_de} {admin.pk}", last.text_en)
        return lambda: texts.publish_text(
            by=admin, purpose=PURPOSE, wording=wording, asks_again=True, after=1, now=now
        )

    outcomes = race([publishing(admin) for admin in admins])
    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Conflict", "ConsentText"]
    assert ConsentText.objects.filter(purpose=PURPOSE).count() == 2
