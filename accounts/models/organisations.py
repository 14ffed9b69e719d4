"""Companies and clubs that hold contracts and cars, and the people who act for them."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class OrganisationQuerySet(models.QuerySet["Organisation"]):
    def visible_to(self, user: Any) -> "OrganisationQuerySet":
        """Those that the person is a member of now."""
        if not user.is_authenticated:
            return self.none()
        return self.filter(pk__in=Membership.objects.in_force().filter(user=user).values("organisation_id"))

    def run_by(self, user: Any) -> "OrganisationQuerySet":
        """Those whose cars and contracts the person looks after (administrator, fleet manager)."""
        if not user.is_authenticated:
            return self.none()
        running = Membership.objects.in_force().filter(user=user, role__in=Membership.Role.running())
        return self.filter(pk__in=running.values("organisation_id"))


class Organisation(models.Model):
    """A contract holder that is no consumer (BGB §14), or an association."""

    class LegalForm(models.TextChoices):
        GMBH = "gmbh", "GmbH"
        UG = "ug", "UG (haftungsbeschränkt)"
        AG = "ag", "AG"
        KG = "kg", "KG"
        GMBH_CO_KG = "gmbh_co_kg", "GmbH & Co. KG"
        OHG = "ohg", "OHG"
        EG = "eg", "eG"
        EV = "ev", "e. V."
        GBR = "gbr", "GbR"
        SOLE = "sole", _("sole trader")
        PUBLIC = "public", _("public body")
        OTHER = "other", _("other legal form")

    name = models.CharField(_("name"), max_length=160)
    legal_form = models.CharField(_("legal form"), max_length=12, choices=LegalForm)
    # EU VAT identification number with its country ("DE136695976"); its form and digit are checked.
    vat_id = models.CharField(_("VAT id"), max_length=14, blank=True)
    order_reference = models.CharField(_("order reference on invoices"), max_length=60, blank=True)
    invoice_email = models.EmailField(_("e-mail for invoices"), blank=True)
    created_at = models.DateTimeField(_("since"))
    closed_at = models.DateTimeField(_("closed"), null=True)

    objects = OrganisationQuerySet.as_manager()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        constraints = [
            models.UniqueConstraint(
                fields=["vat_id"],
                condition=~Q(vat_id="") & Q(closed_at__isnull=True),
                name="organisation_vat_id",
            ),
        ]

    def __str__(self) -> str:
        return self.name


class MembershipQuerySet(models.QuerySet["Membership"]):
    def in_force(self) -> "MembershipQuerySet":
        return self.filter(ended_at__isnull=True)

    def visible_to(self, user: Any) -> "MembershipQuerySet":
        """One's own, and all of the organisations that one runs."""
        run = self.model._default_manager.filter(
            user=user, ended_at__isnull=True, role__in=Membership.Role.running()
        )
        return self.in_force().filter(Q(user=user) | Q(organisation__in=run.values("organisation_id")))


class Membership(models.Model):
    """A person acts for an organisation. Ended, never deleted."""

    class Role(models.TextChoices):
        ADMINISTRATOR = "administrator", _("administrator")
        FLEET = "fleet", _("fleet manager")
        DRIVER = "driver", _("driver")

        @classmethod
        def running(cls) -> list[str]:
            """Roles that look after the organisation's cars and contracts."""
            return [cls.ADMINISTRATOR, cls.FLEET]

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("organisation"), related_name="memberships"
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("person"), related_name="memberships"
    )
    role = models.CharField(_("role"), max_length=13, choices=Role)
    since = models.DateTimeField(_("since"))
    ended_at = models.DateTimeField(_("ended"), null=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "user"], condition=Q(ended_at__isnull=True), name="membership_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.user_id} {self.role}"


class MemberInvitationQuerySet(models.QuerySet["MemberInvitation"]):
    def visible_to(self, user: Any, now: datetime) -> "MemberInvitationQuerySet":
        """Those that wait for the person's answer, and those of organisations that they administer."""
        administered = Membership.objects.in_force().filter(user=user, role=Membership.Role.ADMINISTRATOR)
        waiting = Q(outcome="", expires_at__gt=now, email=user.email) & ~Q(email="")
        return self.filter(waiting | Q(organisation__in=administered.values("organisation_id")))


class MemberInvitation(models.Model):
    """Somebody is asked by mail to act for an organisation."""

    class Outcome(models.TextChoices):
        ACCEPTED = "accepted", _("accepted")
        REFUSED = "refused", _("refused")
        WITHDRAWN = "withdrawn", _("withdrawn")

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("organisation"), related_name="invitations"
    )
    email = models.EmailField(_("e-mail"))
    role = models.CharField(_("role"), max_length=13, choices=Membership.Role)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("invited by"), related_name="+"
    )
    invited_at = models.DateTimeField(_("invited"))
    expires_at = models.DateTimeField(_("valid until"))
    outcome = models.CharField(_("outcome"), max_length=9, choices=Outcome, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True)

    objects = MemberInvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        constraints = [
            models.UniqueConstraint(
                fields=["organisation", "email"], condition=Q(outcome=""), name="member_invitation_once"
            ),
            models.CheckConstraint(
                condition=Q(outcome="", closed_at__isnull=True)
                | (~Q(outcome="") & Q(closed_at__isnull=False)),
                name="member_invitation_closed_whole",
            ),
        ]
        indexes = [models.Index(fields=["email"], condition=Q(outcome=""), name="member_invitation_by_email")]

    def __str__(self) -> str:
        return f"{self.organisation_id} {self.role}"
