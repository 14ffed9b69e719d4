"""One socket per visitor at /ws/: news on the topics they may watch.

Client: {"action": "subscribe" | "unsubscribe", "topic": …} and {"action": "ping"}.
House: {"type": "subscribed" | "unsubscribed" | "refused", "topic": …}, {"type": "pong"},
{"type": "alive"} every half minute, and pushes: {"topic": …, "type": …, "id": …, "version": …}.

Pages come with their session cookie, and only from our own origin; apps with their session
token, in the X-Session-Token header or, from a browser, as the subprotocol ``token.<key>``
beside ``portal``. A guest is somebody with a session and no account.
"""

import asyncio
import contextlib
import json
import time
from typing import Any

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.conf import settings

from common import realtime
from portal.visitors import Visitor, comes_from_here, cookie_of, find_visitor, may_watch, token_of

SIGNED_OUT, FORBIDDEN, TOO_BIG, TOO_MUCH = 4401, 4403, 1009, 4429  # close codes
PROTOCOL = "portal"
MESSAGE_BYTES = 2048
TOPICS = 50
MESSAGES, PER_SECONDS = 60, 10.0


class VisitorSocket(AsyncWebsocketConsumer):
    """Knows who is there, what they watch, and when that ends."""

    visitor: Visitor | None = None
    _watch: asyncio.Task[None] | None = None

    async def connect(self) -> None:
        self.topics: set[str] = set()
        self._window = (time.monotonic(), 0)
        token = token_of(self.scope)
        if self.scope["path"] != "/ws/" or not (token or comes_from_here(self.scope)):
            await self.close(FORBIDDEN)
            return
        key = token or cookie_of(self.scope, settings.SESSION_COOKIE_NAME)
        if key:
            # Before looking who it is: a session that ends in between must reach us.
            await self.channel_layer.group_add(realtime.session_group(key), self.channel_name)
            self._session_group = realtime.session_group(key)
            self.visitor = await database_sync_to_async(find_visitor)(key)
        await self.accept(PROTOCOL if PROTOCOL in self.scope.get("subprotocols", ()) else None)
        if self.visitor is None:
            await self.close(SIGNED_OUT)
            return
        if self.visitor.user_id:
            await self.channel_layer.group_add(realtime.user_group(self.visitor.user_id), self.channel_name)
        self._watch = asyncio.create_task(self._stay_true())

    async def disconnect(self, code: int) -> None:
        if self._watch:
            self._watch.cancel()
        groups = [realtime.topic_group(topic) for topic in getattr(self, "topics", ())]
        if hasattr(self, "_session_group"):
            groups.append(self._session_group)
        if self.visitor and self.visitor.user_id:
            groups.append(realtime.user_group(self.visitor.user_id))
        for group in groups:
            await self.channel_layer.group_discard(group, self.channel_name)

    # -- What the client says ---------------------------------------------------------------

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        if text_data is None or len(text_data.encode()) > MESSAGE_BYTES:
            await self.close(TOO_BIG)
        elif self._too_many():
            await self.close(TOO_MUCH)
        else:
            await self._answer(text_data)

    def _too_many(self) -> bool:
        since, count = self._window
        if time.monotonic() - since > PER_SECONDS:
            since, count = time.monotonic(), 0
        self._window = (since, count + 1)
        return count >= MESSAGES

    async def _answer(self, text: str) -> None:
        said: Any = None
        with contextlib.suppress(ValueError):
            said = json.loads(text)
        action = said.get("action") if isinstance(said, dict) else None
        topic = said.get("topic") if isinstance(said, dict) else None
        if action == "ping":
            await self.say({"type": "pong"})
        elif not isinstance(topic, str) or len(topic) > realtime.TOPIC_LENGTH:
            await self.say({"type": "invalid"})
        elif action == "subscribe":
            await self._subscribe(topic)
        elif action == "unsubscribe":
            await self._leave(topic)
            await self.say({"type": "unsubscribed", "topic": topic})
        else:
            await self.say({"type": "invalid"})

    async def _subscribe(self, topic: str) -> None:
        if topic not in self.topics:
            if len(self.topics) >= TOPICS or not await database_sync_to_async(may_watch)(self.visitor, topic):
                await self.say({"type": "refused", "topic": topic})
                return
            self.topics.add(topic)
            await self.channel_layer.group_add(realtime.topic_group(topic), self.channel_name)
        await self.say({"type": "subscribed", "topic": topic})

    async def _leave(self, topic: str) -> None:
        if topic in self.topics:
            self.topics.discard(topic)
            await self.channel_layer.group_discard(realtime.topic_group(topic), self.channel_name)

    async def say(self, message: dict[str, Any]) -> None:
        await self.send(text_data=json.dumps(message, default=str))

    # -- What the house says ----------------------------------------------------------------

    async def topic_message(self, event: dict[str, Any]) -> None:
        if event["topic"] in self.topics:
            await self.say({**event["message"], "topic": event["topic"]})

    async def session_ended(self, event: dict[str, Any]) -> None:
        await self.close(SIGNED_OUT)

    async def rights_changed(self, event: dict[str, Any]) -> None:
        await self._ask_again()

    # -- What is true changes ---------------------------------------------------------------

    async def _stay_true(self) -> None:
        """Every half minute: still signed in, still allowed? Also when a message was lost."""
        while True:
            await asyncio.sleep(settings.LIVE_CHECK_SECONDS)
            await self.say({"type": "alive"})
            await self._ask_again()

    async def _ask_again(self) -> None:
        before = self.visitor
        self.visitor = before and await database_sync_to_async(find_visitor)(before.session_key)
        if self.visitor is None or before is None or self.visitor.user_id != before.user_id:
            await self.close(SIGNED_OUT)
            return
        for topic in list(self.topics):
            if not await database_sync_to_async(may_watch)(self.visitor, topic):
                await self._leave(topic)
                await self.say({"type": "refused", "topic": topic})
