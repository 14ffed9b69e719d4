"""manage.py templates: fail when a template is there that nothing names."""

import re
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

# Folders whose templates libraries find by name.
OVERRIDES = ("account/", "mfa/", "usersessions/", "socialaccount/", "allauth/", "django/", "admin/")


class Command(BaseCommand):
    help = "List templates that no view, template or mail names."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        root = Path(settings.BASE_DIR)
        folder = root / "templates"
        sources = [p for p in root.glob("*/**/*.py") if ".venv" not in p.parts and ".local" not in p.parts]
        text = "\n".join(p.read_text() for p in [*sources, *folder.rglob("*.html"), *folder.rglob("*.txt")])
        named = set(re.findall(r"""["']([\w./-]+\.(?:html|txt|css|svg|xml|typ))["']""", text))
        for paper in folder.rglob("*.typ"):  # these name each other by their path from here
            named |= set(re.findall(r'^#import "/([\w./-]+)"', paper.read_text(), re.MULTILINE))
        # Letters are named without their ending: text and page belong together.
        stems = {name.rpartition(".")[0] for name in named} | set(
            re.findall(r"""["'](email/[\w-]+)["']""", text)
        )
        unused = [
            name
            for name in sorted(p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file())
            if not name.startswith(OVERRIDES) and name not in named and name.rpartition(".")[0] not in stems
        ]
        if unused:
            raise CommandError("\n".join(["Templates that nothing names:", *unused]))
