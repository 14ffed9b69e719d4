"""Whoever loses a share or a membership loses the news of the car on their open socket, too."""

from asgiref.sync import async_to_sync, sync_to_async
from django.conf import settings
from django.test import Client
from django.utils import timezone

from accounts.models import Membership
from accounts.organisations import memberships
from tests.api.sockets import WAIT, Visit
from tests.factories.accounts import UserFactory, company, member
from tests.factories.vehicles import ShareFactory, own, own_for, share
from vehicles import live, sharing

ORIGIN = (b"origin", b"http://testserver")
AT_ONCE = 5  # seconds


def watch_until(driver, car, end):
    """Open a socket, watch the car, end the access: the house takes the topic back."""
    client = Client()
    client.force_login(driver)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    topic = live.topic_of(car.pk)

    async def story() -> None:
        socket = Visit((b"cookie", f"{settings.SESSION_COOKIE_NAME}={key}".encode()), ORIGIN)
        assert await socket.open()
        assert await socket.ask(action="subscribe", topic=topic) == {"type": "subscribed", "topic": topic}
        await sync_to_async(end)()
        said = await socket.hear()
        while said["type"] != "refused":  # the car's own news may come first
            said = await socket.hear()
        assert said["topic"] == topic
        assert (await socket.ask(action="subscribe", topic=topic))["type"] == "refused"
        await socket.leave()

    async_to_sync(story)()


def test_an_answer_is_waited_for_no_longer_than_the_promise():
    assert WAIT <= AT_ONCE


def test_a_revoked_share_ends_the_news_at_once(committing_db):
    owner, driver = UserFactory.create(), UserFactory.create()
    car = own(owner)
    row = share(car, driver)
    watch_until(driver, car, lambda: sharing.revoke_share(by=owner, share=row, now=timezone.now()))


def test_a_removed_member_loses_the_news_at_once(committing_db):
    boss = UserFactory.create()
    acme = company(boss)
    car, driver = own_for(acme), member(acme)
    ShareFactory.create(vehicle=car, user=driver, given_by=boss, organisation=acme)
    held = Membership.objects.get(user=driver)
    watch_until(driver, car, lambda: memberships.end_membership(by=boss, membership=held, now=timezone.now()))


def test_a_fleet_manager_who_becomes_a_driver_loses_the_news_at_once(committing_db):
    boss = UserFactory.create()
    acme = company(boss)
    car, manager = own_for(acme), member(acme, "fleet")
    held = Membership.objects.get(user=manager)
    watch_until(
        manager,
        car,
        lambda: memberships.change_role(by=boss, membership=held, role="driver", now=timezone.now()),
    )
