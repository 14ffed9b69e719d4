"""Sockets at /ws/; everything else as Django serves it (deployments send only /ws/ here)."""

import os

from channels.routing import ProtocolTypeRouter
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.dev")
pages = get_asgi_application()


def _application() -> ProtocolTypeRouter:
    # Only now: the consumer needs the apps that get_asgi_application() has loaded.
    from portal.consumers import VisitorSocket

    return ProtocolTypeRouter({"http": pages, "websocket": VisitorSocket.as_asgi()})


application = _application()
