"""Base classes of the HTML pages. Twins of common/rest/views.py: shape only, one domain call.

Sign-in is required by default (LoginRequiredMiddleware). ``public = True`` opens a page to
visitors, in one visible place; ``permission`` names a row of the table of permissions.
"""

import uuid
from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.views.generic import DetailView, FormView, ListView, TemplateView, View

from common import idempotency
from common.errors import DomainError, NotAllowed, NotFound


class Access:
    """Who may open the page."""

    request: Any  # its user is a person of accounts, which common does not know
    permission: str | None = None
    public = False

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Any:
        view = super().as_view(**initkwargs)  # type: ignore[misc]
        return login_not_required(view) if cls.public else view

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.permission and not request.user.has_permission(self.permission):  # type: ignore[union-attr]
            raise PermissionDenied
        try:
            return super().dispatch(request, *args, **kwargs)  # type: ignore[misc]
        except NotFound as error:
            raise Http404(str(error)) from error
        except NotAllowed as error:
            raise PermissionDenied(str(error)) from error


class Page(Access, TemplateView):
    """A page that shows something."""


class ListPage(Access, ListView):
    """A paged list; ``get_queryset`` is scoped with visible_to."""

    paginate_by = 25


class DetailPage(Access, DetailView):
    """One thing that the reader may see; anything else is a 404."""


class IdempotentForm(forms.Form):
    """Carries the key that makes a double click one action."""

    idempotency_key = forms.CharField(widget=forms.HiddenInput, required=False, max_length=200)


class FormPage(Access, FormView):
    """A form whose valid input goes into one domain call: ``perform(form)`` → where next.

    A DomainError lands beside its field, or at the top of the form; what was typed stays.
    With ``once = True`` the call runs under the form's hidden idempotency key: a second
    press does nothing more, lands on the same page and reads the same words.
    """

    once = False
    success_message: Any = None
    key_is_used_up = False

    def perform(self, form: Any) -> str:
        """The one domain call; returns the URL to go to."""
        raise NotImplementedError

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        kept = "" if self.key_is_used_up else self.request.POST.get("idempotency_key")
        context["idempotency_key"] = kept or uuid.uuid4().hex
        return context

    def form_valid(self, form: Any) -> HttpResponse:
        try:
            target, said = self._perform_once(form) if self.once else self._perform(form)
        except (NotFound, NotAllowed):
            raise
        except DomainError as error:
            # Sent once before with other input (the back button): the next try is a new one.
            self.key_is_used_up = error.code == "idempotency_key_reused"
            form.add_error(error.field if error.field in form.fields else None, str(error))
            return self.form_invalid(form)
        if said:
            messages.success(self.request, said)
        return redirect(target)

    def form_invalid(self, form: Any) -> HttpResponse:
        return self.render_to_response(self.get_context_data(form=form), status=422)

    def _perform(self, form: Any) -> tuple[str, str]:
        """Where next, and what to say there: ``perform`` may choose the words."""
        target = self.perform(form)
        return target, str(self.success_message or "")

    def _perform_once(self, form: Any) -> tuple[str, str]:
        """Guests, too: the key of their page is a random one that nobody else has."""

        def work() -> tuple[int, Any]:
            target, said = self._perform(form)
            return 200, {"next": target, "said": said}

        key = self.request.POST.get("idempotency_key") or uuid.uuid4().hex
        typed = {k: v for k, v in self.request.POST.lists() if k != "csrfmiddlewaretoken"}
        answer = idempotency.perform_once(
            user_id=self.request.user.pk,
            route=f"POST {self.request.path}",
            key=key,
            body=typed,
            now=timezone.now(),
            work=work,
        )
        return str(answer.body["next"]), str(answer.body.get("said", ""))


class ActionPage(Access, View):
    """A button: POST only, one domain call, then on with a message.

    ``perform()`` returns the URL to go to; a DomainError becomes a message on
    ``failure_url()`` (by default the page one came from, kept on this site by path).
    """

    http_method_names = ["post"]
    success_message: Any = None

    def perform(self) -> str:
        """The one domain call; returns the URL to go to."""
        raise NotImplementedError

    def failure_url(self) -> str:
        raise NotImplementedError

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            target = self.perform()
        except (NotFound, NotAllowed):
            raise
        except DomainError as error:
            messages.error(request, str(error))
            return redirect(self.failure_url())
        if self.success_message:
            messages.success(request, self.success_message)
        return redirect(target)


__all__ = ["Access", "ActionPage", "DetailPage", "FormPage", "IdempotentForm", "ListPage", "Page"]
