"""Who a partner's program speaks for. Named by the settings, so it imports no views."""

from typing import Any

from django.utils import timezone

from accounts.partners import connections
from common.rest.authentication import BearerAuthentication, PartnerAccess


class PartnerAuthentication(BearerAuthentication):
    def look_up(self, token: str) -> tuple[Any, PartnerAccess] | None:
        access = connections.find_access(token=token, now=timezone.now())
        return (access.user, PartnerAccess(access.scopes, access.connection.pk)) if access else None
