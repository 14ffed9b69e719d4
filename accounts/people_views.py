"""Pages of a person's photo and addresses."""

from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts import addresses, photos
from accounts.forms import PhotoForm
from accounts.models import Address
from accounts.organisations.forms import PostalForm
from common.pages import ActionPage, FormPage, Page

HEADINGS = {
    Address.Purpose.HOME: (_("Home address"), _("We need it for visits at your place.")),
    Address.Purpose.INVOICE: (_("Invoice address"), _("Without one, invoices go to your home address.")),
    Address.Purpose.DELIVERY: (_("Delivery address"), _("Without one, we deliver to your home address.")),
}


class Photo(FormPage):
    template_name = "accounts/photo.html"
    form_class = PhotoForm
    success_message = _("Your photo is being checked and will show in a few seconds.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user, "now": timezone.now()}

    def perform(self, form: PhotoForm) -> str:
        photos.set_photo(by=self.request.user, document=form.cleaned_data["photo"][0], now=timezone.now())
        return reverse("accounts:profile")


class PhotoRemove(ActionPage):
    success_message = _("Your photo is deleted.")

    def perform(self) -> str:
        photos.remove_photo(by=self.request.user, now=timezone.now())
        return reverse("accounts:profile")


class Addresses(Page):
    template_name = "accounts/address_list.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = addresses.addresses_of(self.request.user)
        kinds = [
            (purpose.value, label, hint, found.get(purpose)) for purpose, (label, hint) in HEADINGS.items()
        ]
        return super().get_context_data(kinds=kinds, **kwargs)


class OneAddress(FormPage):
    template_name = "accounts/address.html"
    form_class = PostalForm
    success_message = _("Your address is saved.")

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if kwargs["purpose"] not in Address.Purpose.values:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get_initial(self) -> dict[str, Any]:
        found = Address.objects.filter(user=self.request.user, purpose=self.kwargs["purpose"])
        return dict(found.values(*PostalForm.base_fields).first() or {})

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        label = HEADINGS[Address.Purpose(self.kwargs["purpose"])][0]
        return super().get_context_data(label=label, **kwargs)

    def perform(self, form: PostalForm) -> str:
        addresses.change_address(by=self.request.user, purpose=self.kwargs["purpose"], **form.cleaned_data)
        return reverse("accounts:addresses")


class AddressRemove(ActionPage):
    success_message = _("The address is deleted.")

    def perform(self) -> str:
        addresses.remove_address(by=self.request.user, purpose=self.kwargs["purpose"])
        return reverse("accounts:addresses")
