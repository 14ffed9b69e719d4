from typing import Any

from django.apps import AppConfig
from django.db.models.signals import post_delete


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        from django.contrib.sessions.models import Session

        from common import realtime

        def close_sockets(instance: Any, **kwargs: Any) -> None:
            realtime.end_session(instance.session_key)

        # However a session ends (signing out, here or elsewhere; a new sign-in), its row goes.
        post_delete.connect(close_sockets, sender=Session, weak=False)
