"""One visitor on one kept connection, cheap enough to leave the machine to the server."""

from __future__ import annotations

import socket
import statistics
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType


class BenchError(Exception):
    """A case that cannot be measured."""


@dataclass(frozen=True)
class Timing:
    p50_ms: float
    p95_ms: float
    per_s: float


class Client:
    """HTTP/1.1 over the web server's socket, one request after the other."""

    def __init__(self, address: Path, *, cookie: str = "") -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(30)
        self._socket.connect(str(address))
        self._headers = (
            "Host: localhost\r\nAccept-Language: de\r\nX-Forwarded-For: 127.0.0.1\r\n"
            + (f"Cookie: {cookie}\r\n" if cookie else "")
            + "\r\n"
        )
        self._rest = b""

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._socket.close()

    def get(self, path: str) -> bytes:
        """The body of a 200 answer; anything else is no measurement."""
        self._socket.sendall(f"GET {path} HTTP/1.1\r\n{self._headers}".encode())
        head = self._until(b"\r\n\r\n").decode("latin-1").lower()
        if not head.startswith("http/1.1 200"):
            raise BenchError(f"{path} answered {head.splitlines()[0]!r}, not 200")
        if "transfer-encoding: chunked" in head:
            body = b""
            while size := int(self._until(b"\r\n"), 16):
                body += self._exactly(size + 2)[:-2]
            self._exactly(2)
            return body
        return self._exactly(int(head.partition("content-length:")[2].splitlines()[0]))

    def time(self, path: str, *, seconds: float) -> Timing:
        """As many requests as fit, after a warm-up; at least twenty."""
        for _ in range(10):
            self.get(path)
        taken: list[float] = []
        began = time.perf_counter()
        while len(taken) < 20 or time.perf_counter() - began < seconds:
            start = time.perf_counter()
            self.get(path)
            taken.append(time.perf_counter() - start)
        whole = time.perf_counter() - began
        quantiles = statistics.quantiles(taken, n=20)
        return Timing(statistics.median(taken) * 1000, quantiles[18] * 1000, len(taken) / whole)

    def _until(self, mark: bytes) -> bytes:
        while mark not in self._rest:
            self._more()
        found, _, self._rest = self._rest.partition(mark)
        return found

    def _exactly(self, size: int) -> bytes:
        while len(self._rest) < size:
            self._more()
        found, self._rest = self._rest[:size], self._rest[size:]
        return found

    def _more(self) -> None:
        part = self._socket.recv(262_144)
        if not part:
            raise BenchError("The server closed the connection.")
        self._rest += part
