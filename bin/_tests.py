"""bin/test after the set-up: servers of its own, a browser, then pytest, whose last line stays the last."""

from __future__ import annotations

import fcntl
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
from _setup import PROJECT, Problem, say
from psycopg import sql

from portal import embedded

BROWSER_HINT = "install it with: apt-get install chromium (or set CHROMIUM to its path)"
OUTSIDE_ROLE = "portal_test_application"


def main(arguments: list[str]) -> int:
    """Everything but `--all` goes to pytest. Returns pytest's exit code."""
    long = "--all" in arguments
    passed_on = [a for a in arguments if a != "--all"]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with ExitStack() as stack:
            environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "portal.settings.test"}
            environment |= stack.enter_context(_servers(embedded.default_home(os.environ) / "test"))
            environment |= _browser()
            if long:
                environment["PORTAL_TEST_ALL"] = "1"
            return _pytest(passed_on, environment)
    except (Problem, embedded.EmbeddedError) as problem:
        print(problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130


def _pytest(arguments: list[str], environment: dict[str, str]) -> int:
    parallel = any(a.startswith(("-n", "--numprocesses", "--pdb")) for a in arguments)
    # By place in the list, not by id: the calls of the whole API share one id, and all of them must run.
    workers = [] if parallel else ["-n", str(max(2, os.cpu_count() or 2)), "--dist", "worksteal"]
    process = subprocess.Popen(
        [sys.executable, "-m", "pytest", *workers, *arguments], cwd=PROJECT, env=environment
    )
    try:
        return process.wait()
    except KeyboardInterrupt:
        # pytest got the Ctrl-C too, from the terminal; it closes what it opened and says where it was.
        process.send_signal(signal.SIGINT)
        return process.wait()


@contextmanager
def _servers(home: Path) -> Iterator[dict[str, str]]:
    """Addresses for the tests; embedded servers only for what no variable names, without fsync."""
    outside = os.environ.get("DATABASE_URL")
    servers = embedded.Embedded(
        home, durable=False, want_database=not outside, want_valkey=not os.environ.get("VALKEY_URL")
    )
    (home / "run").mkdir(parents=True, exist_ok=True)
    with (home / "run" / "tests.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise Problem(
                f"Another bin/test runs with {home}; wait for it, or choose another PORTAL_HOME."
            ) from None
        try:
            urls = servers.start().environment() if servers.want_database or servers.want_valkey else {}
            yield {
                **{name: url for name, url in urls.items() if not os.environ.get(name)},
                **(_outside_database(outside) if outside else {}),
            }
        finally:
            servers.stop()


def _outside_database(url: str) -> dict[str, str]:
    """Who builds test databases there, and as which role the tests act."""
    owner = os.environ.get("DATABASE_OWNER_URL") or url
    environment = {"DATABASE_URL": url, "DATABASE_OWNER_URL": owner}
    if os.environ.get("APPLICATION_ROLE"):
        return environment
    if urlsplit(owner).username != urlsplit(url).username:
        return {**environment, "APPLICATION_ROLE": urlsplit(url).username or ""}
    try:
        with psycopg.connect(owner, autocommit=True) as connection:
            return {**environment, "APPLICATION_ROLE": _application_role(connection)}
    except psycopg.OperationalError as error:
        raise Problem(f"DATABASE_URL does not answer: {error}") from None


def _application_role(connection: psycopg.Connection) -> str:
    """A role that owns nothing; where we may not make one, our own."""
    name = sql.Identifier(OUTSIDE_ROLE)
    try:
        known = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [OUTSIDE_ROLE]).fetchone()
        if not known:
            connection.execute(sql.SQL("CREATE ROLE {} NOLOGIN").format(name))
            connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(name))
    except psycopg.errors.InsufficientPrivilege:
        say("No right to make a role on this server: the tests act as the owner of their database")
        return connection.info.user
    return OUTSIDE_ROLE


def _browser() -> dict[str, str]:
    """Debian's Chromium; without one the journeys are skipped, except in CI."""
    found = _find_browser()
    if found is None and os.geteuid() == 0 and shutil.which("apt-get"):
        say("Installing Chromium (apt-get)")
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        for step in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", "chromium"]):
            subprocess.run(["apt-get", *step], env=quiet, stdout=subprocess.DEVNULL, check=False)
        found = _find_browser()
    if found:
        return {"CHROMIUM": found}
    if os.environ.get("CI") == "true":
        raise Problem(f"There is no Chromium for the browser journeys; {BROWSER_HINT}.")
    say(f"There is no Chromium, so the browser journeys are skipped; {BROWSER_HINT}")
    return {}


def _find_browser() -> str | None:
    given = os.environ.get("CHROMIUM")
    if given:
        if not os.access(given, os.X_OK):
            raise Problem(f"CHROMIUM={given} is no program.")
        return given
    return shutil.which("chromium") or shutil.which("chromium-browser")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
