"""A customer whom we wrote down takes their data over, by the link from our mail."""

from typing import Any

from allauth.account.utils import perform_login
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters

from accounts.customers import invitations
from accounts.customers.forms import ConfirmForm, TakeOverForm
from accounts.models import CustomerInvitation, User
from common.errors import Conflict
from common.pages import FormPage


@method_decorator(sensitive_post_parameters("password"), name="dispatch")
class TakeOver(FormPage):
    """Three states: a new password; signing in with an account of this address; one press there."""

    public = True
    template_name = "accounts/customer_take_over.html"
    form_class = TakeOverForm
    signed_up: User | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            response = super().dispatch(request, *args, **kwargs)
        except invitations.InvitationOver as error:
            response = render(request, "accounts/customer_link_over.html", {"reason": str(error)}, status=410)
        response["Cache-Control"] = "no-store"
        return response

    @cached_property
    def invitation(self) -> CustomerInvitation:
        return invitations.find_invitation(token=self.kwargs["token"], now=timezone.now())

    @cached_property
    def account(self) -> User | None:
        return invitations.account_of(self.invitation)

    @property
    def is_theirs(self) -> bool:
        """Signed in with the account that has the invited address."""
        return self.account is not None and self.request.user.pk == self.account.pk

    def get_form_class(self) -> Any:
        return ConfirmForm if self.account is not None else TakeOverForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            invitation=self.invitation,
            account=self.account,
            is_theirs=self.is_theirs,
            is_stranger=self.request.user.is_authenticated and not self.is_theirs,
            login_url=f"{reverse('account_login')}?next={self.request.path}",
            **kwargs,
        )

    def perform(self, form: Any) -> str:
        token, now = self.kwargs["token"], timezone.now()
        if self.is_theirs:
            invitations.take_over_into(by=self.request.user, token=token, now=now)
        elif self.request.user.is_authenticated or self.account is not None:
            raise Conflict(_("Please sign in with the account of the invited address."), code="sign_in")
        else:
            self.signed_up = invitations.take_over(
                token=token, password=form.cleaned_data["password"], now=now
            )
        return reverse("overview")

    def form_valid(self, form: Any) -> HttpResponse:
        answer = super().form_valid(form)
        if self.signed_up is not None:
            messages.success(self.request, _("Welcome. Your data is in your account."))
            signed_in: HttpResponse = perform_login(self.request, self.signed_up, email_verification="none")
            return signed_in
        if self.is_theirs and answer.status_code == 302:
            messages.success(self.request, _("Your data is in your account."))
            return redirect(answer["Location"])
        return answer
