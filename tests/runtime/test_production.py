"""Production starts on a safe environment and on no other."""

import os
import subprocess
import sys

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from portal.embedded import PROJECT
from portal.openid import new_key

SAFE = {
    "DJANGO_SETTINGS_MODULE": "portal.settings.prod",
    "SECRET_KEY": "kJ8-vQ2xZ5bN7mT1pL4sD6fG9hW3rY0cA_eXuIoBnMqSzRtV",
    "DATABASE_URL": "postgresql://portal:geheim@db.internal/portal",
    "VALKEY_URL": "redis://cache.internal/0",
    "ALLOWED_HOSTS": "konto.marke.de",
    "PUBLIC_URL": "https://konto.marke.de",
    "EMAIL_HOST": "mail.internal",
    "DEFAULT_FROM_EMAIL": "Marke <konto@marke.de>",
    "MEDIA_ROOT": "/srv/portal/media",
    "OIDC_PRIVATE_KEY": new_key(),
}
OTHER_KEY = (
    ec.generate_private_key(ec.SECP256R1())
    .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    .decode()
)
SAFE["SECRET_KEY"] += "0123456789"


def _start(changes: dict[str, str], *command: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": os.environ["PATH"], **SAFE, **changes}
    return subprocess.run(
        [sys.executable, *command], cwd=PROJECT, env=environment, capture_output=True, text=True, check=False
    )


def _import(changes: dict[str, str]) -> subprocess.CompletedProcess[str]:
    return _start(changes, "-c", "import portal.settings.prod")


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SECRET_KEY", "", "SECRET_KEY must be at least 50"),
        (
            "SECRET_KEY",
            "for-one-machine-only-" + "x" * 50,
            "SECRET_KEY is one of the keys in the source code",
        ),
        ("DATABASE_URL", "", "DATABASE_URL must name"),
        ("DATABASE_URL", "sqlite:///db", "DATABASE_URL must name"),
        ("DATABASE_URL", "postgresql://postgres:x@db/portal", "not the superuser"),
        ("VALKEY_URL", "", "VALKEY_URL must name"),
        ("ALLOWED_HOSTS", "", "ALLOWED_HOSTS must list"),
        ("ALLOWED_HOSTS", "*", "not be open to every name"),
        ("PUBLIC_URL", "http://konto.marke.de", "PUBLIC_URL must be the https"),
        ("VAPID_PRIVATE_KEY", "geheim", "VAPID_PRIVATE_KEY must be"),
        ("EMAIL_HOST", "", "EMAIL_HOST must name"),
        ("DEFAULT_FROM_EMAIL", "", "DEFAULT_FROM_EMAIL must be"),
        ("DEFAULT_FROM_EMAIL", "Nordlicht <konto@nordlicht.example>", "DEFAULT_FROM_EMAIL must be"),
        ("MEDIA_ROOT", "", "MEDIA_ROOT must name"),
        ("STORAGE_ACCESS_KEY", "key", "STORAGE_BUCKET must name the bucket"),
        ("STORAGE_BUCKET", "uploads", "STORAGE_ACCESS_KEY and STORAGE_SECRET_KEY must both be set"),
        ("STORAGE_BUCKET", "uploads", "STORAGE_REGION must be set"),
        ("STORAGE_ENDPOINT", "http://s3.internal", "STORAGE_ENDPOINT must be the https address"),
        ("DEBUG", "1", "DEBUG must not be set"),
        ("DEMO_PASSWORD", "Nordlicht-2026", "DEMO_PASSWORD must not be set"),
        ("OIDC_PRIVATE_KEY", "", "OIDC_PRIVATE_KEY must hold one private RSA key"),
        ("OIDC_PRIVATE_KEY", "nonsense", "OIDC_PRIVATE_KEY must hold one private RSA key"),
        ("OIDC_PRIVATE_KEY", OTHER_KEY, "must be RSA keys of at least 2048 bits"),
        ("OIDC_OTHER_KEYS", OTHER_KEY, "must be RSA keys of at least 2048 bits"),
        ("OPENID_PROVIDERS", "nonsense", "OPENID_PROVIDERS must be a JSON list"),
        ("METRICS_TOKEN", "short", "METRICS_TOKEN must be"),
    ],
)
def test_an_unsafe_environment_stops_the_start(name: str, value: str, says: str) -> None:
    result = _import({name: value})

    assert result.returncode != 0
    assert says in result.stderr


def test_a_safe_environment_starts() -> None:
    assert _import({}).stderr == ""


def test_a_whole_bucket_stands_for_the_folder() -> None:
    bucket = {
        "MEDIA_ROOT": "",
        "STORAGE_BUCKET": "uploads",
        "STORAGE_ENDPOINT": "https://s3.internal",
        "STORAGE_ACCESS_KEY": "key",
        "STORAGE_SECRET_KEY": "secret",
    }

    assert _import(bucket).stderr == ""


def test_every_problem_is_named_at_once() -> None:
    result = _import({"SECRET_KEY": "", "VALKEY_URL": ""})

    assert "SECRET_KEY" in result.stderr
    assert "VALKEY_URL" in result.stderr


def test_the_deployment_check_is_clean() -> None:
    result = _start({}, "manage.py", "check", "--deploy", "--fail-level", "WARNING")

    assert result.returncode == 0, result.stdout + result.stderr


def test_production_loads_no_demo() -> None:
    result = _start({}, "manage.py", "demo")

    assert result.returncode != 0
    assert "Traceback" not in result.stderr
