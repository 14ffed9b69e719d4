"""Settings that hold everywhere. dev, test and prod say only what differs.

Everything that varies between installations comes from the environment and is
read here once; code reads it through django.conf.settings.
"""

import os
from datetime import timedelta
from pathlib import Path

import dj_database_url
from django.utils.translation import gettext_lazy as _

from portal.logs import logging_settings
from portal.settings.rest import REST_FRAMEWORK, SPECTACULAR_SETTINGS  # noqa: F401 (a setting)
from portal.settings.signin import *  # noqa: F403
from portal.storage import upload_storage

BASE_DIR = Path(__file__).resolve().parent.parent.parent


def env(name: str, default: str = "") -> str:
    return os.environ.get(name, default)


def env_list(name: str, default: str = "") -> list[str]:
    return [item.strip() for item in env(name, default).split(",") if item.strip()]


SECRET_KEY = env("SECRET_KEY")
SECRET_KEY_FALLBACKS = env_list("SECRET_KEY_FALLBACKS")
DEBUG = False
ALLOWED_HOSTS = env_list("ALLOWED_HOSTS")

INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",
    "accounts.apps.BackOfficeConfig",  # Django's admin behind our own sign-in
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.sitemaps",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.headless",
    "allauth.idp.oidc",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "django_filters",
    "django_celery_beat",
    "channels",
    "django_htmx",
    "django_vite",
    "common",
    "journal",
    "documents",
    "accounts",
    "vehicles",
    "subscriptions",
    "services",
    "community",
    "shop",
    "portal",
]

MIDDLEWARE = [
    "portal.metrics.RequestMetrics",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "common.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "accounts.middleware.PreferencesMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.LastSeenMiddleware",
    "accounts.middleware.MailNotSentMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "django_structlog.middlewares.RequestMiddleware",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"
ASGI_APPLICATION = "portal.asgi.application"

FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.portal",
            ],
        },
    },
]

# --- Database: PostgreSQL only. DATABASE_URL names the application's role, which owns nothing;
# --- DATABASE_OWNER_URL names the role that migrates.
DATABASE_URL = env("DATABASE_URL")
DATABASE_OWNER_URL = env("DATABASE_OWNER_URL", DATABASE_URL)
DATABASES = {"default": dj_database_url.parse(DATABASE_URL) if DATABASE_URL else {}}
DATABASES["default"].update(
    {
        "ENGINE": "django.db.backends.postgresql",
        "CONN_MAX_AGE": 0,
        "OPTIONS": {
            **DATABASES["default"].get("OPTIONS", {}),
            "pool": {"min_size": 1, "max_size": int(env("DATABASE_POOL_SIZE", "8")), "timeout": 10},
            # Values travel apart from the statement, and one asked often is planned once a connection:
            # a tenth of the overview's time. PgBouncer in front must be 1.21 or newer.
            "server_side_binding": True,
            "prepare_threshold": 5,
        },
    }
)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Valkey: cache, broker and channel layer; may be three servers.
VALKEY_URL = env("VALKEY_URL")
VALKEY_CACHE_URL = env("VALKEY_CACHE_URL", VALKEY_URL)
VALKEY_QUEUE_URL = env("VALKEY_QUEUE_URL", VALKEY_URL)
VALKEY_CHANNELS_URL = env("VALKEY_CHANNELS_URL", VALKEY_URL)
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": VALKEY_CACHE_URL,
        "KEY_PREFIX": env("VALKEY_PREFIX", "portal"),
    }
}
CHANNEL_LAYERS = {
    "default": {
        # Publish and subscribe: one command per push, and memberships that never expire.
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {
            "hosts": [{"address": VALKEY_CHANNELS_URL, "socket_connect_timeout": 1, "socket_timeout": 5}],
            "prefix": env("VALKEY_PREFIX", "portal") + ":live",
        },
    }
}
LIVE_CHECK_SECONDS = 30  # how often a socket asks whether its visitor is still signed in
SESSION_ENGINE = "django.contrib.sessions.backends.cached_db"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "portal.error_pages.csrf_failure"

CELERY_BROKER_URL = VALKEY_QUEUE_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 3600,
    "global_keyprefix": env("VALKEY_PREFIX", "portal") + ":",
    # A request that wakes a worker waits a second at most for a broker that is away.
    "socket_connect_timeout": 1,
    "socket_timeout": 5,
    "max_retries": 0,
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_TASK_TIME_LIMIT = 1800  # seconds; shorter than the visibility timeout
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TIMEZONE = "Europe/Berlin"
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BEAT_SCHEDULER = "portal.beat:HouseScheduler"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False

# --- People and sign-in
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
# The first hashes what people choose; the last only the random secrets of partners' programs.
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    "accounts.partners.partner_secrets.RandomSecretHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "overview"
LOGOUT_REDIRECT_URL = "overview"

# --- Language, time, numbers
LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("German")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Berlin"
USE_I18N = True
USE_TZ = True

# --- Files
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("STATIC_ROOT", str(BASE_DIR / ".local" / "static")))
STATICFILES_DIRS = [BASE_DIR / "frontend" / "dist"]
MEDIA_ROOT = Path(env("MEDIA_ROOT", str(BASE_DIR / ".local" / "media")))
STORAGES = {
    "default": upload_storage(os.environ),
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedStaticFilesStorage"},
}
# Vite puts a content hash into its names: these files never change.
WHITENOISE_IMMUTABLE_FILE_TEST = r"^.+[.-][0-9a-zA-Z_-]{8}\.[a-z0-9]+$"
DJANGO_VITE = {
    "default": {
        "manifest_path": BASE_DIR / "frontend" / "dist" / ".vite" / "manifest.json",
        "static_url_prefix": "",
    }
}

# --- Mail
EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
EMAIL_HOST = env("EMAIL_HOST", "localhost")
EMAIL_PORT = int(env("EMAIL_PORT", "25"))
EMAIL_HOST_USER = env("EMAIL_HOST_USER")
EMAIL_HOST_PASSWORD = env("EMAIL_HOST_PASSWORD")
EMAIL_USE_TLS = env("EMAIL_USE_TLS") == "1"
EMAIL_USE_SSL = env("EMAIL_USE_SSL") == "1"
EMAIL_TIMEOUT = 20
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", "Nordlicht <konto@nordlicht.example>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
# Where reports about undeliverable mail go (the envelope's sender); people answer to the address above.
BOUNCE_EMAIL = env("BOUNCE_EMAIL")

# --- The brand: what a new house starts with; /staff/setup/ changes it and no template
BRAND = {
    "name": env("BRAND_NAME", "Nordlicht"),
    "logo": env("BRAND_LOGO", "brand/logo.svg"),
    "colour": env("BRAND_COLOUR", "#0b7d6b"),
    "legal_name": env("BRAND_LEGAL_NAME", "Nordlicht Mobilität GmbH"),
    "address": env("BRAND_ADDRESS", "Stresemannstraße 12, 22769 Hamburg"),
    "email": env("BRAND_EMAIL", "service@nordlicht.example"),
    "phone": env("BRAND_PHONE", "+49 40 0000000"),
    "code_prefix": env("BRAND_CODE_PREFIX", "NL"),
}
HOUSE_CHECK_SECONDS = 2  # how soon another process notices a changed brand or legal text
# PKCS#12 with the certificate that seals papers (documents/sealing.py); none: papers go unsealed.
SEAL_FILE = env("SEAL_FILE")
SEAL_PASSWORD = env("SEAL_PASSWORD")
PUBLIC_URL = env("PUBLIC_URL", "http://localhost:8000")

# --- Web push (RFC 8292): without a key it is not offered. The subject is a mailto: or https: address
# --- by which a push service reaches us, by default the brand's.
VAPID_PRIVATE_KEY = env("VAPID_PRIVATE_KEY")
VAPID_SUBJECT = env("VAPID_SUBJECT")
PUSH_TO_LOOPBACK = False  # a push service on this machine, for tests

MFA_TOTP_ISSUER = BRAND["name"]
SPECTACULAR_SETTINGS["TITLE"] = f"{BRAND['name']} API"

# --- Guards
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

IDEMPOTENCY_KEEP = timedelta(hours=24)
DEV_PAGES = False  # /dev/mail/ and /dev/components/
DEMO_ALLOWED = False  # manage.py demo
METRICS_TOKEN = env("METRICS_TOKEN")
DEMO_PASSWORD = env("DEMO_PASSWORD", "Nordlicht-2026")

LOG_LEVEL = env("LOG_LEVEL", "INFO")
LOGGING = logging_settings(level=LOG_LEVEL, json=False)

# Shades of the brand's colour for the back office, mixed by the browser: lighter than 600, darker above.
_SHADES = {50: 8, 100: 16, 200: 32, 300: 52, 400: 76, 500: 90, 600: 100}
_DARKER = {700: 86, 800: 72, 900: 58, 950: 42}
UNFOLD = {
    "SITE_TITLE": "common.brand.name_for",
    "SITE_HEADER": "common.brand.name_for",
    "SITE_URL": "/",
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda _request: f"/static/{BRAND['logo']}"}
    ],
    "SHOW_VIEW_ON_SITE": False,
    "COLORS": {
        "primary": {
            **{
                f"{n}": f"color-mix(in oklab, {BRAND['colour']} {part}%, white)"
                for n, part in _SHADES.items()
            },
            **{
                f"{n}": f"color-mix(in oklab, {BRAND['colour']} {part}%, black)"
                for n, part in _DARKER.items()
            },
        }
    },
}
