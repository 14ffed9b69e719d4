"""Addresses that refuse our mail: noticed at once or by a report, told in the inbox, mended."""

import sys
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from io import BytesIO, TextIOWrapper
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from django.core import mail as outgoing
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import MailBlock, Notice, User
from accounts.telling import bounces, inbox, mail
from accounts.telling.bounces import Report
from common.errors import Conflict
from journal import outbox
from journal.models import OutboxEntry
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
KIND = "tests.bounced"
inbox.register_notice(KIND, title="Neuigkeit", mail=True, group="service")
UNKNOWN = "550 5.1.1 no such user here"
EMPTY_REPORT = (
    b'Content-Type: multipart/report; boundary="x"\n\n--x\n'
    b"Content-Type: message/delivery-status\n\nStatus: 5.1.1\n\n--x--"
)


class MailServer:
    """Refuses at RCPT with ``answer``; takes everything else."""

    def __init__(self) -> None:
        self.answer = ""
        self.taken: list[str] = []
        self.senders: list[str] = []
        self.letter = b""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        if self.answer:
            return self.answer
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.taken += envelope.rcpt_tos
        self.senders.append(envelope.mail_from)
        self.letter = envelope.content
        return "250 taken"


@pytest.fixture
def server(settings: Any) -> Iterator[MailServer]:
    """A real SMTP server on this machine, and the backend that speaks to it."""
    handler = MailServer()
    controller = Controller(handler, hostname="127.0.0.1", port=0)
    controller.port = _free_port()
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", controller.port
    yield handler
    controller.stop()


def _free_port() -> int:
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def send(user: User) -> None:
    mail.send_notice(stable_id="notice:1", to=user.email, title="Hallo", text="", link="", reader=user)


def test_a_mailbox_that_is_no_more_stops_mail_and_tells_its_person(
    server: MailServer, run_reactions: Callable[[], int]
) -> None:
    user = UserFactory.create()
    server.answer = UNKNOWN
    inbox.notify(user=user, kind=KIND)
    assert outbox.deliver_due() == 1  # dealt with: nothing to try again
    block = MailBlock.objects.get()
    assert (block.email, block.reason) == (user.email, UNKNOWN)
    run_reactions()
    notice = Notice.objects.get(user=user, kind="accounts.mail_blocked")
    assert notice.url == reverse("accounts:notice-wishes")
    server.answer = ""
    inbox.notify(user=user, kind=KIND)
    outbox.deliver_due()
    assert server.taken == []


@pytest.mark.parametrize(
    "answer",
    ["450 4.2.1 try later", "451 4.7.1 greylisted", "550 5.7.1 relaying denied", "554 5.7.0 blocked",
     "552 5.2.2 mailbox full", "554 transaction failed", "530 5.7.0 sign in first"],
)  # fmt: skip
def test_what_passes_or_is_about_us_blocks_nobody_and_is_tried_again(server: MailServer, answer: str) -> None:
    user = UserFactory.create()
    server.answer = answer
    inbox.notify(user=user, kind=KIND)
    outbox.deliver_due()
    assert not MailBlock.objects.exists()
    entry = OutboxEntry.objects.get(channel="mail")
    assert (entry.state, entry.attempts) == ("open", 1)
    server.answer = ""
    with pytest.raises(SMTPRecipientsRefused):
        bounces.take_refusal(to=user.email or "", refused=SMTPRecipientsRefused({"x": (450, b"later")}))
    send(user)
    assert server.taken == [user.email]


@pytest.mark.parametrize(
    "answer", ["550 unknown", "551 user not local", "553 name not allowed", "550 5.2.1 closed"]
)
def test_servers_without_a_status_are_understood_too(server: MailServer, answer: str) -> None:
    server.answer = answer
    send(UserFactory.create())
    assert MailBlock.objects.exists()


def test_reports_come_to_an_address_of_their_own_and_answers_to_the_house(
    server: MailServer, settings: Any
) -> None:
    send(UserFactory.create())
    settings.BOUNCE_EMAIL = "bounces@marke.de"
    send(UserFactory.create())
    assert server.senders == ["konto@nordlicht.example", "bounces@marke.de"]
    assert b"From: Nordlicht <konto@nordlicht.example>" in server.letter
    assert b"bounces@" not in server.letter


def test_told_once_however_often_it_bounces(run_reactions: Callable[[], int]) -> None:
    user = UserFactory.create()
    for _ in range(3):
        bounces.block_address(email=(user.email or "").upper(), reason=UNKNOWN)
    run_reactions()
    assert Notice.objects.filter(kind="accounts.mail_blocked").count() == 1


def test_a_stranger_s_address_can_be_blocked_without_anybody_to_tell() -> None:
    bounces.block_address(email="mara@example.org", reason=UNKNOWN)
    send(UserFactory.build(email="Mara@example.org"))
    assert outgoing.outbox == []


# --- Reports


def report_about(letter: Any, *, action: str = "failed", status: str = "5.1.1", to: str = "") -> bytes:
    """A delivery report as RFC 3464 describes it, with the headers of the mail it is about."""
    returned = letter.message()
    if to:
        returned.replace_header("To", to)
    about = MIMEMultipart("report")
    about.set_param("report-type", "delivery-status")
    about["From"], about["To"] = "MAILER-DAEMON@mx.example.org", "konto@nordlicht.example"
    about.attach(MIMEText("Your message could not be delivered."))
    whole, one = EmailMessage(), EmailMessage()
    whole["Reporting-MTA"] = "dns; mx.example.org"
    one["Final-Recipient"] = f"rfc822; {returned['To']}"
    one["Action"], one["Status"] = action, status
    one["Diagnostic-Code"] = f"smtp; 550 {status} no such user"
    delivery = MIMEMessage(whole, "delivery-status")
    parts: Any = delivery.get_payload()
    parts.append(one)
    about.attach(delivery)
    about.attach(MIMEMessage(returned))
    return about.as_bytes()


@pytest.fixture
def letter() -> Any:
    user = UserFactory.create()
    send(user)
    return outgoing.outbox[-1]


def test_a_report_about_a_mail_of_ours_blocks_the_address(
    letter: Any, run_reactions: Callable[[], int]
) -> None:
    assert bounces.take_report(report_about(letter)) == Report.BLOCKED
    block = MailBlock.objects.get()
    assert block.email == letter.to[0]
    assert "no such user" in block.reason
    run_reactions()
    assert Notice.objects.get().kind == "accounts.mail_blocked"


@pytest.mark.parametrize(
    ("action", "status"),
    [("delayed", "4.4.1"), ("delivered", "2.0.0"), ("failed", "4.2.2"), ("failed", "5.7.1")],
)
def test_what_is_not_final_blocks_nobody(letter: Any, action: str, status: str) -> None:
    assert bounces.take_report(report_about(letter, action=action, status=status)) == Report.NOT_FINAL
    assert not MailBlock.objects.exists()


def test_nobody_can_silence_another_by_a_made_up_report(letter: Any) -> None:
    """The seal in the Message-ID fits the address it was sent to and no other."""
    other = UserFactory.create()
    assert bounces.take_report(report_about(letter, to=other.email or "")) == Report.NOT_OURS
    letter.extra_headers["Message-ID"] = "<notice.7.000000000000000000000000@localhost>"
    assert bounces.take_report(report_about(letter)) == Report.NOT_OURS
    assert not MailBlock.objects.exists()


@pytest.mark.parametrize(
    "message",
    [b"", b"\xff\x00\xfe", b"Subject: hello\n\nno report", b"Content-Type: multipart/report\n\n--",
     EMPTY_REPORT],
)  # fmt: skip
def test_whatever_arrives_is_read_without_harm(message: bytes) -> None:
    assert bounces.take_report(message) in (Report.NOT_A_REPORT, Report.NOT_OURS)


def test_the_mail_server_hands_reports_to_a_command(
    letter: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", TextIOWrapper(BytesIO(report_about(letter))))
    call_command("take_bounce")
    assert "blocked" in capsys.readouterr().out
    assert MailBlock.objects.exists()


# --- Mending


def test_the_page_says_why_and_offers_both_ways(client: Client, server: MailServer) -> None:
    user = UserFactory.create()
    bounces.block_address(email=user.email or "", reason="550 5.1.1 <b>unknown</b>")
    client.force_login(user)
    for name in ("notice-wishes", "notices"):
        page = client.get(reverse(f"accounts:{name}")).content.decode()
        assert f"Wir erreichen Sie nicht unter {user.email}" in page
        assert "5.1.1 &lt;b&gt;unknown" in page
        assert reverse("account_email") in page
    client.post(reverse("accounts:mail-again"))
    assert not MailBlock.objects.exists()
    outbox.deliver_due()
    assert server.taken == [user.email]


def test_trying_again_meets_another_refusal_and_not_every_minute(server: MailServer, now: datetime) -> None:
    user = UserFactory.create()
    bounces.block_address(email=user.email or "", reason=UNKNOWN)
    server.answer = UNKNOWN
    moment = timezone.now()
    bounces.try_again(by=user, now=moment)
    outbox.deliver_due()
    assert MailBlock.objects.filter(email=user.email).exists()
    with pytest.raises(Conflict):
        bounces.try_again(by=user, now=moment + timedelta(minutes=59))
    bounces.try_again(by=user, now=moment + timedelta(hours=2))
    assert not MailBlock.objects.exists()


def test_a_code_for_signing_in_is_still_tried(client: Client, server: MailServer) -> None:
    """Its person waits for it, and only they can mend the address."""
    user = UserFactory.create()
    bounces.block_address(email=user.email or "", reason=UNKNOWN)
    client.post(reverse("account_request_login_code"), {"email": user.email})
    assert server.taken == [user.email]
