"""The web process of the Procfile with production's settings: pages, styles, traces."""

import contextlib
import os
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Queue
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from django.conf import settings

from portal.embedded import PROJECT
from tests.runtime.test_production import SAFE

TRACES = "/v1/traces"
THROUGH_THE_PROXY = {"Host": "konto.marke.de", "X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}


@pytest.fixture
def collector() -> Iterator[tuple[str, Queue[bytes]]]:
    """Where traces are sent by OTLP over HTTP: its address, and what arrives."""
    arrived: Queue[bytes] = Queue()

    class Collector(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.path == TRACES
            arrived.put(body)
            self.send_response(200)
            self.end_headers()

        def log_message(self, *_: Any) -> None: ...

    server = ThreadingHTTPServer(("127.0.0.1", 0), Collector)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", arrived
    server.shutdown()
    thread.join()
    server.server_close()


def _environment(folder: Path, **more: str) -> dict[str, str]:
    database = urlsplit(os.environ["DATABASE_URL"])._replace(path="/" + settings.DATABASES["default"]["NAME"])
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        **SAFE,
        "DATABASE_URL": database.geturl(),
        "VALKEY_URL": os.environ["VALKEY_URL"],
        "STATIC_ROOT": str(folder / "static"),
        "MEDIA_ROOT": str(folder / "media"),
        "WEB_SOCKET": str(folder / "web.sock"),
        "WEB_WORKERS": "1",
        "BEHIND_PROXY": "1",
        **more,
    }


@contextlib.contextmanager
def _web(environment: dict[str, str]) -> Iterator[httpx.Client]:
    """The Procfile's line for `web`, asked as the proxy asks."""
    lines = (PROJECT / "Procfile").read_text().splitlines()
    command = next(line.removeprefix("web: ") for line in lines if line.startswith("web: "))
    process = subprocess.Popen(["sh", "-c", command], cwd=PROJECT, env=environment)
    transport = httpx.HTTPTransport(uds=environment["WEB_SOCKET"])
    with httpx.Client(
        transport=transport, base_url="http://konto.marke.de", headers=THROUGH_THE_PROXY, timeout=10
    ) as web:
        try:
            deadline = time.monotonic() + 60
            while not _answers(web):
                assert process.poll() is None
                assert time.monotonic() < deadline
                time.sleep(0.1)  # another program's start can only be asked for
            yield web
        finally:
            process.terminate()
            process.wait(20)


def _answers(web: httpx.Client) -> bool:
    try:
        return web.get("/healthz").status_code == 200
    except httpx.TransportError:
        return False


@pytest.mark.slow
@pytest.mark.django_db
def test_production_serves_a_page_with_its_styles(tmp_path: Path) -> None:
    environment = _environment(tmp_path)
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "-v0"]
    subprocess.run(collect, cwd=PROJECT, env=environment, check=True)

    with _web(environment) as web:
        page = web.get("/")
        assert page.status_code == 200
        parts = set(re.findall(r'(?:href|src)="(/static/[^"#]+)', page.text))
        assert any(part.endswith(".css") for part in parts)
        assert {part: web.get(part).status_code for part in parts} == dict.fromkeys(parts, 200)
        assert "max-age=31536000" in page.headers["Strict-Transport-Security"]
        assert "Secure" in page.headers["Set-Cookie"]
        plain = web.get("/", headers={"X-Forwarded-Proto": "http"})
        assert (plain.status_code, plain.headers["Location"]) == (301, "https://konto.marke.de/")
        assert web.get("/dev/mail/").status_code == 404
        # Refused unread for want of a token: an answer, not a connection that breaks while we write.
        assert web.post("/account/login/", content=b"x" * 2_000_000).status_code == 403


@pytest.mark.django_db
def test_a_request_and_its_queries_arrive_as_spans_without_the_visitor(
    tmp_path: Path, collector: tuple[str, Queue[bytes]]
) -> None:
    address, arrived = collector
    environment = _environment(
        tmp_path,
        OTEL_EXPORTER_OTLP_ENDPOINT=address,
        OTEL_SERVICE_NAME="portal-web",
        OTEL_BSP_SCHEDULE_DELAY="100",
    )

    with _web(environment) as web:
        web.get("/readyz?mail=mara@example.org", headers={"User-Agent": "Mara's browser"})
        sent = b""
        while not (b"GET readyz" in sent and b"SELECT" in sent):
            sent += arrived.get(timeout=20)

    assert b"portal-web" in sent
    for personal in (b"203.0.113.7", b"Mara's browser", b"mara@example.org", b"mara%40"):
        assert personal not in sent
