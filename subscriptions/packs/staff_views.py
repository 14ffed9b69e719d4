"""Packs at the workshop, and the desk for those whose contract ended."""

from typing import Any, cast

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from common.errors import Invalid
from common.pages import ActionPage, DetailPage, FormPage, ListPage
from subscriptions.models import Pack, PackFitting, PackSettlement
from subscriptions.packs import fitting, health, settling
from subscriptions.packs.forms import FitForm, HealthForm, PackForm, SettleForm
from vehicles.models import Vehicle


class StaffPacks(ListPage):
    """All packs, newest first; found by serial number or by the VIN of their car."""

    permission = fitting.RUN
    template_name = "subscriptions/packs/staff_packs.html"
    context_object_name = "packs"

    @property
    def asked(self) -> str:
        return self.request.GET.get("q", "").strip()[:40]

    def get_queryset(self) -> QuerySet[Pack]:
        packs = Pack.objects.order_by("-pk")
        if "\x00" in self.asked:
            return packs.none()
        if self.asked:
            in_car = PackFitting.objects.filter(period__upper_inf=True, vehicle__vin__iexact=self.asked)
            packs = packs.filter(Q(serial__icontains=self.asked) | Q(pk__in=in_car.values("pack")))
        return packs

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(asked=self.asked, **kwargs)


class StaffPackCreate(FormPage):
    permission = fitting.RUN
    template_name = "subscriptions/packs/staff_form.html"
    form_class = PackForm
    once = True
    success_message = _("The battery is recorded.")

    def perform(self, form: PackForm) -> str:
        data = form.cleaned_data
        pack = fitting.add_pack(
            by=cast(User, self.request.user),
            serial=data["serial"],
            capacity_kwh=data["capacity_kwh"],
            chemistry=data["chemistry"],
            made_on=data["made_on"],
            price_cents=int(data["price"] * 100),
            now=timezone.now(),
        )
        return reverse("subscriptions:staff-pack", args=[pack.pk])


class StaffPack(DetailPage):
    """One pack: its car, its past, its health."""

    permission = fitting.RUN
    template_name = "subscriptions/packs/staff_pack.html"
    context_object_name = "pack"
    queryset = Pack.objects.all()

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        past = PackFitting.objects.filter(pack=self.object).select_related("vehicle__model")
        fittings = list(past.order_by("-period")[:20])
        return super().get_context_data(
            fittings=fittings,
            fitted=next((each for each in fittings if each.period.upper is None), None),
            curve=health.curve_of(self.object),
            **kwargs,
        )


class OfPack:
    permission: str | None = fitting.RUN
    request: Any
    kwargs: dict[str, Any]

    @cached_property
    def pack(self) -> Pack:
        return get_object_or_404(Pack, pk=self.kwargs["pk"])

    @property
    def target(self) -> str:
        return reverse("subscriptions:staff-pack", args=[self.pack.pk])

    def failure_url(self) -> str:
        return self.target


class StaffPackFit(OfPack, FormPage):
    template_name = "subscriptions/packs/staff_form.html"
    form_class = FitForm
    once = True
    success_message = _("The battery is in the car.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(pack=self.pack, what="fit", **kwargs)

    def perform(self, form: FitForm) -> str:
        car = Vehicle.objects.filter(vin=form.cleaned_data["vin"]).first()
        if car is None:
            raise Invalid(_("There is no car with this VIN."), field="vin")
        fitting.fit_pack(
            by=cast(User, self.request.user), vehicle=car, serial=self.pack.serial, now=timezone.now()
        )
        return self.target


class StaffPackRemove(OfPack, ActionPage):
    success_message = _("The battery is taken out.")

    def perform(self) -> str:
        running = get_object_or_404(
            PackFitting.objects.select_related("vehicle"), pack=self.pack, period__upper_inf=True
        )
        fitting.remove_pack(by=cast(User, self.request.user), vehicle=running.vehicle, now=timezone.now())
        return self.target


class StaffPackMeasure(OfPack, FormPage):
    template_name = "subscriptions/packs/staff_form.html"
    form_class = HealthForm
    once = True
    success_message = _("The state of health is recorded.")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(pack=self.pack, what="measure", **kwargs)

    def perform(self, form: HealthForm) -> str:
        now = timezone.now()
        health.record_health(
            by=cast(User, self.request.user),
            pack=self.pack,
            percent=form.cleaned_data["percent"],
            cycles=form.cleaned_data["cycles"],
            measured_at=now,
            now=now,
        )
        return self.target


class StaffSettlements(ListPage):
    """Packs of ended contracts of which nobody knows yet what becomes of them; the oldest first."""

    permission = settling.DESK
    template_name = "subscriptions/packs/staff_settlements.html"
    context_object_name = "settlements"

    def get_queryset(self) -> QuerySet[PackSettlement]:
        waiting = PackSettlement.objects.filter(manner=PackSettlement.Manner.OPEN)
        return waiting.select_related(
            "pack", "contract__holder", "contract__organisation", "contract__vehicle__model"
        ).order_by("opened_at", "pk")


class StaffSettle(FormPage):
    permission = settling.DESK
    template_name = "subscriptions/packs/staff_settle.html"
    form_class = SettleForm
    once = True
    success_message = _("The battery is settled.")

    @cached_property
    def settlement(self) -> PackSettlement:
        rows = PackSettlement.objects.select_related("pack", "contract__vehicle__model", "contract__plan")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(settlement=self.settlement, **kwargs)

    def perform(self, form: SettleForm) -> str:
        settling.settle_pack(
            by=cast(User, self.request.user),
            contract=self.settlement.contract,
            manner=form.cleaned_data["manner"],
            now=timezone.now(),
        )
        return reverse("subscriptions:staff-settlements")
