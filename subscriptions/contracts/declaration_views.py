"""Cancelling and withdrawing without signing in, and the receipt."""

from typing import Any

from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language

from common.pages import FormPage, Page
from subscriptions.contracts import declarations
from subscriptions.contracts.declaration_forms import CancellationForm, DeclarationForm, initial_declaration
from subscriptions.models import Contract, Declaration


class Declare(FormPage):
    """A declaration by anybody, signed in or not."""

    public = True
    once = True
    kind: Declaration.Kind

    def get_initial(self) -> dict[str, Any]:
        user = self.request.user
        asked = self.request.GET.get("contract", "")
        own = Contract.objects.visible_to(user) if user.is_authenticated else Contract.objects.none()
        return initial_declaration(own.filter(code=asked[:16]).first(), user)

    def perform(self, form: Any) -> str:
        user = self.request.user
        declaration = declarations.declare(
            kind=self.kind,
            wording=declarations.Wording(**form.cleaned_data),
            by=user if user.is_authenticated else None,
            origin=self.request.META.get("REMOTE_ADDR", ""),
            language=get_language() or "de",
            now=timezone.now(),
        )
        return reverse("subscriptions:declaration-received", args=[declarations.receipt_token(declaration)])


class CancelPublic(Declare):
    """BGB §312k: cancel without signing in."""

    kind = Declaration.Kind.CANCEL
    form_class = CancellationForm
    template_name = "subscriptions/cancel_public.html"


class WithdrawPublic(Declare):
    """BGB §356a: withdraw without signing in."""

    kind = Declaration.Kind.WITHDRAW
    form_class = DeclarationForm
    template_name = "subscriptions/withdraw_public.html"


class DeclarationReceived(Page):
    """The receipt with date and time, for whoever has just declared."""

    public = True
    template_name = "subscriptions/declaration_received.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        declaration = declarations.declaration_of(kwargs["token"])
        if declaration is None:
            raise Http404
        return super().get_context_data(declaration=declaration, **kwargs)
