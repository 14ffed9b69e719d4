"""Receipts of consents as PDF/A: made whenever they are asked for, the same file every time.

An entry never changes, so that nothing has to be kept beside it.
"""

from django.utils import translation
from django.utils.translation import gettext as _

from accounts.models import ConsentEntry
from common.templatetags.typography import clock, day
from documents import blocks, papers


def receipt_paper(*, entry: ConsentEntry, language: str) -> bytes:
    """The PDF of one entry, in ``language``, with the words that were agreed to (GDPR Art. 7(1))."""
    with translation.override(language):
        title = _("Consent given") if entry.given else _("Consent withdrawn")
        agreed = _("What you agreed to") if entry.given else _("What you no longer agree to")
        values = {
            "title": title,
            "lead": entry.text.title,
            "blocks": [
                blocks.facts(
                    [
                        (_("Receipt"), entry.code),
                        (_("Person"), entry.user.display_name or entry.user.email or ""),
                        (_("When"), f"{day(entry.at)}, {clock(entry.at)}"),
                        (_("How"), entry.get_way_display()),
                        (_("Version of the text"), entry.text.version),
                    ]
                ),
                blocks.heading(agreed),
                blocks.text(entry.text.text),
            ],
        }
    return papers.set_paper(values=values, language=language, now=entry.at)
