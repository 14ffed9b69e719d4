"""From an empty house: the first administrator's link, the steps, a letter to oneself."""

import socket
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from threading import Thread
from typing import Any

import pytest
from django.core import mail
from django.core.management import CommandError, call_command

from accounts.cases import opening
from accounts.house import mail_test, setup
from accounts.models import RoleGrant, User
from common.errors import Conflict, NotFound
from tests.factories.accounts import UserFactory

PERSON = {"first_name": "Ada", "last_name": "Brandt", "email": "ada@example.org", "password": "Ein Satz, 26!"}


def sign_up(token: str, **changes: str) -> User:
    values = {**PERSON, "language": "de", **changes}
    return setup.sign_up_first(token=token, **values)


@pytest.mark.django_db
def test_the_link_makes_the_first_administrator_and_signs_them_in(client: Any) -> None:
    token = setup.first_link_token()
    assert client.get(f"/setup/{token}/").status_code == 200
    done = client.post(f"/setup/{token}/", PERSON)
    assert done["Location"] == "/staff/setup/"
    assert client.get("/staff/setup/").status_code == 200
    assert User.objects.get(email="ada@example.org").has_permission("accounts.set_up_house")


@pytest.mark.django_db
def test_the_link_works_once_and_not_beside_an_administrator(client: Any) -> None:
    token = setup.first_link_token()
    sign_up(token)
    assert client.get(f"/setup/{token}/").status_code == 404
    assert client.post(f"/setup/{token}/", {**PERSON, "email": "zweite@example.org"}).status_code == 404
    with pytest.raises(Conflict):
        setup.first_link_token()
    with pytest.raises(CommandError):
        call_command("setup_link")


@pytest.mark.django_db
def test_a_made_up_link_is_worth_nothing(client: Any) -> None:
    assert client.get("/setup/ImZpcnN0Ig:1abc:def/").status_code == 404
    with pytest.raises(NotFound):
        sign_up("made-up")


@pytest.mark.django_db
def test_a_weak_password_is_refused_and_what_was_typed_stays(client: Any) -> None:
    token = setup.first_link_token()
    refused = client.post(f"/setup/{token}/", {**PERSON, "password": "kurz"})
    assert refused.status_code == 422
    assert "ada@example.org" in refused.content.decode()
    assert not User.objects.exists()


def test_of_two_at_once_one_becomes_administrator(committing_db: None, race: Any) -> None:
    token = setup.first_link_token()
    results = race([lambda: sign_up(token), lambda: sign_up(token, email="berta@example.org")])
    assert sorted(type(result).__name__ for result in results) == ["NotFound", "User"]
    assert RoleGrant.objects.filter(role="administrator").count() == 1


@pytest.mark.django_db
def test_every_open_step_says_what_it_blocks_and_leads_to_its_page(client: Any) -> None:
    client.force_login(UserFactory.create(role="administrator"))
    page = client.get("/staff/setup/").content.decode()
    for look in setup.read_progress().looks:
        assert str(look.step.title) in page
        if not look.done:
            assert str(look.step.blocks) in page
    assert {look.step.name for look in setup.read_progress().looks} >= {
        "brand",
        "imprint",
        "legal",
        "mail",
        "models",
        "centre",
        "services",
        "resources",
        "categories",
        "plans",
    }


@pytest.mark.django_db
def test_nobody_but_administrators_sees_the_setup(client: Any) -> None:
    client.force_login(UserFactory.create(role="advisor"))
    assert client.get("/staff/setup/").status_code == 403


@pytest.mark.django_db
def test_a_test_letter_goes_out_at_once_and_its_step_is_done(client: Any) -> None:
    admin = UserFactory.create(role="administrator")
    client.force_login(admin)
    page = client.post("/staff/setup/mail/").content.decode()
    assert mail.outbox[-1].to == [admin.email]
    assert "note-good" in page
    assert next(look for look in setup.read_progress().looks if look.step.name == "mail").done


class Answering:
    """A mail server of one conversation, with the answers that a real one gives (RFC 5321)."""

    def __init__(self, *, to_recipient: bytes) -> None:
        self.to_recipient = to_recipient
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.thread = Thread(target=self.talk, daemon=True)
        self.thread.start()

    def talk(self) -> None:
        link, _address = self.listener.accept()
        with link, link.makefile("rwb") as lines:

            def say(words: bytes) -> None:
                lines.write(words + b"\r\n")
                lines.flush()

            say(b"220 mail.example ready")
            in_letter = False
            for line in lines:
                order = line[:4].upper()
                if in_letter:
                    if line == b".\r\n":
                        in_letter = False
                        say(b"250 2.0.0 queued as 4XYZ")
                elif order == b"RCPT":
                    say(self.to_recipient)
                elif order == b"DATA":
                    in_letter = True
                    say(b"354 go on")
                elif order == b"QUIT":
                    say(b"221 bye")
                    return
                else:
                    say(b"250 ok")


@pytest.fixture
def smtp(settings: Any) -> Iterator[Any]:
    opened: list[Answering] = []

    def start(to_recipient: bytes = b"250 ok") -> None:
        server = Answering(to_recipient=to_recipient)
        opened.append(server)
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port

    yield start
    for server in opened:
        server.listener.close()


@pytest.mark.django_db
def test_the_answer_of_the_server_is_shown_word_for_word(smtp: Any, now: Any) -> None:
    smtp()
    outcome = mail_test.send_test(to=UserFactory.create(role="administrator"), now=now)
    assert outcome == (True, "250 2.0.0 queued as 4XYZ")


@pytest.mark.django_db
def test_a_refusal_is_shown_word_for_word_and_the_step_stays_open(smtp: Any, now: Any) -> None:
    smtp(b"550 5.7.1 relaying denied")
    outcome = mail_test.send_test(to=UserFactory.create(role="administrator"), now=now)
    assert outcome == (False, "550 5.7.1 relaying denied")
    assert not next(look for look in setup.read_progress().looks if look.step.name == "mail").done


@pytest.mark.django_db
def test_a_server_that_is_away_is_an_answer_too(settings: Any, now: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as unused:
        port = unused.getsockname()[1]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", port
    outcome = mail_test.send_test(to=UserFactory.create(role="administrator"), now=now)
    assert not outcome.taken
    assert outcome.answer


def desk(**changes: Any) -> dict[str, Any]:
    return {"desk_days": ["1", "6"], "desk_opens": "09:30", "desk_closes": "17:00", **changes}


@pytest.mark.django_db
def test_the_desk_s_hours_are_what_promises_are_counted_in(
    client: Any, django_capture_on_commit_callbacks: Any
) -> None:
    client.force_login(UserFactory.create(role="administrator"))
    with django_capture_on_commit_callbacks(execute=True):
        saved = client.post("/staff/setup/desk/", desk())
    assert saved.status_code == 302
    saturday = datetime(2026, 11, 28, 12, tzinfo=UTC)
    assert opening.next_opening(saturday) == saturday
    assert opening.after(saturday, timedelta(days=1)) == datetime(2026, 11, 30, 12, tzinfo=UTC)
    assert next(look.done for look in setup.read_progress().looks if look.step.name == "desk")


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"desk_days": []}, "desk_days"),
        ({"desk_days": ["8"]}, "desk_days"),
        ({"desk_closes": "09:30"}, "desk_closes"),
        ({"desk_opens": "02:30"}, "desk_opens"),
    ],
)
@pytest.mark.django_db
def test_hours_in_which_nobody_could_keep_a_promise_are_refused(
    client: Any, changes: dict[str, Any], field: str
) -> None:
    client.force_login(UserFactory.create(role="administrator"))
    refused = client.post("/staff/setup/desk/", desk(**changes))
    assert refused.status_code == 422
    assert list(refused.context["form"].errors) == [field]
