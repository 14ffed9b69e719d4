"""Live news about a car reach those who see it, and stop when they no longer do."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser

from common import realtime
from tests.factories.accounts import UserFactory
from tests.factories.vehicles import own, share
from vehicles import live, ownership, sharing

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(monkeypatch):
    """What goes to the channel layer, as (group, kind)."""
    messages: list[tuple[str, str]] = []
    monkeypatch.setattr(realtime, "_send", lambda group, message: messages.append((group, message["type"])))
    return messages


def test_only_those_who_see_the_car_may_watch_it(now):
    owner, driver = UserFactory.create(), UserFactory.create()
    car = own(owner)
    share(car, driver)
    topic = live.topic_of(car.pk)
    assert live.may_watch(owner, topic, now=now)
    assert live.may_watch(driver, topic, now=now)
    assert not live.may_watch(UserFactory.create(), topic, now=now)
    assert not live.may_watch(AnonymousUser(), topic, now=now)
    assert realtime.can_watch(owner, topic)


@pytest.mark.parametrize("topic", ["vehicle:", "vehicle:x", "vehicle:1:2", "vehicle:" + "9" * 30])
def test_nonsense_is_watched_by_nobody(now, topic):
    assert not live.may_watch(UserFactory.create(), topic, now=now)


def test_whoever_loses_access_is_asked_again_after_commit(now, sent, django_capture_on_commit_callbacks):
    owner, driver = UserFactory.create(), UserFactory.create()
    car = own(owner)
    row = share(car, driver)
    with django_capture_on_commit_callbacks(execute=True):
        sharing.revoke_share(by=owner, share=row, now=now)
    assert (realtime.user_group(driver.pk), "rights.changed") in sent
    assert (realtime.topic_group(live.topic_of(car.pk)), "topic.message") in sent
    assert not live.may_watch(driver, live.topic_of(car.pk), now=now)
    with django_capture_on_commit_callbacks(execute=True):
        ownership.release_vehicle(by=owner, vehicle=car, now=now + timedelta(hours=1))
    assert (realtime.user_group(owner.pk), "rights.changed") in sent
