"""The customer file for staff: finding, the file, writing down, inviting."""

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.customers import customers, file, finding, invitations, unmerging
from accounts.customers.forms import CustomerForm, FindForm, InviteForm, ReachForm
from accounts.models import CustomerMerge, User
from common.pages import Access, FormPage, Page, View

VIEW, EDIT = "accounts.view_customers", "accounts.edit_customers"
PAGE = 25


class Customers(Page):
    """One field for whatever is said on the phone; htmx fetches the hits alone while one types."""

    permission = VIEW
    template_name = "accounts/customer_list.html"
    fragment_name = "accounts/_customer_hits.html"

    def get_template_names(self) -> list[str]:
        return [self.fragment_name if self.request.htmx else self.template_name]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        response = super().dispatch(request, *args, **kwargs)
        patch_vary_headers(response, ["HX-Request"])
        return response

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = FindForm(self.request.GET)
        typed = form.cleaned_data["q"] if form.is_valid() else ""
        found = finding.find_customers(by=self.request.user, typed=typed, now=timezone.now())
        return super().get_context_data(
            form=form,
            typed=typed,
            found=found,
            is_cut=len(found) == finding.LIMIT,
            may_edit=self.request.user.has_permission(EDIT),
            **kwargs,
        )


class OfCustomer(Access):
    """Pages about one person; shells are a 404."""

    kwargs: dict[str, Any]

    @cached_property
    def customer(self) -> User:
        return customers.customer_numbered(self.kwargs["pk"])

    @property
    def url(self) -> str:
        return reverse("accounts:customer-detail", args=[self.customer.pk])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(customer=self.customer, customer_url=self.url, **kwargs)  # type: ignore[misc,no-any-return]


class Customer(OfCustomer, Page):
    """The file; looking at it is written down."""

    permission = VIEW
    template_name = "accounts/customer_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now, by = timezone.now(), self.request.user
        file.note_look(by=by, customer=self.customer, now=now)
        merges = CustomerMerge.objects.filter(kept=self.customer, undone_at__isnull=True).select_related("by")
        return super().get_context_data(
            laid=file.lay_out(file.read_file(customer=self.customer, by=by, now=now)),
            address=self.customer.addresses.order_by("pk").first(),
            invitation=self.customer.customer_invitations.filter(used_at__isnull=True).first(),
            merges=[merge for merge in merges if unmerging.may_be_undone(merge, now)],
            is_customer=self.customer.standing == User.Standing.CUSTOMER,
            may_edit=by.has_permission(EDIT),
            may_merge=by.has_permission("accounts.merge_customers"),
            now=now,
            **kwargs,
        )


class CustomerPart(OfCustomer, Page):
    """All rows of one section, paged."""

    permission = VIEW
    template_name = "accounts/customer_part.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now, by = timezone.now(), self.request.user
        section = file.section_named(self.kwargs["section"], by=by)
        file.note_look(by=by, customer=self.customer, now=now)
        reading = section.read(self.customer, by, now)
        page = Paginator(reading.rows, PAGE).get_page(self.request.GET.get("page"))
        entries = [reading.shape(row) for row in page.object_list]
        return super().get_context_data(part=section, entries=entries, page_obj=page, **kwargs)


class CustomerCreate(FormPage):
    permission = EDIT
    template_name = "accounts/customer_form.html"
    form_class = CustomerForm
    once = True
    success_message = _("The customer is written down.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context = super().get_context_data(**kwargs)
        form = context["form"]
        typed = form.data if form.is_bound else form.initial
        return {**context, "found": duplicates_of(self.request.user, typed) if form.is_bound else []}

    def perform(self, form: CustomerForm) -> str:
        typed = form.cleaned_data
        home = customers.Home(street=typed["street"], postcode=typed["postcode"], town=typed["town"])
        customer = customers.create_customer(
            by=self.request.user,
            address=home if any((home.street, home.postcode, home.town)) else None,
            now=timezone.now(),
            **{name: typed[name] for name in customers.FIELDS},
        )
        return reverse("accounts:customer-detail", args=[customer.pk])


class CustomerDuplicates(Access, View):
    """Who is probably meant by what is being typed; a fragment. POST, for names stay out of addresses."""

    permission = EDIT
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        found = duplicates_of(self.request.user, request.POST)
        return render(request, "accounts/_customer_duplicates.html", {"found": found})


def duplicates_of(by: User, typed: Any) -> list[finding.Found]:
    said = {name: str(typed.get(name, ""))[:100] for name in ("first_name", "last_name", "email", "phone")}
    return finding.find_duplicates(
        by=by,
        first_name=said["first_name"],
        last_name=said["last_name"],
        email=said["email"],
        phone=said["phone"],
        now=timezone.now(),
    )


class CustomerEdit(OfCustomer, FormPage):
    """Mends what is known of a customer without an account."""

    permission = EDIT
    template_name = "accounts/customer_deed.html"
    form_class = ReachForm
    success_message = _("The details are saved.")
    extra_context = {"title": _("Change details"), "action": _("Save")}

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.customer, name) or "" for name in customers.FIELDS}

    def perform(self, form: ReachForm) -> str:
        customers.change_customer(
            by=self.request.user, customer=self.customer, changes=form.cleaned_data, now=timezone.now()
        )
        return self.url


class CustomerInvite(OfCustomer, FormPage):
    """Asks the customer by mail to take their data over."""

    permission = EDIT
    template_name = "accounts/customer_deed.html"
    form_class = InviteForm
    once = True
    success_message = _("The invitation is on its way.")
    extra_context = {
        "title": _("Invite the customer"),
        "text": _(
            "We send a link that works once and for 14 days. With it the customer takes visits, cars and"
            " contracts over into an account of their own. An earlier link stops working."
        ),
        "action": _("Send the invitation"),
    }

    def get_initial(self) -> dict[str, Any]:
        return {"email": self.customer.email or ""}

    def perform(self, form: InviteForm) -> str:
        invitations.invite_customer(
            by=self.request.user, customer=self.customer, email=form.cleaned_data["email"], now=timezone.now()
        )
        return self.url
