"""Migrations as the owner's role, then the demo where nobody has an account yet."""

from __future__ import annotations

import os
import sys
from pathlib import Path

owner = os.environ.get("DATABASE_OWNER_URL")
if owner:
    os.environ["DATABASE_URL"] = owner  # before the settings are read

import django  # noqa: E402
from _setup import say  # noqa: E402
from django.contrib.auth import get_user_model  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.db.migrations.executor import MigrationExecutor  # noqa: E402


def main(arguments: list[str]) -> None:
    """`--demo` loads it into an empty database."""
    django.setup()
    executor = MigrationExecutor(connection)
    steps = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if steps:
        say(f"Migrating the database ({len(steps)} steps)")
        call_command("migrate", interactive=False, verbosity=0)
    marker = Path(os.environ["PORTAL_HOME"]) / "run" / "demo"
    people = get_user_model()._default_manager
    if "--demo" in arguments and not people.exists():
        say("Loading the demo")
        call_command("demo")
    if people.filter(email="owner@demo.example").exists():
        marker.touch()
    else:
        marker.unlink(missing_ok=True)


if __name__ == "__main__":
    main(sys.argv[1:])
