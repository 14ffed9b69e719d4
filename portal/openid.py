"""OpenID Connect in the settings: the keys that sign for partners, and houses that sign people in."""

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.core.exceptions import ImproperlyConfigured

PEM = re.compile(r"-----BEGIN [A-Z ]+-----.+?-----END [A-Z ]+-----", re.DOTALL)
LEAST_BITS = 2048
ASKED = ("id", "name", "server_url", "client_id", "secret")


def private_keys(environ: Mapping[str, str]) -> list[dict[str, str]]:
    """What IDP_OIDC_PRIVATE_KEYS wants: OIDC_PRIVATE_KEY signs, OIDC_OTHER_KEYS are only published.

    Each holds PEM blocks; line breaks may be written as ``\\n``. Said twice, a key counts once.
    """
    text = f"{environ.get('OIDC_PRIVATE_KEY', '')}\n{environ.get('OIDC_OTHER_KEYS', '')}"
    return [{"pem": pem} for pem in dict.fromkeys(PEM.findall(text.replace("\\n", "\n")))]


def key_problems(environ: Mapping[str, str]) -> dict[str, bool]:
    """What is wrong with the keys, for a house on the open net: sentence → whether it applies."""
    signing = PEM.findall(environ.get("OIDC_PRIVATE_KEY", "").replace("\\n", "\n"))
    keys = [pair["pem"] for pair in private_keys(environ)]
    return {
        "OIDC_PRIVATE_KEY must hold one private RSA key (PEM): openssl genrsa 3072.": len(signing) != 1,
        f"OIDC_PRIVATE_KEY and OIDC_OTHER_KEYS must be RSA keys of at least {LEAST_BITS} bits.": not all(
            _is_strong(key) for key in keys
        ),
    }


def own_key(home: Path) -> list[dict[str, str]]:
    """The key of a house on one machine: made at the first start, then kept in ``home``.

    Processes that start at the same moment agree on one: the first to name the file wins.
    """
    path = home / "oidc-key.pem"
    if not path.exists():
        home.mkdir(parents=True, exist_ok=True)
        draft = home / f".oidc-key-{os.getpid()}"
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(new_key())
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return [{"pem": path.read_text()}]


def outside_providers(environ: Mapping[str, str]) -> dict[str, Any]:
    """SOCIALACCOUNT_PROVIDERS from OPENID_PROVIDERS, a JSON list of houses with the keys of ASKED.

    Raises ImproperlyConfigured for anything else. The back office may name further ones.
    """
    text = environ.get("OPENID_PROVIDERS", "").strip()
    try:
        listed = json.loads(text) if text else []
        apps = [_app(entry) for entry in listed]
    except (ValueError, TypeError, KeyError) as error:
        raise ImproperlyConfigured(
            f"OPENID_PROVIDERS must be a JSON list of objects with {', '.join(ASKED)}."
        ) from error
    return {"openid_connect": {"OAUTH_PKCE_ENABLED": True, "APPS": apps}}


def _app(entry: dict[str, Any]) -> dict[str, Any]:
    provider, name, server, client, secret = (str(entry[key]) for key in ASKED)
    return {
        "provider_id": provider,
        "name": name,
        "client_id": client,
        "secret": secret,
        "settings": {"server_url": server, "oauth_pkce_enabled": True},
    }


def new_key() -> str:
    """A private RSA key as PEM."""
    key = rsa.generate_private_key(public_exponent=65537, key_size=3072)
    return key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    ).decode()


def _is_strong(pem: str) -> bool:
    try:
        key = serialization.load_pem_private_key(pem.encode(), password=None)
    except (ValueError, TypeError):
        return False
    return isinstance(key, rsa.RSAPrivateKey) and key.key_size >= LEAST_BITS
