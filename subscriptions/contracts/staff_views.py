"""The desk for cancellations and withdrawals."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from common import civil
from common.pages import FormPage, ListPage
from subscriptions import concerns
from subscriptions.contracts import declarations, ending
from subscriptions.contracts.declaration_forms import AnswerForm
from subscriptions.models import Declaration


class StaffHome(ListPage):
    """Declarations, open ones first, oldest first."""

    permission = "subscriptions.view_desk"
    template_name = "subscriptions/staff_home.html"
    context_object_name = "declarations"

    def get_queryset(self) -> QuerySet[Declaration]:
        return Declaration.objects.for_desk()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(open_count=Declaration.objects.open().count(), **kwargs)


class StaffDeclaration(FormPage):
    """One declaration: carry it out, or note how it was clarified."""

    permission = "subscriptions.view_desk"
    template_name = "subscriptions/staff_declaration.html"
    form_class = AnswerForm
    success_message = _("The declaration is answered.")

    @cached_property
    def declaration(self) -> Declaration:
        rows = Declaration.objects.select_related(
            "contract__plan_version__plan", "contract__holder", "contract__organisation", "answer__by"
        )
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        contract = self.declaration.contract
        now = timezone.now()
        return super().get_context_data(
            declaration=self.declaration,
            case=concerns.case_of(self.declaration),
            status=contract.status(civil.local_date(now)) if contract else "",
            ends_on=ending.end_if_cancelled(contract, self.declaration.received_at) if contract else None,
            **kwargs,
        )

    def perform(self, form: AnswerForm) -> str:
        declarations.answer_declaration(
            by=self.request.user,
            declaration=self.declaration,
            carry_out=self.request.POST.get("outcome") == "carry_out",
            note=form.cleaned_data["note"],
            now=timezone.now(),
        )
        return reverse("subscriptions:staff-home")
