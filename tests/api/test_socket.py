"""The socket: who may open it, what they may watch, and when it ends."""

from collections.abc import Awaitable, Callable

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.contrib.sessions.backends.cached_db import SessionStore
from django.test import Client

from common import realtime
from portal import consumers
from tests.api.sockets import Visit
from tests.factories.accounts import PASSWORD, UserFactory

ORIGIN = (b"origin", b"http://testserver")


@pytest.fixture
def bell():
    """A topic per person, and one that can be closed while people watch."""
    closed: list[str] = []
    realtime.register_topic("test-bell", lambda user, topic: topic == f"test-bell:{user.pk}")
    realtime.register_topic("test-door", lambda user, topic: topic not in closed)
    yield closed
    realtime._topics.pop("test-bell")
    realtime._topics.pop("test-door")


@pytest.fixture
def signed_in(committing_db):
    anna = UserFactory.create()
    client = Client()
    client.force_login(anna)
    return anna, client.cookies[settings.SESSION_COOKIE_NAME].value


def cookie(key: str) -> tuple[bytes, bytes]:
    return (b"cookie", f"{settings.SESSION_COOKIE_NAME}={key}".encode())


def live(story: Callable[[], Awaitable[None]]) -> None:
    """Run the story on a loop of its own, with the channel layer's connections closed afterwards."""
    async_to_sync(story)()


def test_news_reaches_whoever_watches(signed_in, bell):
    anna, key = signed_in

    async def story() -> None:
        socket = Visit(cookie(key), ORIGIN)
        assert await socket.open()
        topic = f"test-bell:{anna.pk}"
        assert await socket.ask(action="subscribe", topic=topic) == {"type": "subscribed", "topic": topic}
        await sync_to_async(realtime.push)(topic, {"type": "notice", "id": 7, "version": 1})
        assert await socket.hear() == {
            "topic": topic,
            "type": "notice",
            "id": 7,
            "version": 1,
        }
        assert (await socket.ask(action="unsubscribe", topic=topic))["type"] == "unsubscribed"
        await sync_to_async(realtime.push)(topic, {"type": "notice", "id": 8, "version": 1})
        assert await socket.hears_nothing()
        await socket.leave()

    live(story)


def test_other_peoples_and_unknown_topics_are_refused(signed_in, bell):
    _anna, key = signed_in

    async def story() -> None:
        socket = Visit(cookie(key), ORIGIN)
        await socket.open()
        for topic in ("test-bell:0", "no-such-topic:1", "", "test-bell"):
            assert (await socket.ask(action="subscribe", topic=topic))["type"] == "refused"
        await socket.leave()

    live(story)


def test_an_app_comes_with_its_session_token(signed_in, bell):
    anna, key = signed_in

    async def story() -> None:
        by_header = Visit((b"x-session-token", key.encode()))
        by_protocol = Visit(subprotocols=("portal", f"token.{key}"))
        for socket in (by_header, by_protocol):
            assert await socket.open()
            assert (await socket.ask(action="subscribe", topic=f"test-bell:{anna.pk}"))[
                "type"
            ] == "subscribed"
            await socket.leave()
        assert (by_header.protocol, by_protocol.protocol) == (None, "portal")

    live(story)


def test_a_cookie_from_another_origin_opens_nothing(signed_in):
    _anna, key = signed_in

    async def story() -> None:
        assert not await Visit(cookie(key)).open()
        for origin in (b"https://elsewhere.example", b"null", b"http://testserver.elsewhere.example"):
            assert not await Visit(cookie(key), (b"origin", origin)).open()

    live(story)


def test_no_other_path_opens(signed_in):
    _anna, key = signed_in

    async def story() -> None:
        assert not await Visit(cookie(key), ORIGIN, path="/ws/other/").open()

    live(story)


def test_without_a_session_it_closes_at_once(committing_db):
    async def story() -> None:
        for key in ("", "made-up-key"):
            socket = Visit(cookie(key), ORIGIN)
            assert await socket.open()
            assert await socket.closed() == consumers.SIGNED_OUT

    live(story)


def test_a_guest_with_a_session_may_listen_to_what_is_open(committing_db, bell):
    store = SessionStore()
    store["theme"] = "dark"
    store.save()

    async def story() -> None:
        socket = Visit(cookie(str(store.session_key)), ORIGIN)
        await socket.open()
        assert (await socket.ask(action="subscribe", topic="test-door:1"))["type"] == "subscribed"
        assert (await socket.ask(action="subscribe", topic="test-bell:1"))["type"] == "refused"
        await socket.leave()

    live(story)


def test_signing_out_closes_it(signed_in):
    _anna, key = signed_in

    async def story() -> None:
        socket = Visit(cookie(key), ORIGIN)
        await socket.open()
        await sync_to_async(SessionStore().delete)(key)
        assert await socket.closed() == consumers.SIGNED_OUT

    live(story)


def test_a_device_that_is_signed_out_elsewhere_loses_its_socket(signed_in):
    anna, here = signed_in
    phone, browser = Client(), Client()
    phone.post("/account/login/", {"login": anna.email, "password": PASSWORD})
    token = phone.session.session_key
    assert token is not None
    browser.cookies[settings.SESSION_COOKIE_NAME] = here

    def sign_out_the_phone():
        listed = browser.get("/api/v1/devices/").json()["results"]
        (its,) = [row["id"] for row in listed if not row["current"]]
        assert browser.delete(f"/api/v1/devices/{its}/").status_code == 204

    async def story() -> None:
        socket = Visit((b"x-session-token", token.encode()))
        assert await socket.open()
        await sync_to_async(sign_out_the_phone)()
        assert await socket.closed() == consumers.SIGNED_OUT  # waits for five seconds at most

    live(story)


def test_it_closes_even_when_that_message_is_lost(signed_in, settings):
    anna, key = signed_in
    settings.LIVE_CHECK_SECONDS = 0.1

    async def story() -> None:
        socket = Visit(cookie(key), ORIGIN)
        await socket.open()
        assert await socket.hear() == {"type": "alive"}
        anna.is_active = False
        await sync_to_async(anna.save)()
        assert await socket.closed_after_all() == consumers.SIGNED_OUT

    live(story)


def test_a_right_that_ended_ends_the_news(signed_in, bell):
    anna, key = signed_in

    async def story() -> None:
        socket = Visit(cookie(key), ORIGIN)
        await socket.open()
        await socket.ask(action="subscribe", topic="test-door:1")
        await socket.ask(action="subscribe", topic=f"test-bell:{anna.pk}")
        bell.append("test-door:1")
        await sync_to_async(realtime.recheck)(anna.pk)
        assert await socket.hear() == {"type": "refused", "topic": "test-door:1"}
        await sync_to_async(realtime.push)("test-door:1", {"type": "opened"})
        assert await socket.hears_nothing()
        await socket.leave()

    live(story)


def test_nonsense_is_answered_not_obeyed(signed_in):
    _anna, key = signed_in
    nonsense = [
        " ",
        "{",
        "[]",
        "7",
        '{"action": "shout", "topic": "x"}',
        '{"action": "subscribe", "topic": 7}',
    ]

    async def story() -> None:
        socket = Visit(cookie(key), ORIGIN)
        await socket.open()
        for said in nonsense:
            await socket.say(said)
            assert await socket.hear() == {"type": "invalid"}
        assert await socket.ask(action="ping") == {"type": "pong"}
        await socket.leave()

    live(story)


def test_there_are_limits(signed_in, bell):
    _anna, key = signed_in

    async def story() -> None:
        large = Visit(cookie(key), ORIGIN)
        await large.open()
        await large.say("x" * (consumers.MESSAGE_BYTES + 1))
        assert await large.closed() == consumers.TOO_BIG

        many = Visit(cookie(key), ORIGIN)
        await many.open()
        answers = [
            await many.ask(action="subscribe", topic=f"test-door:{n}") for n in range(consumers.TOPICS + 1)
        ]
        assert [answer["type"] for answer in answers[-2:]] == ["subscribed", "refused"]
        for _ in range(consumers.MESSAGES - len(answers)):
            await many.ask(action="ping")
        await many.say('{"action": "ping"}')
        assert await many.closed() == consumers.TOO_MUCH

    live(story)


def test_a_push_does_not_fail_without_valkey(committing_db, settings, monkeypatch):
    layers = {
        "default": {
            **settings.CHANNEL_LAYERS["default"],
            "CONFIG": {"hosts": [{"address": "redis://127.0.0.1:1/0", "socket_connect_timeout": 1}]},
        }
    }
    monkeypatch.setattr(realtime, "_layer", realtime.Outage("test", pause=60))
    settings.CHANNEL_LAYERS = layers
    realtime.push("test-bell:1", {"type": "notice"})
    realtime.push("test-bell:1", {"type": "notice"})  # the second one does not even try
    assert not realtime._layer.attempt(lambda: None, failures=())


def test_what_is_pushed_in_a_transaction_waits_for_its_commit(signed_in, bell):
    from django.db import transaction

    anna, key = signed_in
    topic = f"test-bell:{anna.pk}"

    def push_and_roll_back() -> None:
        with transaction.atomic():
            realtime.push(topic, {"type": "never"})
            transaction.set_rollback(True)

    async def story() -> None:
        socket = Visit(cookie(key), ORIGIN)
        await socket.open()
        await socket.ask(action="subscribe", topic=topic)
        await sync_to_async(push_and_roll_back)()
        assert await socket.hears_nothing()
        await socket.leave()

    live(story)


def test_a_thousandth_topic_has_a_name_the_layer_takes():
    name = realtime.topic_group("centre-day:ä" * 50)
    assert len(name) < 100
    assert name.isascii()
