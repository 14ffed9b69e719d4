"""One machine, for trying and building: embedded servers, mail into the browser."""

import os

from portal.embedded import default_home
from portal.openid import own_key
from portal.settings.base import *  # noqa: F403
from portal.settings.base import env
from portal.settings.signin import IDP_OIDC_PRIVATE_KEYS

# A fixed key is enough for a machine that only its owner reaches; production refuses it.
SECRET_KEY = env("SECRET_KEY", "for-one-machine-only-" + "x" * 50)
DEBUG = env("DEBUG") == "1"
ALLOWED_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
PUBLIC_URL = env("PUBLIC_URL", f"http://localhost:{env('PORT', '8000')}")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
EMAIL_BACKEND = "portal.dev_mail.MailFolderBackend"
DEV_PAGES = True
DEMO_ALLOWED = True
# The front end is served as built, without collectstatic.
WHITENOISE_USE_FINDERS = True
IDP_OIDC_PRIVATE_KEYS = IDP_OIDC_PRIVATE_KEYS or own_key(default_home(os.environ))
