"""Theme and language: switched by plain forms, kept, and safe to come back from."""

import pytest

from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db


def test_the_theme_follows_the_device_until_somebody_chooses(client):
    assert "data-theme=" not in client.get("/").content.decode().split("<head>")[0]
    client.post("/theme/", {"theme": "dark", "next": "/"})
    assert 'data-theme="nordlicht-dark"' in client.get("/").content.decode()
    client.post("/theme/", {"theme": "system", "next": "/"})
    assert "data-theme=" not in client.get("/").content.decode().split("<head>")[0]


def test_the_switch_leads_back_to_where_one_was_and_never_elsewhere(client):
    assert client.post("/theme/", {"theme": "dark", "next": "/offline/"}).url == "/offline/"
    assert client.post("/theme/", {"theme": "dark", "next": "https://evil.example/"}).url == "/"


def test_an_unknown_theme_is_taken_as_the_devices(client):
    client.post("/theme/", {"theme": '"><script>'})
    assert "data-theme=" not in client.get("/").content.decode().split("<head>")[0]


def test_the_language_of_an_account_goes_with_the_person(client):
    person = UserFactory.create()
    client.force_login(person)
    client.post("/language/", {"language": "en", "next": "/"})
    person.refresh_from_db()
    assert person.language == "en"
    assert '<html lang="en"' in client.get("/").content.decode()


def test_an_unknown_language_changes_nothing(client):
    client.post("/language/", {"language": "xx"})
    assert '<html lang="de"' in client.get("/").content.decode()
