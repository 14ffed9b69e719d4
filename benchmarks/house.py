"""The house to be measured: demo data from a cached template, and the web process of the Procfile."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

from benchmarks.client import BenchError, Client
from portal import embedded

PROJECT = Path(__file__).resolve().parent.parent
DATABASE = "portal_bench"
START_SECONDS = 60


@dataclass(frozen=True)
class House:
    web_socket: Path
    environment: dict[str, str]


@dataclass(frozen=True)
class Seed:
    """The demo, and what a bench adds to it in a database of its own."""

    name: str
    add: Callable[[str], None] | None = None  # takes the owner's URL


DEMO = Seed("demo")


@contextmanager
def databases(home: Path, seed: Seed | None = None) -> Iterator[dict[str, str]]:
    """The environment of a fresh copy of the seeded database; embedded servers where no URL is set."""
    outside = os.environ.get("DATABASE_URL")
    servers = embedded.Embedded(home, want_database=not outside, want_valkey=not os.environ.get("VALKEY_URL"))
    try:
        urls = servers.start().environment()
        environment = {**urls, **{n: v for n in urls if (v := os.environ.get(n))}}
        if outside:
            environment["DATABASE_OWNER_URL"] = os.environ.get("DATABASE_OWNER_URL") or outside
        environment |= {
            "DJANGO_SETTINGS_MODULE": "portal.settings.bench",
            "PORTAL_HOME": str(home),
            "LOG_LEVEL": "ERROR",
        }
        yield {**environment, **copy_of_seed(environment, seed or DEMO, DATABASE)}
    finally:
        servers.stop()


@contextmanager
def web(environment: dict[str, str]) -> Iterator[House]:
    """The Procfile's web process on a socket of its own, ready to answer."""
    with tempfile.TemporaryDirectory(prefix="portal-bench-") as folder:
        address = Path(folder) / "web.sock"
        command = next(
            line.partition(":")[2]
            for line in (PROJECT / "Procfile").read_text().splitlines()
            if line[:4] == "web:"
        )
        process = subprocess.Popen(
            ["/bin/sh", "-c", command],
            cwd=PROJECT,
            env={**os.environ, **environment, "WEB_SOCKET": str(address), "BEHIND_PROXY": "1"},
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
        )
        try:
            _wait(process, address)
            yield House(address, environment)
        finally:
            process.terminate()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


def _wait(process: subprocess.Popen[bytes], address: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        try:
            with Client(address) as client:
                client.get("/healthz")
            return
        except OSError:
            time.sleep(0.1)
    raise BenchError("The web process did not start; its last words are above.")


def copy_of_seed(environment: dict[str, str], seed: Seed, database: str) -> dict[str, str]:
    """URLs of a new database like the seed, which is made once and kept until its makers change."""
    owner = environment["DATABASE_OWNER_URL"]
    key = _seed_key()
    kept = f"portal_seed_{key}_{seed.name}"
    with psycopg.connect(_with_database(owner, "postgres"), autocommit=True) as connection:
        known = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
        for old in sorted(known):
            outdated = old.startswith("portal_seed_") and not old.startswith(f"portal_seed_{key}_")
            if outdated or old == database:
                connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(old)))
        if kept not in known:
            _make_seed(connection, environment, kept, seed)
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(database), sql.Identifier(kept))
        )
    with psycopg.connect(_with_database(owner, database), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return {
        "DATABASE_URL": _with_database(environment["DATABASE_URL"], database),
        "DATABASE_OWNER_URL": _with_database(owner, database),
    }


def _make_seed(connection: psycopg.Connection, environment: dict[str, str], kept: str, seed: Seed) -> None:
    """Under another name first: a seed that was interrupted is never taken for a whole one."""
    print(f"▸ Making the seed “{seed.name}” (kept for the next time)", file=sys.stderr, flush=True)
    unfinished = sql.Identifier(f"{DATABASE}_unfinished")
    connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(unfinished))
    connection.execute(sql.SQL("CREATE DATABASE {}").format(unfinished))
    url = _with_database(environment["DATABASE_OWNER_URL"], f"{DATABASE}_unfinished")
    for command in (["migrate", "--verbosity", "0"], ["demo"]):
        result = subprocess.run(
            [sys.executable, "manage.py", *command],
            cwd=PROJECT,
            env={
                **os.environ,
                **environment,
                "DATABASE_URL": url,
                "DJANGO_SETTINGS_MODULE": "portal.settings.dev",
            },
            stdin=subprocess.DEVNULL,
            stdout=sys.stderr,
            check=False,
        )
        if result.returncode:
            raise BenchError(f"manage.py {command[0]} failed; see above.")
    if seed.add is not None:
        seed.add(url)
    connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(unfinished, sql.Identifier(kept)))


def _seed_key() -> str:
    """Changes with whatever the seed is made from."""
    digest = hashlib.sha256()
    for path in sorted(
        [
            *PROJECT.glob("*/demo*.py"),
            *PROJECT.glob("*/migrations/*.py"),
            *PROJECT.glob("*/demo/*"),
            PROJECT / "benchmarks" / "workshop.py",
        ]
    ):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
