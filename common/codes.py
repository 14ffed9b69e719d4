"""Short codes that people can say on the phone: ``NL-7F3K-2QH``.

Crockford base32 (no I, L, O, U), drawn at random; the last character is a check
character, so that a misheard one is noticed before anything is looked up.
"""

import secrets
from collections.abc import Callable, Iterator
from typing import Any

from django.db import models

from common import brand

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_CONFUSED = str.maketrans({"O": "0", "I": "1", "L": "1", "-": None, " ": None})


def _check_character(body: str) -> str:
    # Weighted by odd position numbers modulo 32: finds each single wrong character,
    # since odd weights are invertible.
    total = sum((2 * place + 1) * ALPHABET.index(char) for place, char in enumerate(body))
    return ALPHABET[total % 32]


def new_code(choice: Callable[[str], str] = secrets.choice) -> str:
    """A fresh random code with the brand's prefix; about 2**30 different ones.

    ``choice`` draws one character; the demo draws from its seed.
    """
    body = "".join(choice(ALPHABET) for _ in range(6))
    return _print(body + _check_character(body))


def unused_code(rows: models.QuerySet[Any]) -> str:
    """A code that none of ``rows`` has: among 60,000 of 2**30, two alike are to be expected.

    Two callers that draw the same one at the same moment are left to the unique constraint.
    """
    while True:
        code = new_code()
        if not rows.filter(code=code).exists():
            return code


def distinct_codes(choice: Callable[[str], str]) -> Iterator[str]:
    """Codes for one bulk of rows, no two alike."""
    drawn: set[str] = set()
    while True:
        code = new_code(choice)
        if code not in drawn:
            drawn.add(code)
            yield code


def _print(body: str) -> str:
    return f"{brand.current()['code_prefix']}-{body[:4]}-{body[4:]}"


def parse_code(typed: str) -> str | None:
    """The code that a person meant (case, blanks, O for 0 forgiven), or None."""
    prefix = brand.current()["code_prefix"].upper()
    compact = typed.strip().upper().replace("-", "").replace(" ", "")
    if not compact.startswith(prefix):
        return None
    body = compact[len(prefix) :].translate(_CONFUSED)
    if len(body) != 7 or any(char not in ALPHABET for char in body):
        return None
    return _print(body) if _check_character(body[:6]) == body[6] else None
