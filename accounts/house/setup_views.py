"""From an empty house to a running brand: the list of steps, and those that are the house's own."""

from typing import Any

from allauth.account.utils import perform_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from accounts.cases import queues
from accounts.house import brand, colours, desk_hours, mail_test, setup
from accounts.house.forms import (
    BrandForm,
    DeskHoursForm,
    FirstAdministratorForm,
    ImprintForm,
    MailTestForm,
)
from common.pages import ActionPage, FormPage, Page
from documents.models import Document


class Setup(Page):
    permission = setup.SET_UP
    template_name = "accounts/setup.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        progress = setup.read_progress()
        looks = [(look, reverse(look.step.url_name)) for look in progress.looks]
        return super().get_context_data(progress=progress, looks=looks, **kwargs)


class BrandPage(FormPage):
    permission = setup.SET_UP
    template_name = "accounts/setup_brand.html"
    form_class = BrandForm
    once = True
    success_message = _("The brand is saved. It shows on every page within seconds.")

    def get_initial(self) -> dict[str, Any]:
        row = brand.brand_row()
        light = row.colour_light
        return {
            "name": row.name,
            "colour_light": light,
            "colour_dark": row.colour_dark or colours.nearest_readable(light, theme="dark"),
        }

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = brand.brand_row()
        waiting = Document.objects.filter(kind=brand.LOGO_KIND, state__in=["checking", "refused"])
        newest = waiting.order_by("-pk").first()
        if newest is not None and row.logo_id is not None and row.logo_id > newest.pk:
            newest = None
        return super().get_context_data(row=row, newest=newest, **kwargs)

    def perform(self, form: BrandForm) -> str:
        values = dict(form.cleaned_data)
        upload = values.pop("logo")
        values.pop("derive")
        now = timezone.now()
        brand.change_brand(by=self.request.user, changes=values, now=now)
        if upload:
            brand.change_logo(by=self.request.user, upload=upload, now=now)
        return reverse("accounts:setup-brand")


class LogoDrop(ActionPage):
    permission = setup.SET_UP
    success_message = _("The sign is gone. The one that the house came with shows again.")

    def perform(self) -> str:
        brand.drop_logo(by=self.request.user, now=timezone.now())
        return reverse("accounts:setup-brand")

    def failure_url(self) -> str:
        return reverse("accounts:setup-brand")


class ImprintPage(FormPage):
    permission = setup.SET_UP
    template_name = "accounts/setup_imprint.html"
    form_class = ImprintForm
    once = True
    success_message = _("The imprint is saved.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "instance": brand.brand_row()}

    def perform(self, form: ImprintForm) -> str:
        brand.change_brand(by=self.request.user, changes=form.cleaned_data, now=timezone.now())
        return reverse("accounts:setup-imprint")


class DeskHoursPage(FormPage):
    permission = setup.SET_UP
    template_name = "accounts/setup_desk.html"
    form_class = DeskHoursForm
    once = True
    success_message = _("The opening hours are saved. Promises from now on are counted in them.")

    def get_initial(self) -> dict[str, Any]:
        row = brand.brand_row()
        return {name: getattr(row, name) for name in desk_hours.FIELDS}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        promised = [
            (queue.label, queue.promise.days, queue.promise.seconds // 3600) for queue in queues.all_queues()
        ]
        return super().get_context_data(promised=promised, **kwargs)

    def perform(self, form: DeskHoursForm) -> str:
        brand.change_brand(by=self.request.user, changes=form.cleaned_data, now=timezone.now())
        return reverse("accounts:setup-desk")


class MailTest(FormPage):
    """Sends at once, not by the outbox: the answer is what one wants to see."""

    permission = setup.SET_UP
    template_name = "accounts/setup_mail.html"
    form_class = MailTestForm

    def form_valid(self, form: MailTestForm) -> HttpResponse:
        outcome = mail_test.send_test(to=self.request.user, now=timezone.now())
        return self.render_to_response(self.get_context_data(form=form, outcome=outcome))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(server=mail_test.server(), **kwargs)


class FirstAdministrator(FormPage):
    """Behind the link that the server's terminal prints; works once, and only without administrator."""

    public = True
    template_name = "accounts/setup_first.html"
    form_class = FirstAdministratorForm

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated:
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        setup.check_first_link(self.kwargs["token"])
        return super().get(request, *args, **kwargs)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        setup.check_first_link(self.kwargs["token"])
        return super().post(request, *args, **kwargs)

    def perform(self, form: FirstAdministratorForm) -> str:
        language = (translation.get_language() or "de")[:2]
        user = setup.sign_up_first(token=self.kwargs["token"], language=language, **form.cleaned_data)
        perform_login(self.request, user, email_verification="none")
        return reverse("accounts:staff-setup")
