from typing import Any

from django.apps import AppConfig
from django.utils import timezone


class VehiclesConfig(AppConfig):
    name = "vehicles"

    def ready(self) -> None:
        from common import realtime
        from journal import outbox
        from vehicles import letters, live

        def may_watch(user: Any, topic: str) -> bool:
            return live.may_watch(user, topic, now=timezone.now())

        realtime.register_topic("vehicle", may_watch)
        outbox.register_channel(letters.CHANNEL, letters.deliver)
