"""manage.py messages: keep the German catalogue in step with the source."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from portal import translations


class Command(BaseCommand):
    help = (
        "Update the German catalogue from the source; --check fails on gaps, --compile builds the .mo file."
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="fail on missing or unused translations")
        parser.add_argument("--compile", action="store_true", help="only compile what is stored")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["check"]:
            lines = translations.missing_translations()
            if lines:
                raise CommandError("\n".join(["German is not complete:", *lines]))
            return
        if not options["compile"]:
            translations.write_catalogue(translations.updated_catalogue())
        translations.compile_catalogue()
