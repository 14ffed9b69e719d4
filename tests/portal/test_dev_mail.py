"""Mail of the development house can be read in the browser."""

import pytest
from django.core.mail import EmailMultiAlternatives

from portal import dev_mail

pytestmark = pytest.mark.django_db


@pytest.fixture
def mail(tmp_path, monkeypatch):
    monkeypatch.setenv("PORTAL_HOME", str(tmp_path))
    message = EmailMultiAlternatives("Ihr Code", "Ihr Code lautet 314 159.", to=["karla@example.org"])
    message.attach_alternative("<p style='color:red'>Ihr Code</p><script>alert(1)</script>", "text/html")
    assert dev_mail.MailFolderBackend().send_messages([message]) == 1
    return dev_mail.newest()[0]


def test_the_list_shows_the_newest_and_the_message_its_text(client, mail):
    assert "karla@example.org" in client.get("/dev/mail/").content.decode()
    assert "314 159" in client.get(f"/dev/mail/{mail.name}/").content.decode()


def test_the_html_part_is_shown_without_its_scripts(client, mail):
    response = client.get(f"/dev/mail/{mail.name}/html/")
    assert response.headers["Content-Security-Policy"].startswith("sandbox;")


def test_a_name_cannot_leave_the_folder(client, mail):
    assert client.get("/dev/mail/..%2f..%2fetc/").status_code == 404
    assert dev_mail.find("../secret") is None


def test_an_empty_folder_says_what_will_appear(client, tmp_path, monkeypatch):
    monkeypatch.setenv("PORTAL_HOME", str(tmp_path / "new"))
    assert "Noch keine Post" in client.get("/dev/mail/").content.decode()


def test_all_components_are_drawn(client):
    assert client.get("/dev/components/").status_code == 200
