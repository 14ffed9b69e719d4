"""manage.py demo: a town of invented people, cars, workshops and conversations.

Deterministic by seed; each app fills its own part from its demo.py, floor by floor.
"""

import random
from importlib import import_module
from time import monotonic
from typing import Any

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import connection, transaction
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

PARTS = ("accounts", "vehicles", "subscriptions", "services", "community")
SIGN_INS = ("owner", "staff", "technician", "advisor", "moderator", "admin")


class Command(BaseCommand):
    help = "Fill an empty database with the demo."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--scale", type=int, default=1, help="how many times the usual size")
        parser.add_argument("--seed", type=int, default=2026)
        parser.add_argument(
            "--if-empty", action="store_true", help="do nothing when there are people already"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_ALLOWED:
            raise CommandError("The demo is not for production.")
        if get_user_model().objects.exists():
            if options["if_empty"]:
                return
            raise CommandError("The database is not empty; the demo fills only an empty one.")
        started = monotonic()
        context: dict[str, Any] = {"hints": []}
        self._seed(options["seed"], options["scale"], context)
        with connection.cursor() as cursor:  # a bulk load leaves the planner blind until then
            cursor.execute("ANALYZE")
        self.stdout.write(f"Demo loaded in {monotonic() - started:.0f} s.")
        for role in SIGN_INS:
            self.stdout.write(f"  {role}@demo.example  {settings.DEMO_PASSWORD}")
        for hint in context["hints"]:
            self.stdout.write(f"  {hint}")

    def _seed(self, seed: int, scale: int, context: dict[str, Any]) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
        console = Console(stderr=True)
        with transaction.atomic(), Progress(*columns, console=console) as progress:
            task = progress.add_task("Demo", total=len(PARTS))
            for part in PARTS:

                def say(text: str, part: str = part) -> None:
                    progress.update(task, description=f"{part}: {text}")

                say("…")
                module = import_module(f"{part}.demo")
                # A seed of its own for each part: changing one leaves the others as they were.
                rng = random.Random(f"{seed}:{part}")
                module.seed(rng=rng, scale=scale, say=say, context=context)
                progress.advance(task)
