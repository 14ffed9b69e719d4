"""Family and friends: who may do what with one's cars until when, changed in place."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.pages import FormPage, ListPage
from vehicles import garage_sharing, people, sharing
from vehicles.forms import AccessForm, GarageShareForm
from vehicles.models import Share, Vehicle


class People(ListPage):
    template_name = "vehicles/people.html"
    context_object_name = "shares"

    def get_queryset(self) -> QuerySet[Share]:
        return people.access_to_my_cars(user=self.request.user, now=timezone.now())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        context["groups"] = [
            (person, [(share, _form_of(share)) for share in rows])
            for person, rows in people.grouped(list(context["shares"]))
        ]
        context["back_here"] = [("everybody", "1")]
        owned = Vehicle.objects.owned_by(self.request.user, timezone.now())
        context["cars"] = list(owned.select_related("model").order_by("pk")[:50])
        context["shares_garage"] = len(people.own_cars(user=self.request.user, now=timezone.now())[:2]) == 2
        return context


class GarageShare(FormPage):
    """Several of one's own cars for one person, by a role; an organisation's cars go to its members."""

    template_name = "vehicles/garage_share.html"
    form_class = GarageShareForm
    once = True
    success_message = _("The invitation is on its way. It is valid for 14 days.")

    def get_form_kwargs(self) -> dict[str, Any]:
        cars = people.own_cars(user=self.request.user, now=timezone.now())
        return {**super().get_form_kwargs(), "cars": cars}

    def perform(self, form: GarageShareForm) -> str:
        typed = form.cleaned_data
        garage_sharing.share_garage(
            by=self.request.user,
            vehicles=typed["vehicles"],
            email=typed["email"],
            role=typed["role"],
            scope=typed["scope"],
            until=form.until,
            now=timezone.now(),
        )
        return reverse("vehicles:people")


def _initial_of(share: Share) -> dict[str, Any]:
    return {"rights": share.rights, "scope": share.scope, "last_day": AccessForm.last_day_of(share.until)}


def _form_of(share: Share) -> AccessForm:
    """One of many on the page, so its fields have ids of their own."""
    return AccessForm(initial=_initial_of(share), auto_id=f"share-{share.pk}-%s")


class ShareChange(FormPage):
    """What somebody may do with a car from now on, and until when."""

    template_name = "vehicles/share_change.html"
    form_class = AccessForm
    success_message = _("The access is changed. It holds from now on.")

    @property
    def share(self) -> Share:
        given = Share.objects.given_for(self.request.user, timezone.now())
        rows = given.select_related("vehicle__model", "user")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_initial(self) -> dict[str, Any]:
        return _initial_of(self.share)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(share=self.share, **kwargs)

    def perform(self, form: AccessForm) -> str:
        sharing.change_share(
            by=self.request.user,
            share=self.share,
            rights=form.cleaned_data["rights"],
            scope=form.cleaned_data["scope"],
            until=form.until,
            now=timezone.now(),
        )
        return reverse("vehicles:people")
