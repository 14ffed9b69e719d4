"""Pages for what went wrong: in words, with a way on, in both languages."""

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.test import Client, RequestFactory
from django.utils import translation

from portal import error_pages
from tests.factories.accounts import UserFactory


@pytest.mark.django_db
def test_an_unknown_address_offers_the_way_back(client):
    response = client.get("/no-such-page/")
    assert response.status_code == 404
    assert "Hier ist nichts" in response.content.decode()
    assert 'href="/"' in response.content.decode()


@pytest.mark.django_db
def test_the_words_are_english_for_english_readers(client):
    response = client.get("/no-such-page/", headers={"accept-language": "en"})
    assert "There is nothing here" in response.content.decode()


@pytest.mark.django_db
def test_a_page_that_is_not_for_this_role_says_so(client):
    client.force_login(UserFactory.create())
    response = client.get("/staff/journal/")
    assert response.status_code == 403
    assert "Diese Seite steht Ihnen nicht offen" in response.content.decode()


@pytest.mark.django_db
def test_a_form_from_an_old_page_says_that_nothing_was_changed():
    response = Client(enforce_csrf_checks=True).post("/theme/", {"theme": "dark"})
    assert response.status_code == 403
    assert "Es wurde nichts geändert." in response.content.decode()


@pytest.mark.django_db
def test_the_api_gets_problems_instead_of_pages(client):
    response = client.get("/api/no-such-thing/")
    assert response.status_code == 404
    assert response.headers["Content-Type"] == "application/problem+json"
    assert response.json()["status"] == 404


@pytest.mark.parametrize(("language", "words"), [("de", "schiefgegangen"), ("en", "Something broke")])
def test_our_own_fault_is_drawn_without_a_database(rf: RequestFactory, language, words):
    with translation.override(language):
        response = error_pages.broken(rf.get("/garage/"))
    assert response.status_code == 500
    assert words in response.content.decode()
    assert 'href="/garage/"' in response.content.decode()


@pytest.mark.django_db
def test_a_refusal_in_words_is_shown_and_djangos_own_is_not(rf: RequestFactory):
    request = rf.get("/")
    request.user = AnonymousUser()
    request.resolver_match = None
    page = error_pages.forbidden(request, PermissionDenied("Nur die Eigentümerin darf das.")).content.decode()
    assert "Nur die Eigentümerin darf das." in page


@pytest.mark.django_db
def test_too_many_attempts_ask_for_patience(rf: RequestFactory):
    request = rf.get("/account/login/")
    request.user = AnonymousUser()
    request.resolver_match = None
    response = error_pages.too_many(request)
    assert response.status_code == 429
    assert "Einen Moment, bitte" in response.content.decode()
