"""The test run: the dev house with fast password hashing and mail kept in memory."""

from typing import Any

from portal.settings.base import env
from portal.settings.dev import *  # noqa: F403
from portal.settings.dev import CHANNEL_LAYERS, DATABASE_OWNER_URL, DATABASES, dj_database_url
from portal.storage import upload_storage

# Tests build their database as its owner and then act as the application's role,
# so that what production may not do fails here too.
_owner: Any = dj_database_url.parse(DATABASE_OWNER_URL)
_database: Any = DATABASES["default"]
_database.update({k: _owner[k] for k in ("NAME", "USER", "PASSWORD", "HOST", "PORT")})
_database["OPTIONS"].pop("pool")
_database["TEST"] = {"NAME": f"test_portal_{env('ME', 'ci')}"}

# Never into a bucket that this terminal's environment names.
STORAGES["default"] = upload_storage({})  # noqa: F405
SECRET_KEY = "for-tests-only-" + "t" * 50
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.MD5PasswordHasher",
    "accounts.partners.partner_secrets.RandomSecretHasher",
]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ALLOWED_HOSTS = ["*"]
CELERY_TASK_ALWAYS_EAGER = False
# As the dev house does: static files are looked up when asked for, not all of them for each new test client.
WHITENOISE_AUTOREFRESH = True
HOUSE_CHECK_SECONDS = 3600  # tests that change the house say so themselves
_prefix = f"test-{env('ME', 'ci')}-{env('PYTEST_XDIST_WORKER', 'main')}"
CACHES["default"]["KEY_PREFIX"] = _prefix  # noqa: F405
_layer: Any = CHANNEL_LAYERS["default"]["CONFIG"]
_layer["prefix"] = _prefix + ":live"
CELERY_BROKER_TRANSPORT_OPTIONS = {"global_keyprefix": _prefix + ":"}
