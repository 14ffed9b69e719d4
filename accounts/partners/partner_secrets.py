"""Secrets of partners' programs: 256 random bits, so that one round of SHA-256 hides them well.

What people choose needs slow hashing, because it can be guessed. A random number can't, and a
slow check at each refresh would cost a core for a few thousand connected people.
"""

import hashlib
import secrets
from typing import Any

from django.contrib.auth.hashers import BasePasswordHasher, make_password
from django.utils.crypto import constant_time_compare


class RandomSecretHasher(BasePasswordHasher):
    """For numbers from ``new_secret`` only; never the first in PASSWORD_HASHERS."""

    algorithm = "random_sha256"

    def encode(self, password: str, salt: str) -> str:
        digest = hashlib.sha256(f"{salt}:{password}".encode()).hexdigest()
        return f"{self.algorithm}${salt}${digest}"

    def decode(self, encoded: str) -> dict[str, Any]:
        algorithm, salt, digest = encoded.split("$", 2)
        return {"algorithm": algorithm, "salt": salt, "hash": digest}

    def verify(self, password: str, encoded: str) -> bool:
        return constant_time_compare(encoded, self.encode(password, self.decode(encoded)["salt"]))

    def safe_summary(self, encoded: str) -> Any:
        return {"algorithm": self.algorithm}

    def must_update(self, encoded: str) -> bool:
        return False

    def harden_runtime(self, password: str, encoded: str) -> None:
        """Nothing to even out: there is one round always."""


def new_secret() -> str:
    """256 bits in letters that need no quoting in a header."""
    return secrets.token_urlsafe(32)


def hashed(secret: str) -> str:
    """As it lies in the database."""
    return make_password(secret, hasher=RandomSecretHasher.algorithm)
