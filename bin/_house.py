"""bin/dev after the set-up: databases, migrations, demo, then the five processes until somebody says stop."""

from __future__ import annotations

import argparse
import fcntl
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from types import FrameType
from typing import IO, NoReturn

import _supervision
from _setup import PROJECT, Problem, say

from portal import embedded, embedded_account

FIRST_PAGE_SECONDS = 60
RESET = ("postgres", "valkey", "media", "mail", "static", "run", "log", "secrets.json")
SIGN_INS = ("owner", "staff", "technician", "advisor", "moderator", "admin")


class Stop(BaseException):
    """Somebody asked us to end: Ctrl-C, SIGTERM, or a closed terminal."""


def main(arguments: list[str]) -> int:
    """Returns the exit code: 0 after a stop that was asked for."""
    parser = argparse.ArgumentParser(prog="bin/dev")
    for option in ("--reset", "--empty", "--yes"):
        parser.add_argument(option, action="store_true")
    options = parser.parse_args(arguments)
    for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(sign, _stop)
    home = embedded.default_home(os.environ)
    servers = embedded.Embedded(
        home,
        want_database=not os.environ.get("DATABASE_URL"),
        want_valkey=not os.environ.get("VALKEY_URL"),
    )
    try:
        lock = _take_lock(home)
        _supervision.end_orphans(home)
        if options.reset and not _reset(servers, sure=options.yes):
            return 1
        return _run(servers, home, lock, demo=not options.empty)
    except Stop:
        say("Stopped.")
        return 0
    except (Problem, embedded.EmbeddedError) as problem:
        print(problem, file=sys.stderr)
        return 1


def _run(servers: embedded.Embedded, home: Path, lock: IO[str], *, demo: bool) -> int:
    honcho: subprocess.Popen[bytes] | None = None
    # Those that somebody started to stay are not ours to stop.
    kept = [name for name, record in servers.running().items() if record.owner_pid is None]
    try:
        environment = _environment(servers, home)
        _prepare_database(environment, demo=demo)
        honcho = _supervision.start(environment)
        port = environment["PORT"]
        lock.write(f"{os.getpid()} http://localhost:{port}\n")
        lock.flush()
        _announce(honcho, home, port, environment)
        return _supervision.watch(honcho, servers)
    finally:
        for sign in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(sign, signal.SIG_IGN)  # a second Ctrl-C must not leave half of it running
        if honcho:
            say("Stopping")
            _supervision.end(honcho, home)
        if not kept:
            servers.stop()


def _stop(sign: int, frame: FrameType | None) -> NoReturn:
    raise Stop


# -- before the processes ---------------------------------------------------------------------


def _take_lock(home: Path) -> IO[str]:
    try:
        (home / "run").mkdir(parents=True, exist_ok=True)
        lock = (home / "run" / "dev.lock").open("a+")
    except OSError as error:
        raise Problem(
            f"Cannot write to {home} ({error.strerror}); set PORTAL_HOME to another folder."
        ) from None
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        who = lock.read().split()
        where = f"as process {who[0]} at {who[1]}" if len(who) == 2 else "and is still starting"
        raise Problem(
            f"The portal already runs with {home}, {where}; stop it, or choose another PORTAL_HOME and PORT."
        ) from None
    lock.seek(0)
    lock.truncate()
    return lock


def _reset(servers: embedded.Embedded, *, sure: bool) -> bool:
    home = servers.home
    if not servers.want_database:
        raise Problem("--reset deletes only embedded data, but DATABASE_URL names a database of your own.")
    if not sure:
        print(f"Delete all data of the portal under {home}? [y/N] ", end="", file=sys.stderr, flush=True)
        if sys.stdin.readline().strip().lower() not in ("y", "yes", "j", "ja"):
            print("Nothing was deleted.", file=sys.stderr)
            return False
    say(f"Deleting the data under {home}")
    servers.stop()
    for name in RESET:
        if name == "run":  # holds the lock that we keep
            for each in (home / "run").iterdir():
                if each.is_file() and each.name != "dev.lock":
                    each.unlink()
        elif (home / name).is_file():
            (home / name).unlink()
        else:
            embedded_account.remove_data(home, name)
    return True


def _environment(servers: embedded.Embedded, home: Path) -> dict[str, str]:
    if servers.want_database or servers.want_valkey:
        wanted = [n for n, w in (("PostgreSQL", servers.want_database), ("Valkey", servers.want_valkey)) if w]
        say(f"Starting {' and '.join(wanted)} under {home}")
        urls = servers.start().environment()
    else:
        urls = {}
    (home / "static").mkdir(exist_ok=True)
    shutil.rmtree(home / "run" / "metrics", ignore_errors=True)
    (home / "run" / "metrics").mkdir()
    sockets = _socket_folder(home)
    port = os.environ.get("PORT") or "8000"
    given = {
        "DJANGO_SETTINGS_MODULE": "portal.settings.dev",
        "SECRET_KEY": servers.secret_key(),
        "VAPID_PRIVATE_KEY": servers.push_key(),
        "MEDIA_ROOT": str(home / "media"),
        "STATIC_ROOT": str(home / "static"),
        "CADDY_LOG_LEVEL": "ERROR",
        # Only its own machine's folders are within reach; real servers run it as somebody else.
        "PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges",
        "PUBLIC_URL": f"http://localhost:{port}",
        "DATABASE_OWNER_URL": os.environ.get("DATABASE_URL", ""),
        **urls,
        **os.environ,
    }
    fixed = {
        "PORT": port,
        "PORTAL_HOME": str(home),
        "SITE_ADDRESS": f"http://:{port}",
        "SITE_BIND": "127.0.0.1 [::1]" if _has_ipv6() else "127.0.0.1",
        "WEB_SOCKET": str(sockets / "web.sock"),
        "LIVE_SOCKET": str(sockets / "live.sock"),
        "WEB_UPSTREAM": f"unix/{sockets / 'web.sock'}",
        "LIVE_UPSTREAM": f"unix/{sockets / 'live.sock'}",
        "PROMETHEUS_MULTIPROC_DIR": str(home / "run" / "metrics"),
        "BEHIND_PROXY": "1",
        "PYTHONUNBUFFERED": "1",
    }
    return {**given, **{k: v for k, v in urls.items() if not os.environ.get(k)}, **fixed}


def _socket_folder(home: Path) -> Path:
    """Inside the home, unless the path is too long for a socket's name (107 bytes)."""
    folder = home / "run"
    if len(os.fsencode(folder)) > 90:
        folder = Path(tempfile.mkdtemp(prefix="portal-"))
    for socket_file in folder.glob("*.sock"):
        socket_file.unlink()
    return folder


def _has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


def _prepare_database(environment: dict[str, str], *, demo: bool) -> None:
    """Migrate as the owner; the demo only into a database without people."""
    _manage(environment, "bin/_database.py", *(["--demo"] if demo else []))


def _manage(environment: dict[str, str], *command: str) -> None:
    process = subprocess.Popen(
        [sys.executable, *command], cwd=PROJECT, env=environment, start_new_session=True
    )
    try:
        code = process.wait()
    except BaseException:
        os.killpg(process.pid, signal.SIGTERM)
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        raise
    if code:
        raise Problem(f"{' '.join(command)} failed; see above.")


def _announce(honcho: subprocess.Popen[bytes], home: Path, port: str, environment: dict[str, str]) -> None:
    """Wait for the first page through the proxy, then say where it is and who may sign in."""
    deadline = time.monotonic() + FIRST_PAGE_SECONDS
    while not _answers(f"http://127.0.0.1:{port}/healthz"):
        _supervision.write_down(home)
        if honcho.poll() is not None:
            raise Problem("A process did not start; its last words are above.")
        if time.monotonic() > deadline:
            raise Problem(f"No page after {FIRST_PAGE_SECONDS} s; see the messages above.")
        time.sleep(0.1)
    marker = home / "run" / "demo"
    print(f"\n  The portal runs:  http://localhost:{port}", flush=True)
    if marker.exists():
        password = environment.get("DEMO_PASSWORD") or "Nordlicht-2026"
        print(f"  Demo sign-ins:    {', '.join(f'{name}@demo.example' for name in SIGN_INS)}")
        print(f"  Password:         {password}")
    elif link := _first_link(environment):
        print("  Nobody runs this house yet. The first administrator signs up here (once, for 48 hours):")
        print(f"  {link}")
    print(f"  E-mail:           http://localhost:{port}/dev/mail/")
    print("  Ctrl-C ends it.\n", flush=True)


def _first_link(environment: dict[str, str]) -> str:
    """Where the first administrator signs up; nothing once there is one."""
    told = subprocess.run(
        [sys.executable, "manage.py", "setup_link", "--if-needed"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return told.stdout.strip()


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2) as response:
            return bool(response.status == 200)
    except urllib.error.HTTPError:
        return False
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
