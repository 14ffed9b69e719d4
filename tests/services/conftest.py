"""A workshop, an owner with a car, and its staff."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from channels.layers import get_channel_layer
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from common.realtime import topic_group
from tests.factories.accounts import UserFactory
from tests.factories.services import Workshop, make_car, make_workshop
from vehicles.models import Vehicle


@pytest.fixture
def workshop(db: None) -> Workshop:
    return make_workshop()


@pytest.fixture
def owner(db: None) -> User:
    return UserFactory.create()


@pytest.fixture
def car(owner: User) -> Vehicle:
    return make_car(owner)


@pytest.fixture
def staff(workshop: Workshop) -> User:
    return UserFactory.create(role="staff", scope=workshop.centre)


@pytest.fixture
def count_queries() -> Callable[[Callable[[], Any]], int]:
    """How many queries a call makes."""

    def count(call: Callable[[], Any]) -> int:
        with CaptureQueriesContext(connection) as seen:
            call()
        return len(seen)

    return count


@pytest.fixture
def pushed_by() -> Callable[..., list[tuple[str, str]]]:
    """``pushed_by(action, topic, …)``: (topic, type) of what those who watch the topics hear meanwhile."""

    def listen(action: Callable[[], Any], *topics: str) -> list[tuple[str, str]]:
        async def hear() -> list[tuple[str, str]]:
            layer = get_channel_layer()
            channel = await layer.new_channel()
            for topic in topics:
                await layer.group_add(topic_group(topic), channel)
            await sync_to_async(action)()
            await layer.send(channel, {"type": "no.more"})  # what is pushed is read in its order
            heard: list[tuple[str, str]] = []
            while (push := await asyncio.wait_for(layer.receive(channel), timeout=5))["type"] != "no.more":
                heard.append((push["topic"], push["message"]["type"]))
            return heard

        return async_to_sync(hear)()

    return listen
