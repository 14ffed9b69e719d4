"""The house to be measured: demo data from a cached template, and the web process of the Procfile."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
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


@contextmanager
def databases(home: Path) -> Iterator[dict[str, str]]:
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
        yield {**environment, **_copy_of_seed(environment)}
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


def _copy_of_seed(environment: dict[str, str]) -> dict[str, str]:
    owner = environment["DATABASE_OWNER_URL"]
    seed = f"portal_seed_{_seed_key()}"
    with psycopg.connect(_with_database(owner, "postgres"), autocommit=True) as connection:
        known = {row[0] for row in connection.execute("SELECT datname FROM pg_database")}
        for old in sorted(n for n in known if n.startswith(("portal_seed_", DATABASE)) and n != seed):
            connection.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(old)))
        if seed not in known:
            _make_seed(connection, environment, seed)
        connection.execute(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(sql.Identifier(DATABASE), sql.Identifier(seed))
        )
    with psycopg.connect(_with_database(owner, DATABASE), autocommit=True) as connection:
        connection.execute("VACUUM ANALYZE")
    return {
        "DATABASE_URL": _with_database(environment["DATABASE_URL"], DATABASE),
        "DATABASE_OWNER_URL": _with_database(owner, DATABASE),
    }


def _make_seed(connection: psycopg.Connection, environment: dict[str, str], seed: str) -> None:
    """Under another name first: a seed that was interrupted is never taken for a whole one."""
    print("▸ Making the seed (kept for the next time)", file=sys.stderr, flush=True)
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
    connection.execute(sql.SQL("ALTER DATABASE {} RENAME TO {}").format(unfinished, sql.Identifier(seed)))


def _seed_key() -> str:
    """Changes with whatever the seed is made from."""
    digest = hashlib.sha256()
    for path in sorted(
        [*PROJECT.glob("*/demo.py"), *PROJECT.glob("*/migrations/*.py"), *PROJECT.glob("*/demo/*")]
    ):
        if path.is_file():
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


def _with_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
