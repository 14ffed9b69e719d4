"""A hasher that counts: the slow step of signing in and up, which a clock would see."""

from django.contrib.auth.hashers import MD5PasswordHasher

hashed: list[str] = []


class Counting(MD5PasswordHasher):
    def encode(self, password: str, salt: str) -> str:
        hashed.append(salt)
        return super().encode(password, salt)
