"""For the mail server: one delivery report (RFC 3464) on standard input, as its pipe delivers it."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from accounts.telling import bounces


class Command(BaseCommand):
    help = "Read one delivery report from standard input; block the address it is about, if it is final."

    def handle(self, *args: Any, **options: Any) -> None:
        """Ends well whatever it was given: an error would make the mail server report about the report."""
        message = sys.stdin.buffer.read(bounces.LARGEST_REPORT)
        self.stdout.write(bounces.take_report(message).value)
