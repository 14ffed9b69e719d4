"""What bin/bench measures: the dev house with the yardstick views beside the product's own."""

from portal.settings.base import BASE_DIR
from portal.settings.dev import *  # noqa: F403
from portal.settings.dev import REST_FRAMEWORK as _AS_ALWAYS
from portal.settings.dev import TEMPLATES as _PRODUCT

ROOT_URLCONF = "benchmarks.urls"
TEMPLATES = [{**_PRODUCT[0], "DIRS": [BASE_DIR / "templates", BASE_DIR / "benchmarks" / "templates"]}]
# The throttles work as always, but one client that never pauses must not run into them.
REST_FRAMEWORK = {
    **_AS_ALWAYS,
    "DEFAULT_THROTTLE_RATES": {"anon": "100000/s", "user": "100000/s"},
}
