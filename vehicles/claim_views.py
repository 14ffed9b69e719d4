"""Pages of claims: for the buyer, for the recorded owner, for the desk."""

from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.pages import ActionPage, FormPage, ListPage, Page
from vehicles import claims
from vehicles.claim_forms import ClaimByRegistrationForm, ObjectionForm, VerdictForm
from vehicles.models import OwnershipClaim


class ClaimCreate(FormPage):
    template_name = "vehicles/claim_create.html"
    form_class = ClaimByRegistrationForm
    once = True
    success_message = _("We examine your claim and tell you every step.")

    def get_form_kwargs(self) -> dict[str, Any]:
        return {**super().get_form_kwargs(), "user": self.request.user, "now": timezone.now()}

    def get_initial(self) -> dict[str, Any]:
        return {"vin": self.request.GET.get("vin", "")[:40]}

    def perform(self, form: ClaimByRegistrationForm) -> str:
        claim = claims.file_claim(
            by=self.request.user,
            vin=form.cleaned_data["vin"],
            document=form.cleaned_data["document"][0],
            now=timezone.now(),
        )
        return reverse("vehicles:claim-detail", args=[claim.pk])


class OneClaim:
    """A claim of the reader, or to the reader's car; any other is a 404."""

    request: Any
    kwargs: dict[str, Any]

    @property
    def claim(self) -> OwnershipClaim:
        rows = OwnershipClaim.objects.visible_to(self.request.user).select_related("vehicle__model")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def detail_url(self) -> str:
        return reverse("vehicles:claim-detail", args=[self.kwargs["pk"]])

    def failure_url(self) -> str:
        return self.detail_url()


class ClaimDetail(OneClaim, Page):
    template_name = "vehicles/claim_detail.html"

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        claim, now = self.claim, timezone.now()
        is_open = claim.state == OwnershipClaim.State.OPEN
        mine = claim.claimant_id == self.request.user.pk
        return super().get_context_data(
            claim=claim,
            is_mine=mine,
            is_open=is_open,
            is_ripe=claim.is_ripe(now),
            may_answer=is_open and not mine and (claim.objection_until > now or bool(claim.owner_answer)),
            refusal=claim.verdicts.filter(grants=False).order_by("-pk").first() if mine else None,
            **kwargs,
        )


class ClaimObject(OneClaim, FormPage):
    """The recorded owner says why the car is still theirs."""

    template_name = "vehicles/claim_object.html"
    form_class = ObjectionForm
    success_message = _("Your objection is with our desk. We tell you what is decided.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(claim=self.claim, **kwargs)

    def perform(self, form: ObjectionForm) -> str:
        claims.answer_claim(
            by=self.request.user,
            claim=self.claim,
            agrees=False,
            words=form.cleaned_data["words"],
            now=timezone.now(),
        )
        return self.detail_url()


class ClaimAgree(OneClaim, ActionPage):
    success_message = _("Thank you. Our desk passes the car on soon.")

    def perform(self) -> str:
        claims.answer_claim(by=self.request.user, claim=self.claim, agrees=True, now=timezone.now())
        return self.detail_url()


class ClaimWithdraw(OneClaim, ActionPage):
    success_message = _("Your claim is withdrawn and the picture erased.")

    def perform(self) -> str:
        claims.withdraw_claim(by=self.request.user, claim=self.claim, now=timezone.now())
        return self.detail_url()


class StaffClaims(ListPage):
    """The desk: what can be decided first, then by when it can."""

    permission = claims.DECIDE
    template_name = "vehicles/staff_claims.html"
    context_object_name = "claims"

    def get_queryset(self) -> QuerySet[OwnershipClaim]:
        rows = OwnershipClaim.objects.select_related("vehicle__model")
        if "closed" in self.request.GET:
            return rows.exclude(state=OwnershipClaim.State.OPEN).order_by("-closed_at", "-pk")
        return rows.undecided().order_by("objection_until", "pk")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        now = timezone.now()
        ripe = OwnershipClaim.objects.undecided().filter(Q(objection_until__lte=now) | ~Q(owner_answer=""))
        return super().get_context_data(
            now=now, shows_closed="closed" in self.request.GET, ripe_count=ripe.count(), **kwargs
        )


class StaffClaim(FormPage):
    permission = claims.DECIDE
    template_name = "vehicles/staff_claim.html"
    form_class = VerdictForm
    success_message = _("Your verdict is noted.")

    @property
    def claim(self) -> OwnershipClaim:
        rows = OwnershipClaim.objects.select_related(
            "vehicle__model", "claimant", "recorded_owner", "recorded_organisation", "document"
        )
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        claim, user = self.claim, self.request.user
        given = [verdict.by_id for verdict in claim.verdicts.all()]
        return super().get_context_data(
            claim=claim,
            verdicts=claim.verdicts.select_related("by").order_by("pk"),
            is_ripe=claim.is_ripe(timezone.now()),
            may_decide=claims.may_decide(user, claim),
            has_decided=user.pk in given,
            **kwargs,
        )

    def perform(self, form: VerdictForm) -> str:
        claims.give_verdict(
            by=self.request.user,
            claim=self.claim,
            grants=form.cleaned_data["grants"],
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        return reverse("vehicles:staff-claim", args=[self.kwargs["pk"]])
