"""bin/check after the set-up: every look at the code that needs neither a database nor a browser."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass, field

from _setup import PROJECT

from portal import openid

MANAGE = (sys.executable, "manage.py")


@dataclass(frozen=True)
class Check:
    name: str
    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)


# An address that refuses at once: nothing here may depend on a database.
NO_SERVERS = {
    "DJANGO_SETTINGS_MODULE": "portal.settings.test",
    "DATABASE_URL": "postgresql://nobody:none@127.0.0.1:9/none",
    "DATABASE_OWNER_URL": "postgresql://nobody:none@127.0.0.1:9/none",
    "VALKEY_URL": "redis://127.0.0.1:9/0",
}
LIKE_PRODUCTION = {
    "DJANGO_SETTINGS_MODULE": "portal.settings.prod",
    "SECRET_KEY": secrets.token_urlsafe(64),
    "ALLOWED_HOSTS": "konto.example.org",
    "PUBLIC_URL": "https://konto.example.org",
    "EMAIL_HOST": "mail.example.org",
    "DEFAULT_FROM_EMAIL": "konto@example.org",
    "MEDIA_ROOT": "/nonexistent",
    "STORAGE_BUCKET": "",
    "STORAGE_ENDPOINT": "",
    "STORAGE_REGION": "",
    "STORAGE_ACCESS_KEY": "",
    "STORAGE_SECRET_KEY": "",
    "DEMO_PASSWORD": "",
    "DEBUG": "",
    "METRICS_TOKEN": "",
    "OIDC_PRIVATE_KEY": openid.new_key(),
    "OPENID_PROVIDERS": "",
}
# The slowest first, so that two at a time end together.
CHECKS = (
    Check("types", ("mypy", ".")),
    Check("schema", (*MANAGE, "spectacular", "--validate", "--fail-on-warn", "--file", os.devnull)),
    Check("migrations", (*MANAGE, "makemigrations", "--check", "--dry-run")),
    Check("templates", ("djlint", "templates", "--lint", "--quiet")),
    Check("deploy", (*MANAGE, "check", "--deploy", "--fail-level", "WARNING"), LIKE_PRODUCTION),
    Check("translations", (*MANAGE, "messages", "--check")),
    Check("unused", (*MANAGE, "templates")),
    Check("layers", ("lint-imports",)),
    Check("lint", ("ruff", "check")),
    Check("format", ("ruff", "format", "--check")),
)


def main(names: list[str]) -> int:
    """One line per check; the output of those that fail. Returns the exit code."""
    unknown = set(names) - {check.name for check in CHECKS}
    if unknown:
        known = ", ".join(check.name for check in CHECKS)
        print(f"No check is called {', '.join(sorted(unknown))}; there are: {known}.", file=sys.stderr)
        return 2
    wanted = [check for check in CHECKS if not names or check.name in names]
    failed = 0
    with ThreadPoolExecutor(max_workers=max(2, os.cpu_count() or 2)) as pool:
        for future in as_completed([pool.submit(_run, check) for check in wanted]):
            check, code, output, seconds = future.result()
            print(f"{'failed' if code else 'ok':7} {check.name:13} {seconds:5.1f} s", flush=True)
            if code:
                failed += 1
                print(f"        $ {' '.join(check.command)}\n{output.rstrip()}\n", flush=True)
    print(f"{failed} of {len(wanted)} checks failed." if failed else f"All {len(wanted)} checks passed.")
    return 1 if failed else 0


def _run(check: Check) -> tuple[Check, int, str, float]:
    began = time.monotonic()
    result = subprocess.run(
        check.command,
        cwd=PROJECT,
        env={**os.environ, **NO_SERVERS, **check.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    return check, result.returncode, result.stdout, time.monotonic() - began


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
