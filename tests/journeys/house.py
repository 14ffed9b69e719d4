"""The house as it runs, for journeys: own database with the demo, own processes, own mail folder."""

import os
import re
import signal
import socket
import subprocess
import sys
import time
from email import message_from_bytes, policy
from pathlib import Path

import httpx

ROOT = Path(__file__).resolve().parent.parent.parent


class House:
    """Proxy, web, live and worker from the Procfile, on a free port."""

    def __init__(self, *, folder: Path, database_url: str, owner_url: str) -> None:
        self.folder = folder
        self.port = _free_port()
        self.url = f"http://localhost:{self.port}"
        self.environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "portal.settings.dev",
            "DATABASE_URL": database_url,
            "DATABASE_OWNER_URL": owner_url,
            "PORTAL_HOME": str(folder),
            "VAPID_PRIVATE_KEY": "am91cm5leXMtc2lnbi13aXRoLXRoaXMta2V5LW9ubHk",
            "PORT": str(self.port),
            "PUBLIC_URL": self.url,
            "SITE_ADDRESS": f"http://:{self.port}",
            "VALKEY_PREFIX": f"journeys-{self.port}",
            "WEB_SOCKET": str(folder / "web.sock"),
            "LIVE_SOCKET": str(folder / "live.sock"),
            "WEB_UPSTREAM": f"unix/{folder / 'web.sock'}",
            "LIVE_UPSTREAM": f"unix/{folder / 'live.sock'}",
            "WEB_WORKERS": "1",
            "WORKER_CONCURRENCY": "1",
            "BEHIND_PROXY": "1",
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        }
        self.process: subprocess.Popen[bytes] | None = None

    def manage(self, *arguments: str, owner: bool = False) -> None:
        environment = dict(self.environment)
        if owner:
            environment["DATABASE_URL"] = environment["DATABASE_OWNER_URL"]
        subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )

    def told(self, *arguments: str) -> str:
        """What a command says, its last line."""
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            check=True,
            capture_output=True,
            text=True,
        )
        return done.stdout.strip().splitlines()[-1]

    def start(self) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "honcho", "start", "proxy", "web", "live", "worker"],
            cwd=ROOT,
            env=self.environment,
            stdout=(self.folder / "house.log").open("wb"),
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        give_up = time.monotonic() + 60
        while time.monotonic() < give_up:
            try:
                if httpx.get(f"{self.url}/healthz", timeout=5).status_code == 200:
                    return
            except httpx.TransportError:
                if self.process.poll() is not None:
                    break
                select_pause()
        raise RuntimeError(f"the house did not start:\n{self.log()}")

    def stop(self) -> None:
        if self.process is None:
            return
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)

    def log(self) -> str:
        return (self.folder / "house.log").read_text(errors="replace")[-8000:]

    def newest_mail(self, to: str, about: str = "") -> str:
        """The text of the last mail to this address that says ``about``; waits for it up to 20 s."""
        give_up = time.monotonic() + 20
        while time.monotonic() < give_up:
            for path in sorted(
                (self.folder / "mail").glob("*.eml"), key=lambda p: p.stat().st_mtime_ns, reverse=True
            ):
                mail = message_from_bytes(path.read_bytes(), policy=policy.default)
                if to in str(mail["To"]):
                    body = mail.get_body(("plain",))
                    text = str(body.get_content()) if body else ""
                    if about in text:
                        return text
            select_pause()
        raise AssertionError(f"no mail to {to} {about}")

    def code_from_mail(self, to: str) -> str:
        """The one-time code in the newest mail."""
        found = re.search(r"^\s*([A-Z0-9]{3,4}-?[A-Z0-9]{3,4})\s*$", self.newest_mail(to), re.MULTILINE)
        assert found, "no code in the mail"
        return found.group(1)


def select_pause() -> None:
    """A tenth of a second between two looks at another process, which has no event to wait for."""
    time.sleep(0.1)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
