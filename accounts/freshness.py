"""Whether somebody proved recently that it is them: asked before sensitive steps.

Knows the session only as a mapping, so that pages and the API ask alike.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from common.errors import NotAllowed

RECORDS_KEY = "account_authentication_methods"  # where allauth keeps each proof and its time


class SignInAgain(NotAllowed):
    """Too long since the last proof."""

    code = "sign_in_again"


def is_fresh(session: Mapping[str, Any], *, now: datetime) -> bool:
    """Whether the last proof (password, passkey, code) is younger than the limit.

    The limit is ``settings.ACCOUNT_REAUTHENTICATION_TIMEOUT`` in seconds.
    """
    records = session.get(RECORDS_KEY) or []
    if not records:
        return False
    proved_at = datetime.fromtimestamp(records[-1]["at"], tz=UTC)
    return now - proved_at < timedelta(seconds=settings.ACCOUNT_REAUTHENTICATION_TIMEOUT)


def require_fresh(session: Mapping[str, Any], *, now: datetime) -> None:
    """Raises SignInAgain (403, code ``sign_in_again``) unless the sign-in is fresh."""
    if not is_fresh(session, now=now):
        raise SignInAgain(_("Please confirm first that it is you."))


def sign_in_again_url(next_path: str) -> str:
    """The page that asks for a proof and then leads on to ``next_path`` on this site."""
    return f"{reverse('account_reauthenticate')}?{urlencode({'next': next_path})}"
