"""Family and friends: who may do what with one's cars until when, changed in place."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.pages import ActionPage, FormPage, ListPage
from vehicles import garage_sharing, people, sharing, whole_garage
from vehicles.forms import AccessForm, GarageShareForm
from vehicles.models import GarageShare as WholeGarage
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
        context["has_garage"] = people.own_cars(user=self.request.user, now=timezone.now()).exists()
        context["garages"] = whole_garage.garages_of(user=self.request.user, now=timezone.now())
        return context


class GarageShare(FormPage):
    """All of one's own cars, or some, for one person by a role; an organisation's go to its members."""

    template_name = "vehicles/garage_share.html"
    form_class = GarageShareForm
    once = True
    success_message = _("The invitation is on its way. It is valid for 14 days.")

    def get_form_kwargs(self) -> dict[str, Any]:
        cars = people.own_cars(user=self.request.user, now=timezone.now())
        return {**super().get_form_kwargs(), "cars": cars}

    def perform(self, form: GarageShareForm) -> str:
        typed = form.cleaned_data
        terms = {key: typed[key] for key in ("email", "role", "scope")}
        now = timezone.now()
        if form.is_whole:
            whole_garage.share_whole_garage(by=self.request.user, until=form.until, now=now, **terms)
        else:
            garage_sharing.share_garage(
                by=self.request.user, vehicles=typed["vehicles"], until=form.until, now=now, **terms
            )
        return reverse("vehicles:people")


class OneGarage:
    """A whole garage that the reader shares, may use, or may answer for."""

    request: Any
    kwargs: dict[str, Any]

    @property
    def garage(self) -> WholeGarage:
        rows = WholeGarage.objects.visible_to(self.request.user, timezone.now())
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def failure_url(self) -> str:
        return reverse("vehicles:people")


class GarageAccept(OneGarage, ActionPage):
    success_message = _("You now have access to these cars.")

    def perform(self) -> str:
        whole_garage.accept_garage(by=self.request.user, garage=self.garage, now=timezone.now())
        return reverse("vehicles:home")


class GarageRefuse(OneGarage, ActionPage):
    success_message = _("You refused the invitation.")

    def perform(self) -> str:
        whole_garage.refuse_garage(by=self.request.user, garage=self.garage, now=timezone.now())
        return reverse("vehicles:home")


class GarageEnd(OneGarage, ActionPage):
    """Revoke access to all cars, withdraw the invitation, or give it back."""

    def perform(self) -> str:
        done = whole_garage.end_garage(by=self.request.user, garage=self.garage, now=timezone.now())
        given = done.given_by_id == self.request.user.pk
        self.success_message = _("The access has ended.") if given else _("You gave the access back.")
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
