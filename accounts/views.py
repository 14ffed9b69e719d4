"""Pages of one's own account."""

from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from accounts import history, photos, profile, security
from accounts.forms import ProfileForm
from accounts.models import Address, User
from accounts.telling import inbox
from common.pages import FormPage, ListPage, Page
from journal.models import Event


class Home(Page):
    template_name = "accounts/home.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        return super().get_context_data(
            address=Address.objects.filter(user=user, purpose=Address.Purpose.HOME).first(),
            protection=security.protection_of(user),
            unread=inbox.unread_count(user),
            **kwargs,
        )


class Profile(FormPage):
    template_name = "accounts/profile.html"
    form_class = ProfileForm
    success_message = _("Your profile is saved.")

    def get_template_names(self) -> list[str]:
        # The photo alone is fetched again once it was checked.
        alone = self.request.method == "GET" and self.request.htmx
        return ["accounts/_photo.html" if alone else self.template_name]

    def get_form_kwargs(self) -> dict[str, Any]:
        # A copy: the form writes into its instance while it checks, and the frame shows the user.
        return {**super().get_form_kwargs(), "instance": User.objects.get(pk=self.request.user.pk)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(photo=photos.newest_photo(self.request.user), **kwargs)

    def perform(self, form: ProfileForm) -> str:
        profile.change_profile(by=self.request.user, changes=form.cleaned_data)
        return reverse("accounts:profile")


class Security(Page):
    template_name = "accounts/security.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(protection=security.protection_of(self.request.user), **kwargs)


class History(ListPage):
    template_name = "accounts/history.html"
    context_object_name = "events"

    def get_queryset(self) -> QuerySet[Event]:
        return history.events_about(self.request.user)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["entries"] = [
            (event, event.label, history.Doer(event.doer).label) for event in context["events"]
        ]
        return context
