"""Pages that run partner services."""

from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import Partner
from accounts.partners import partners
from accounts.partners.partner_scopes import known_scopes
from accounts.partners.partners_forms import NewPartnerForm, PartnerForm, initial_of
from common.pages import ActionPage, DetailPage, FormPage, ListPage

SECRET_SECONDS = 600


class Partners(ListPage):
    permission = partners.PERMISSION
    template_name = "accounts/staff_partners.html"
    context_object_name = "partners"

    def get_queryset(self) -> QuerySet[Partner]:
        in_force = Q(connections__revoked_at__isnull=True)
        return Partner.objects.annotate(people=Count("connections", filter=in_force)).order_by(
            "closed_at", "name", "pk"
        )


class PartnerDetail(DetailPage):
    permission = partners.PERMISSION
    template_name = "accounts/staff_partner.html"
    context_object_name = "partner"

    def get_queryset(self) -> QuerySet[Partner]:
        return Partner.objects.select_related("client", "created_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            scopes=known_scopes(self.object.client.get_scopes()),
            people=self.object.connections.filter(revoked_at__isnull=True).count(),
            secret=cache.get(_secret_key(self.request, self.object.pk)),
            issuer=settings.PUBLIC_URL,
            **kwargs,
        )

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        answer = super().get(request, *args, **kwargs)
        answer["Cache-Control"] = "no-store"  # it may show a secret
        return answer


class PartnerCreate(FormPage):
    permission = partners.PERMISSION
    template_name = "accounts/staff_partner_form.html"
    form_class = NewPartnerForm
    once = True
    success_message = _("The partner service is registered.")

    def perform(self, form: NewPartnerForm) -> str:
        registered = partners.register_partner(
            by=self.request.user,
            texts=_texts(form),
            redirect_uris=form.cleaned_data["redirect_uris"],
            sign_out_uris=form.cleaned_data["sign_out_uris"],
            scopes=form.cleaned_data["scopes"],
            public=form.cleaned_data["kind"] == "app",
            now=timezone.now(),
        )
        return _show(self.request, registered.partner.pk, registered.secret)


class PartnerChange(FormPage):
    permission = partners.PERMISSION
    template_name = "accounts/staff_partner_form.html"
    form_class = PartnerForm
    success_message = _("The changes are saved.")

    def get_initial(self) -> dict[str, Any]:
        return initial_of(_open(self.kwargs["pk"]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(partner=_open(self.kwargs["pk"]), **kwargs)

    def perform(self, form: PartnerForm) -> str:
        partner = partners.change_partner(
            by=self.request.user,
            partner=_open(self.kwargs["pk"]),
            texts=_texts(form),
            redirect_uris=form.cleaned_data["redirect_uris"],
            sign_out_uris=form.cleaned_data["sign_out_uris"],
            scopes=form.cleaned_data["scopes"],
        )
        return reverse("accounts:staff-partner", args=[partner.pk])


class PartnerSecret(ActionPage):
    permission = partners.PERMISSION
    success_message = _("The new secret is below. The old one no longer works.")

    def perform(self) -> str:
        partner = get_object_or_404(Partner, pk=self.kwargs["pk"])
        secret = partners.renew_secret(by=self.request.user, partner=partner)
        return _show(self.request, partner.pk, secret)

    def failure_url(self) -> str:
        return reverse("accounts:staff-partner", args=[self.kwargs["pk"]])


class PartnerSecretSeen(ActionPage):
    """The secret is stored elsewhere now: it is not shown again."""

    permission = partners.PERMISSION

    def perform(self) -> str:
        partner = get_object_or_404(Partner, pk=self.kwargs["pk"])
        cache.delete(_secret_key(self.request, partner.pk))
        return reverse("accounts:staff-partner", args=[partner.pk])


class PartnerClose(ActionPage):
    permission = partners.PERMISSION
    success_message = _("The partner service is closed. Nobody is connected any more.")

    def perform(self) -> str:
        partner = get_object_or_404(Partner, pk=self.kwargs["pk"])
        partners.close_partner(by=self.request.user, partner=partner, now=timezone.now())
        return reverse("accounts:staff-partner", args=[partner.pk])


def _open(pk: int) -> Partner:
    return get_object_or_404(Partner.objects.select_related("client"), pk=pk, closed_at__isnull=True)


def _texts(form: PartnerForm) -> dict[str, str]:
    return {name: form.cleaned_data[name] for name in partners.TEXTS}


def _show(request: Any, pk: int, secret: str) -> str:
    """To the partner's page, which shows a new secret for some minutes, to this person only.

    In the cache's memory, never in a table: after that nobody can read it, not even we.
    """
    if secret:
        cache.set(_secret_key(request, pk), secret, SECRET_SECONDS)
    return reverse("accounts:staff-partner", args=[pk])


def _secret_key(request: Any, pk: int) -> str:
    return f"partner-secret:{pk}:{request.user.pk}"
