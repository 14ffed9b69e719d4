"""bin/dev as a person meets it: one sentence for each obstacle, a clean end, nothing lost."""

import contextlib
import os
import re
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import psycopg
import pytest

from portal import embedded, embedded_account

COMMAND = embedded.PROJECT / "bin" / "dev"
# What the test run itself was given must not leak into a fresh start.
LEFT_OUT = re.compile(r"^(DATABASE_|VALKEY_|DJANGO_|SECRET_KEY|PUBLIC_URL|PORT$|PYTEST)")


def _environment(**more: str) -> dict[str, str]:
    return {k: v for k, v in os.environ.items() if not LEFT_OUT.match(k)} | more


def _free_port() -> int:
    """Below the range from which the kernel would give the same one to PostgreSQL."""
    for port in range(20_000 + os.getpid() % 5_000, 30_000):
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port")


def _says(*arguments: str, **environment: str) -> tuple[int, str]:
    result = subprocess.run(
        [str(COMMAND), *arguments],
        env=_environment(**environment),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return result.returncode, result.stderr.strip()


def test_a_port_in_use_is_one_sentence() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        code, said = _says(PORT=str(port))

    assert code == 1
    assert said.startswith(f"Port {port} is in use")
    assert "\n" not in said


@pytest.mark.parametrize("port", ["0", "65536", "eighty", "-1"])
def test_a_port_that_is_none_is_one_sentence(port: str) -> None:
    code, said = _says(PORT=port)

    assert code == 1
    assert said == f"PORT={port} is no port number; choose one from 1 to 65535."


def test_an_unwritable_home_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    code, said = _says(PORT=str(_free_port()), PORTAL_HOME=str(tmp_path / "file" / "home"))

    assert code == 1
    assert said.splitlines()[-1].startswith(f"Cannot write to {tmp_path}")


def test_reset_leaves_an_outside_database_alone(tmp_path: Path) -> None:
    code, said = _says(
        "--reset",
        PORT=str(_free_port()),
        PORTAL_HOME=str(tmp_path),
        DATABASE_URL="postgresql://elsewhere/portal",
    )

    assert code == 1
    assert "DATABASE_URL names a database of your own" in said


class Dev:
    """One run of bin/dev with a home of its own."""

    def __init__(
        self, home: Path, log: Path, port: int, *, command: Path = COMMAND, **environment: str
    ) -> None:
        self.home, self.log, self.port = home, log, port
        with log.open("ab") as out:
            self.process = subprocess.Popen(
                [command, "--empty"],
                env=_environment(PORT=str(port), PORTAL_HOME=str(home), **environment),
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        deadline = time.monotonic() + 120
        while "Ctrl-C ends it" not in self.log.read_text():
            assert self.process.poll() is None, self.log.read_text()
            assert time.monotonic() < deadline, self.log.read_text()
            time.sleep(0.1)  # another program's start can only be asked for
        self.all = [
            psutil.Process(self.process.pid),
            *psutil.Process(self.process.pid).children(recursive=True),
        ]

    def page(self, path: str) -> int:
        with urllib.request.urlopen(f"http://localhost:{self.port}{path}", timeout=10) as response:
            return int(response.status)

    def becomes_ready(self) -> bool:
        """The worker gives its first sign of life some seconds after the first page."""
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                return self.page("/readyz") == 200
            except urllib.error.HTTPError:
                time.sleep(0.2)  # another program's start can only be asked for
        return False

    def end(self, sign: signal.Signals) -> float:
        """Seconds until every one of its processes was gone."""
        began = time.monotonic()
        self.process.send_signal(sign)
        self.process.wait(20)
        _, alive = psutil.wait_procs(self.all, timeout=5)
        assert not alive, alive
        return time.monotonic() - began


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Callable[[], Dev]]:
    home, started = tmp_path / "home", []

    def run() -> Dev:
        (tmp_path / "log").unlink(missing_ok=True)
        started.append(Dev(home, tmp_path / "log", _free_port()))
        return started[-1]

    yield run
    for each in started:
        if each.process.poll() is None:
            each.process.terminate()
            each.process.wait(10)
        for process in each.all:
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()
    embedded.Embedded(home).stop()
    embedded_account.remove_data(home, "postgres")


def _remember(home: Path) -> None:
    with psycopg.connect(embedded.Embedded(home).urls().database_owner) as link:
        link.execute("CREATE TABLE kept AS SELECT 'Nordlicht' AS word")


def _remembers(home: Path) -> bool:
    with psycopg.connect(embedded.Embedded(home).urls().database_owner) as link:
        return link.execute("SELECT word FROM kept").fetchone() == ("Nordlicht",)


@pytest.mark.slow
def test_it_ends_within_five_seconds_and_a_second_start_keeps_all(start: Callable[[], Dev]) -> None:
    first = start()
    assert first.page("/healthz") == 200
    assert first.becomes_ready()
    _remember(first.home)
    assert first.end(signal.SIGINT) < 5
    assert first.process.returncode == 0

    second = start()

    assert _remembers(second.home)
    assert second.end(signal.SIGTERM) < 5


@pytest.mark.slow
def test_a_second_one_in_the_same_home_is_told_where_the_first_is(start: Callable[[], Dev]) -> None:
    first = start()

    code, said = _says(PORT=str(_free_port()), PORTAL_HOME=str(first.home))

    assert code == 1
    assert f"at http://localhost:{first.port}" in said


@pytest.mark.slow
@pytest.mark.parametrize("part", ["bin/dev", "honcho", "granian", "postgres"])
def test_a_killed_part_loses_nothing(start: Callable[[], Dev], part: str) -> None:
    first = start()
    _remember(first.home)
    victim = (
        first.all[0] if part == "bin/dev" else next(p for p in first.all if part in " ".join(p.cmdline()))
    )
    victim.kill()
    first.process.wait(20)

    second = start()

    assert _remembers(second.home)
    assert second.page("/healthz") == 200
    assert not [p for p in first.all if p.is_running() and p.status() != psutil.STATUS_ZOMBIE]
    assert second.end(signal.SIGTERM) < 5


@pytest.mark.slow
def test_reset_asks_first(start: Callable[[], Dev]) -> None:
    first = start()
    _remember(first.home)
    first.end(signal.SIGTERM)
    command = [str(COMMAND), "--reset", "--empty"]
    environment = _environment(PORT=str(first.port), PORTAL_HOME=str(first.home))

    result = subprocess.run(
        command, input="n\n", env=environment, capture_output=True, text=True, check=False
    )

    assert "Delete all data" in result.stderr
    assert "Nothing was deleted" in result.stderr
    assert _remembers(start().home)
