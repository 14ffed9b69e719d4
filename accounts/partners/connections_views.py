"""Pages of one's own account: connected services, and signing out on one device."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import sessions
from accounts.models import Connection
from accounts.partners import connections
from accounts.partners.partner_scopes import known_scopes
from common.pages import ActionPage, ListPage


class Connections(ListPage):
    template_name = "accounts/connections.html"
    context_object_name = "connections"

    def get_queryset(self) -> QuerySet[Connection]:
        return connections.connections_of(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["entries"] = [(held, known_scopes(held.scopes)) for held in context["connections"]]
        return context


class ConnectionRevoke(ActionPage):
    success_message = _("The service is disconnected. It can no longer use your account.")

    def perform(self) -> str:
        held = get_object_or_404(Connection.objects.visible_to(self.request.user), pk=self.kwargs["pk"])
        connections.revoke_connection(by=self.request.user, connection=held, now=timezone.now())
        return reverse("accounts:connections")


class DeviceEnd(ActionPage):
    success_message = _("That device is signed out.")

    def perform(self) -> str:
        session = get_object_or_404(sessions.sessions_of(self.request.user), pk=self.kwargs["pk"])
        sessions.end_session(by=self.request.user, session=session)
        return reverse("usersessions_list")
