"""Web push: encrypted for one browser, signed by the house, sent to public push services only."""

from collections.abc import Iterator
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts import sessions
from accounts.models import Notice, PushSubscription, User
from accounts.telling import inbox, notice_wishes, push, push_sending
from common.errors import Conflict, Invalid, NotFound
from journal import outbox
from journal.models import OutboxEntry
from tests.accounts.push_service import Browser, PushService, encoded
from tests.factories.accounts import UserFactory

pytestmark = pytest.mark.django_db
KIND, URGENT = "tests.pushed", "tests.pushed_at_once"
inbox.register_notice(KIND, title="Ihr Wagen", text="%(code)s ist da", group="service")
inbox.register_notice(URGENT, title="Fertig", group="service", urgent=True)
PUBLIC = "https://push.example.com/send/abc"
NIGHT = datetime(2026, 11, 24, 22, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _key(settings: Any) -> None:
    settings.VAPID_PRIVATE_KEY = encoded(b"\x11" * 32)
    settings.VAPID_SUBJECT = "mailto:push@nordlicht.example"


@pytest.fixture
def service(settings: Any) -> Iterator[PushService]:
    settings.PUSH_TO_LOOPBACK = True
    with PushService().running() as running:
        yield running


@pytest.fixture
def browser() -> Browser:
    return Browser()


@pytest.fixture
def anna(client: Client) -> User:
    user = UserFactory.create()
    client.force_login(user)
    return user


def subscribe(user: User, browser: Browser, endpoint: str, session_key: str = "") -> PushSubscription:
    keys = push.Keys(**browser.keys)
    return push.subscribe(
        by=user, endpoint=endpoint, keys=keys, device="Firefox", session_key=session_key, now=timezone.now()
    )


def session_of(client: Client) -> str:
    return client.session.session_key or ""


def send_all(now: datetime | None = None) -> None:
    for entry in OutboxEntry.objects.filter(channel="push", state="open").order_by("pk"):
        push.deliver(entry.stable_id, entry.payload, now=now or timezone.now())


def test_a_notice_reaches_the_browser_encrypted_and_signed(
    client: Client, anna: User, service: PushService, browser: Browser
) -> None:
    subscribe(anna, browser, service.endpoint, session_of(client))
    notice = inbox.notify(user=anna, kind=KIND, params={"code": "NL-7F3K"}, url="/garage/")
    send_all()
    ((headers, body),) = service.taken
    message = browser.open(body)
    assert (message["title"], message["text"], message["url"]) == ("Ihr Wagen", "NL-7F3K ist da", "/garage/")
    assert message["tag"].startswith(f"notice:{notice.pk}:")
    assert b"NL-7F3K" not in body
    claims, key = service.claims(headers)
    assert claims["sub"] == "mailto:push@nordlicht.example"
    assert claims["exp"] <= timezone.now().timestamp() + 24 * 3600 + 60  # RFC 8292, 2
    assert key == push_sending.public_key()
    assert (headers["content-encoding"], headers["urgency"], headers["ttl"]) == (
        "aes128gcm",
        "normal",
        "86400",
    )
    assert len(headers["topic"]) <= 32  # RFC 8030, 5.4


def test_sent_twice_it_carries_the_same_tag_and_topic(
    client: Client, anna: User, service: PushService, browser: Browser
) -> None:
    """A worker killed after sending sends again: the browser shows one."""
    subscribe(anna, browser, service.endpoint, session_of(client))
    inbox.notify(user=anna, kind=KIND)
    send_all()
    send_all()
    (first, one), (second, two) = service.taken
    assert browser.open(one)["tag"] == browser.open(two)["tag"]
    assert first["topic"] == second["topic"]
    assert one != two  # a fresh key each time


def test_each_device_is_told_once(client: Client, anna: User, service: PushService) -> None:
    browsers = [Browser(), Browser()]
    for place, browser in enumerate(browsers):
        subscribe(anna, browser, f"{service.endpoint}{place}", session_of(client))
    inbox.notify(user=anna, kind=KIND)
    assert outbox.deliver_due() == 2
    assert outbox.deliver_due() == 0
    assert len(service.taken) == 2


@pytest.mark.parametrize("status", [404, 410])
def test_a_browser_that_is_gone_is_forgotten(
    client: Client, anna: User, service: PushService, browser: Browser, status: int
) -> None:
    subscribe(anna, browser, service.endpoint, session_of(client))
    inbox.notify(user=anna, kind=KIND)
    service.status = status
    send_all()
    assert not PushSubscription.objects.exists()


@pytest.mark.parametrize("status", [429, 500, 503, 403])
def test_a_service_that_has_trouble_is_asked_again(
    client: Client, anna: User, service: PushService, browser: Browser, status: int
) -> None:
    subscribe(anna, browser, service.endpoint, session_of(client))
    inbox.notify(user=anna, kind=KIND)
    service.status = status
    outbox.deliver_due()
    entry = OutboxEntry.objects.get(channel="push")
    assert (entry.state, entry.attempts) == ("open", 1)
    assert str(status) in entry.last_error
    assert PushSubscription.objects.exists()


def test_nobody_is_led_elsewhere_by_a_redirect(
    client: Client, anna: User, service: PushService, browser: Browser
) -> None:
    subscribe(anna, browser, service.endpoint, session_of(client))
    inbox.notify(user=anna, kind=KIND)
    service.status, service.location = 302, f"{service.endpoint}/inside"
    with pytest.raises(push_sending.PushNotTaken):
        send_all()
    assert len(service.taken) == 1


def test_quiet_hours_hold_it_and_urgent_ones_pass(
    client: Client, anna: User, service: PushService, browser: Browser
) -> None:
    notice_wishes.change_times(by=anna, quiet_from=time(22), quiet_until=time(7), digest="at_once")
    subscribe(anna, browser, service.endpoint, session_of(client))
    inbox.notify(user=anna, kind=URGENT)
    send_all(NIGHT)
    assert service.taken[0][0]["urgency"] == "high"
    OutboxEntry.objects.all().delete()
    inbox.notify(user=anna, kind=KIND)
    with pytest.raises(outbox.Later):
        send_all(NIGHT)
    assert len(service.taken) == 1


def test_what_was_read_or_switched_off_meanwhile_stays_silent(
    client: Client, anna: User, service: PushService, browser: Browser, now: datetime
) -> None:
    subscribe(anna, browser, service.endpoint, session_of(client))
    read = inbox.notify(user=anna, kind=KIND)
    inbox.mark_read(user=anna, notice=read, now=now)
    send_all()
    inbox.notify(user=anna, kind=KIND)
    notice_wishes.change_wishes(by=anna, wishes={("service", "push"): False})
    send_all()
    inbox.notify(user=anna, kind=KIND)
    assert service.taken == []
    assert OutboxEntry.objects.filter(channel="push").count() == 2


def test_a_device_that_nobody_is_signed_in_on_shows_nothing(
    client: Client, anna: User, service: PushService, browser: Browser
) -> None:
    subscribe(anna, browser, service.endpoint, session_of(client))
    inbox.notify(user=anna, kind=KIND)
    client.get(reverse("accounts:notices"))  # the session is known to its person's list now
    sessions.end_sessions(by=anna, user=anna)
    client.logout()
    send_all()
    assert service.taken == []
    assert not PushSubscription.objects.exists()


def test_a_browser_that_changes_hands_tells_only_the_last_person(
    client: Client, anna: User, service: PushService, browser: Browser
) -> None:
    subscribe(UserFactory.create(), browser, service.endpoint, session_of(client))
    inbox.notify(user=(before := PushSubscription.objects.get().user), kind=KIND)
    subscribe(anna, browser, service.endpoint, session_of(client))
    send_all()
    assert service.taken == []
    assert not PushSubscription.objects.filter(user=before).exists()


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.com/x",
        "https://127.0.0.1/x",
        "https://127.1/x",
        "https://localhost/x",
        "https://10.0.0.7/x",
        "https://[::1]/x",
        "https://[::ffff:10.0.0.1]/x",
        "https://169.254.169.254/latest/meta-data/",
        "https://push.example.com:8443/x",
        "https://user:pass@push.example.com/x",
        "https://printer.local/x",
        "ftp://push.example.com/x",
        "https://[x",
        "nonsense",
        "https://push.example.com/" + "x" * 500,
    ],
)
def test_only_public_https_addresses_are_taken(anna: User, browser: Browser, endpoint: str) -> None:
    if endpoint == "https://127.1/x":  # a name to us, this machine to the resolver: refused when it connects
        status = subscribe(anna, browser, endpoint)
        with pytest.raises(push_sending.PushNotTaken):
            send_to(status)
        return
    with pytest.raises(Invalid):
        subscribe(anna, browser, endpoint)


def send_to(subscription: PushSubscription) -> int:
    return push_sending.send(
        endpoint=subscription.endpoint,
        p256dh=subscription.p256dh,
        auth=subscription.auth,
        message=b"{}",
        topic="t",
        urgent=False,
    )


@pytest.mark.parametrize(
    ("address", "public"),
    [
        ("93.184.216.34", True),
        ("2a00:1450:4001::1", True),
        ("192.168.1.4", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),  # noqa: S104
        ("224.0.0.1", False),
        ("fe80::1%eth0", False),
        ("fd00::1", False),
        ("::ffff:192.168.0.1", False),
        ("64:ff9b::a00:1", False),
        ("2002:a00:1::1", False),
    ],
)
def test_private_addresses_are_known_however_they_are_wrapped(address: str, public: bool) -> None:
    assert push_sending.is_public(address) is public


def test_a_name_that_leads_inside_gets_no_byte(
    anna: User, browser: Browser, service: PushService, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The name is looked up when connecting: what counts is where the connection stands."""
    import socket

    settings.PUSH_TO_LOOPBACK = False
    inside = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", service.port))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *args, **kwargs: inside)
    subscription = subscribe(anna, browser, PUBLIC)
    with pytest.raises(push_sending.PushNotTaken):
        send_to(subscription)
    assert service.taken == []


@pytest.mark.parametrize(
    "keys",
    [{"p256dh": "AAAA"}, {"auth": "AAAA"}, {"p256dh": encoded(b"\x04" + b"\x01" * 64)}, {"auth": "äöü"}],
)
def test_keys_that_are_none_are_refused(anna: User, browser: Browser, keys: dict[str, str]) -> None:
    given = push.Keys(**{**browser.keys, **keys})
    with pytest.raises(Invalid):
        push.subscribe(by=anna, endpoint=PUBLIC, keys=given, device="", session_key="", now=timezone.now())


def test_there_is_an_end_to_devices(anna: User, browser: Browser) -> None:
    for place in range(push.MOST_DEVICES):
        subscribe(anna, browser, f"{PUBLIC}{place}")
    with pytest.raises(Conflict):
        subscribe(anna, browser, f"{PUBLIC}more")
    subscribe(anna, browser, f"{PUBLIC}0")  # the same again is none more


def test_the_page_takes_what_the_browser_says_and_lists_devices(
    client: Client, anna: User, browser: Browser
) -> None:
    url = reverse("accounts:notice-wishes")
    assert push_sending.public_key() in client.get(url).content.decode()
    firefox = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"}
    client.post(reverse("accounts:push-add"), {"endpoint": PUBLIC, **browser.keys}, headers=firefox)
    page = client.get(url).content.decode()
    assert "Firefox" in page
    assert "dieses Gerät" in page
    subscription = PushSubscription.objects.get()
    assert subscription.session_key == session_of(client)
    client.post(reverse("accounts:push-remove", args=[subscription.pk]))
    assert not PushSubscription.objects.exists()
    assert client.post(reverse("accounts:push-add"), {"endpoint": ""}, follow=True).status_code == 200


def test_a_house_without_a_key_says_so_and_offers_nothing(
    client: Client, anna: User, browser: Browser, settings: Any
) -> None:
    settings.VAPID_PRIVATE_KEY = ""
    page = client.get(reverse("accounts:notice-wishes")).content.decode()
    assert "Push-Mitteilungen sind hier nicht verfügbar" in page
    assert "data-push-on" not in page
    assert client.get("/api/v1/push-subscriptions/key/").json() == {"key": ""}
    with pytest.raises(Conflict):
        subscribe(anna, browser, PUBLIC)


def test_apps_subscribe_and_leave(client: Client, anna: User, browser: Browser) -> None:
    url = "/api/v1/push-subscriptions/"
    body = {"endpoint": PUBLIC, "keys": browser.keys}
    made = client.post(url, body, "application/json")
    assert made.status_code == 201
    assert "endpoint" not in made.json()  # who knows it can send: it is told to nobody
    assert client.get(url).json()["results"] == [made.json()]
    inside = {**body, "endpoint": "https://10.0.0.1/x"}
    assert client.post(url, inside, "application/json").json()["code"] == "push_endpoint_invalid"
    foreign = subscribe(UserFactory.create(), browser, PUBLIC + "2")
    assert client.delete(f"{url}{foreign.pk}/").status_code == 404
    with pytest.raises(NotFound):
        push.unsubscribe(by=anna, subscription_id=foreign.pk)
    assert client.delete(f"{url}{made.json()['id']}/").status_code == 204
    assert not PushSubscription.objects.filter(user=anna).exists()


def test_a_long_text_fits_into_a_message(
    client: Client, anna: User, service: PushService, browser: Browser
) -> None:
    subscribe(anna, browser, service.endpoint, session_of(client))
    inbox.notify(user=anna, kind=KIND, params={"code": "ü" * 5000})
    send_all()
    assert len(service.taken[0][1]) < 4096  # RFC 8030, 7.2


def test_of_an_old_notice_whose_app_is_gone_nothing_is_pushed(
    client: Client, anna: User, service: PushService, browser: Browser
) -> None:
    subscription = subscribe(anna, browser, service.endpoint, session_of(client))
    notice = Notice.objects.create(user=anna, kind="gone.kind", created_at=timezone.now() - timedelta(days=1))
    push.deliver("x", {"notice": notice.pk, "subscription": subscription.pk}, now=timezone.now())
    assert service.taken == []
