"""Legal texts: drafted, published from a day on, fixed, and readable for good."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.utils import timezone

from accounts.house import brand, legal, legal_markup, legal_samples
from accounts.models import LegalText
from common.errors import Conflict, Invalid, NotAllowed
from journal.models import Event
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db

TODAY = date(2026, 11, 24)


@pytest.fixture
def admin() -> Any:
    return UserFactory.create(role="administrator")


@pytest.fixture
def publish(admin: Any, now: Any, django_capture_on_commit_callbacks: Any) -> Any:
    def do(kind: str = "terms", text: str = "Wort", day: date | None = TODAY) -> LegalText:
        """Without a day: today, by the real clock, as the pages see it."""
        moment = now if day else timezone.now()
        since = day or timezone.localdate(moment)
        with django_capture_on_commit_callbacks(execute=True):
            draft = legal.save_draft(
                by=admin, kind=kind, text_de=text, text_en=f"en {text}", valid_from=since, now=moment
            )
            return legal.publish_text(by=admin, text=draft, now=moment)

    return do


def test_a_draft_is_seen_by_nobody_until_it_is_published(client: Any, admin: Any, now: Any) -> None:
    draft = legal.save_draft(by=admin, kind="terms", text_de="a", text_en="b", valid_from=TODAY, now=now)
    assert client.get("/legal/terms/").status_code == 404
    again = legal.save_draft(by=admin, kind="terms", text_de="c", text_en="d", valid_from=TODAY, now=now)
    assert (again.pk, again.version) == (draft.pk, 1)
    client.force_login(admin)
    assert "Nur Sie" in client.get("/legal/terms/").content.decode()


def test_both_languages_are_needed(admin: Any, now: Any) -> None:
    draft = legal.save_draft(by=admin, kind="terms", text_de="a", text_en="", valid_from=TODAY, now=now)
    with pytest.raises(Invalid):
        legal.publish_text(by=admin, text=draft, now=now)


def test_nothing_comes_into_force_in_the_past_or_before_the_version_before(
    admin: Any, now: Any, publish: Any
) -> None:
    with pytest.raises(Invalid):
        publish(day=TODAY - timedelta(days=1))
    publish(day=TODAY + timedelta(days=10))
    with pytest.raises(Invalid):
        publish(text="zweite", day=TODAY + timedelta(days=9))


def test_a_published_version_cannot_be_changed_even_in_the_database(publish: Any) -> None:
    text = publish()
    with pytest.raises(DatabaseError), transaction.atomic():
        LegalText.objects.filter(pk=text.pk).update(text_de="anders")
    with pytest.raises(DatabaseError), transaction.atomic():
        text.delete()


def test_a_version_holds_from_its_day_and_the_one_before_until_then(publish: Any) -> None:
    first = publish(text="erste")
    second = publish(text="zweite", day=TODAY + timedelta(days=5))
    assert brand.snapshot().in_force(TODAY)["terms"].pk == first.pk
    assert brand.snapshot().in_force(TODAY + timedelta(days=5))["terms"].pk == second.pk
    newest, oldest = legal.editions("terms")
    assert newest.until is None
    assert oldest.until == TODAY + timedelta(days=4)
    held = brand.snapshot().in_force(TODAY + timedelta(days=5))
    assert held["terms"].version == 2


def test_the_page_and_the_foot_show_what_is_in_force_and_old_versions_stay(client: Any, publish: Any) -> None:
    assert "/legal/" not in client.get("/").content.decode()
    publish(text="## Erstes\n\n[unser Haus](https://example.org)", day=None)
    publish(text="## Zweites", day=None)
    page = client.get("/legal/terms/").content.decode()
    assert "<h2>Zweites</h2>" in page
    assert "/legal/terms/1/" in page
    assert "<h2>Erstes</h2>" in client.get("/legal/terms/1/").content.decode()
    assert 'href="/legal/terms/"' in client.get("/").content.decode()
    assert "/legal/terms/" in client.get("/sitemap.xml").content.decode()
    assert client.get("/legal/terms/3/").status_code == 404
    assert client.get("/legal/secrets/").status_code == 404


def test_the_api_tells_everybody_what_is_in_force_in_their_language(client: Any, publish: Any) -> None:
    publish(text="Deutsch", day=None)
    body = client.get("/api/v1/legal-texts/terms/", headers={"Accept-Language": "en"}).json()
    assert (body["version"], body["text"]) == (1, "en Deutsch")
    assert client.get("/api/v1/legal-texts/privacy/").status_code == 404


def test_markup_of_a_text_never_runs() -> None:
    html = legal_markup.render(
        "# Titel\n\n<script>alert(1)</script> [x](javascript:alert(1))\n\n|a|b|\n|-|-|\n|c|d|"
    )
    assert "<script" not in html
    assert "javascript:" not in html.replace("[x](javascript:alert(1))", "")
    assert "<h2>Titel</h2>" in html
    assert "<td>c</td>" in html


def test_the_difference_names_what_goes_and_what_comes() -> None:
    lines = legal.difference("eins\nzwei\ndrei", "eins\nzwo\ndrei")
    assert [(line.mark, line.words) for line in lines if line.mark in "+-"] == [("-", "zwei"), ("+", "zwo")]


@pytest.mark.parametrize("kind", LegalText.Kind.values)
@pytest.mark.parametrize("language", ["de", "en"])
def test_there_is_a_sample_of_every_text_in_both_languages(kind: str, language: str) -> None:
    text = legal_samples.sample(kind=kind, language=language, day=TODAY)
    assert "$" not in text
    assert len(text) > 400


def test_signing_up_writes_down_which_terms_were_accepted(client: Any, publish: Any) -> None:
    text = publish(day=None)
    page = client.get("/account/signup/").content.decode()
    assert "/legal/terms/" in page
    client.post(
        "/account/signup/",
        {"email": "neu@example.org", "password1": "Ein langer Satz 26", "first_name": "", "last_name": ""},
    )
    event = Event.objects.get(kind="accounts.terms_accepted")
    assert event.data == {"legal_text": text.pk, "version": 1}


def test_signing_up_accepts_nothing_where_there_are_no_terms(client: Any) -> None:
    client.post(
        "/account/signup/",
        {"email": "neu@example.org", "password1": "Ein langer Satz 26", "first_name": "", "last_name": ""},
    )
    assert Event.objects.filter(kind="accounts.signed_up").exists()
    assert not Event.objects.filter(kind="accounts.terms_accepted").exists()


def test_only_administrators_write_legal_texts(now: Any) -> None:
    with pytest.raises(NotAllowed):
        legal.save_draft(
            by=UserFactory.create(role="moderator"),
            kind="terms",
            text_de="",
            text_en="",
            valid_from=TODAY,
            now=now,
        )


def test_a_published_text_is_no_draft_to_discard(admin: Any, publish: Any, now: Any) -> None:
    with pytest.raises(Conflict):
        legal.discard_draft(by=admin, text=publish(), now=now)


def test_the_form_keeps_what_was_typed_and_publishes(client: Any, admin: Any) -> None:
    client.force_login(admin)
    assert "Verbraucherschlichtung" in client.get("/staff/legal/disputes/").content.decode()
    typed = {"text_de": "Deutsch **fett**", "text_en": "", "valid_from": timezone.localdate().isoformat()}
    refused = client.post("/staff/legal/disputes/", {**typed, "publish": "1"})
    assert refused.status_code == 422
    assert "Deutsch **fett**" in refused.content.decode()
    done = client.post("/staff/legal/disputes/", {**typed, "text_en": "English", "publish": "1"})
    assert done.status_code == 302
    assert client.get("/legal/disputes/").status_code == 200
