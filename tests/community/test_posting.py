"""Opening topics and answering them."""

from datetime import datetime, timedelta

import pytest

from accounts.models import User
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from community import limits, moderation, posting, reading
from community.errors import TooMany, TopicLocked
from community.models import Category, MemberProfile, Post, Topic, TopicRead
from journal.models import Event
from tests.factories.accounts import UserFactory
from tests.factories.community import CategoryFactory, reply

pytestmark = pytest.mark.django_db


def test_a_topic_starts_with_its_first_post(anna: User, category: Category, now: datetime) -> None:
    topic = posting.open_topic(
        by=anna, category=category, title="  Reichweite   bei Frost ", text="**Hallo**", now=now
    )
    post = Post.objects.get(topic=topic)
    assert topic.title == "Reichweite bei Frost"
    assert (post.post_no, post.html, post.plain) == (1, "<p><strong>Hallo</strong></p>\n", "Hallo")
    category.refresh_from_db()
    assert (category.topic_count, category.post_count) == (1, 1)


def test_a_reply_takes_the_next_number_and_lifts_the_topic(topic: Topic, ben: User, now: datetime) -> None:
    later = now + timedelta(hours=1)
    post = posting.reply(by=ben, topic=topic, text="320 km.", now=later)
    topic.refresh_from_db()
    assert post.post_no == 2
    assert (topic.last_post_no, topic.post_count, topic.reply_count) == (2, 2, 1)
    assert (topic.bumped_at, topic.last_author) == (later, ben.member)
    topic.category.refresh_from_db()
    assert topic.category.post_count == 2


def test_who_writes_watches_and_has_read(topic: Topic, anna: User, ben: User, now: datetime) -> None:
    reply(topic, by=ben, now=now)
    marks = {mark.user_id: mark for mark in TopicRead.objects.filter(topic=topic)}
    assert (marks[anna.pk].last_read_no, marks[anna.pk].watch) == (1, "watching")
    assert (marks[ben.pk].last_read_no, marks[ben.pk].watch) == (2, "watching")


def test_answering_again_does_not_bring_back_notices_one_declined(
    topic: Topic, ben: User, now: datetime
) -> None:
    reply(topic, by=ben, now=now)
    reading.set_watching(by=ben, topic=topic, watching=False)
    reply(topic, by=ben, now=now)
    assert TopicRead.objects.get(topic=topic, user=ben).watch == "normal"


def test_what_happens_is_in_the_journal_without_words(topic: Topic, ben: User, now: datetime) -> None:
    post = reply(topic, by=ben, text="Geheimes Wort", now=now)
    event = Event.objects.get(kind="community.post_written")
    assert event.by == ben
    assert event.data == {"topic": topic.pk, "post": post.pk, "post_no": 2}


def test_a_newcomer_gets_a_name_that_is_not_their_own(topic: Topic, now: datetime) -> None:
    newcomer = UserFactory.create(first_name="Brunhilde", last_name="Sonderbar")
    post = posting.reply(by=newcomer, topic=topic, text="Hallo", now=now)
    assert "brunhilde" not in post.author.handle.lower()


def test_a_newcomer_can_choose_a_name_with_the_first_post(topic: Topic, now: datetime) -> None:
    newcomer = UserFactory.create()
    posting.reply(by=newcomer, topic=topic, text="Hallo", handle="Eiskratzer", now=now)
    posting.reply(by=newcomer, topic=topic, text="Noch eins", handle="Anderername", now=now)
    assert MemberProfile.objects.get(user=newcomer).handle == "Eiskratzer"


def test_a_taken_name_writes_nothing(topic: Topic, anna: User, now: datetime) -> None:
    newcomer = UserFactory.create()
    with pytest.raises(Conflict):
        posting.reply(by=newcomer, topic=topic, text="Hallo", handle="anna", now=now)
    assert topic.posts.count() == 1
    assert not MemberProfile.objects.filter(user=newcomer).exists()


@pytest.mark.parametrize("title", ["kurz", "x" * 121, "Titel\0mit Null", "\u200b\u200b\u200b\u200b\u200b"])
def test_a_bad_title_is_refused(title: str, anna: User, category: Category, now: datetime) -> None:
    with pytest.raises(Invalid) as refused:
        posting.open_topic(by=anna, category=category, title=title, text="Text", now=now)
    assert refused.value.field == "title"


def test_a_title_keeps_no_direction_override(anna: User, category: Category, now: datetime) -> None:
    title = "Rechnung \u202efdp.exe"
    topic = posting.open_topic(by=anna, category=category, title=title, text="Text", now=now)
    assert topic.title == "Rechnung fdp.exe"


def test_a_locked_topic_takes_no_reply(topic: Topic, ben: User, moderator: User, now: datetime) -> None:
    moderation.lock_topic(by=moderator, topic=topic, now=now)
    with pytest.raises(TopicLocked):
        reply(topic, by=ben, now=now)


def test_where_one_may_only_read_one_does_not_write(ben: User, anna: User, now: datetime) -> None:
    news = CategoryFactory.create(write_access="roles", write_roles=["moderator"])
    with pytest.raises(NotAllowed):
        posting.open_topic(by=ben, category=news, title="Mein Thema", text="Text", now=now)


def test_a_category_that_one_cannot_read_does_not_exist(ben: User, now: datetime) -> None:
    inner = CategoryFactory.create(
        read_access="roles", read_roles=["moderator"], write_access="roles", write_roles=["moderator"]
    )
    with pytest.raises(NotFound):
        posting.open_topic(by=ben, category=inner, title="Mein Thema", text="Text", now=now)


def test_too_many_posts_are_slowed_down(topic: Topic, ben: User, now: datetime) -> None:
    most, _seconds = limits.LIMITS["post"]
    for _ in range(most):
        limits.count(user=ben, action="post")
    with pytest.raises(TooMany) as refused:
        reply(topic, by=ben, now=now)
    assert refused.value.extra["retry_after"] > 0
    assert topic.posts.count() == 1


def test_the_author_says_which_answer_solved_it(topic: Topic, anna: User, ben: User, now: datetime) -> None:
    answer = reply(topic, by=ben, now=now)
    assert posting.accept_answer(by=anna, post=answer).solved_post_no == 2
    assert posting.accept_answer(by=anna, post=answer).solved_post_no is None
    with pytest.raises(NotAllowed):
        posting.accept_answer(by=ben, post=answer)


def test_reading_never_moves_back_or_past_the_end(topic: Topic, ben: User, now: datetime) -> None:
    reply(topic, now=now)
    topic.refresh_from_db()
    for up_to in (2, 1, 99):
        reading.mark_read(by=ben, topic=topic, up_to=up_to)
        assert TopicRead.objects.get(user=ben, topic=topic).last_read_no == 2


def test_a_post_is_taken_while_the_counter_is_away(
    topic: Topic, ben: User, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(limits.cache, "add", refuse)
    monkeypatch.setattr(limits, "_valkey", limits.Outage("forum counter", pause=0))
    assert posting.reply(by=ben, topic=topic, text="Trotzdem.", now=now).post_no == 2
