"""manage.py setup_link: the address where the first administrator signs up."""

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.urls import reverse

from accounts.house import setup
from common.errors import Conflict


class Command(BaseCommand):
    help = "Print the link with which the first administrator signs up; works once, for 48 hours."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--if-needed", action="store_true", help="print nothing when there is an administrator"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            token = setup.first_link_token()
        except Conflict as error:
            if options["if_needed"]:
                return
            raise CommandError(str(error)) from error
        self.stdout.write(settings.PUBLIC_URL + reverse("accounts:first-administrator", args=[token]))
