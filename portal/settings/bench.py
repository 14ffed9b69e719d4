"""What bin/bench measures: the dev house with the yardstick views beside the product's own."""

from portal.settings.base import BASE_DIR
from portal.settings.dev import *  # noqa: F403
from portal.settings.dev import REST_FRAMEWORK, TEMPLATES

ROOT_URLCONF = "benchmarks.urls"
TEMPLATES[0]["DIRS"].append(BASE_DIR / "benchmarks" / "templates")
# The throttles work as always, but one client that never pauses must not run into them.
REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"] = dict.fromkeys(REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"], "100000/s")
