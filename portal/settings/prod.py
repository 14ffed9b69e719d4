"""Real servers: everything from the environment, and no start on anything unsafe.

docs/operations.md lists the variables.
"""

import os
import re
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from portal.logs import logging_settings
from portal.openid import key_problems
from portal.settings.base import *  # noqa: F403
from portal.settings.base import LOG_LEVEL, env, env_list
from portal.storage import storage_problems


def _unsafe() -> list[str]:
    """What is wrong with the environment, one sentence each."""
    key, database, hosts = env("SECRET_KEY"), urlsplit(env("DATABASE_URL")), env_list("ALLOWED_HOSTS")
    sender = env("DEFAULT_FROM_EMAIL")
    wrong = {
        "SECRET_KEY must be at least 50 random characters.": len(key) < 50 or len(set(key)) < 20,
        "SECRET_KEY is one of the keys in the source code.": key.startswith(("for-", "django-insecure")),
        "DATABASE_URL must name a PostgreSQL database.": not database.scheme.startswith("postgres"),
        "DATABASE_URL must name the application's role, not the superuser.": database.username == "postgres",
        "VALKEY_URL must name a Valkey or Redis server.": not env("VALKEY_URL"),
        "ALLOWED_HOSTS must list the names people use for this site.": not hosts,
        "ALLOWED_HOSTS must not be open to every name.": "*" in hosts,
        "PUBLIC_URL must be the https address of this site.": not env("PUBLIC_URL").startswith("https://"),
        "EMAIL_HOST must name the mail server: without mail nobody can sign up.": not env("EMAIL_HOST"),
        "DEFAULT_FROM_EMAIL must be an address of yours.": "@" not in sender
        or sender.rstrip(">").endswith(".example"),
        **storage_problems(os.environ),
        **key_problems(os.environ),
        "DEBUG must not be set: it shows strangers the inside.": env("DEBUG") not in ("", "0"),
        "DEMO_PASSWORD must not be set: there is no demo here.": bool(env("DEMO_PASSWORD")),
        "METRICS_TOKEN must be at least 20 characters, or unset.": 0 < len(env("METRICS_TOKEN")) < 20,
        "VAPID_PRIVATE_KEY must be 32 bytes in base64url (43 characters), or unset.": not re.fullmatch(
            "([A-Za-z0-9_-]{43})?", env("VAPID_PRIVATE_KEY")
        ),
    }
    return [sentence for sentence, applies in wrong.items() if applies]


if _problems := _unsafe():
    raise ImproperlyConfigured("The portal does not start: " + " ".join(_problems))

DEBUG = False
DEV_PAGES = False
DEMO_ALLOWED = False
PUBLIC_URL = env("PUBLIC_URL").rstrip("/")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
LOGGING = logging_settings(level=LOG_LEVEL, json=True)

# Caddy ends TLS and says so; only it reaches the web process (docs/operations.md).
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
# Asked from inside, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$", r"^metrics$"]
SECURE_HSTS_SECONDS = int(env("HSTS_SECONDS", str(365 * 24 * 3600)))
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SECURE_HSTS_PRELOAD = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
LANGUAGE_COOKIE_SECURE = True
