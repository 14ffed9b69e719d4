"""Two rows that are one person: choosing the other, looking at what moves, merging, undoing."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.customers import customers, finding, merging, unmerging
from accounts.customers.forms import FACT_WORDS, FindForm, MergeForm, said
from accounts.customers.staff_views import OfCustomer
from accounts.models import CustomerMerge, User
from common.pages import ActionPage, FormPage, Page

PERMISSION = "accounts.merge_customers"


class CustomerMergeChoice(OfCustomer, Page):
    """Who else is this person? Suggests those with the like name, mail or phone."""

    permission = PERMISSION
    template_name = "accounts/customer_merge_choice.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        form = FindForm(self.request.GET)
        typed = form.cleaned_data["q"] if form.is_valid() else ""
        by, who = self.request.user, self.customer
        found = (
            finding.find_customers(by=by, typed=typed, now=timezone.now())
            if typed
            else finding.find_duplicates(
                by=by,
                first_name=who.first_name,
                last_name=who.last_name,
                phone=who.phone,
                now=timezone.now(),
                limit=6,
            )
        )
        others = [each for each in found if each.customer.pk != who.pk]
        return super().get_context_data(form=form, typed=typed, found=others, **kwargs)


class CustomerMergeCreate(OfCustomer, FormPage):
    """Side by side: what moves, what stands against it, which name, phone and mail stay."""

    permission = PERMISSION
    template_name = "accounts/customer_merge.html"
    form_class = MergeForm
    once = True
    success_message = gettext_lazy("The two are one now. For 30 days this can be undone.")

    @cached_property
    def gone(self) -> User:
        return customers.customer_numbered(self.kwargs["other"])

    @cached_property
    def preview(self) -> merging.Preview:
        return merging.preview_merge(kept=self.customer, gone=self.gone, now=timezone.now())

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """No such pair: on to where there is one. Asked for again behind the permission."""
        if self.request.user.has_permission(PERMISSION) and (elsewhere := self._elsewhere()):
            return redirect(elsewhere)
        return super().dispatch(request, *args, **kwargs)

    def _elsewhere(self) -> str:
        pks = [self.kwargs["pk"], self.kwargs["other"]]
        if pks[0] == pks[1]:
            return reverse("accounts:customer-merge-choice", args=pks[:1])
        standing = dict(User.objects.filter(pk__in=pks).values_list("pk", "standing"))
        if [standing.get(pk) for pk in pks] == [User.Standing.CUSTOMER, User.Standing.ACCOUNT]:
            return reverse("accounts:customer-merge", args=pks[::-1])
        return ""

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "preview": self.preview}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        facts = [
            (words, said(fact, self.customer), said(fact, self.gone)) for fact, words in FACT_WORDS.items()
        ]
        one_way = self.customer.standing == User.Standing.ACCOUNT != self.gone.standing
        return super().get_context_data(
            gone=self.gone,
            preview=self.preview,
            facts=facts,
            swap_url=""
            if one_way
            else reverse("accounts:customer-merge", args=[self.gone.pk, self.customer.pk]),
            **kwargs,
        )

    def perform(self, form: MergeForm) -> str:
        merging.merge_customers(
            by=self.request.user,
            kept=self.customer,
            gone=self.gone,
            facts_of_gone=form.facts_of_gone,
            now=timezone.now(),
        )
        return self.url


class CustomerMergeUndo(ActionPage):
    permission = PERMISSION

    @cached_property
    def merge(self) -> CustomerMerge:
        return get_object_or_404(CustomerMerge, pk=self.kwargs["pk"])

    def perform(self) -> str:
        done = unmerging.undo_merge(by=self.request.user, merge=self.merge, now=timezone.now())
        messages.success(self.request, _("The two are apart again."))
        if done.stayed:
            words = ", ".join(f"{what} ({count})" for what, count in done.stayed)
            messages.warning(self.request, _("Changed since, and left as it is: %(what)s.") % {"what": words})
        return reverse("accounts:customer-detail", args=[done.merge.gone_id])

    def failure_url(self) -> str:
        return reverse("accounts:customer-detail", args=[self.merge.kept_id])
