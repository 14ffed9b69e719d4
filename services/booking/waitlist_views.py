"""Buttons on a visit's page: wait for an earlier time, take an offered one, or not."""

from django.db.models import QuerySet
from django.http import Http404
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from common.pages import ActionPage
from services.booking import waitlist
from services.booking.views import person
from services.models import Appointment, Hold


class _OfVisit(ActionPage):
    def visit(self) -> Appointment:
        visits: QuerySet[Appointment] = Appointment.objects.visible_to(person(self.request), timezone.now())
        return get_object_or_404(visits.select_related("centre"), pk=self.kwargs["pk"])

    def failure_url(self) -> str:
        return reverse("services:appointment-detail", args=[self.kwargs["pk"]])


class WaitlistJoin(_OfVisit):
    success_message = _("We tell you as soon as an earlier time comes free.")

    def perform(self) -> str:
        waitlist.join(by=person(self.request), appointment=self.visit(), now=timezone.now())
        return self.failure_url()


class WaitlistLeave(_OfVisit):
    success_message = _("You no longer wait for an earlier time.")

    def perform(self) -> str:
        waitlist.leave(by=person(self.request), appointment=self.visit(), now=timezone.now())
        return self.failure_url()


class _OfOffer(ActionPage):
    def failure_url(self) -> str:
        mine = Hold.objects.filter(
            pk=self.kwargs["pk"], user=person(self.request), waitlist_entry__isnull=False
        )
        visit_id = mine.values_list("waitlist_entry__appointment", flat=True).first()
        if visit_id is None:
            raise Http404
        return reverse("services:appointment-detail", args=[visit_id])


class OfferAccept(_OfOffer):
    success_message = _("Your appointment was moved.")

    def perform(self) -> str:
        waitlist.accept(by=person(self.request), hold_id=self.kwargs["pk"], now=timezone.now())
        return self.failure_url()


class OfferDecline(_OfOffer):
    success_message = _("Your appointment stays as it is. You keep waiting for another time.")

    def perform(self) -> str:
        waitlist.decline(by=person(self.request), hold_id=self.kwargs["pk"], now=timezone.now())
        return self.failure_url()
