"""A visitor's end of the socket, spoken to the application without a server between."""

import json
from typing import Any

from asgiref.testing import ApplicationCommunicator

from portal.asgi import application

HOST = (b"host", b"testserver")
WAIT = 5  # seconds for an answer


class Visit(ApplicationCommunicator):
    """``headers`` and ``subprotocols`` as a browser or an app sends them."""

    def __init__(
        self, *headers: tuple[bytes, bytes], path: str = "/ws/", subprotocols: tuple[str, ...] = ()
    ) -> None:
        super().__init__(
            application,
            {
                "type": "websocket",
                "path": path,
                "query_string": b"",
                "headers": [HOST, *headers],
                "subprotocols": list(subprotocols),
            },
        )
        self.protocol: str | None = None

    async def open(self) -> bool:
        """Whether the house let us in."""
        await self.send_input({"type": "websocket.connect"})
        answer = await self.receive_output(WAIT)
        self.protocol = answer.get("subprotocol")
        return bool(answer["type"] == "websocket.accept")

    async def say(self, text: str) -> None:
        await self.send_input({"type": "websocket.receive", "text": text})

    async def ask(self, **said: Any) -> dict[str, Any]:
        await self.say(json.dumps(said))
        return await self.hear()

    async def hear(self) -> dict[str, Any]:
        """The next thing the house says."""
        output = await self.receive_output(WAIT)
        assert output["type"] == "websocket.send", output
        return json.loads(output["text"])

    async def closed(self) -> int:
        """With which code the house closes next."""
        output = await self.receive_output(WAIT)
        assert output["type"] == "websocket.close", output
        return output["code"]

    async def closed_after_all(self) -> int:
        """With which code the house closes, whatever it says before."""
        while (output := await self.receive_output(WAIT))["type"] != "websocket.close":
            pass
        return output["code"]

    async def hears_nothing(self) -> bool:
        return await self.receive_nothing(timeout=0.3)

    async def leave(self) -> None:
        await self.send_input({"type": "websocket.disconnect", "code": 1000})
        await self.wait(WAIT)
