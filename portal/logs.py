"""One shape for every log line: for people at a terminal, as JSON for machines. No personal data."""

import re
from collections.abc import MutableMapping
from typing import Any

import structlog

LONG_PART = re.compile(r"/[^/\s]{32,}")


def _tidy(logger: Any, method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """A request's end says all that its start does; an address would make the log personal."""
    if event.get("event") == "request_started":
        raise structlog.DropEvent
    if "request" in event:  # "GET /staff/customers/": what was searched for is nobody's business
        # A long part of an address is the key to something: a guest's request, an invitation.
        event["request"] = LONG_PART.sub("/…", str(event["request"]).partition("?")[0])
    event.pop("ip", None)
    event.pop("user_agent", None)
    return event


def logging_settings(*, level: str, json: bool) -> dict[str, Any]:
    """Django's LOGGING; configures structlog alike, so that both kinds of logger end in one stream."""
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        _tidy,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.stdlib.PositionalArgumentsFormatter(),
        structlog.processors.format_exc_info,
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    renderer = structlog.processors.JSONRenderer() if json else structlog.dev.ConsoleRenderer(colors=False)
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "processors": [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
                "foreign_pre_chain": shared,
            }
        },
        "handlers": {
            "console": {"class": "logging.StreamHandler", "formatter": "lines"},
            "nowhere": {"class": "logging.NullHandler"},
        },
        "root": {"handlers": ["console"], "level": level},
        "loggers": {
            # Each request is one line by django_structlog already, with its user's id and its status.
            "django.request": {"handlers": ["nowhere"], "propagate": False},
        },
    }
