"""German says "Sie", also where a library speaks."""

import re

import pytest
from django.utils.translation import gettext, override

from accounts.formal import FORMAL

INFORMAL = re.compile(
    r"\b(du|dein\w*|dich|dir|gib|wähle|stelle sicher|versuche|bestätige|nutze|benutze|prüfe|lade)\b",
    re.IGNORECASE,
)


@pytest.mark.parametrize("text", FORMAL)
def test_libraries_say_sie(text: str) -> None:
    with override("de"):
        german = gettext(text)
    assert german != text
    assert not INFORMAL.search(german)
