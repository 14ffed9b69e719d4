"""Changing what one wrote."""

import time
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from accounts.models import Notice, User
from common.errors import Conflict, Invalid, NotAllowed, NotFound
from community import editing, moderation
from community.errors import TopicLocked
from community.models import Category, Post, PostVersion, Topic
from journal.models import Event
from tests.factories.accounts import UserFactory
from tests.factories.community import CategoryFactory, MemberFactory, open_topic, reply

pytestmark = pytest.mark.django_db

REASON = "Die Telefonnummer eines anderen gehört nicht hierher."


@pytest.fixture
def post(topic: Topic, ben: User, now: datetime) -> Post:
    return reply(topic, by=ben, text="Bei mir sind es 320 km.", now=now)


def test_an_author_changes_their_words(post: Post, ben: User, now: datetime) -> None:
    later = now + timedelta(minutes=5)
    changed = editing.edit_post(by=ben, post=post, text="Bei mir sind es **280** km.", version=1, now=later)
    assert (changed.version, changed.edited_at) == (2, later)
    assert changed.html == "<p>Bei mir sind es <strong>280</strong> km.</p>\n"
    assert changed.plain == "Bei mir sind es 280 km."
    assert list(changed.versions.values_list("number", "source", "written_at")) == [
        (1, "Bei mir sind es 320 km.", now),
        (2, "Bei mir sind es **280** km.", later),
    ]


def test_the_topic_stays_where_it_was_in_the_list(post: Post, topic: Topic, ben: User, now: datetime) -> None:
    editing.edit_post(by=ben, post=post, text="Neu.", version=1, now=now + timedelta(days=1))
    topic.refresh_from_db()
    assert topic.bumped_at == now


def test_the_title_changes_with_the_first_post_only(
    topic: Topic, post: Post, anna: User, ben: User, now: datetime
) -> None:
    first = topic.posts.get(post_no=1)
    editing.edit_post(
        by=anna, post=first, text=first.source, title="Reichweite im Winter", version=1, now=now
    )
    editing.edit_post(by=ben, post=post, text="Neu.", title="Mein Thema", version=1, now=now)
    topic.refresh_from_db()
    assert topic.title == "Reichweite im Winter"
    assert [version.title for version in first.versions.all()] == [
        "Reichweite bei Frost",
        "Reichweite im Winter",
    ]


def test_the_same_words_change_nothing(post: Post, ben: User, now: datetime) -> None:
    same = editing.edit_post(by=ben, post=post, text=post.source, version=1, now=now)
    assert (same.version, same.edited_at) == (1, None)
    assert not PostVersion.objects.exists()
    assert not Event.objects.filter(kind="community.post_edited").exists()


def test_nobody_overwrites_what_they_have_not_read(post: Post, ben: User, now: datetime) -> None:
    editing.edit_post(by=ben, post=post, text="Im anderen Fenster.", version=1, now=now)
    with pytest.raises(Conflict) as lost:
        editing.edit_post(by=ben, post=post, text="Hier.", version=1, now=now)
    assert lost.value.code == "post_changed"
    post.refresh_from_db()
    assert post.source == "Im anderen Fenster."


def test_others_change_nothing(post: Post, anna: User, now: datetime) -> None:
    with pytest.raises(NotAllowed):
        editing.edit_post(by=anna, post=post, text="Unterschoben.", version=1, now=now)


def test_a_locked_topic_a_hidden_post_and_a_closed_room_stay_as_they_are(
    post: Post, topic: Topic, ben: User, moderator: User, now: datetime
) -> None:
    Category.objects.filter(pk=topic.category_id).update(write_access="roles", write_roles=["moderator"])
    with pytest.raises(NotAllowed):
        editing.edit_post(by=ben, post=post, text="Neu.", version=1, now=now)
    Category.objects.filter(pk=topic.category_id).update(write_access="members", write_roles=[])
    moderation.lock_topic(by=moderator, topic=topic, now=now)
    with pytest.raises(TopicLocked):
        editing.edit_post(by=ben, post=Post.objects.get(pk=post.pk), text="Neu.", version=1, now=now)
    moderation.unlock_topic(by=moderator, topic=topic)
    moderation.hide_post(by=moderator, post=post, reason=REASON, now=now)
    with pytest.raises(NotAllowed):
        editing.edit_post(by=ben, post=Post.objects.get(pk=post.pk), text="Neu.", version=1, now=now)


def test_the_moderation_says_why_and_the_author_reads_it(
    post: Post, ben: User, moderator: User, now: datetime, run_reactions: Any
) -> None:
    with pytest.raises(Invalid) as refused:
        editing.edit_post(by=moderator, post=post, text="Bei mir.", version=1, now=now)
    assert refused.value.field == "reason"
    editing.edit_post(by=moderator, post=post, text="Bei mir.", version=1, reason=REASON, now=now)
    run_reactions()
    told = Notice.objects.get(user=ben, kind="community.post_edited")
    assert told.params["reason"] == REASON
    assert [version.moderator for version in post.versions.all()] == [None, moderator]


def test_an_author_is_not_told_of_their_own_change(
    post: Post, ben: User, now: datetime, run_reactions: Any
) -> None:
    editing.edit_post(by=ben, post=post, text="Neu.", version=1, now=now)
    run_reactions()
    assert not Notice.objects.filter(user=ben, kind="community.post_edited").exists()


@given(older=st.text(max_size=200), newer=st.text(max_size=200))
def test_the_pieces_are_both_texts(older: str, newer: str) -> None:
    pieces = editing.differences(older, newer)
    assert "".join(piece.text for piece in pieces if piece.change != "added") == older
    assert "".join(piece.text for piece in pieces if piece.change != "removed") == newer


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ("a b " * 5_000, "b a " * 5_000),
        ("a\n" * 10_000, "b\na\n" * 5_000),
        ("x" * 20_000, "y" * 20_000),
        ("a b " * 370, "b a " * 370),
    ],
)
def test_hostile_texts_are_compared_in_little_time(older: str, newer: str) -> None:
    before = time.process_time()
    pieces = editing.differences(older, newer)
    assert "".join(piece.text for piece in pieces if piece.change != "removed") == newer
    assert time.process_time() - before < 1


def test_the_page_shows_what_was_added_and_removed(
    post: Post, ben: User, now: datetime, client: Client
) -> None:
    editing.edit_post(by=ben, post=post, text="Bei mir sind es 280 km.", version=1, now=now)
    html = client.get(reverse("community:post-versions", args=[post.pk])).content.decode()
    assert "320</del>" in html
    assert "280</ins>" in html
    topic_page = client.get(reverse("community:topic-detail", args=[post.topic_id])).content.decode()
    assert reverse("community:post-versions", args=[post.pk]) in topic_page


def test_a_markup_in_an_old_wording_stays_text(
    topic: Topic, ben: User, now: datetime, client: Client
) -> None:
    post = reply(topic, by=ben, text="<script>alert(1)</script>", now=now)
    editing.edit_post(by=ben, post=post, text="<b onclick=x>neu</b>", version=1, now=now)
    html = client.get(reverse("community:post-versions", args=[post.pk])).content.decode()
    assert "<script>alert" not in html
    assert "<b onclick" not in html


def test_versions_of_what_one_may_not_read_do_not_exist(
    post: Post, ben: User, moderator: User, now: datetime, client: Client
) -> None:
    editing.edit_post(by=ben, post=post, text="Neu.", version=1, now=now)
    moderation.hide_post(by=moderator, post=post, reason=REASON, now=now)
    stranger = UserFactory.create()
    for reader, status in ((None, 404), (stranger, 404), (ben, 200), (moderator, 200)):
        browser, address = Client(), reverse("community:post-versions", args=[post.pk])
        if reader:
            browser.force_login(reader)
        assert browser.get(address).status_code == status
        assert browser.get(f"/api/v1/posts/{post.pk}/versions/").status_code == status
    with pytest.raises(NotFound):
        editing.history(stranger, post)


def test_the_page_keeps_what_was_typed_when_somebody_was_faster(
    post: Post, ben: User, now: datetime, client: Client
) -> None:
    client.force_login(ben)
    address = reverse("community:post-edit", args=[post.pk])
    assert post.source in client.get(address).content.decode()
    editing.edit_post(by=ben, post=post, text="Im anderen Fenster.", version=1, now=now)
    answer = client.post(address, {"text": "Mein Text bleibt.", "version": 1})
    assert answer.status_code == 422
    html = answer.content.decode()
    assert "Mein Text bleibt." in html
    assert "Im anderen Fenster." in html
    form = answer.context["form"]
    saved = client.post(address, {"text": form["text"].value(), "version": form["version"].value()})
    assert saved.status_code == 302
    post.refresh_from_db()
    assert post.source == "Mein Text bleibt."


def test_a_preview_changes_nothing(post: Post, ben: User, client: Client) -> None:
    client.force_login(ben)
    address = reverse("community:post-edit", args=[post.pk])
    answer = client.post(address, {"text": "**fett**", "version": 1, "preview": "1"})
    assert "<strong>fett</strong>" in answer.content.decode()
    post.refresh_from_db()
    assert post.version == 1


def test_others_do_not_get_the_form(post: Post, anna: User, client: Client) -> None:
    client.force_login(anna)
    assert client.get(reverse("community:post-edit", args=[post.pk])).status_code == 403
    page = client.get(reverse("community:topic-detail", args=[post.topic_id])).content.decode()
    assert reverse("community:post-edit", args=[post.pk]) not in page


def test_the_form_of_a_locked_topic_says_why_not(
    post: Post, topic: Topic, ben: User, moderator: User, now: datetime, client: Client
) -> None:
    moderation.lock_topic(by=moderator, topic=topic, now=now)
    client.force_login(ben)
    answer = client.get(reverse("community:post-edit", args=[post.pk]), follow=True)
    assert answer.redirect_chain[-1][0].startswith(reverse("community:topic-detail", args=[topic.pk]))
    assert len(answer.context["messages"]) == 1


def test_the_api_changes_and_tells_versions(post: Post, ben: User, anna: User, client: Client) -> None:
    address = f"/api/v1/posts/{post.pk}/"
    client.force_login(anna)
    typed = {"text": "280 km.", "version": 1}
    assert client.patch(address, typed, content_type="application/json").status_code == 403
    client.force_login(ben)
    answer = client.patch(address, typed, content_type="application/json")
    assert answer.status_code == 200, answer.content
    assert answer.json()["version"] == 2
    again = client.patch(address, {**typed, "text": "Anders."}, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "post_changed")
    versions = client.get(f"{address}versions/").json()
    assert [version["number"] for version in versions] == [2, 1]
    assert {"change": "added", "text": "280 km."} not in versions[1]["changes"]


def test_only_the_moderation_erases_earlier_versions(
    post: Post, ben: User, moderator: User, now: datetime, client: Client
) -> None:
    editing.edit_post(by=ben, post=post, text="Ohne Nummer.", version=1, now=now)
    client.force_login(ben)
    assert client.delete(f"/api/v1/posts/{post.pk}/versions/").status_code == 403
    client.force_login(moderator)
    answer = client.post(reverse("community:versions-erase", args=[post.pk]))
    assert answer.status_code == 302
    assert [version.source for version in post.versions.all()] == ["Ohne Nummer."]
    assert client.delete(f"/api/v1/posts/{post.pk}/versions/").status_code == 409
    assert Event.objects.filter(kind="community.versions_erased", by=moderator).count() == 1


def test_versions_of_a_hidden_category_do_not_exist(now: datetime) -> None:
    category = CategoryFactory.create(
        read_access="roles", read_roles=["moderator"], write_access="roles", write_roles=["moderator"]
    )
    author = UserFactory.create(role="moderator")
    topic = open_topic(by=author, category=category, now=now)
    first = topic.posts.get()
    editing.edit_post(by=author, post=first, text="Geheim.", version=1, now=now)
    with pytest.raises(NotFound):
        editing.history(MemberFactory.create().user, first)
